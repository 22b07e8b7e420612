"""Every message exists in three languages, and every reason has its message."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import texts
from ocr.lexicon.rules import RULES
from ocr.reading import Refusal, Why
from texts.messages import LANGUAGES, Language, catalogue, refusal_message, rule_message, say, why_message

ENTRIES = [(section, key) for section, entries in catalogue().items() for key in entries]
SOURCES = Path(texts.__file__).parents[1] / "migcards"


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("section, key", ENTRIES)
def test_three_languages_with_the_same_places(section: str, key: str) -> None:
    message = catalogue()[section][key]
    assert set(message) == set(LANGUAGES)
    assert all(text.strip() for text in message.values())
    assert len({frozenset(places(text)) for text in message.values()}) == 1
    if not section.startswith("queue"):
        assert len(set(message.values())) == len(LANGUAGES), "not translated"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Refusal)
def test_every_refusal_says_why(reason: Refusal, language: str) -> None:
    message = refusal_message(reason, "42 %", language)
    assert "42 %" in message
    assert "{" not in message


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", [*Why, *(f"rule:{rule}" for rule in RULES)])
def test_every_reason_for_review_is_said(why: str, language: str) -> None:
    assert why_message(why, language).strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_sentence(rule: str, language: Language) -> None:
    assert rule_message(rule, language).endswith(".")


def test_unknown_rule_is_refused() -> None:
    with pytest.raises(KeyError, match="no_such_rule"):
        why_message("rule:no_such_rule", "ru")


def test_no_message_is_said_to_nobody_and_none_is_missing() -> None:
    """Keys in the sources, literal or made from an enumeration, are those of the catalogue."""
    known = {f"{section}.{key}" for section, key in ENTRIES}
    said = {
        key
        for path in SOURCES.rglob("*.py")
        for key in re.findall(r'\bsay\(\s*"([a-z_]+\.[a-z_]+)"', path.read_text("utf-8"))
    }
    assert said <= known
    enumerated = {f"refusal.{reason}" for reason in Refusal} | {f"why.{why}" for why in Why}
    assert enumerated <= known
    assert {key for key in known - said if key.startswith(("refusal.", "why."))} == enumerated


def test_languages_differ_in_script() -> None:
    cyrillic = re.compile("[а-яё]", re.IGNORECASE)
    for section, key in ENTRIES:
        message = catalogue()[section][key]
        assert not cyrillic.search(message["en"]), key
        assert cyrillic.search(message["ru"]) and cyrillic.search(message["tg"]), key


def test_unknown_message_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("refusal.nonsense", "ru")
