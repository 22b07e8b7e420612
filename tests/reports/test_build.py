"""Each table on a few cards that can be counted by hand, and the sums of all on random ones."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, text, update
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.forms.codebook import codebook
from ocr.lexicon.levels import days_of
from ocr.reading import Refusal
from reports.build import available, build
from reports.levels import LEVELS
from reports.specs import Spec, specs
from reports.table import Cell, Row, RowKind, Table, Unit, percent
from store.engine import open_store
from store.record_values import age_group
from store.tables import Record, Scan
from tests.reports.conftest import Filler, record
from tests.reports.demo import empty_store, population, scan
from texts import say_all

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
MISSING_ROWS = ["not stated", "not in the classification", "awaiting review"]
RETURN = {"direction": "A", "form": "revised-return", "purpose": "", "duration": "", "return_reason": "1"}


def rows(table: Table) -> dict[str, tuple[Cell, ...]]:
    """Cells by the English name of the row; the first of rows of the same name."""
    named: dict[str, tuple[Cell, ...]] = {}
    for row, cells in zip(table.rows, table.cells, strict=True):
        named.setdefault(row.label.en, cells)
    return named


def parts(table: Table) -> tuple[tuple[Row, ...], tuple[tuple[Cell, ...], ...]]:
    return table.rows, table.cells


def heads(table: Table) -> list[str]:
    return [f"{c.group.en + ' ' if c.group else ''}{c.label.en}" for c in table.columns]


def test_the_thirteen_standard_tables_are_there() -> None:
    assert {f"T{n}" for n in range(1, 14)} <= set(available())


def test_t1_counts_both_directions_by_district_and_sex(filled: Filler) -> None:
    session = filled(
        {}, {"sex": "F"}, {"district": None}, {"region": None, "district": None}, RETURN, {**RETURN, "sex": ""},
        {"region": "TJ-DU", "district": "TJ-DU-02"}, {"crossing_date": date(2025, 3, 5)},
    )  # fmt: skip
    table = build(session, "T1", *YEAR)
    assert heads(table) == [
        "Departed Total", "Departed men", "Departed women", "Returned Total", "Returned men", "Returned women",
        "Returned not stated",
    ]  # fmt: skip
    found = rows(table)
    assert found["Total"] == (5, 4, 1, 2, 1, 0, 1)
    assert found["Sughd"] == (3, 2, 1, 2, 1, 0, 1)
    assert found["Dushanbe"] == (1, 1, 0, 0, 0, 0, 0)
    assert found["Khatlon"] == (0,) * 7
    assert [r.label.en for r in table.rows if r.level == 2][:2] == [
        next(r.label.en for r in table.rows if r.level == 2), "awaiting review",
    ]  # fmt: skip
    last = [(r.label.en, c[0]) for r, c in zip(table.rows, table.cells, strict=True) if r.level == 1][-3:]
    assert last == [("not stated", 0), ("not in the classification", 0), ("awaiting review", 1)]
    assert table.cards == 7


def test_cards_that_are_neither_departure_nor_return_count_in_no_table(filled: Filler) -> None:
    other = {"direction": "", "form": "parcel-card"}
    alone, beside = filled({}, RETURN), filled({}, RETURN, other, {**other, "crossing_date": None})
    for name in {*available()} - {"T13", "T15"}:  # these count sheets, and there are none
        assert build(beside, name, *YEAR).cells == build(alone, name, *YEAR).cells, name


LATER = {"crossing_date": date(2027, 1, 1)}
"""A card of the next year: the year before it has passed."""


def test_t2_is_returns_less_departures_beside_the_year_before(filled: Filler) -> None:
    before = {"crossing_date": date(2025, 3, 5)}
    session = filled({}, {}, {}, RETURN, before, before, {**RETURN, "region": "TJ-KT"}, LATER)
    table = build(session, "T2", *YEAR)
    found = rows(table)
    assert found["Total"] == (3, 150.0, 2, None, -1, -2)
    assert found["Sughd"] == (3, 150.0, 1, None, -2, -2)
    assert found["Khatlon"] == (0, None, 1, None, 1, 0)
    assert any("arrivals less departures): negative where more left" in note.en for note in table.notes)
    assert any("1 January 2025 – 31 December 2025" in note.en for note in table.notes)


TWO_YEARS = (date(2025, 1, 1), date(2026, 12, 31))


def test_a_period_over_a_year_is_compared_with_no_other(filled: Filler) -> None:
    session = filled({}, {}, RETURN, {"crossing_date": date(2025, 3, 5)}, {"crossing_date": date(2024, 3, 5)}, LATER)
    net, months = build(session, "T2", *TWO_YEARS), build(session, "T11", *TWO_YEARS)
    assert heads(net) == ["Departed", "Returned", "Net migration"]
    assert rows(net)["Total"] == (3, 1, -2)
    assert heads(months) == ["Departed", "Returned"]
    assert rows(months)["Total"] == (3, 1)
    assert len(months.rows) == 25
    for table in (net, months):
        words = " ".join((table.title.en, *(note.en for note in table.notes)))
        assert "previous" not in words and "Percentages" not in words
    assert any("arrivals less departures" in note.en for note in net.notes)


def test_t3_groups_ages(filled: Filler) -> None:
    ages = [14, 15, 17, 18, 19, 20, 24, 64, 65, 101, None]
    others = ["", "", "?", "<0", "<0", "<0", ">110"]
    table = build(filled(*({"age": a} for a in ages), *({"age": None, "age_group": g} for g in others)), "T3", *YEAR)
    found = {name: cells[0] for name, cells in rows(table).items() if cells[0]}
    assert found == {
        "Total": 18, "0–14": 1, "15–17": 2, "18–19": 2, "20–24": 2, "60–64": 1, "65+": 2, "not stated": 2,
        "date of birth is no date": 1, "born after the crossing": 3, "over 110 years": 1,
        "awaiting review": 1,
    }  # fmt: skip
    assert [row.kind for row in table.rows[-5:]] == [RowKind.MISSING] * 5
    assert any(note.en == "Departures aged 15–29: 6." for note in table.notes)


def test_t3_keeps_its_rows_where_every_age_is_known(filled: Filler) -> None:
    names = [row.label.en for row in build(filled({}), "T3", *YEAR).rows]
    assert names[-3:] == ["born after the crossing", "over 110 years", "awaiting review"]


def test_t4_nests_two_digits_in_major_groups(filled: Filler) -> None:
    jobs = ["7112", "7115", "7231", "9313", "?", "", None]
    table = build(filled(*({"occupation": j} for j in jobs)), "T4", *YEAR)
    counted = [(r.level, c[0]) for r, c in zip(table.rows, table.cells, strict=True) if c[0]]
    assert counted == [(0, 7), (1, 3), (2, 2), (2, 1), (1, 1), (2, 1), (1, 1), (1, 1), (1, 1)]
    assert rows(table)["Craft and related trades workers"] == (3, 3, 0, 42.9)


def test_t5_shows_all_sectors_and_the_other_ones(filled: Filler) -> None:
    table = build(filled({}, {"sector": "OTHER"}, {"sector": "X0"}, {"sector": "X9"}), "T5", *YEAR)
    found = rows(table)
    assert len([r for r in table.rows if r.kind is RowKind.CATEGORY]) == 23
    assert found["Construction"][0] == found["Other activities"][0] == found["not stated"][0] == 1


def test_t6_groups_countries(filled: Filler) -> None:
    countries = ["RU", "RU", "KZ", "UZ", "TR", "?"]
    table = build(filled(*({"country": c} for c in countries)), "T6", *YEAR)
    counted = [(r.label.en, r.level, c[0]) for r, c in zip(table.rows, table.cells, strict=True) if c[0]]
    assert [(level, number) for _, level, number in counted] == [
        (0, 6), (1, 2), (1, 1), (1, 1), (2, 1), (1, 1), (2, 1), (1, 1),
    ]  # fmt: skip
    assert counted[3][0] == "Other CIS countries"


def test_t7_keeps_russia_and_says_what_it_leaves_out(filled: Filler) -> None:
    session = filled(
        {"destination": "RU-SPE"}, {}, {}, {"destination": None}, {"country": "KZ"}, {"country": None}, {"country": ""}
    )
    table = build(session, "T7", *YEAR)
    assert table.cards == table.totals[0] == 4
    assert [cells[0] for cells in table.cells] == [4, 2, 1, 0, 0, 1]
    assert any(note.en.endswith("awaiting review: 2.") for note in table.notes)


def test_t8_t9_count_answers(filled: Filler) -> None:
    session = filled({}, {"purpose": "2", "duration": "6"}, {"purpose": None, "duration": ""}, RETURN)
    assert [cells[0] for cells in build(session, "T8", *YEAR).cells] == [3, 1, 1, *[0] * 9, 0, 0, 1]
    assert [cells[0] for cells in build(session, "T9", *YEAR).cells] == [3, 0, 0, 0, 1, 0, 1, 1, 0, 0]


def test_t10_crosses_education_with_marital_status(filled: Filler) -> None:
    session = filled({}, {"marital_status": "1"}, {"education": "1", "marital_status": None})
    table = build(session, "T10", *YEAR)
    assert table.totals == (3, 1, 1, 0, 0, 1)
    assert rows(table)["awaiting review"] == (0,) * 6


def test_t11_compares_months(filled: Filler) -> None:
    session = filled(
        {}, {}, {}, {"crossing_date": date(2026, 4, 1)}, {"crossing_date": date(2025, 3, 9)},
        {"crossing_date": date(2025, 3, 31)}, {**RETURN, "crossing_date": date(2026, 4, 30)},
    )  # fmt: skip
    table = build(session, "T11", date(2026, 3, 1), date(2026, 4, 30))
    assert rows(table) == {
        "Total": (4, 2, 2, 100.0, 1, 0, 1, None),
        "March 2026": (3, 2, 1, 50.0, 0, 0, 0, None),
        "April 2026": (1, 0, 1, None, 1, 0, 1, None),
    }


def test_t12_groups_crossing_points_by_transport(filled: Filler) -> None:
    points = ["TJ-A1", "TJ-A1", "TJ-R2", "TJ-U1", "TJ-C1", None]
    table = build(filled(*({"checkpoint": p} for p in points)), "T12", *YEAR)
    counted = [(r.level, c[0]) for r, c in zip(table.rows, table.cells, strict=True) if c[0]]
    assert counted == [(0, 6), (1, 2), (2, 2), (1, 1), (2, 1), (1, 2), (2, 1), (2, 1), (1, 1)]


MARCH = {"crossing_date": None, "crossing_first": date(2026, 3, 1), "crossing_last": date(2026, 3, 31)}
THIS_YEAR = {"crossing_date": None, "crossing_first": date(2026, 1, 1), "crossing_last": date(2026, 12, 31)}


def test_a_card_counts_in_every_period_that_holds_all_days_on_which_it_may_have_crossed(filled: Filler) -> None:
    session = filled({}, MARCH, THIS_YEAR, {**RETURN, **MARCH})
    spans = {
        (date(2026, 1, 1), date(2026, 12, 31)): (3, 0),
        (date(2026, 3, 1), date(2026, 3, 31)): (2, 1),
        (date(2026, 3, 2), date(2026, 3, 31)): (1, 2),
        (date(2026, 4, 1), date(2026, 4, 30)): (0, 1),
        (date(2025, 1, 1), date(2025, 12, 31)): (0, 0),
        (date(2025, 12, 31), date(2027, 1, 1)): (3, 0),
    }
    for days, (inside, not_settled) in spans.items():
        table = build(session, "T5", *days)
        assert table.cards == inside
        assert any(note.en.endswith(f"not been established: {not_settled}.") for note in table.notes), days


def test_t11_shows_apart_the_cards_of_which_only_the_year_is_settled(filled: Filler) -> None:
    session = filled({}, MARCH, THIS_YEAR, {**RETURN, **MARCH}, LATER)
    found = rows(build(session, "T11", *YEAR))
    assert (found["Total"][0], found["Total"][4]) == (3, 1)
    assert (found["March 2026"][0], found["March 2026"][4]) == (2, 1)
    assert (found["month not settled yet"][0], found["month not settled yet"][4]) == (1, 0)
    assert "month not settled yet" not in rows(build(session, "T11", date(2026, 3, 1), date(2026, 3, 31)))


def test_what_is_known_of_a_doubtful_place_or_trade_counts_at_its_level_and_waits_at_finer_ones(filled: Filler) -> None:
    session = filled(
        {}, {"district": "TJ-SU*", "occupation": "71*", "destination": "RU*"}, {"occupation": "7*"},
        {"district": "TJ-DU", "region": "TJ-DU"}, {"district": "TJ-DU*", "region": "TJ-DU"},
    )  # fmt: skip
    places = [(r.label.en, r.level, c[0]) for r, c in zip(*parts(build(session, "T1", *YEAR)), strict=True) if c[0]]
    assert places == [
        ("Total", 0, 5), ("Sughd", 1, 3), ("Khujand", 2, 2), ("awaiting review", 2, 1),
        ("Dushanbe", 1, 2), ("not further defined", 2, 1), ("awaiting review", 2, 1),
    ]  # fmt: skip
    trades = [(r.level, r.label.en, c[0]) for r, c in zip(*parts(build(session, "T4", *YEAR)), strict=True) if c[0]]
    assert [(level, number) for level, _, number in trades] == [(0, 5), (1, 5), (2, 4), (2, 1)]
    assert trades[-1][1] == "awaiting review"
    assert rows(build(session, "T7", *YEAR))["awaiting review"][0] == 1
    quality = rows(build(session, "T14", *YEAR))
    assert quality["city, district"][:2] == (5, 3)
    assert quality["occupation"] == (5, 4, 0, 0, 0, 1, 80.0), "two digits suffice for the table's occupations"
    assert quality["region abroad"][5] == 1


def test_t14_counts_what_came_of_each_field(filled: Filler) -> None:
    session = filled(
        {}, {"occupation": "?", "age": None}, {"occupation": None}, {**RETURN, "occupation": ""},
        *({"age": None, "age_group": code} for code in ("", "?", "<0", ">110", ">110")),
    )  # fmt: skip
    table = build(session, "T14", *YEAR)
    found = rows(table)
    assert heads(table)[2:6] == ["not stated", "not in the classification", "impossible", "awaiting review"]
    assert found["occupation"] == (9, 6, 1, 1, 0, 1, 66.7)
    assert found["age"] == (9, 3, 1, 1, 3, 1, 33.3)
    assert found["purpose (departures)"] == (8, 8, 0, 0, 0, 0, 100.0)
    assert found["months abroad (returns)"] == (1, 0, 0, 0, 0, 1, 0.0)
    assert any("born after the crossing 1, over 110 years 2." in note.en for note in table.notes)


def test_cards_without_a_date_stand_in_a_note(filled: Filler) -> None:
    session = filled({}, {"crossing_date": None}, {"crossing_date": None}, {**RETURN, "crossing_date": None})
    both, departures = build(session, "T1", *YEAR), build(session, "T5", *YEAR)
    assert any("departures 2, returns 1." in note.en for note in both.notes)
    assert any(note.en.endswith("not been established: 2.") for note in departures.notes)


def test_the_period_includes_its_first_and_last_day(filled: Filler) -> None:
    days = (date(2026, 3, 1), date(2026, 3, 31), date(2026, 2, 28), date(2026, 4, 1))
    session = filled(*({"crossing_date": day} for day in days))
    assert build(session, "T5", date(2026, 3, 1), date(2026, 3, 31)).cards == 2


@pytest.mark.postgres
def test_postgresql_counts_as_sqlite_does(postgres_url: str, filled: Filler) -> None:
    people = [*population(400)]
    here = filled(*people, scans=(None, "blurred"))
    engine = open_store(postgres_url)
    with Session(engine) as there:
        there.execute(text("SET session_replication_role = replica"))  # the records' cards are not needed
        there.execute(insert(Record), people)
        there.execute(insert(Scan), [scan(1, "read", None), scan(2, "refused", "blurred")])
        for table_id in available():
            assert build(there, table_id, *YEAR) == build(here, table_id, *YEAR)
    engine.dispose()


@pytest.mark.parametrize("table_id", available())
def test_a_table_of_no_cards_stands(table_id: str, filled: Filler) -> None:
    table = build(filled(), table_id, *YEAR)
    assert table.cards == 0
    assert all(len(cells) == len(table.columns) for cells in table.cells)
    assert not any(value for cells in table.cells for value in cells)


def test_a_code_that_no_dictionary_has_is_not_in_the_classification(filled: Filler) -> None:
    table = build(filled({"destination": "RU-\x1b[31m<b>"}), "T7", *YEAR)
    assert rows(table)["not in the classification"][0] == 1
    assert [row.label.en for row in table.rows] == ["Total", *MISSING_ROWS]


def test_a_district_stands_under_no_other_region_than_its_own(filled: Filler) -> None:
    table = build(filled({}, {"region": "TJ-KT"}, {"region": "TJ-KT", "district": "TJ-KT-02"}), "T1", *YEAR)
    counted = [(r.label.en, r.level, c[0]) for r, c in zip(*parts(table), strict=True) if c[0]]
    assert counted == [
        ("Total", 0, 3), ("Sughd", 1, 1), ("Khujand", 2, 1),
        ("Khatlon", 1, 2), ("Kulob", 2, 1), ("not in the classification", 2, 1),
    ]  # fmt: skip


def test_t7_lists_no_place_of_another_country(filled: Filler) -> None:
    table = build(filled({}, {"destination": "KZ-75"}, {"destination": "KG-C02"}), "T7", *YEAR)
    assert [(r.label.en, c[0]) for r, c in zip(*parts(table), strict=True) if c[0]] == [
        ("Total", 3), ("Moscow", 1), ("not in the classification", 2),
    ]  # fmt: skip


def test_people_without_an_occupation_have_a_group_and_names(filled: Filler) -> None:
    table = build(filled(*({"occupation": code} for code in ("X1", "X2", "X2", "X*", "7112"))), "T4", *YEAR)
    counted = [(r.label.en, r.level, c[0]) for r, c in zip(*parts(table), strict=True) if c[0]]
    assert counted[3:] == [
        ("Outside the classification of occupations", 1, 4), ("Unemployed", 2, 1), ("Students", 2, 2),
        ("awaiting review", 2, 1),
    ]  # fmt: skip


def test_what_is_no_finer_than_its_group_is_a_part_of_it(filled: Filler) -> None:
    session = filled(
        *({"region": "TJ-DU", "district": code} for code in ("TJ-DU", "TJ-DU-02", "TJ-DU-02")),
        *({"country": code} for code in ("TR", "OTHER", "ZZ")),
    )
    countries, places = build(session, "T6", *YEAR), build(session, "T1", *YEAR)
    counted = [(r.label.en, r.level, c[0]) for r, c in zip(*parts(countries), strict=True) if c[0]]
    assert counted == [
        ("Total", 0, 6), ("Russia", 1, 3), ("Other countries", 1, 2),
        ("Türkiye", 2, 1), ("not further defined", 2, 1), ("not stated", 1, 1),
    ]  # fmt: skip
    capital = [(r.label.en, c[0]) for r, c in zip(*parts(places), strict=True)]
    start = capital.index(("Dushanbe", 3))
    assert capital[start + 1 : start + 3] == [("Ismoili Somoni (Dushanbe)", 2), ("not further defined", 1)]


def test_sections_and_sex_have_empty_codes_of_their_own(filled: Filler) -> None:
    session = filled({"sector": "U", "sex": "U"}, {"sector": "X9"})
    found = rows(build(session, "T5", *YEAR))
    assert found["not stated"][0] == 1 and heads(build(session, "T5", *YEAR))[-2:] == ["not stated", "% of total"]
    assert sum(int(cells[0] or 0) for cells in found.values()) == 2 * 2, "the total, and each sector once"
    quality = rows(build(session, "T14", *YEAR))
    assert (quality["sex"][2], quality["sector"][2]) == (1, 1)


BEFORE, AFTER = (date(2015, 1, 1), date(2018, 12, 31)), (date(2019, 1, 1), date(2020, 12, 31))


def test_a_note_says_which_places_had_other_names_in_the_period(filled: Filler) -> None:
    districts = ("TJ-KT-01", "TJ-SU-03", "TJ-SU-01")
    days = (date(2015, 3, 4), date(2017, 3, 4), date(2019, 3, 4))
    session = filled(*({"district": d, "region": d[:5], "crossing_date": day} for d in districts for day in days))
    for estimate in (False, True):
        notes = build(session, "T1", *BEFORE, estimate=estimate).notes
        said = [note for note in notes if "Other names" in note.en]
        assert [note.en for note in said] == [
            "Other names were in use in this period: "
            "Guliston – Qayroqqum (until 2016); Bokhtar – Qurghonteppa (until 2018)."
        ]
        assert said[0].tg.endswith("Шаҳри Бохтар — Шаҳри Қурғонтеппа (то соли 2018).")
        assert said[0].ru.endswith("г. Бохтар — г. Курган-Тюбе (до 2018 г.).")
        assert notes[-1] == say_all("report.note_source")
    assert not any("Other names" in note.en for note in build(session, "T1", *AFTER).notes)
    assert not any("Other names" in note.en for note in build(session, "T4", *BEFORE).notes)


def test_a_name_that_came_back_is_no_other_name(filled: Filler) -> None:
    session = filled({"destination": "KZ-71", "country": "KZ", "crossing_date": date(2018, 3, 4)})
    for years, named in (((2015, 2018), False), ((2015, 2019), True), ((2020, 2021), True), ((2023, 2024), False)):
        session.execute(update(Record).values(crossing_first=date(years[0], 5, 1), crossing_last=date(years[0], 5, 1)))
        table = build(session, "by-dest_region", date(years[0], 1, 1), date(years[1], 12, 31))
        assert any("Astana – Nur-Sultan (until 2022)" in note.en for note in table.notes) is named, years


def test_an_unknown_table_is_refused_with_the_known_ones(filled: Filler) -> None:
    with pytest.raises(BadInputError, match="T1, T2"):
        build(filled(), "T99", *YEAR)
    with pytest.raises(BadInputError, match="before it starts"):
        build(filled(), "T1", YEAR[1], YEAR[0])


def test_table_ids_may_be_written_small(filled: Filler) -> None:
    assert build(filled(), "t1", *YEAR).id == "T1"


@pytest.mark.parametrize(
    ("part", "whole", "wanted"), [(1, 8, 12.5), (1, 16, 6.2), (3, 16, 18.8), (1, 3, 33.3), (2, 3, 66.7), (5, 0, None)]
)
def test_percentages_round_halves_to_even(part: int, whole: int, wanted: float | None) -> None:
    assert percent(part, whole) == wanted


coded = {
    "sex": ["M", "F", "", "?", None],
    "region": ["TJ-SU", "TJ-KT", "", "?", None, "XX"],
    "district": ["TJ-SU-01", "TJ-KT-02", "TJ-SU*", "TJ-DU", "TJ-DU*", "", "?", None],
    "education": ["1", "8", "99", "", "?", None],
    "marital_status": ["1", "4", "5", "", None],
    "occupation": ["7112", "9", "0110", "71*", "7*", "9*", "", "?", None],
    "country": ["RU", "KZ", "UZ", "TR", "ZZ", "", "?", None],
    "destination": ["RU-MOW", "KZ-ALA", "RU*", "", "?", None],
    "purpose": ["1", "11", "", "?", None],
    "sector": ["F", "X0", "OTHER", "X9", "", None],
    "duration": ["1", "6", "", "?", None],
    "checkpoint": ["TJ-A1", "TJ-R1", "TJ-F2", "", "?", None],
}
cards = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in coded.items()}
    | {
        "direction": st.sampled_from("DA"),
        "age": st.none() | st.integers(0, 110),
        "crossing_date": st.none() | st.dates(date(2025, 11, 1), date(2026, 3, 31)),
        "open": st.sampled_from(["", "month", "year"]),
    }
).map(lambda drawn: dated(drawn))


@pytest.fixture(scope="module")
def store() -> Session:
    return Session(empty_store())


@settings(max_examples=30, deadline=None)
@given(st.lists(cards, max_size=40))
def test_every_table_adds_up(store: Session, drawn: list[dict[str, Any]]) -> None:
    store.execute(delete(Record))
    if drawn:
        store.execute(insert(Record), [record(i, **values) for i, values in enumerate(drawn, start=1)])
    store.execute(insert(Record), [record(0, crossing_date=date(2026, 4, 1))])  # so that the period has passed
    start, end = date(2026, 1, 1), date(2026, 2, 28)
    inside = [c for c in drawn if c["crossing_first"] and start <= c["crossing_first"] <= c["crossing_last"] <= end]
    for spec in specs().values():
        table = build(store, spec.id, start, end)
        wanted = [c for c in inside if spec.direction in (None, c["direction"])]
        wanted = [c for c in wanted if spec.country in (None, c["country"])]
        assert table.cards == len(wanted)
        if spec.stub:
            check_crosstab(table, len(wanted))
            check_levels(table, spec, wanted)


def check_levels(table: Table, spec: Spec, wanted: list[dict[str, Any]]) -> None:
    """Each row of the first level holds the cards of which at least so much is settled, counted one by one."""
    level = LEVELS[spec.stub[0]]
    for row, cells in zip(table.rows, table.cells, strict=True):
        if row.level == 1:
            held = sum(level.label(level.code_of(c.get(level.column))) == row.label for c in wanted)
            assert held == sum(
                int(cells[j] or 0) for j, c in enumerate(table.columns) if c.unit is Unit.COUNT and not c.part
            )


def dated(drawn: dict[str, Any]) -> dict[str, Any]:
    """A drawn card of which perhaps no more than the month or the year of crossing is settled."""
    known, day = {key: value for key, value in drawn.items() if key != "open"}, drawn["crossing_date"]
    days = (day, day) if day is None or not drawn["open"] else days_of(str(day)[: 7 if drawn["open"] == "month" else 4])
    exact = day if days[0] == days[1] else None
    return (
        known
        | {"crossing_date": exact, "crossing_first": days[0], "crossing_last": days[1]}
        | {"age_group": age_group(known["age"])}
    )


def check_crosstab(table: Table, number: int) -> None:
    """Rows of the first level sum to the total, parts to their row, and the columns to the number of cards."""
    counts = [j for j, column in enumerate(table.columns) if column.unit is Unit.COUNT]
    for j in counts:
        levels: dict[int, int] = {0: 0, 1: 0}
        parent, below = 0, None
        for row, cells in zip(table.rows, table.cells, strict=True):
            value = int(cells[j] or 0)
            if row.level == 2:
                below = (below or 0) + value
                continue
            assert below is None or below == parent
            parent, below = value, None
            levels[row.level] += value
        assert below is None or below == parent
        assert levels[0] == levels[1]
    wholes = [j for j in counts if not table.columns[j].part]
    assert sum(int(table.totals[j] or 0) for j in wholes) == number
    for cells in table.cells:
        parts = sum(int(cells[j] or 0) for j in counts if table.columns[j].part)
        assert parts == sum(int(cells[j] or 0) for j in wholes)


def test_every_reason_and_field_has_words_in_all_languages() -> None:
    assert all(all(say_all(f"report.{name}")) for name in Refusal)
    assert {*specs()["T14"].rows} <= set(codebook().dimension)
