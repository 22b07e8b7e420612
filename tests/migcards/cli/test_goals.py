"""`migcards goals`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from store.engine import open_store
from store.goals import goals_in_force, sampling_levels
from tests.migcards.cli.program import command
from tests.store.test_batches import refuse
from tests.store.test_cards import save
from tests.store.test_doubts import doubtful

DAYS = ("--from", "2016-01-01", "--to", "31.12.2016")
REGION = ("goals", "add", "region", "--within", "12", *DAYS, "--lang", "en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sixty cards on which the machine is not sure of the region."""
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    reads = {"residence_region": (("TJ-SU", 0.8), ("TJ-KT", 0.2)), "residence_district": (("?", 0.5),)}
    with Session(engine) as session, session.begin():
        for n in range(1, 61):
            save(session, doubtful(n, reads=reads))
    engine.dispose()
    (tmp_path / "migcards.toml").write_text('keying = "goals"\n', "utf-8")
    return tmp_path


def test_a_goal_is_shown_kept_listed_and_dropped(folder: Path) -> None:
    run, engine = command(folder), open_store(f"sqlite:///{folder}/cards.db")
    assert run("goals", "list", "--lang", "en").stdout == "There are no goals yet.\n"
    shown = run(*REGION).stdout
    assert "not sure enough yet" in shown and "Khatlon" in shown and "add --apply" in shown
    with Session(engine) as session:
        assert goals_in_force(session) == [] and sampling_levels(session) == {}
    assert "Goal 1 is kept" in run(*REGION, "--apply", "--person", "vera").stdout
    with Session(engine) as session:
        assert [goal.person for goal in goals_in_force(session)] == ["vera"]
        assert sampling_levels(session)["region"] > 0
    head, line = run("goals", "list", "--lang", "en").stdout.splitlines()
    assert line.startswith("1     region of residence") and "01.01.2016–31.12.2016" in line and "± 12.0 %" in line
    assert "least sure number" in head and "departures" in line
    (found,) = json.loads(run("goals", "list", "--json", "--lang", "en").stdout)
    assert (found["goal"], found["dimension"], found["direction"], found["within"]) == (1, "region", "D", 0.12)
    assert not found["reached"] and 0 < found["fields"] <= 60 and found["seconds"] == 5 * found["fields"]
    assert found["worst"]["margin"] > found["worst"]["asked"]
    assert "Goal 1 is dropped" in run("goals", "drop", "1", "--lang", "en").stdout
    with Session(engine) as session:
        assert goals_in_force(session) == [] and set(sampling_levels(session).values()) == {0.0}
    engine.dispose()


def test_a_goal_that_is_reached_says_so(folder: Path) -> None:
    run = command(folder)
    run("goals", "add", "sex", "--within", "1", *DAYS, "--apply")
    line = run("goals", "list", "--lang", "en").stdout.splitlines()[1]
    assert "sure enough" in line and "not sure" not in line


def test_what_keying_cannot_reach_is_said_and_costs_nobody_time(folder: Path) -> None:
    """As many sheets as were read were refused: where these people come from no keying tells."""
    run, engine = command(folder), open_store(f"sqlite:///{folder}/cards.db")
    with Session(engine) as session, session.begin():
        for n in range(101, 161):
            refuse(session, None, n)
    run("goals", "add", "region", "--within", "1", *DAYS, "--apply")
    line = run("goals", "list", "--lang", "en").stdout.splitlines()[1]
    assert "keying makes it no surer" in line
    (found,) = json.loads(run("goals", "list", "--json", "--lang", "en").stdout)
    assert found["fields"] == 0 and not found["reached"] and found["worst"]["best"] > found["worst"]["asked"]
    with Session(engine) as session:
        assert not any(sampling_levels(session).values())
    engine.dispose()


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (("add", "shoe", "--within", "1", *DAYS), 2, "region"),
        (("add", "region", "--within", "90", *DAYS), 4, "from 0.1 to 50"),
        (("add", "region", "--within", "1", "--from", "2016-02-01", "--to", "2016-01-01"), 4, "not before the first"),
        (("add", "region", *DAYS), 2, "--within"),
        (("drop", "7"), 4, "no goal 7"),
    ],
)
def test_what_is_no_goal_is_said(tmp_path: Path, said: tuple[str, ...], code: int, words: str) -> None:
    assert words in command(tmp_path)("goals", *said, "--lang", "en", code=code).stderr


def test_where_people_key_by_another_rule_the_command_says_so(tmp_path: Path) -> None:
    done = command(tmp_path)("goals", "add", "sex", "--within", "1", *DAYS, "--lang", "en")
    assert "People key regardless of these goals" in done.stderr
