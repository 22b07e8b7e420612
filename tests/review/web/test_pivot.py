"""The page of pivot tables: what analysts see, what is hidden from them, and that an address holds the view."""

from __future__ import annotations

import csv
import html
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from migcards.frozen_keeper import FrozenKeeper
from migcards.pivot_desk import PivotDesk
from store.tables import Record
from tests.reports.demo import empty_store, population
from tests.review.web.site import Browser, Workplace
from tests.review.web.test_languages import english

HIDE = 3


@pytest.fixture(scope="module")
def office(shared_workplace: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """An office with a made-up population of 600."""
    engine = empty_store()
    with Session(engine) as session, session.begin():
        session.execute(insert(Record), list(population(600)))
    keeper = FrozenKeeper(engine, tmp_path_factory.mktemp("frozen"), in_memory=True)
    shared_workplace.options["pivots"] = PivotDesk(keeper, engine, HIDE)
    return shared_workplace


@pytest.fixture
def analyst(office: Workplace) -> Browser:
    return office.browser("analyst")


def table(page: str) -> dict[str, list[str]]:
    """Cells by the head of their row; the first of rows with the same."""
    found: dict[str, list[str]] = {}
    for row in re.findall(r"<tr class=\"\w+ level\d\">(.*?)</tr>", page, re.DOTALL):
        head, *cells = (html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row))
        found.setdefault(head, cells)
    return found


def links(page: str, label: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(rf'<a [^>]*href="([^"]+)"[^>]*>{label}', page)]


QUERY = "/pivot?rows=region&columns=sex&first_day=2026-01-01&last_day=2026-12-31"


def test_without_a_question_there_is_the_total_of_the_latest_year(analyst: Browser) -> None:
    page = analyst.get("/pivot")
    assert page.status_code == 200
    assert list(table(page.text)) == ["Total"] and "2026" in page.text


def test_an_address_is_a_table(analyst: Browser) -> None:
    found = table(analyst.get(QUERY).text)
    assert list(found)[:3] == ["Total", "Sughd", "Khatlon"]
    assert table(analyst.get(QUERY).text) == found


def test_a_row_leads_to_its_parts(office: Workplace) -> None:
    boss = office.browser("supervisor")
    page = boss.get(QUERY).text
    (finer,) = links(page, "Sughd")
    parts = boss.get(finer.partition("#")[0])
    assert parts.status_code == 200
    assert "rows=district" in finer and "only=region%3DTJ-SU" in finer
    assert table(parts.text)["Total"][0] == table(page)["Sughd"][0]
    assert 'value="region=TJ-SU" checked' in parts.text, "what was selected stands in the form"
    assert not links(parts.text, "Khujand"), "nothing divides a district"


def test_heads_sort_and_sort_the_other_way(office: Workplace) -> None:
    boss = office.browser("supervisor")
    (down,) = links(boss.get(QUERY).text, "men")
    page = boss.get(down.partition("#")[0]).text
    (up,) = links(page, "men ▼")
    assert "sort=2" in down and "sort=-2" in up and 'aria-sort="descending"' in page

    def men(page: str) -> list[int]:
        rows = re.findall(r'<tr class="category level1">.*?</tr>', page, re.DOTALL)
        cells = [re.findall(r'<td class="number">(.*?)</td>', row)[1] for row in rows]
        return [int(cell.replace(",", "").replace("–", "0")) for cell in cells]

    assert men(page) == sorted(men(page), reverse=True)
    assert men(boss.get(up.partition("#")[0]).text) == sorted(men(page))


def test_small_counts_are_hidden_from_analysts_and_not_from_supervisors(office: Workplace) -> None:
    path = "/pivot?rows=district&columns=sex"
    open_, secret = (office.browser(role).get(path).text for role in ("supervisor", "analyst"))
    assert "…" not in "".join(cell for cells in table(open_).values() for cell in cells)
    small = {(head, n) for head, cells in table(open_).items() for n, cell in enumerate(cells) if cell in ("1", "2")}
    assert small
    for head, n in small:
        assert table(secret)[head][n] == "…"
    assert "hidden so that nothing is learnt" in secret and "hidden so that" not in open_


