"""The languages have names, and browsers ask for one."""

from __future__ import annotations

import pytest

from texts import LANGUAGES, Label
from texts.languages import best_language, language_name


def test_languages_are_named_in_each_other() -> None:
    assert [language_name(x, "tg") for x in LANGUAGES] == ["Русӣ", "Тоҷикӣ", "Англисӣ"]
    assert [language_name(x, x) for x in LANGUAGES] == ["Русский", "Тоҷикӣ", "English"]


def test_a_label_has_three_languages_and_no_fourth() -> None:
    label = Label("да", "ҳа", "yes")
    assert [label.of(x) for x in LANGUAGES] == ["да", "ҳа", "yes"]
    with pytest.raises(ValueError, match="not in tuple"):
        label.of("de")


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "ru"), ("de", "ru"), ("tg", "tg"), ("en-GB,en;q=0.9,ru;q=0.8", "en"), ("de, ru-RU;q=0.7, en;q=0.3", "ru")],
)
def test_the_language_that_a_browser_asks_for(header: str, language: str) -> None:
    assert best_language(header) == language
