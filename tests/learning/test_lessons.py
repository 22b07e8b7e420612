"""What the network is fitted to is what people settled, not what was read."""

from __future__ import annotations

import numpy as np

from learning.lessons import SettledPage, lessons_of, sample_of
from learning.sample import ALL, CYRILLIC, DATE, PASSPORT, TEXT, Sample, alphabet_for, columns_of, masks
from ocr.evaluation.truth import read_truth
from ocr.extract.handwriting import HandwritingReader
from ocr.extract.likelihood import alphabet_mask
from ocr.forms.definition import FORMS_DIR
from ocr.lexicon.alphabets import SEPARATORS, SYMBOLS
from ocr.lexicon.normalise import letters
from ocr.lexicon.posteriors import BLANK
from ocr.page import PageJob
from ocr.preprocess.content import file_hash
from tests.ocr.extract.drawn import form
from tests.ocr.extract.test_handwriting import COMB, LINE, Scripted, _crop
from tests.test_samples import SAMPLES


def text_of(sample: Sample) -> str:
    return "".join(SYMBOLS[c - 1] if c != BLANK else "_" for c in sample.columns)


def taught(value: str, **network: object) -> Sample | None:
    of = COMB if "cells" in network else LINE
    scripted = Scripted(**network)  # type: ignore[arg-type]
    return sample_of(_crop(of, "РАЕВ"), value, HandwritingReader(lambda: scripted))


def test_boxes_hold_what_people_say_where_the_reader_saw_it() -> None:
    sample = taught("РАЕВ", cells="РАЕЗ")
    assert sample is not None and text_of(sample) == "РАЕВ" and len(sample.edges) == 5


def test_a_box_between_letters_stays_empty() -> None:
    crop = _crop(COMB, "РА ЕВ")
    sample = sample_of(crop, "РАЕВ", HandwritingReader(lambda: Scripted(cells="РА_ЕВ")))
    assert sample is not None and text_of(sample) == "РА_ЕВ"


def test_a_letter_that_people_do_not_know_of_makes_no_lesson() -> None:
    assert taught("РАЕ", cells="РАЕВ") is None


def test_what_was_struck_out_makes_no_lesson() -> None:
    assert taught("РАЕВ", cells="РАЕ#") is None


def test_what_the_reader_sees_nothing_of_makes_no_lesson() -> None:
    assert taught("ШУХРАТ", cells="РАЕВ") is None


def test_lines_keep_what_stands_between_the_letters() -> None:
    sample = taught("РАЕВ", line="_Р_А_-_Е_З_")
    assert sample is not None and text_of(sample) == "РА-ЕВ" and not sample.edges


def test_a_value_that_is_left_empty_or_unknown_makes_no_lesson() -> None:
    assert taught("", line="_Р_А_") is None
    assert taught("?", line="_Р_А_") is None


def test_the_smallest_alphabet_that_has_all_characters_of_the_field() -> None:
    fields = form("revised-departure").by_name
    expected = {"surname": CYRILLIC, "birth_date": DATE, "document_no": PASSPORT}
    assert {name: alphabet_for(alphabet_mask(fields[name])) for name in expected} == expected
    assert alphabet_for(masks()[TEXT]) == TEXT and alphabet_for(masks()[CYRILLIC] | masks()[PASSPORT]) == ALL


def test_lessons_of_a_sample_scan_say_what_is_written_there() -> None:
    truth = next(t for t in read_truth(SAMPLES) if t.scan.startswith("fault-jpeg") and t.expect == "read")
    path = SAMPLES / truth.scan
    values = {name: field.value for name, field in truth.fields.items() if field.value}
    page = SettledPage(PageJob(path, file_hash(path), truth.page), values, values, {}, frozenset())
    lessons = lessons_of(page, FORMS_DIR)
    assert len(lessons) >= 4
    for lesson in lessons:
        written = letters(truth.fields[lesson.field].written or "")
        assert text_of(lesson.sample).translate(dict.fromkeys(map(ord, SEPARATORS + "_"))) == written
        assert lesson.sample.fits and (np.array(lesson.sample.columns) >= 0).all()


def test_a_page_that_is_gone_gives_none() -> None:
    page = SettledPage(PageJob(SAMPLES / "no-such-file.png", "0" * 64, 0), {"surname": "РАЕВ"}, {}, {}, frozenset())
    assert lessons_of(page, FORMS_DIR) == []


def test_columns_of_a_text() -> None:
    assert [SYMBOLS[c - 1] for c in columns_of("АЛИ 7")] == list("АЛИ 7")