def test_estimates_are_a_tick_away_and_stay_with_every_link(office: Workplace) -> None:
    supervisor = office.browser("supervisor")
    counted = supervisor.get(QUERY).text
    assert 'id="estimate">' in counted
    page = supervisor.get(f"{QUERY}&estimate=true").text
    assert 'id="estimate" checked>' in page
    whole, margin, *_ = table(page)["Total"]
    assert (whole, margin) == (table(counted)["Total"][0], "±0")
    assert all("estimate=True" in link for link in links(page, "Sughd"))
    file = supervisor.get(f"/pivot/table.csv?{QUERY.partition('?')[2]}&estimate=true").text
    assert "±" in file


@pytest.mark.parametrize("role", ["supervisor", "analyst"])
def test_files_hold_what_the_page_shows(office: Workplace, role: str) -> None:
    browser = office.browser(role)
    page = browser.get("/pivot?rows=district&columns=sex&sort=1").text
    (xlsx,), (as_csv,) = links(page, "Download XLSX"), links(page, "Download CSV")
    sent = browser.get(as_csv)
    assert sent.headers["content-disposition"] == 'attachment; filename="table.csv"'
    lines = list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig"))))
    by_row = {line[0]: line[1:] for line in reversed(lines[3:]) if len(line) > 1}
    for head, cells in table(page).items():
        shown = ["" if cell == "…" else cell.replace(",", "").replace("–", "0") for cell in cells]
        assert by_row[head] == shown
    book = openpyxl.load_workbook(io.BytesIO(browser.get(xlsx).content))
    assert book.active is not None and book.active.max_row > 60
    assert browser.get("/pivot/table.exe").status_code == 404
    assert browser.get("/pivot/table.csv?rows=shoe").status_code == 404


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("rows=shoe", "There is no parameter shoe"),
        ("rows=purpose&columns=return_reason", "no card has both"),
        ("rows=age:&ages=30-20", "wrong order"),
        ("rows=sex&first_day=2026-02-01&last_day=2026-01-01", "ends before it starts"),
        ("rows=sex&only=x", "x selects nothing"),
        ("rows=sex&sort=40", "no column 40"),
    ],
)
def test_what_cannot_be_made_is_said_beside_the_form(analyst: Browser, query: str, said: str) -> None:
    page = analyst.get(f"/pivot?{query}")
    assert page.status_code == 422 and said in page.text and 'id="ask"' in page.text


@pytest.mark.parametrize("language", ["ru", "tg"])
def test_no_english_is_left(office: Workplace, language: str) -> None:
    browser = office.browser("supervisor")
    browser.form("/language", language=language)
    query = "rows=occupation_major&rows=sector&columns=age:&columns=quarter&only=region%3DTJ-SU&offer=purpose"
    for path in (f"/pivot?{query}", "/pivot?rows=month&measure=change", "/pivot?rows=region&measure=balance"):
        page = browser.get(path)
        assert page.status_code == 200 and english(page.text) <= {"xlsx"}, path
    browser.form("/language", language="en")


def test_choosing_a_language_keeps_the_view(analyst: Browser) -> None:
    page = analyst.get(QUERY).text
    (back,) = re.findall(r'name="back" value="([^"]+)"', page)
    answer = analyst.form("/language", language="en", back=html.unescape(back))
    assert answer.headers["location"] == QUERY


def test_without_a_board_there_is_no_page(workplace: Workplace) -> None:
    assert workplace.browser("analyst").get("/pivot").status_code == 404


def files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        yield path.name


def test_the_record_is_made_again_only_once_the_store_went_on(workplace: Workplace, tmp_path: Path) -> None:
    folder = tmp_path / "frozen"
    workplace.wait(1)
    keeper = FrozenKeeper(workplace.engine, folder)
    first = keeper.now()
    assert keeper.now() is first and FrozenKeeper(workplace.engine, folder).now().frozen.sha256 == first.frozen.sha256
    made = list(files(folder))
    assert made == [f"record-{first.frozen.sha256[:12]}.parquet"]
    workplace.wait(2)
    assert keeper.lately() is first, "nobody waits"
    second = keeper.now()
    assert second.frozen.rows == first.frozen.rows + 1
    workplace.wait(3)
    third = keeper.now()
    assert len(list(files(folder))) == 2 and third.frozen.path.exists() and second.frozen.path.exists()


def test_an_old_record_is_made_anew_while_it_serves_on(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = FrozenKeeper(workplace.engine, tmp_path / "frozen")
    first = keeper.lately()
    workplace.wait(1)
    monkeypatch.setattr("migcards.frozen_keeper.FRESH_S", 0.0)
    assert keeper.lately() is first
    for _ in range(100):
        if keeper.lately() is not first:
            break
        time.sleep(0.05)
    assert keeper.lately().frozen.rows == 1
