"""`migcards tune`: acceptance thresholds, from labelled scans or from people's decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import click
from sqlalchemy.orm import Session
from tqdm import tqdm

from migcards.cli.shared.acceptance import own_target_errors
from migcards.cli.shared.calibration_preview import curves, preview
from migcards.cli.shared.context import IN_FOLDER, OUT_FILE, forms_dir, settings, store
from migcards.cli.shared.output import json_option, print_json
from migcards.networks import network_in_force
from ocr.confidence.calibration import Calibration, save_calibration
from ocr.confidence.familiarity import FEWEST
from ocr.confidence.fit import Key, ScoredReading, fit, grouped, refit
from ocr.confidence.kinds import TARGET_ERRORS
from ocr.confidence.labelled_scores import LabelledScores
from ocr.errors import BadInputError
from ocr.evaluation.picture import draw_curves
from ocr.evaluation.run import read_labelled, samples_of
from ocr.evaluation.truth import read_truth
from store.calibrations import apply_calibration, history, in_force, undo_calibration
from store.engine import read_only
from store.labelled_readings import labelled_readings, newest_versions

Groups = Mapping[Key, LabelledScores]
Looks = Sequence[tuple[float, ...]]


@click.command()
@click.argument("scans", type=IN_FOLDER, required=False)
@click.option("--data", help="What the scans are, in words; kept with the calibration.")
@click.option("--from-decisions", is_flag=True, help="Learn from what people decided, instead of from labelled scans.")
@click.option("--picture", type=OUT_FILE, help="Also draw reject-against-error curves (SVG).")
@click.option("-o", "out", type=OUT_FILE, help="Write the calibration to a file.")
@click.option("--apply", is_flag=True, help="Put it in force for this store; without it nothing changes.")
@click.option("--history", "show_history", is_flag=True, help="List the calibrations that were in force.")
@click.option("--undo", is_flag=True, help="Put the previous calibration back in force.")
@json_option
def tune(
    scans: Path | None,
    data: str | None,
    from_decisions: bool,
    picture: Path | None,
    out: Path | None,
    apply: bool,
    show_history: bool,
    undo: bool,
    as_json: bool,
) -> None:
    """Derive probabilities and acceptance thresholds from labelled SCANS or, --from-decisions, from operation.

    Shows for every reader and kind of field what would be accepted, beside what is accepted now. Nothing changes until
    --apply puts it in force or -o names a file.

    As JSON (--json): fingerprint, made, data, scales (as in the file of -o) and applied; with --history a list of
    objects with number, applied_at, fingerprint, previous, made, data and network.
    """
    if (scans is not None) + from_decisions + show_history + undo != 1:
        raise click.UsageError("Give one of SCANS, --from-decisions, --history and --undo.")
    if scans is not None and not data:
        raise click.UsageError("Say with --data what the scans are.")
    if show_history or undo:
        _look_back(undo, as_json)
        return
    present, groups, looks = _of_decisions() if scans is None else _of_scans(scans)
    made, target_errors = date.today(), (*TARGET_ERRORS, *own_target_errors().values())
    source = data or "decisions of people"
    if scans is None:
        new = refit(present, groups, made=made, data=source, target_errors=target_errors)
    else:
        new = fit(groups, looks, made=made, data=source, target_errors=target_errors)
    if not as_json:
        for line in preview(present, new, groups):
            click.echo(line)
        click.echo(_familiar(new))
    if picture is not None:
        picture.write_text(draw_curves(f"Reject against error, {new.data}", curves(present, new, groups)), "utf-8")
    if out is not None:
        save_calibration(new, out)
    if apply:
        with Session(store()) as session, session.begin():
            apply_calibration(session, new)
    if as_json:
        print_json({"fingerprint": new.fingerprint, "applied": apply} | new.model_dump(mode="json"))
        return
    done = f"in force: {new.fingerprint}" if apply else "nothing changed (add --apply to put it in force)"
    click.echo(f"{out}; {done}" if out else done)


def _familiar(calibration: Calibration) -> str:
    if calibration.familiar is None:
        return f"any card will do: it takes {FEWEST} labelled cards to say what is like them"
    return f"cards unlike the {calibration.familiar.count} that were measured get nothing accepted"


def _of_scans(scans: Path) -> tuple[Calibration, Groups, Looks]:
    """The calibration in force, readings of labelled scans by the network in force, and how the cards look."""
    truths = list(read_truth(scans))
    with Session(read_only(store())) as session:
        present, network = in_force(session).calibration, network_in_force(session)
    labelled = read_labelled(
        scans,
        truths,
        settings().workers,
        settings().page_timeout_s,
        forms_dir(),
        today=date.today(),
        calibrated=False,
        network=network,
    )
    samples: list[ScoredReading] = []
    looks: list[tuple[float, ...]] = []
    for truth, result in tqdm(labelled, total=len(truths), disable=None):
        found = list(samples_of(truth, result))
        samples += found
        looks += [result.look] if found and result.look else []
    return present, grouped(samples), looks


def _of_decisions() -> tuple[Calibration, Groups, Looks]:
    """The calibration in force, the readings of the newest version of each reader, and no looks: these are not kept."""
    with Session(read_only(store())) as session:
        newest = newest_versions(session)
        samples = (item.sample for item in labelled_readings(session))
        groups = grouped(sample for sample in samples if sample.version == newest[sample.reader])
        present = in_force(session).calibration
    if not any(group.labelled.any() for group in groups.values()):
        raise BadInputError("Nobody has decided any field yet: there is nothing to learn from.")
    return present, groups, ()


def _look_back(undo: bool, as_json: bool) -> None:
    with Session(store()) as session, session.begin():
        if undo:
            back = undo_calibration(session)
            click.echo(f"In force again: {back.fingerprint}, {back.made}, {back.data}")
        elif as_json:
            keys = ("number", "applied_at", "fingerprint", "previous", "made", "data", "network")
            print_json([{key: getattr(item, key) for key in keys} for item in history(session)])
        else:
            for line in _history_lines(session):
                click.echo(line)


def _history_lines(session: Session) -> Iterator[str]:
    yield "   0  comes with the program"
    for item in history(session):
        what = "comes with the program" if item.shipped else f"made {item.made}: {item.data}"
        what += f", network {item.network}" if item.network else ""
        yield f"{item.number:4}  {item.applied_at:%Y-%m-%d %H:%M}  {item.fingerprint} after {item.previous}  {what}"
