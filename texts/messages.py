"""What the system says to people, in Russian, Tajik and English, from one catalogue."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["ru", "tg", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
CATALOGUE = Path(__file__).parent / "data" / "messages.toml"


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, dict[str, str]]]:
    """All messages: section, key, language."""
    return tomllib.loads(CATALOGUE.read_text("utf-8"))


def say(key: str, language: Language, **values: Any) -> str:
    """Message ``section.key`` in a language with its places filled in.

    Raises
    ------
    KeyError
        There is no such message.
    """
    section, _, name = key.partition(".")
    return catalogue()[section][name][language].format(**values)


def refusal_message(reason: str, detail: str, language: Language) -> str:
    """Why a sheet was refused (`ocr.reading.Refusal`) and what to do."""
    return say(f"refusal.{reason}", language, detail=detail)


def rule_message(rule: str, language: Language) -> str:
    """What a broken rule between fields means (`ocr.lexicon.rules.RULES`), as a sentence."""
    return say(f"rule.{rule}", language)


def why_message(why: str, language: Language) -> str:
    """Why a field waits for a person (`ocr.reading.Why`, or ``rule:NAME``)."""
    kind, _, rule = why.partition("rule:")
    return rule_message(rule, language) if not kind and rule else say(f"why.{why}", language)
