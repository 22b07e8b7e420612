"""`migcards evaluate` on three of the sample scans."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import pytest
from click.testing import CliRunner, Result

from migcards.cli.evaluate import evaluate
from ocr.errors import BadInputError
from ocr.evaluation.splits import BY_GROUP

SAMPLES = Path(__file__).parents[3] / "fixtures" / "samples"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A folder of figures and what was printed."""
    folder = tmp_path_factory.mktemp("evaluation")
    for name in ("fault-skew", "fault-shear", "refused-too-dark"):
        for path in SAMPLES.glob(f"{name}.*"):
            shutil.copy(path, folder)
    arguments = [str(folder), "--beside", "tesseract", "--worst", "2", "-o", str(folder / "out")]
    result = CliRunner().invoke(evaluate, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return folder / "out", result


def test_tables_are_printed(done: tuple[Path, Result]) -> None:
    lines = done[1].output.splitlines()
    readable = next(line for line in lines if line.startswith("readable"))
    assert readable.split()[1:3] == ["2", "3"]
    assert any(line.startswith("occupation by level of ISCO-08") for line in lines)
    head = lines[lines.index("handwriting by what it says") + 1]
    assert {"reachable", "tesseract", "accepted"} <= set(head.split())


def test_the_folder_holds_figures_curves_and_sheets(done: tuple[Path, Result]) -> None:
    out, _ = done
    figures = json.loads((out / "figures.json").read_text("utf-8"))
    tables = {table["title"]: table["rows"] for table in figures["splits"]}
    rows = {row["name"]: row for row in tables[BY_GROUP]}
    assert rows["names"]["count"] == 5
    assert 0 <= rows["names"]["exact"] <= rows["names"]["reachable"] <= 1
    assert len((out / "pages.csv").read_text("utf-8").splitlines()) == 4
    assert (out / "confusions.csv").read_text("utf-8").startswith("style,written,read,count,among")
    page = (out / "index.html").read_text("utf-8")
    sheets = [*out.glob("*-wrong.png"), *out.glob("*-right.png")]
    assert sheets
    for path in [*out.glob("*.svg"), *sheets]:
        assert f'src="{path.name}"' in page
    assert all(cv2.imread(str(path)).shape[1] > 1000 for path in sheets)


def test_sheets_need_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]", "utf-8")
    with pytest.raises(BadInputError, match="-o"):
        CliRunner().invoke(evaluate, [str(tmp_path), "--worst", "3"], catch_exceptions=False)
