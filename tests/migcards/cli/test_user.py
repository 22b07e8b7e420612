"""`migcards user` and `migcards serve`."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner, Result

from migcards.cli.main import cli
from migcards.cli.shared import context
from ocr.errors import BadInputError
from review.accounts import users


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGCARDS_DATABASE", f"sqlite:///{tmp_path / 'cards.db'}")
    context.settings.cache_clear()
    yield
    context.settings.cache_clear()


def call(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(cli, arguments, input=given)


def test_people_are_added_listed_and_disabled() -> None:
    added = call(
        "user", "add", "Anna", "--role", "reviewer", "--name", "Анна", "--password-stdin", given="long enough\n"
    )
    assert added.output == "anna may log in as reviewer.\n"
    asked = call("user", "add", "boris", "--role", "supervisor", given="three words\nthree words\n")
    assert "three" not in asked.output and "boris may log in as supervisor." in asked.output
    assert call("user", "disable", "anna").exit_code == 0
    first, second = call("user", "list").output.splitlines()
    assert first.split() == ["anna", "reviewer", "ru", "Анна", "disabled"]
    assert second.split() == ["boris", "supervisor", "ru", "boris"]
    assert call("user", "password", "anna", "--password-stdin", given="another one\n").exit_code == 0
    assert "disabled" not in call("user", "list").output


@pytest.mark.parametrize(
    ("arguments", "given", "fault"),
    [
        (["add", "anna", "--role", "reviewer", "--password-stdin"], "short\n", "10 to 200 characters"),
        (["add", "anna", "--role", "reviewer", "--password-stdin"], "", "no password"),
        (["password", "anna", "--password-stdin"], "long enough\n", "no user"),
        (["disable", "anna"], "", "no user"),
    ],
)
def test_what_goes_wrong_is_named(arguments: list[str], given: str, fault: str) -> None:
    result = call("user", *arguments, given=given)
    assert isinstance(result.exception, BadInputError) and fault in str(result.exception)


def test_serving_needs_somebody_who_can_log_in() -> None:
    for _ in range(2):
        refused = call("serve")
        assert isinstance(refused.exception, BadInputError) and "migcards user add" in str(refused.exception)
        call("user", "add", "anna", "--role", "reviewer", "--password-stdin", given="long enough\n")
        call("user", "disable", "anna")


def test_serving_says_which_address_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: served.extend(sockets))
    call("user", "add", "anna", "--role", "reviewer", "--password-stdin", given="long enough\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = call("serve", "--port", port)
        assert isinstance(refused.exception, BadInputError) and "--port" in str(refused.exception)
    result = call("serve", "--port", port)
    assert (result.exit_code, len(served)) == (0, 1)
    assert result.output == f"Open http://127.0.0.1:{port} in a browser. Ctrl+C ends it.\n"
    assert "unencrypted" in call("serve", "--port", port, "--host", "0.0.0.0").output


def test_roles_of_the_command_are_those_of_the_store() -> None:
    for role in users.ROLES:
        assert call("user", "add", role, "--role", role, "--password-stdin", given="long enough\n").exit_code == 0
