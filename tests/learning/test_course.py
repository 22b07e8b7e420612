"""Learning itself, which needs torch: `./run test-learning`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

torch = pytest.importorskip("torch", reason="torch is not installed: ./run test-learning")

from learning import further as fitting  # noqa: E402
from learning.course import Crew, learn  # noqa: E402
from learning.fit import read  # noqa: E402
from learning.judged import is_kept_back, total  # noqa: E402
from learning.networks import WEIGHTS, ReadingNetwork, load  # noqa: E402
from learning.sample import CYRILLIC, HAND, Sample, columns_of  # noqa: E402
from migcards.settled import settled_in_folder  # noqa: E402
from ocr.errors import BadInputError  # noqa: E402
from ocr.extract.framing import Gray, strip  # noqa: E402
from ocr.extract.network import MODEL, MODELS, Network  # noqa: E402
from ocr.forms.definition import FORMS_DIR  # noqa: E402
from ocr.scan import ScanId  # noqa: E402
from tests.migcards.cli.program import SAMPLES  # noqa: E402

WORDS = ("ШАРИФОВ", "КАРИМОВ", "НАЗАРОВА", "ДУШАНБЕ", "СТРОИТЕЛЬ", "ПОВАР", "УЧИТЕЛЬ", "ВОДИТЕЛЬ", "СЕСТРА", "КУЛОБ")
OTHERS = ("БОЗОР", "МОСКВА", "ЗЕМЛЯ", "ПАМИР")


def drawn(word: str, size: int) -> Gray:
    """A word in type, 255 = ink."""
    font = ImageFont.truetype(MODELS.parent / "fonts" / "DejaVuSansCondensed.ttf", size)
    image = Image.new("L", (round(font.getlength(word)) + 20, 2 * size))
    ImageDraw.Draw(image).text((10, size // 3), word, 255, font)
    return np.asarray(image, np.uint8)


def upside_down(word: str, size: int) -> Sample:
    """A style of writing that no network was ever fitted to."""
    ink = drawn(word, size)[::-1]
    return Sample(strip(np.ascontiguousarray(ink), 200.0), columns_of(word), CYRILLIC, HAND)


def usual(word: str, size: int) -> Sample:
    """The same in type."""
    return Sample(strip(drawn(word, size), 200.0), columns_of(word), CYRILLIC, HAND)


def right(network: ReadingNetwork, samples: list[Sample]) -> int:
    return sum(best == list(sample.columns) for sample, best, _ in read(network.eval(), samples))


def test_a_style_that_was_never_seen_is_learnt_and_the_usual_one_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fitting, "SEEN", 2_400)
    torch.set_num_threads(1)
    sizes = range(24, 40, 2)
    lessons = [write(word, size) for word in WORDS for size in sizes for write in (upside_down, usual)]
    base, told = load(MODELS / WEIGHTS), []
    network = fitting.further(base, lessons, 1, lambda done, steps: told.append((done, steps)))
    turned, upright = ([write(word, 31) for word in (*WORDS, *OTHERS)] for write in (upside_down, usual))
    assert right(base, turned) < 3 and right(network, turned) > 7
    assert right(network, upright) >= right(base, upright) > 11
    assert told[-1][0] == told[-1][1]


def test_a_course_from_labelled_scans_to_a_network_that_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "SEEN", 200)
    monkeypatch.setattr(fitting, "FEWEST_PASSES", 1)
    pages, stages = list(settled_in_folder(SAMPLES)), set()
    crew = Crew(FORMS_DIR, 2, 120, date(2026, 1, 2), lambda stage, done, of: stages.add(stage))
    course = learn(pages, MODELS, crew, tmp_path)
    assert stages == {"learn.looking", "learn.fitting", "learn.judging"}
    back = [page for page in pages if is_kept_back(ScanId(page.job.sha256, page.job.page))]
    assert 0 < course.kept_back == len(back) and course.lessons > 200
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / MODEL).write_bytes(course.model)
    assert Network(tmp_path / "net").version != Network(MODELS).version
    of_all = total(course.figures)
    assert of_all.fields > 20 and of_all.after >= of_all.before - 4
    assert any(sample.reader == "handwriting" for one in course.after for sample in one.scored)


def test_too_little_to_learn_from_is_said(tmp_path: Path) -> None:
    crew = Crew(FORMS_DIR, 1, 120, date(2026, 1, 2), lambda *_: None)
    with pytest.raises(BadInputError, match="0 handwritten answers"):
        learn([], MODELS, crew, tmp_path)
