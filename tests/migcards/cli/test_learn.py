"""`migcards learn`: what it says where it cannot learn, and networks that come and go."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from store.engine import open_store
from store.networks import keep_network
from tests.migcards.cli.program import SAMPLES, Run, command
from tests.store.networks import OTHER, VERSION, network


@pytest.fixture
def kept(tmp_path: Path) -> Run:
    """The command for a store in which a network is kept."""
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    with Session(engine) as session, session.begin():
        keep_network(session, network(), OTHER)
    engine.dispose()
    return command(tmp_path)


def in_use(run: Run) -> list[str]:
    """Versions of the networks in force, by the command's own word."""
    return [one["version"] for one in json.loads(run("learn", "--history", "--json").stdout) if one["in_force"]]


def test_a_network_comes_into_force_and_goes(kept: Run) -> None:
    assert "comes with the program  in force" in kept("learn", "--history").stdout
    assert VERSION in kept("learn", "--apply", VERSION[:6]).stdout
    assert in_use(kept) == [VERSION]
    line = next(line for line in kept("learn", "--history").stdout.splitlines() if line.startswith(VERSION))
    assert "75.0% right before, 90.0% after" in line and line.endswith("in force")
    assert f"network {VERSION}" in kept("tune", "--history").stdout
    assert "comes with the program" in kept("learn", "--undo").stdout
    assert in_use(kept) == []
    assert "nothing to take back" in kept("learn", "--undo", code=4).stderr


def test_a_network_that_is_not_there_is_said(kept: Run) -> None:
    assert "`migcards learn --history` lists them" in kept("learn", "--apply", "zzz", code=4).stderr


@pytest.mark.parametrize("arguments", [(), ("--from-decisions", "--undo"), (str(SAMPLES),)])
def test_what_is_asked_for_must_be_clear(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert "Give one of" in (said := command(tmp_path)("learn", *arguments, code=2).stderr) or "--data" in said


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
def test_without_torch_it_says_how_to_get_it(tmp_path: Path) -> None:
    said = command(tmp_path)("learn", "--from-decisions", code=5).stderr
    assert "torch" in said and "./run learn" in said


def test_scans_without_truth_are_said(tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    assert "no truth files" in command(tmp_path)("learn", "box", "--data", "a box", code=4).stderr
