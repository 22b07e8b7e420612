"""The root of the `migcards` command: settings are read here, once, and failures become words and exit codes."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click

from migcards import log
from migcards.cli.evaluate import evaluate
from migcards.cli.form import form
from migcards.cli.queue import decide, queue, rescan
from migcards.cli.report import report
from migcards.cli.run import run
from migcards.cli.serve import serve
from migcards.cli.show import gallery, show
from migcards.cli.tune import tune
from migcards.cli.user import user
from ocr.errors import MigcardsError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="migcards")
@click.option("-v", "--verbose", is_flag=True, help="Also write every step of the work to standard error.")
@click.option("-q", "--quiet", is_flag=True, help="Write only errors of the program, and no progress.")
@click.option("--log", "log_file", type=click.Path(dir_okay=False, path_type=Path), help="Append the log to a file.")
def cli(verbose: bool, quiet: bool, log_file: Path | None) -> None:
    """From scanned migration cards to tables: run, queue, decide, report.

    Settings come from migcards.toml in the working directory and from MIGCARDS_… variables.
    Exit codes: 0 done; 2 wrong usage; 3 bad form; 4 bad input; 5 a program is missing; 6 database;
    7 done, but some sheets were refused; 130 interrupted.
    """
    log.set_up(logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING, log_file)


for command in (run, queue, rescan, decide, serve, user, report, show, gallery, evaluate, tune, form):
    cli.add_command(command)


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
