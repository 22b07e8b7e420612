"""The pages on which operators account for every sheet of a batch."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy.orm import Session

from ocr.forms.cover_sheet import CoverSheet, parse_serials
from ocr.forms.serial import serial_number
from ocr.reading import CardReading, Refusal, Refused
from store.batches import batch_now, batch_of, batches_now
from store.cards import save_card
from store.scans import ReadCard, save_refused
from tests.review.web.site import PNG, Browser, Workplace
from tests.store.cards import card, form, scan

NUMBER, OTHER = "26-ABCDEFG", "26-HJKLMNP"
SHEET = CoverSheet(NUMBER, "TJ-A1", "D", date(2026, 1, 2), date(2026, 1, 3), 6, "Мадина", ((1, 6),))
FORM = {"checkpoint": "TJ-A1", "direction": "D", "first_day": "2026-05-04", "expected": "2", "clerk": "Мадина"}


def read(session: Session, batch: int, reading: CardReading) -> int:
    kept = ReadCard(reading, form(reading.form), f"box/{reading.scan.sha256[:4]}.png", 300.0, (1748, 2480), batch)
    return save_card(session, kept, run_id=None)


@pytest.fixture
def unlike(workplace: Workplace) -> Workplace:
    """Six cards were counted: 1, 2 and 3 were read, 3 twice, 99 is foreign, one is blurred, one bears no number."""
    with Session(workplace.engine) as session, session.begin():
        batch, other = batch_of(session, SHEET, "operator"), batch_of(session, CoverSheet(OTHER), "operator")
        for n in (1, 2, 3, 99):
            read(session, batch, card(n))
        read(session, other, card(2003, values={"card_no": serial_number(3)}))
        unnumbered = card(50, values={"card_no": None}, review={"card_no": ("not_sure",)})
        read(session, batch, CardReading(**{**unnumbered.__dict__, "serial": None}))
        refused = Refused(scan(7), Refusal.BLURRED, "")
        save_refused(session, refused, run_id=None, path="box/7.png", batch_id=batch)
    return workplace


def terms(page: str) -> dict[str, int]:
    """The account as the page shows it."""
    return {name: int(value) for name, value in re.findall(r'data-term="(\w+)"><dd>(\d+)</dd>', page)}


def test_a_batch_is_opened_and_its_cover_sheet_printed(workplace: Workplace) -> None:
    browser = workplace.browser("operator")
    numbers = "000000018-000000026"
    opened = browser.form("/batches", **FORM, serials=numbers)
    assert opened.status_code == 303
    address = opened.headers["location"]
    with Session(workplace.engine) as session:
        (now,) = batches_now(session)
    assert address == f"/batches/{now.sheet.number}" and now.opened_by == "operator"
    assert (now.sheet.expected, now.sheet.serials) == (2, parse_serials(numbers))
    printed = browser.get(f"{address}/sheet")
    assert printed.headers["content-type"] == "application/pdf" and printed.content.startswith(b"%PDF")
    assert now.sheet.number in browser.get("/batches").text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("checkpoint", "XX", "Choose a checkpoint"),
        ("direction", "", "Choose a direction"),
        ("first_day", "2027-01-01", "not later than today"),
        ("last_day", "01.01.2020", "before the first"),
        ("expected", "0", "1 to 5,000"),
        ("expected", "many", "1 to 5,000"),
        ("serials", "12", "nine digits"),
        ("serials", "000000018-000000034", "hold 3 numbers, but 2 cards"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_beside_the_field(
    workplace: Workplace, field: str, value: str, said: str
) -> None:
    answer = workplace.browser("operator").form("/batches", **FORM | {field: value})
    assert answer.status_code == 422
    fault = re.search(rf'id="fault-{field}">([^<]*)<', answer.text)
    assert fault is not None and said in fault[1]
    assert 'name="clerk" value="Мадина"' in answer.text, "what was typed stays"
    with Session(workplace.engine) as session:
        assert batches_now(session) == []


def test_the_account_is_one_sum_and_the_difference_has_names(unlike: Workplace) -> None:
    page = unlike.browser("operator").get(f"/batches/{NUMBER}").text
    account = terms(page)
    parts = ("read", "refused", "duplicates", "blank", "backs")
    assert account["expected"] == account["found"] == sum(account[name] for name in parts) == 6
    assert 'id="verdict">The number of sheets is right' in page
    missing = page.split('id="missing"')[1].split("</section>")[0]
    assert re.findall(r"<li>(\d{9})</li>", missing) == [serial_number(n) for n in (4, 5, 6)]
    for name, number in (("unexpected", serial_number(99)), ("unnumbered", "Number not known yet")):
        assert number in page.split(f'id="{name}"')[1].split("</section>")[0]
    assert "The scan is blurred" in page.split('id="sheets"')[1]
    assert "/records/" not in page and "nobody else can sign" in page, "an operator sees no record and signs nothing"


def test_a_supervisor_gets_from_a_difference_to_the_card(unlike: Workplace) -> None:
    page = unlike.browser("supervisor").get(f"/batches/{NUMBER}").text
    foreign = page.split('id="unexpected"')[1].split("</section>")[0]
    (card_id,) = re.findall(r"/records/(\d+)", foreign)
    assert serial_number(99) in unlike.browser("supervisor").get(f"/records/{card_id}").text


def test_cards_are_shown_without_names_and_only_those_of_the_batch(unlike: Workplace) -> None:
    browser = unlike.browser("operator")
    page = browser.get(f"/batches/{NUMBER}").text
    address = re.search(rf"/batches/{NUMBER}/cards/\d+", page)
    assert address is not None
    assert browser.get(address[0]).content == PNG
    ((kind, blank),) = unlike.cutter.asked
    assert kind == "card" and blank >= 3
    assert browser.get(address[0].replace(NUMBER, OTHER)).status_code == 404


def test_a_refused_sheet_has_a_picture_and_no_other_sheet_has(unlike: Workplace) -> None:
    browser = unlike.browser("operator")
    for path in (f"/batches/{NUMBER}", "/rescan", "/operations"):
        address = re.search(r"/rescan/[0-9a-f]{64}/1", browser.get(path).text)
        assert address is not None, path
        assert browser.get(address[0]).content == PNG
    assert unlike.cutter.asked[-1] == ("sheet", 0)
    assert browser.get(f"/rescan/{scan(1).sha256}/1").status_code == 404, "this one was read: it shows a name"


def test_only_a_supervisor_signs_and_says_why(unlike: Workplace) -> None:
    address = f"/batches/{NUMBER}"
    assert unlike.browser("operator").form(f"{address}/close").status_code == 409
    assert unlike.browser("operator").form(f"{address}/sign", reason="lost").status_code == 403
    boss = unlike.browser("supervisor")
    assert boss.form(f"{address}/sign", reason=" ").status_code == 409
    assert boss.form(f"{address}/sign", reason="three were lost at the post").status_code == 303
    page = boss.get(address).text
    assert 'data-state="signed"' in page and "three were lost at the post" in page
    assert state(unlike) == "signed"
    assert boss.form(f"{address}/reopen", reason="").status_code == 409
    assert boss.form(f"{address}/reopen", reason="a card was found").status_code == 303
    kinds = re.findall(r'data-kind="(\w+)"', boss.get(address).text)
    assert kinds == ["sign", "reopen"] and state(unlike) == "open"


def test_a_batch_that_adds_up_is_closed_by_an_operator(workplace: Workplace) -> None:
    with Session(workplace.engine) as session, session.begin():
        batch = batch_of(session, CoverSheet(NUMBER, expected=2, serials=((1, 2),)), "operator")
        for n in (1, 2):
            read(session, batch, card(n))
    browser: Browser = workplace.browser("operator")
    assert 'id="close"' in browser.get(f"/batches/{NUMBER}").text
    assert browser.form(f"/batches/{NUMBER}/close").status_code == 303
    assert state(workplace) == "closed"
    assert NUMBER not in browser.get("/batches").text and NUMBER in browser.get("/batches?show=all").text


def test_a_double_is_shown_beside_its_twin_wherever_that_lies(workplace: Workplace) -> None:
    with Session(workplace.engine) as session, session.begin():
        first = batch_of(session, CoverSheet(OTHER), "operator")
        second = batch_of(session, CoverSheet(NUMBER, expected=1), "operator")
        read(session, first, card(1))
        read(session, first, card(1, side="return"))
        read(session, second, CardReading(**{**card(2).__dict__, "serial": serial_number(1)}))
    page = workplace.browser("operator").get(f"/batches/{NUMBER}").text
    double = page.split('id="double"')[1].split("</section>")[0]
    assert len(re.findall(r"data-card=", double)) == 2, "the traveller's return card is no double"
    assert f"in batch {OTHER}" in double and "does not count" in double


def test_there_is_no_page_for_a_batch_that_is_not_there(workplace: Workplace) -> None:
    browser = workplace.browser("supervisor")
    for path in ("", "/sheet"):
        assert browser.get(f"/batches/{NUMBER}{path}").status_code == 404
    for act in ("close", "sign", "reopen"):
        assert browser.form(f"/batches/{NUMBER}/{act}", reason="x").status_code == 404


def state(workplace: Workplace) -> str:
    with Session(workplace.engine) as session:
        return batch_now(session, NUMBER).state
