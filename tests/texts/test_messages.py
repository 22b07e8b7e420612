"""Texts come out in the language asked for, numbers and dates as it writes them; every reason has its message."""

from __future__ import annotations

from datetime import date

import pytest

from migcards.settings import Settings
from ocr.lexicon.rules import RULES
from ocr.reading import Refusal, Why
from review.accounts.users import ROLES
from review.web.render import NAVIGATION
from texts import LANGUAGES, Language, refusal_message, rule_message, say, say_all, why_message
from texts.catalogue import catalogue


def test_quantities_are_written_as_the_language_does_and_names_are_not() -> None:
    assert say("report.note_cards", "ru", cards=1234) == "Пересечений границы (карточек) в таблице: 1\u00a0234."
    assert say("report.note_cards", "en", cards=1234) == "Crossings (cards) in the table: 1,234."
    assert say("record.title", "ru", card=1234) == "Карточка 1234"


def test_a_count_chooses_the_form() -> None:
    russian = {1: "1 день", 7: "7 дней", 32: "32 дня", 1000: "1\u00a0000 дней"}
    assert {n: say("quality.days", "ru", count=n) for n in russian} == russian
    assert [say("quality.days", "tg", count=n) for n in (1, 7)] == ["1 рӯз", "7 рӯз"]
    assert [say("quality.days", "en", count=n) for n in (1, 7)] == ["1 day", "7 days"]


def test_dates_are_written_as_the_language_does() -> None:
    days = {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}
    said = say_all("report.note_previous", **days)
    assert said.ru == "Тот же период прошлого года: 01.01.2025 – 31.12.2025."
    assert said.en == "Same period of the previous year: 1 January 2025 – 31 December 2025."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", [reason for reason in Refusal if reason is not Refusal.COVER_SHEET])
def test_every_refusal_says_why(reason: Refusal, language: Language) -> None:
    message = refusal_message(reason, "42 %", language)
    assert "42 %" in message
    assert "{" not in message


def test_what_was_measured_is_said_in_the_language() -> None:
    messages = [refusal_message(Refusal.BAD_FIT, "residual_mm 0.62 0.4", language) for language in LANGUAGES]
    assert "расхождение 0,62 мм, допустимо 0,4 мм" in messages[0]
    assert "фарқият 0,62 мм" in messages[1]
    assert "residual 0.62 mm, allowed 0.4 mm" in messages[2]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", [*Why, *(f"rule:{rule}" for rule in RULES)])
def test_every_reason_for_review_is_said(why: str, language: Language) -> None:
    assert why_message(why, language).strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_sentence(rule: str, language: Language) -> None:
    assert rule_message(rule, language).endswith(".")


def test_nothing_but_the_reasons_there_are_is_explained() -> None:
    assert set(catalogue()["refusal"]) == set(Refusal)
    assert set(catalogue()["why"]) == set(Why)
    assert set(catalogue()["rule"]) == set(RULES)


def test_roles_and_menus_have_names() -> None:
    assert set(catalogue()["role"]) == set(ROLES)
    assert {name for menu in NAVIGATION.values() for _, name in menu} <= set(catalogue()["nav"])


def test_the_settings_know_the_same_languages() -> None:
    assert Settings.model_fields["language"].annotation == Language


@pytest.mark.parametrize("key", ["refusal.nonsense", "nonsense.blank", "report.note_cards"])
def test_an_unknown_text_or_a_missing_value_is_an_error(key: str) -> None:
    with pytest.raises(KeyError):
        say(key, "ru")


def test_unknown_rule_is_refused() -> None:
    with pytest.raises(KeyError, match="no_such_rule"):
        why_message("rule:no_such_rule", "ru")
