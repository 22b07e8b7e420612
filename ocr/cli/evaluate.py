"""`migcards evaluate` and `tune`: figures against truth, and acceptance thresholds derived from them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click
from tqdm import tqdm

from ocr.cli.common import IN_FOLDER, OUT_FILE, forms_dir, settings
from ocr.confidence.calibration import fit, save_calibration
from ocr.evaluation.picture import draw_curves
from ocr.evaluation.run import read_labelled, samples_of, score_all
from ocr.evaluation.summary import Evaluation, FieldFigures, refused_rightly, summarise
from ocr.evaluation.truth import read_truth


@click.command()
@click.argument("scans", type=IN_FOLDER)
@click.option(
    "--truth",
    type=IN_FOLDER,
    help="Folder of truth files; SCANS if not given.",
)
@click.option("--json", "as_json", type=OUT_FILE, help="Also write all figures here.")
@click.option("--picture", type=OUT_FILE, help="Also draw reject-against-error curves (SVG).")
@click.option(
    "--pages",
    type=OUT_FILE,
    help="Also write one line per page (CSV).",
)
def evaluate(scans: Path, truth: Path | None, as_json: Path | None, picture: Path | None, pages: Path | None) -> None:
    """Read labelled scans and print, per field, how much is right, accepted, and wrong among the accepted."""
    truths = list(read_truth(truth or scans))
    labelled = read_labelled(scans, truths, settings().workers, settings().page_timeout_s, forms_dir())
    scored = list(score_all(tqdm(labelled, total=len(truths), unit="page", disable=None), forms_dir()))
    evaluation = summarise(scored)
    for line in report_lines(evaluation):
        click.echo(line)
    if as_json:
        plain = asdict(evaluation) | {"refusals": [[*key, n] for key, n in evaluation.refusals.items()]}
        as_json.write_text(json.dumps(plain, indent=1, ensure_ascii=False), "utf-8")
    if picture:
        picture.write_text(draw_curves(evaluation), "utf-8")
    if pages:
        lines = ["scan,page,expect,outcome,form,right_form,right_rotation,offset_mm,residual_mm,faults,wrong_accepted"]
        for page in sorted(scored, key=lambda p: (p.scan, p.page)):
            wrong = " ".join(f.field for f in page.fields if f.accepted and not f.right)
            lines.append(
                f"{page.scan},{page.page + 1},{page.expect},{page.outcome},{page.form},{page.right_form:d},"
                f"{page.right_rotation:d},{page.offset_mm:.3f},{page.residual_mm:.3f},{' '.join(page.faults)},{wrong}"
            )
        pages.write_text("\n".join(lines) + "\n", "utf-8")


def report_lines(evaluation: Evaluation) -> list[str]:
    """The figures as lines of text."""
    found = evaluation.registered
    within = _percent(found.within, found.readable)
    unreadable, rightly = refused_rightly(evaluation)
    lines = [
        f"{evaluation.pages} pages: {found.readable} readable, {unreadable} to be refused",
        f"  read                        {found.read:6} of {found.readable}",
        f"  registered within 0.3 mm    {found.within:6} of {found.readable} {within:>8}",
        f"  offset of a card in mm      {found.median_mm:.3f} median, {found.p99_mm:.3f} p99, {found.worst_mm:.3f} max",
        f"  zone corners within 0.3 mm  {found.corners_within:.2%}; farthest {found.farthest_mm:.2f} mm",
        f"  read on the wrong form      {found.wrong_form:6}",
        f"  read upside down            {found.wrong_rotation:6}",
        f"  refused, for right reason   {rightly:6} of {unreadable}",
        f"  ticks wrong among accepted  {evaluation.wrong_ticks:6} of {evaluation.ticks}",
    ]
    odd = [(e, o, n) for (e, o), n in evaluation.refusals.items() if e != o]
    lines += [f"    should be {expected}, was {outcome}: {n}" for expected, outcome, n in odd]
    head = f"{'':22}{'n':>7}{'exact':>9}{'CER':>8}{'accepted':>10}{'wrong':>9}{'bound':>9}{'ECE':>8}"
    for title, rows in (("by kind", evaluation.by_kind), ("by field", evaluation.by_field)):
        lines += ["", title, head, *(_row(row) for row in rows)]
    return lines


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "—"


def _row(row: FieldFigures) -> str:
    def share(value: float | None, width: int) -> str:
        return f"{'—':>{width}}" if value is None else f"{value:>{width}.2%}"

    ece = f"{'—':>8}" if row.ece is None else f"{row.ece:8.3f}"
    return (
        f"{row.name:22}{row.count:7}{share(row.exact, 9)}{share(row.cer, 8)}{share(row.accepted, 10)}"
        f"{share(row.wrong, 9)}{share(row.wrong_bound, 9)}{ece}"
    )


@click.command()
@click.argument("scans", type=IN_FOLDER)
@click.option("--data", required=True, help="What the scans are, in words; kept with the calibration.")
@click.option(
    "-o",
    "out",
    type=OUT_FILE,
    help="Write it; else it is only shown.",
)
def tune(scans: Path, data: str, out: Path | None) -> None:
    """Derive probabilities and acceptance thresholds from labelled scans.

    Shows for every reader and kind of field what would be accepted; nothing changes until -o names a file.
    """
    truths = list(read_truth(scans))
    labelled = read_labelled(
        scans, truths, settings().workers, settings().page_timeout_s, forms_dir(), calibrated=False
    )
    samples = [sample for pair in tqdm(labelled, total=len(truths), disable=None) for sample in samples_of(*pair)]
    calibration = fit(samples, made=date.today(), data=data)
    click.echo(f"{'reader':12}{'kind':26}{'n':>7}{'wrong':>7}   threshold (accepted) at 0.14 / 0.3 / 1 % promised")
    for scale in calibration.scales:
        kept = [
            "never" if k.threshold is None else f"{k.threshold.score:.3f} ({k.threshold.accepted / scale.count:.1%})"
            for k in scale.kept
        ]
        click.echo(f"{scale.reader:12}{scale.kind:26}{scale.count:7}{scale.wrong:7}   {' / '.join(kept)}")
    if out is not None:
        save_calibration(calibration, out)
        click.echo(str(out))
