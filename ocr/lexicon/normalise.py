"""One key for all the ways a word is spelt: Russian or Tajik letters, old fonts, lookalikes, administrative words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LEGACY_GLYPHS = str.maketrans("ѓїќўњљіЃЇЌЎЊЉІ", "ғӣқӯҳҷиҒӢҚӮҲҶИ")
"""Code points that Tajik fonts made before Unicode drew as Tajik letters."""

_LOOKALIKES = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")
_LATIN_LOOKALIKE = re.compile(r"[ABCEHKMOPTXY]+")
_TAJIK = str.maketrans({"қ": "к", "ҳ": "х", "ӣ": "и", "ҷ": "ч", "ӯ": "у", "ғ": "г", "ё": "е", "ь": "", "ъ": ""})
_WORD = re.compile(r"[^\W_]+")

ADMINISTRATIVE = {
    **dict.fromkeys(("г", "гор", "город", "города", "ш", "шахр", "шахри"), "city"),
    **dict.fromkeys(("р", "н", "рн", "район", "района", "нохия", "нохияи"), "district"),
    **dict.fromkeys(("обл", "област", "вилоят", "вилояти"), "region"),
    **dict.fromkeys(("край", "края", "кишвари"), "territory"),
    **dict.fromkeys(("респ", "республика", "чумхурии"), "republic"),
    **dict.fromkeys(("пос", "поселок", "пгт", "шахрак", "шахраки", "деха", "дехаи", "кишлак"), "settlement"),
}
"""Folded words that say what kind of place follows, and the kind."""


def _letters(word: str) -> str:
    """Fold one word: lookalikes, case, Tajik letters, Russian dж and тс for Tajik ҷ and Russian ц."""
    upper = word.upper()
    if _LATIN_LOOKALIKE.fullmatch("".join(c for c in upper if c.isascii() and c.isalpha())):
        upper = upper.translate(_LOOKALIKES)
    plain = upper.lower().translate(LEGACY_GLYPHS).translate(_TAJIK)
    return plain.replace("дж", "ч").replace("тс", "ц")


@lru_cache(maxsize=8192)
def fold_words(text: str) -> tuple[str, ...]:
    """Folded words of a text, administrative ones included.

    Parameters
    ----------
    text
        Any text; punctuation separates words.

    Returns
    -------
    tuple of str
        Lower-case words without ё, ь, ъ, Tajik or legacy letters; Russian ``дж`` is written ч like Tajik ҷ,
        Tajik ``тс`` is written ц. A word in which every Latin letter has a Cyrillic double becomes Cyrillic.
    """
    words = (_letters(word) for word in _WORD.findall(unicodedata.normalize("NFC", text)))
    return tuple(word for word in words if word)


def fold(text: str) -> str:
    """Key for comparing two spellings: folded words without administrative ones, joined by single spaces.

    Administrative words (г., шаҳри, р-н, вилояти, …) stay where nothing else is written. The function is
    idempotent.
    """
    words = fold_words(text)
    core = [word for word in words if word not in ADMINISTRATIVE]
    return " ".join(core or words)


def place_kinds(text: str) -> frozenset[str]:
    """Kinds of place named by the administrative words of a text: city, district, region, settlement, …"""
    return frozenset(ADMINISTRATIVE[word] for word in fold_words(text) if word in ADMINISTRATIVE)


def normalise_name(text: str) -> str:
    """A person's name as written, made uniform: Unicode Tajik letters, Cyrillic, single spaces, capitals first.

    Unlike `fold` it keeps the letters that tell names apart (ҳ and х, қ and к).
    """
    words = re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", unicodedata.normalize("NFC", text))
    return " ".join(_name_word(word) for word in words)


def _name_word(word: str) -> str:
    upper = word.upper().translate(LEGACY_GLYPHS)
    latin = "".join(c for c in upper if c.isascii() and c.isalpha())
    if _LATIN_LOOKALIKE.fullmatch(latin):
        upper = upper.translate(_LOOKALIKES)
    return "-".join(part.capitalize() for part in upper.split("-"))
