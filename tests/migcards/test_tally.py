"""The summary of a run, for people."""

from __future__ import annotations

import pytest

from migcards.tally import RunTally
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from texts import LANGUAGES, Language
from texts.catalogue import catalogue


def refused(*reasons: Refusal) -> RunTally:
    tally = RunTally()
    for page, reason in enumerate(reasons):
        tally.add(Refused(ScanId("0" * 64, page), reason, ""))
    return tally


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_are_words_not_codes(language: Language) -> None:
    shown = refused(*Refusal).as_text(1.0, language)
    assert not any(f" {reason.value} " in shown and "_" in reason.value for reason in Refusal)
    for reason in Refusal:
        assert catalogue()["refusal_name"][reason][language] in shown
        assert catalogue()["refusal"][reason][language]


def test_after_refusals_only_the_rescan_list_comes_next() -> None:
    assert "migcards rescan" in refused(Refusal.BLANK).as_text(1.0, "en")
    assert "migcards queue" in RunTally(sheets=2, read=1, refused=1).as_text(1.0, "en")
