"""One key for all the ways a word is spelt: Russian or Tajik letters, old fonts, lookalikes, administrative words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import Hamming

from ocr.lexicon.alphabets import SEPARATORS, STRUCK, SYMBOLS

LEGACY_GLYPHS = str.maketrans("ѓґїќўњљіЃҐЇЌЎЊЉІ", "ғғӣқӯҳҷиҒҒӢҚӮҲҶИ")
"""Code points that Tajik fonts made before Unicode drew as Tajik letters."""

_LOOKALIKES = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")
_LATIN_LOOKALIKE = re.compile(r"[ABCEHKMOPTXY]+")
_DIGIT_LETTERS = str.maketrans("03468", "ОЗЧБВ")
_TAJIK = str.maketrans({"қ": "к", "ҳ": "х", "ӣ": "и", "ҷ": "ч", "ӯ": "у", "ғ": "г", "ё": "е", "ь": "", "ъ": ""})
_PLAIN = str.maketrans("ҒӢҚӮҲҶЁ", "ГИКУХЧЕ")
_WORD = re.compile(r"[^\W_]+")

ADMINISTRATIVE = {
    **dict.fromkeys(("г", "гор", "город", "города", "ш", "шахр", "шахри"), "city"),
    **dict.fromkeys(("р", "н", "рн", "район", "района", "нохия", "нохияи"), "district"),
    **dict.fromkeys(("обл", "област", "области", "вилоят", "вилояти"), "region"),
    **dict.fromkeys(("край", "края", "кишвари"), "territory"),
    **dict.fromkeys(("респ", "республика", "республики", "чумхурии"), "republic"),
    **dict.fromkeys(("пос", "поселок", "пгт", "шахрак", "шахраки", "деха", "дехаи", "кишлак"), "settlement"),
}
"""Folded words that say what kind of place follows, and the kind."""

# Words for villages are left out: they are too like names (дехаи, Деҳлӣ).
_MISREADABLE = tuple(w for w, kind in ADMINISTRATIVE.items() if len(w) >= 5 and kind != "settlement")


def _letters(word: str) -> str:
    """Fold one word: lookalikes, case, Tajik letters, Russian dж and тс for Tajik ҷ and Russian ц."""
    upper = word.upper()
    if _LATIN_LOOKALIKE.fullmatch("".join(c for c in upper if c.isascii() and c.isalpha())):
        upper = upper.translate(_LOOKALIKES)
    plain = upper.lower().translate(LEGACY_GLYPHS).translate(_TAJIK)
    return plain.replace("дж", "ч")


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
        Lower-case words without ё, ь, ъ, Tajik or legacy letters; Russian ``дж`` is written ч like Tajik ҷ.
        A word in which every Latin letter has a Cyrillic double becomes Cyrillic.
        Letters all set apart, as a comb of boxes invites, are one word.
    """
    found = _together(_WORD.findall(unicodedata.normalize("NFC", text)))
    return tuple(folded for word in found if (folded := _letters(word)))


def fold(text: str) -> str:
    """Key for comparing two spellings: folded words without administrative ones, joined by single spaces.

    Administrative words (г., шаҳри, р-н, вилояти, …) stay where nothing else is written. The function is
    idempotent.
    """
    words = fold_words(text)
    core = _together([word for word in words if not kind_of(word)])
    return " ".join(core or words)


def _together(words: list[str]) -> list[str]:
    """Single letters, if there is nothing else, as one word."""
    return ["".join(words)] if len(words) > 3 and all(len(word) == 1 for word in words) else words


def place_kinds(text: str) -> frozenset[str]:
    """Kinds of place named by the administrative words of a text: city, district, region, settlement, …"""
    return frozenset(kind for word in fold_words(text) if (kind := kind_of(word)))


@lru_cache(maxsize=8192)
def kind_of(word: str) -> str:
    """Kind of place an administrative word names, or empty; a long one may have a wrong letter, or two of eight."""
    if word in ADMINISTRATIVE or len(word) < 5:
        return ADMINISTRATIVE.get(word, "")
    most = 1 if len(word) < 8 else 2
    alike = (known for known in _MISREADABLE if len(known) == len(word))
    return next((ADMINISTRATIVE[known] for known in alike if Hamming.distance(known, word) <= most), "")


@lru_cache(maxsize=8192)
def letters(text: str) -> str:
    """Letters and digits of a text as a handwriting recogniser tells them apart: capitals, nothing between them."""
    capitals = unicodedata.normalize("NFC", text).translate(LEGACY_GLYPHS).upper()
    return "".join(c for c in capitals if c in SYMBOLS and c not in SEPARATORS + STRUCK)


def plain(text: str) -> str:
    """Capitals in the letters that many people write for Tajik ones, and е for ё."""
    return text.translate(_PLAIN)


def normalise_name(text: str) -> str:
    """A person's name as written, made uniform: capitals, Unicode Tajik letters, Cyrillic, single spaces.

    Unlike `fold` it keeps the letters that tell names apart (ҳ and х, қ and к). A digit is taken for the letter
    it looks like.
    """
    text = unicodedata.normalize("NFC", text).translate(_DIGIT_LETTERS)
    words = re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", text)
    return " ".join(_name_word(word) for word in words)


def _name_word(word: str) -> str:
    upper = word.upper().translate(LEGACY_GLYPHS)
    latin = "".join(c for c in upper if c.isascii() and c.isalpha())
    return upper.translate(_LOOKALIKES) if _LATIN_LOOKALIKE.fullmatch(latin) else upper
