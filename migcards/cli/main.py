"""The root of the `migcards` command: commands are imported when they are called, failures become words and codes."""

from __future__ import annotations

import errno
import logging
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from migcards import log
from ocr.errors import MigcardsError, StoreError

COMMANDS: Final = {
    "run": "Read scans (files or folders: JPEG, PNG, TIFF, PDF) into the store.",
    "watch": "Read what a scanner puts into a folder as it comes, until Ctrl+C.",
    "batch": "Batches of cards: print cover sheets, open, account for every sheet, close.",
    "worker": "Read cards on this machine for whoever runs `migcards run --cluster ADDRESS`.",
    "status": "Say how the work stands: runs, batches, what waits, what to rescan, room on the disks.",
    "queue": "List the fields that wait for people and why, most urgent first.",
    "rescan": "List the sheets that were refused and what to do about each.",
    "duplicates": "List the cards that may have been scanned twice and wait for a person to compare them.",
    "request": "Have those fields of a CARD keyed that wait until somebody needs them: names, numbers of documents.",
    "goals": "Goals for the tables: how sure the numbers must be, what that takes, how far it is.",
    "decide": "Take back a queue sheet (CSV) with values filled in: a preview first, then --apply, all or nothing.",
    "serve": "Serve the pages on which people key what the machine would not vouch for.",
    "user": "Add people to the review pages, give them passwords, disable them.",
    "report": "Build standard tables T1, T2, … (or all) for a period, or by-NAME: by any variable, as by-education.",
    "pivot": "Build a table of any parameters of the cards by any others, over a frozen record.",
    "freeze": "Write the statistical record as it is now into a FILE (Parquet), without names and numbers.",
    "show": "Show one card: CARD is its number, its serial, or the beginning of its scan's hash.",
    "gallery": "Draw the crops of one field sorted by probability, least sure first, as PNG.",
    "evaluate": "Read labelled scans and say where the reader is right, where it is wrong, and whether it knows.",
    "tune": "Derive probabilities and acceptance thresholds from labelled SCANS or, --from-decisions, from operation.",
    "learn": "Fit the reader of handwriting further on labelled SCANS or, --from-decisions, on what was settled here.",
    "form": "Card forms: list, print, check, preview.",
    "verify": "Hold originals, database and counts against each other: a line for each contradiction, with what to do.",
    "backup": "Back up database, originals, settings and own forms into the folder TARGET, while others work.",
    "restore": "Bring back a backup, the folder SOURCE of its moment, into an empty folder and an empty database.",
    "db": "Move the store to another database, from SQLite to PostgreSQL or back.",
}
"""Every command with its line of help, in the order of the work. Each is a function of its name in the module of its
name, imported when it is called: `migcards --help` loads nothing but this."""


DISK_FAILS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"migcards.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="migcards")
@click.option("-v", "--verbose", is_flag=True, help="Also write every step of the work to standard error.")
@click.option("-q", "--quiet", is_flag=True, help="Write only errors of the program, and no progress.")
@click.option("--log", "log_file", type=click.Path(dir_okay=False, path_type=Path), help="Append the log to a file.")
def cli(verbose: bool, quiet: bool, log_file: Path | None) -> None:
    """From scanned migration cards to tables: run, queue, decide, report.

    Settings come from migcards.toml in the working directory and from MIGCARDS_… variables.
    Exit codes: 0 done; 2 wrong usage; 3 bad form; 4 bad input; 5 a program or the cluster is missing; 6 database;
    7 done, but some sheets were refused; 130 interrupted.
    """
    log.set_up(logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING, log_file)


def main() -> None:
    """Run the command line."""
    try:
        code = cli(standalone_mode=False)  # a command that leaves with a code hands it back here
        sys.exit(code if isinstance(code, int) else 0)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except MigcardsError as error:
        click.echo(f"migcards: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno not in DISK_FAILS:
            raise
        click.echo(f"migcards: What the command writes cannot be written: {error.strerror}.", err=True)
        sys.exit(StoreError.exit_code)
