"""`migcards learn`: the reader of handwriting fitted further on this office's own hands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from sqlalchemy.orm import Session

from learning.judged import total
from learning.lessons import SettledPage
from migcards.cli.shared.acceptance import own_target_errors
from migcards.cli.shared.calibration_preview import preview
from migcards.cli.shared.context import IN_FOLDER, forms_dir, settings, store
from migcards.cli.shared.output import json_option, print_columns, print_json
from migcards.cli.shared.stage_bar import StageBar
from migcards.networks import network_in_force
from migcards.settled import settled_in_folder, settled_in_store
from ocr.confidence.calibration import Calibration
from ocr.confidence.fit import carried_over, grouped, refit
from ocr.confidence.kinds import TARGET_ERRORS, measured_version
from ocr.errors import BadInputError, ToolMissingError
from ocr.extract.network import version_of
from store.calibrations import apply_network, in_force, undo_calibration
from store.engine import read_only
from store.networks import KnownNetwork, keep_network, networks

if TYPE_CHECKING:
    from learning.course import Course

_STAGES = {
    "learn.looking": "looking at cards",
    "learn.fitting": "fitting",
    "learn.judging": "reading the cards kept back",
}


@click.command()
@click.argument("scans", type=IN_FOLDER, required=False)
@click.option("--data", help="What the scans are, in words; kept with the network.")
@click.option("--from-decisions", is_flag=True, help="Learn from what people settled, instead of from labelled scans.")
@click.option("--apply", "version", metavar="VERSION", help="Let a network that was kept read from now on.")
@click.option("--history", "show_history", is_flag=True, help="List the networks that were kept.")
@click.option("--undo", is_flag=True, help="Put back in force what held before, network and thresholds.")
@json_option
def learn(
    scans: Path | None,
    data: str | None,
    from_decisions: bool,
    version: str | None,
    show_history: bool,
    undo: bool,
    as_json: bool,
) -> None:
    """Fit the reader of handwriting further on labelled SCANS or, --from-decisions, on what was settled here.

    Every fifth card is kept back: what is right on these is shown before and after, and the thresholds are measured
    anew on them. A network that reads no better is thrown away. One that does is kept, and reads nothing until --apply.

    As JSON (--json): version (null if it was thrown away), lessons, kept_back, figures; with --history a list of
    objects with version, made_at, data, lessons, kept_back, figures and in_force.
    """
    if (scans is not None) + from_decisions + (version is not None) + show_history + undo != 1:
        raise click.UsageError("Give one of SCANS, --from-decisions, --apply, --history and --undo.")
    if scans is not None and not data:
        raise click.UsageError("Say with --data what the scans are.")
    if version is not None:
        _apply(version)
    elif show_history:
        _history(as_json)
    elif undo:
        _undo()
    else:
        _learn(_pages(scans), data or "decisions of people", as_json)


def _pages(scans: Path | None) -> list[SettledPage]:
    if scans is not None:
        return list(settled_in_folder(scans))
    with Session(read_only(store())) as session:
        return list(settled_in_store(session, settings().archive))


def _learn(pages: Sequence[SettledPage], data: str, as_json: bool) -> None:
    try:
        from learning.course import Crew, learn
    except ModuleNotFoundError as error:
        raise ToolMissingError(
            f"To learn takes the Python package {error.name}: run `./run learn …` or pip install 'migcards[learn]'."
        ) from error
    with Session(read_only(store())) as session:
        present, base = in_force(session).calibration, network_in_force(session)
    with TemporaryDirectory() as folder, StageBar(_STAGES) as progress:
        crew = Crew(forms_dir(), settings().workers, settings().page_timeout_s, date.today(), progress)
        course = learn(pages, base, crew, Path(folder))
    network, lines = _measured(course, present, data)
    if course.is_better:
        with Session(store()) as session, session.begin():
            keep_network(session, network, course.model)
    if as_json:
        found = {"lessons": course.lessons, "kept_back": course.kept_back, "figures": network.figures}
        print_json({"version": network.version if course.is_better else None} | found)
        return
    _show(course)
    if not course.is_better:
        click.echo("The network reads no better and is thrown away. Nothing changed.")
        return
    for line in lines:
        click.echo(line)
    click.echo(f"Kept as {network.version}. Nothing reads with it yet: migcards learn --apply {network.version}")


def _measured(course: Course, present: Calibration, data: str) -> tuple[KnownNetwork, Iterator[str]]:
    """The network with its calibration, and what that changes, in words."""
    version = version_of(course.model)
    scored = [sample for one in course.after for sample in one.scored]
    versions = {one.reader: measured_version(one.reader, one.version) for one in scored}
    begun = carried_over(present, versions)
    changed = {scale.reader for scale in present.scales if versions.get(scale.reader, scale.version) != scale.version}
    groups = grouped(one for one in scored if one.reader in changed)
    wanted = (*TARGET_ERRORS, *own_target_errors().values())
    said = f"{data}; network {version}"
    new = refit(begun, groups, made=date.today(), data=said, target_errors=wanted)
    figures = [asdict(figure) for figure in course.figures]
    known = KnownNetwork(version, datetime.now(UTC), data, course.lessons, course.kept_back, figures, new)
    return known, preview(begun, new, groups)


def _show(course: Course) -> None:
    figures = [*course.figures, total(course.figures)]
    click.echo(f"{course.lessons} answers learnt from; on {course.kept_back} cards kept back, right before and after:")
    rows = [(f.kind, str(f.fields), f"{f.before / f.fields:.1%}", f"{f.after / f.fields:.1%}") for f in figures]
    print_columns(("answers", "known", "before", "after"), rows)


def _apply(version: str) -> None:
    with Session(store()) as session, session.begin():
        found = [network for network in networks(session) if network.version.startswith(version)]
        if len(found) != 1:
            what = "several networks here begin with" if found else "there is no network here that begins with"
            raise BadInputError(f"{version}: {what} that. `migcards learn --history` lists them.")
        apply_network(session, found[0].version, found[0].calibration)
    click.echo(f"In force: network {found[0].version}. Cards read from now on are read by it; --undo goes back.")


def _undo() -> None:
    with Session(store()) as session, session.begin():
        back = undo_calibration(session)
        network = in_force(session).network
    which = f"network {network}" if network else "the network that comes with the program"
    click.echo(f"In force again: {which}, with the thresholds of {back.made}, {back.data}")


def _history(as_json: bool) -> None:
    with Session(read_only(store())) as session:
        known, now = networks(session), in_force(session).network
    if as_json:
        keys = ("version", "made_at", "data", "lessons", "kept_back", "figures")
        print_json([{key: getattr(one, key) for key in keys} | {"in_force": one.version == now} for one in known])
        return
    click.echo(f"comes with the program{'' if now else '  in force'}")
    for one in known:
        before, after, n = (sum(figure[key] for figure in one.figures) for key in ("before", "after", "fields"))
        mark = "  in force" if one.version == now else ""
        click.echo(
            f"{one.version}  {one.made_at:%Y-%m-%d %H:%M}  {one.lessons} answers of {one.data}; on {one.kept_back} "
            f"cards kept back {before / n:.1%} right before, {after / n:.1%} after{mark}"
        )
