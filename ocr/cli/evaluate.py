"""`migcards evaluate` and `tune`: figures against truth, and acceptance thresholds derived from them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from tqdm import tqdm

from ocr.cli.common import forms_dir, settings
from ocr.evaluation.picture import draw_curves
from ocr.evaluation.run import read_labelled, score_all
from ocr.evaluation.summary import Evaluation, FieldFigures, refused_rightly, summarise
from ocr.evaluation.truth import read_truth


@click.command()
@click.argument("scans", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--truth", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of truth files; SCANS if not given.")
@click.option("--json", "as_json", type=click.Path(dir_okay=False, path_type=Path), help="Also write all figures here.")
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Also draw reject-against-error curves (SVG).")
@click.option("--pages", type=click.Path(dir_okay=False, path_type=Path), help="Also write one line per page (CSV), for finding the worst.")
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
    unreadable, rightly = refused_rightly(evaluation)
    lines = [
        f"{evaluation.pages} pages: {found.readable} readable, {unreadable} to be refused",
        f"  read                        {found.read:6} of {found.readable}",
        f"  every zone within 0.3 mm    {found.within:6} of {found.readable}  ({found.within / max(1, found.readable):.2%})",
        f"  worst zone of a card, mm    median {found.median_mm:.3f}, 99 % {found.p99_mm:.3f}, worst {found.worst_mm:.3f}",
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


def _row(row: FieldFigures) -> str:
    def share(value: float | None, width: int) -> str:
        return f"{'—':>{width}}" if value is None else f"{value:>{width}.2%}"

    ece = f"{'—':>8}" if row.ece is None else f"{row.ece:8.3f}"
    return (
        f"{row.name:22}{row.count:7}{share(row.exact, 9)}{share(row.cer, 8)}{share(row.accepted, 10)}"
        f"{share(row.wrong, 9)}{share(row.wrong_bound, 9)}{ece}"
    )
