from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.lexicon.coverage import DECODED
from ocr.lexicon.decode import decode
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.match import NOT_IN_LEXICON

DISTRICTS, DESTINATIONS = load_lexicon("districts"), load_lexicon("destinations")
OCCUPATIONS = load_lexicon("occupations")


def best(text: str, name: str, **options: object) -> str:
    return decode(text, load_lexicon(name), **options)[0].value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "day", "code"),
    [
        ("БОХТАР", date(2015, 5, 1), "TJ-KT-06"),
        ("БОХТАР", date(2020, 5, 1), "TJ-KT-01"),
        ("Бохтарский район", date(2020, 5, 1), "TJ-KT-06"),
        ("р-н Бохтар", date(2020, 5, 1), "TJ-KT-06"),
        ("Курган-Тюбе", date(2020, 5, 1), "TJ-KT-01"),
        ("Бустон", date(2014, 5, 1), "TJ-SU-13"),
        ("Бустон", date(2020, 5, 1), "TJ-SU-08"),
        ("пос. Бустон", date(2020, 5, 1), "TJ-SU-13"),
        ("Чкаловск", date(2020, 5, 1), "TJ-SU-08"),
        ("Дусти", date(2014, 5, 1), "TJ-KT-23"),
        ("Дусти", date(2020, 5, 1), "TJ-KT-20"),
        ("Вахдат", date(2020, 5, 1), "TJ-RA-01"),
        ("Москва", None, "TJ-KT-13"),
        ("Кушониён", date(2015, 5, 1), NOT_IN_LEXICON),
    ],
)
def test_renamed_and_homonymous_places_by_the_day_of_the_card(text: str, day: date | None, code: str) -> None:
    assert best(text, "districts", on=day) == code


def test_year_of_renaming_leaves_both_meanings() -> None:
    first, second = decode("Бохтар", DISTRICTS, on=date(2018, 6, 1))[:2]
    assert {first.value, second.value} == {"TJ-KT-01", "TJ-KT-06"}
    assert first.probability == pytest.approx(second.probability)


@pytest.mark.parametrize(
    ("text", "day", "code"),
    [
        ("Шымкент", date(2016, 1, 1), "KZ-61"),
        ("Шымкент", date(2020, 1, 1), "KZ-79"),
        ("Туркестан", date(2016, 1, 1), "KZ-61"),
        ("Туркестан", date(2020, 1, 1), "KZ-61"),
        ("Москва", None, "RU-MOW"),
        ("Маскав", None, "RU-MOW"),
        ("вилояти Маскав", None, "RU-MOS"),
        ("г. Екатеринбург", None, "RU-SVE"),
        ("Ленинград", None, "RU-SPE"),
        ("Ленинградская обл.", None, "RU-LEN"),
        ("Алтайский край", None, "RU-ALT"),
        ("Республика Алтай", None, "RU-AL"),
        ("Н.Новгород", None, "RU-NIZ"),
        ("Россия, Самара", None, "RU-SAM"),
        ("Моск. обл. г. Химки", None, "RU-MOS"),
    ],
)
def test_a_city_resolves_to_its_region(text: str, day: date | None, code: str) -> None:
    assert best(text, "destinations", on=day) == code


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("СВАРЩНК", "occupations", "7212"),
        ("кафшергар", "occupations", "7212"),
        ("мӯзадӯз", "occupations", "7536"),
        ("повар в кафе", "occupations", "5120"),
        ("мардикор", "occupations", "9622"),
        ("мардикори сохтмон", "occupations", "9313"),
        ("РФ", "countries", "RU"),
        ("Қазоқистон", "countries", "KZ"),
        ("Казaxcтaн", "countries", "KZ"),
        ("Суѓд", "regions", "TJ-SU"),
        ("сохтмон", "sectors", "F"),
        ("ыврапл", "occupations", NOT_IN_LEXICON),
        ("Рахимов", "countries", NOT_IN_LEXICON),
    ],
)
def test_known_readings(text: str, name: str, code: str) -> None:
    assert best(text, name) == code


@pytest.mark.parametrize("word", ["дӯзанда", "дорусоз", "боркаш"])
def test_words_with_two_meanings_are_left_to_people(word: str) -> None:
    first, second = decode(word, OCCUPATIONS)[:2]
    assert first.value != second.value
    assert first.probability < 0.6


def test_within_prefers_but_does_not_exclude() -> None:
    assert best("Навобод", "districts", within={"TJ-RA": 1.0})[:5] == "TJ-RA"
    assert best("Зарнисор", "districts", within={"TJ-SU": 1.0}) == "TJ-SU-03"
    assert best("Зарнисор", "districts", within={"TJ-KT": 1.0}) == "TJ-KT-07"
    assert best("Худжанд", "districts", within={"TJ-KT": 1.0}) == "TJ-SU-01"
    assert decode("Худжанд", DISTRICTS, within={"OTHER": 1.0}) == decode("Худжанд", DISTRICTS)


def test_nothing_written_gives_nothing() -> None:
    assert decode("", DISTRICTS) == decode(" .- ", load_lexicon("surnames")) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ХОЛИМБЕКОВ", "ХОЛИМБЕКОВ"),
        ("РАҲИМОВ", "РАҲИМОВ"),
        ("РАХИМОВ", "РАХИМОВ"),
        ("РАХНМОВ", "РАХИМОВ"),
        ("РАХЫФОР", "РАХЫФОР"),
    ],
)
def test_names_are_kept_as_written_unless_nearly_a_known_one(text: str, name: str) -> None:
    assert best(text, "surnames") == name


def test_known_names_are_surer_than_unknown_ones() -> None:
    surnames = load_lexicon("surnames")
    assert decode("Рахимов", surnames)[0].probability > decode("Холимбеков", surnames)[0].probability


@given(st.sampled_from(DECODED), st.text("абвгинпшщц03 -ғқ", max_size=14), st.integers(1, 6), st.booleans())
def test_candidates_are_ranked_distinct_shares(name: str, text: str, limit: int, dated: bool) -> None:
    lexicon = load_lexicon(name)
    found = decode(text, lexicon, limit=limit, on=date(2015, 1, 1) if dated else None)
    assert len(found) <= limit
    assert len({c.value for c in found}) == len(found)
    assert sum(c.probability for c in found) <= 1 + 1e-9
    assert [c.probability for c in found] == sorted((c.probability for c in found), reverse=True)
    if found and not lexicon.is_open:
        assert NOT_IN_LEXICON in {c.value for c in found}


def test_one_more_wrong_letter_never_makes_it_surer() -> None:
    texts = ["экскаваторщик", "экскаваторшик", "эксковаторшик", "эксковаторшнк", "экскоаторшнк"]
    shares = [next(c.probability for c in decode(text, OCCUPATIONS) if c.value == "8342") for text in texts]
    assert shares == sorted(shares, reverse=True)
