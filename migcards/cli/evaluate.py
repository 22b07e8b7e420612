"""`migcards evaluate`: figures against truth."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click
from tqdm import tqdm

from migcards.cli.shared.acceptance import own_target_errors
from migcards.cli.shared.context import IN_FOLDER, forms_dir, settings
from migcards.cli.shared.output import json_option, print_json
from migcards.cli.shared.pictures import write_png
from ocr.errors import BadInputError
from ocr.evaluation.picture import curve_of, draw_curves, draw_reliability
from ocr.evaluation.report import as_page, as_text, tables
from ocr.evaluation.run import read_all_beside, read_labelled, score_all
from ocr.evaluation.score import PageScore
from ocr.evaluation.sheets import choose, crops_of, draw_sheet
from ocr.evaluation.splits import BY_GROUP
from ocr.evaluation.summary import Evaluation, scored_fields, summarise
from ocr.evaluation.truth import read_truth
from texts.spreadsheet import safe


@click.command()
@click.argument("scans", type=IN_FOLDER)
@click.option("--truth", type=IN_FOLDER, help="Folder of truth files; SCANS if not given.")
@click.option("--beside", type=click.Choice(["tesseract"]), help="Also read the handwriting with this reader.")
@click.option(
    "-o",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write into this folder: index.html, curves, all figures (JSON), pages and confusions of letters (CSV).",
)
@click.option(
    "--worst",
    type=click.IntRange(min=1),
    help="With -o: draw so many of the surest wrong and of the least sure right fields of each group. The pictures "
    "show names: guard them like the scans.",
)
@json_option
def evaluate(
    scans: Path, truth: Path | None, beside: str | None, out: Path | None, worst: int | None, as_json: bool
) -> None:
    """Read labelled scans and say where the reader is right, where it is wrong, and whether it knows.

    As JSON (--json): all figures, as -o writes them into figures.json.
    """
    if worst is not None and out is None:
        raise BadInputError("--worst draws pictures: name a folder for them with -o.")
    truths = list(read_truth(truth or scans))
    crew = settings().workers, settings().page_timeout_s, forms_dir()
    today = date.today()
    pages = read_labelled(scans, truths, *crew, today=today, target_errors=own_target_errors())
    labelled = list(tqdm(pages, total=len(truths), unit="page", disable=None))
    other = dict(read_all_beside((result for _, result in labelled), *crew, today)) if beside else None
    scored = sorted(score_all(labelled, forms_dir(), other, today=today), key=lambda page: (page.scan, page.page))
    evaluation = summarise(scored)
    if as_json:
        print_json(_plain(evaluation))
    else:
        for line in as_text(tables(evaluation)):
            click.echo(line)
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
            _write(out, evaluation, scored, draw_worst(out, scored, scans, worst) if worst else [])
        except OSError as error:
            raise BadInputError(f"{out} cannot be written: {error.strerror}.") from error
        click.echo(f"\n{out / 'index.html'}", err=as_json)


def draw_worst(out: Path, scored: Sequence[PageScore], scans: Path, count: int) -> list[tuple[str, str]]:
    """Draw contact sheets; returns their file names and captions."""
    chosen = choose(scored_fields(scored), count)
    crops = crops_of((field for fields in chosen.values() for field in fields), scans, forms_dir())
    sheets = []
    for name, fields in chosen.items():
        write_png(out / f"{name}.png", draw_sheet(fields, crops))
        group, verdict = name.rsplit("-", 1)
        sheets.append(
            (f"{name}.png", f"{group}: {'surest of the wrong' if verdict == 'wrong' else 'least sure of the right'}")
        )
    return sheets


def _write(out: Path, evaluation: Evaluation, scored: Sequence[PageScore], sheets: Sequence[tuple[str, str]]) -> None:
    """Write figures, curves and the page that shows them."""
    title = f"Evaluation on {evaluation.pages} pages"
    written = next((split.rows for split in evaluation.splits if split.title == BY_GROUP), ())
    drawn = {
        "curves.svg": draw_curves("Reject against error by kind", map(curve_of, evaluation.by_kind)),
        "curves-handwriting.svg": draw_curves("Reject against error of handwriting", map(curve_of, written)),
        "reliability.svg": draw_reliability("Reliability by kind", evaluation.by_kind),
        "reliability-handwriting.svg": draw_reliability("Reliability of handwriting", written),
    }
    for name, svg in drawn.items():
        (out / name).write_text(svg, "utf-8")
    pictures = [*((name, name.removesuffix(".svg").replace("-", ", ")) for name in drawn), *sheets]
    (out / "index.html").write_text(as_page(title, tables(evaluation), pictures), "utf-8")
    (out / "figures.json").write_text(json.dumps(_plain(evaluation), indent=1, ensure_ascii=False), "utf-8")
    _write_csv(
        out / "confusions.csv",
        ("style", "written", "read", "count", "among"),
        ((c.style, c.written, c.read, c.count, c.among) for c in evaluation.confusions),
    )
    _write_csv(
        out / "pages.csv",
        ("scan", "page", "expect", "outcome", "form", "right_form", "right_rotation", "offset_mm", "residual_mm",
         "faults", "wrong_accepted"),
        map(_page_row, scored),
    )  # fmt: skip


def _plain(evaluation: Evaluation) -> dict[str, object]:
    return asdict(evaluation) | {"refusals": [[*key, n] for key, n in evaluation.refusals.items()]}


def _page_row(page: PageScore) -> tuple[object, ...]:
    wrong = " ".join(field.field for field in page.fields if field.accepted and not field.right)
    return (
        page.scan, page.page + 1, page.expect, page.outcome, page.form, int(page.right_form),
        int(page.right_rotation), "" if page.offset_mm is None else f"{page.offset_mm:.3f}",
        f"{page.residual_mm:.3f}", " ".join(page.faults), wrong,
    )  # fmt: skip


def _write_csv(path: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
