"""What the README promises exists: commands, options, files and figures."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from migcards.cli.main import cli

PLAIN = ("limit", "form", "paper", "out", "language")
"""Options whose name says all."""

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [
        ROOT / "README.md",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / name / "README.md" for name in ("fixtures", "examples")),
    ]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_in_examples_exist(page: Path) -> None:
    for words in re.findall(r"^(?:    |\$ |`)migcards ([^#\n`|>]+)", page.read_text("utf-8"), re.MULTILINE):
        check(words.split(), page)


def check(words: list[str], page: Path) -> None:
    """One example: its command exists and knows the options."""
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"{page.name}: migcards {words[0]}"
        command, words = found, words[1:]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    for word in words:
        if word.startswith("-"):
            assert word.split("=")[0] in known, f"{page.name}: {command.name} {word}"


def test_every_command_explains_itself() -> None:
    for name in cli.list_commands(click.Context(cli)):
        command = cli.get_command(click.Context(cli), name)
        assert command is not None and command.help, name
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name not in ("help", "version"):
                assert parameter.help or parameter.name in ("limit", "form", "paper", "out", "language"), (
                    name,
                    parameter,
                )


def test_the_readme_has_no_place_holders() -> None:
    assert "@@" not in (ROOT / "README.md").read_text("utf-8")
