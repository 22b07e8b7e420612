from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocr.lexicon.normalise import fold, letters, normalise_name, place_kinds, plain

LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяғӣқӯҳҷїќўњљABCHKXTtaxs0134 .-()/"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Шаҳри Хуҷанд", "г. Худжанд"),
        ("ҚӮРҒОНТЕППА", "кургонтеппа"),
        ("Ќўлоб", "Кулоб"),
        ("њасанов", "Хасанов"),
        ("MOCKBA", "Москва"),
        ("Восеъ", "Восе"),
        ("Тюмень", "Тюмен"),
        ("ҷамшед", "Джамшед"),
        ("Вилояги Хатлон", "Хатлон"),
        ("Вахш р-н", "ноҳияи Вахш"),
        ("Вилояти Хатлон", "Хатлон обл."),
        ("Королёв", "КОРОЛЕВ"),
        ("С В А Р Щ И К", "сварщик"),
    ],
)
def test_spellings_of_one_word_share_a_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Ровот", "Равот"), ("Khujand", "Кхуjанд"), ("Бохтар", "Бохтариён")])
def test_different_words_keep_different_keys(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_administrative_words_alone_stay() -> None:
    assert fold("р-н") == "р н"
    assert fold("г.") == "г"
    assert fold("") == fold(" .-/ ") == ""


@given(st.text(LETTERS, max_size=30))
@example("г а б в д район")
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=20))
def test_fold_takes_any_text(text: str) -> None:
    key = fold(text)
    assert key == key.strip() and "  " not in key


def test_kinds_of_place() -> None:
    assert place_kinds("г. Бохтар") == {"city"}
    assert place_kinds("ноҳияи Бохтар") == place_kinds("Бохтар р-н") == {"district"}
    assert place_kinds("Бохтар") == place_kinds("Деҳлӣ") == frozenset()
    assert place_kinds("Бохтар райои") == {"district"}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ЊАСАНОВ", "ҲАСАНОВ"),
        (" раҳимов  ", "РАҲИМОВ"),
        ("РАХИМ0В", "РАХИМОВ"),
        ("PAXMOH", "РАХМОН"),
        ("бобо-ЗОДА", "БОБО-ЗОДА"),
        ("...", ""),
    ],
)
def test_names_are_made_uniform_but_keep_their_letters(written: str, name: str) -> None:
    assert normalise_name(written) == name


@pytest.mark.parametrize(
    ("text", "spelt"),
    [("г. Ҷаббор-Расулов", "ГҶАББОРРАСУЛОВ"), ("Ќўрѓон (1)", "ҚӮРҒОН1"), ("Ж/Д №", "ЖД"), ("#", ""), ("", "")],
)
def test_letters_as_a_handwriting_recogniser_tells_them_apart(text: str, spelt: str) -> None:
    assert letters(text) == spelt


def test_plain_letters_for_tajik_ones() -> None:
    assert plain("ҒӢҚӮҲҶЁЪ") == "ГИКУХЧЕЪ"
