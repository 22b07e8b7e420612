"""The summary of a run, for people."""

from __future__ import annotations

import pytest

from migcards.saver import SavedPage
from migcards.tally import RunTally
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from texts import LANGUAGES, Language
from texts.catalogue import catalogue


def refused(*reasons: Refusal) -> RunTally:
    tally = RunTally()
    for page, reason in enumerate(reasons):
        tally.add(SavedPage(Refused(ScanId("0" * 64, page), reason, "")))
    return tally


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_are_words_not_codes(language: Language) -> None:
    shown = refused(*(reason for reason in Refusal if reason is not Refusal.COVER_SHEET)).as_text(1.0, language)
    assert not any(f" {reason.value} " in shown and "_" in reason.value for reason in Refusal)
    for reason in Refusal:
        assert reason is Refusal.COVER_SHEET or catalogue()["refusal_name"][reason][language] in shown
        assert catalogue()["refusal"][reason][language]


def test_after_refusals_only_the_rescan_list_comes_next() -> None:
    assert "migcards rescan" in refused(Refusal.BLANK).as_text(1.0, "en")
    assert "migcards queue" in RunTally(sheets=2, read=1, refused=1).as_text(1.0, "en")


def test_a_cover_sheet_is_counted_but_not_refused() -> None:
    tally = refused(Refusal.COVER_SHEET, Refusal.BLANK)
    assert (tally.sheets, tally.covers, tally.refused, tally.reasons) == (2, 1, 1, {"blank": 1})
