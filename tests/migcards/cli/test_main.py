"""The root of the command: what it loads, and how failures end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from migcards.cli.main import COMMANDS, cli
from tests.migcards.cli.program import command
from tests.migcards.test_api import HEAVY, loaded_by

SAMPLE = Path(__file__).parents[3] / "fixtures" / "samples" / "refused-blank.jpg"


def test_help_and_version_load_no_more_than_click() -> None:
    for option in ("--help", "--version"):
        loaded = loaded_by(f"from migcards.cli.main import cli\ncli(['{option}'], standalone_mode=False)")
        assert not loaded & (HEAVY | {"pydantic_settings", "migcards.settings", "migcards.cli.run"})


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_help_is_the_commands_own(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None and command.name == name
    assert command.get_short_help_str(200).removesuffix(".") == COMMANDS[name].removesuffix(".")


def test_wrong_input_gets_words_and_its_own_exit_code(tmp_path: Path) -> None:
    run = command(tmp_path)
    assert "does not exist" in run("run", "nowhere", code=4).stderr
    assert "JPEG" in run("run", str(tmp_path), "--lang", "en", code=4).stderr
    assert "T99" in run("report", "T99", "--period", "2026", code=4).stderr
    (tmp_path / "migcards.toml").write_text("colour = 'blue'\n", "utf-8")
    assert "colour" in run("queue", code=4).stderr


def test_the_log_goes_to_a_file_and_to_the_screen_if_asked(tmp_path: Path) -> None:
    environment = os.environ | {"MIGCARDS_DATABASE": f"sqlite:///{tmp_path}/cards.db", "MIGCARDS_WORKERS": "1"}
    program = [str(Path(sys.executable).parent / "migcards")]
    run = ["run", str(SAMPLE), "--json", "--again"]
    for options, shown in ((["-v", "--log", "log.jsonl"], True), (["-q", "--log", "log.jsonl"], False)):
        done = subprocess.run(
            [*program, *options, *run], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 7, done.stderr
        assert bool(done.stderr) == shown
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert [line.get("stage") for line in lines] == [None, "load", "register", "save", None] * 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_what_cannot_be_written_for_want_of_room_is_said_in_a_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", "from migcards.cli import main; main()", "form", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        )
    assert ended.returncode == 6
    assert ended.stderr == "migcards: What the command writes cannot be written: No space left on device.\n"
