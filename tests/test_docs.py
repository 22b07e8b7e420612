"""What the documents promise exists: commands, options, files, modules and the words of the glossary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from migcards.cli.main import cli

PLAIN = ("limit", "form", "paper", "out", "language")
"""Options whose name says all."""

ROOT = Path(__file__).parents[1]
READMES = ("fixtures", "training", "examples", "ocr/data/models", "ocr/data/lexicons")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / name / "README.md" for name in READMES)])
GLOSSARY = ROOT / "docs" / "glossary.md"
RECORDS = sorted((ROOT / "docs" / "adr").glob("0*.md"))

of_every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def commands(group: click.Command) -> dict[str, click.Command]:
    """Commands of a group by name."""
    if not isinstance(group, click.Group):
        return {}
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command}


@of_every_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"


@of_every_page
def test_commands_and_options_in_examples_exist(page: Path) -> None:
    for words in re.findall(r"(?:^    |^\$ |`)migcards ([^#\n`|>]+)", page.read_text("utf-8"), re.MULTILINE):
        check(words.split(), page)


def check(words: list[str], page: Path) -> None:
    """One example: its command exists and knows the options."""
    command: click.Command = cli
    while isinstance(command, click.Group) and words and words[0].isalpha():
        assert words[0] in commands(command), f"{page.name}: migcards {words[0]}"
        command = commands(command)[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    for word in words:
        if word.startswith("-"):
            assert word.split("=")[0] in known, f"{page.name}: {command.name} {word}"


@of_every_page
def test_programs_in_examples_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    for name in re.findall(r"\./run ([a-z]+)", text):
        assert re.search(rf"^    {name}\)$", (ROOT / "run").read_text("utf-8"), re.MULTILINE), f"{page.name}: {name}"
    for name in re.findall(r"python -m ([a-z_.]+[a-z])", text):
        place = ROOT / name.replace(".", "/")
        assert (place / "__main__.py").exists() or place.with_suffix(".py").exists(), f"{page.name}: {name}"


def glossary() -> Iterator[tuple[str, str]]:
    """Term and place of every row."""
    for row in re.findall(r"^\| (.+) \|$", GLOSSARY.read_text("utf-8"), re.MULTILINE):
        cells = [cell.strip() for cell in row.split("|")]
        if cells[0] not in ("term", "") and set(cells[0]) != {"-"}:
            yield cells[0], cells[-1].strip("`")


@pytest.mark.parametrize(("term", "place"), [row for row in glossary() if row[1]])
def test_what_the_glossary_names_exists(term: str, place: str) -> None:
    if "/" in place:
        assert (ROOT / place).exists(), term
        return
    module, _, name = place.rpartition(".")
    assert hasattr(import_module(module), name) if name[0].isupper() else import_module(place), term


def test_the_glossary_has_one_name_for_each_thing_in_alphabetical_order() -> None:
    assert len(list(glossary())) > 80
    names = [term for term, _ in glossary()]
    assert len(set(names)) == len(names)
    for section in GLOSSARY.read_text("utf-8").split("\n## ")[1:]:
        terms = [term.lower() for term in re.findall(r"^\| ([^|`-][^|]*) \|", section, re.MULTILINE)][1:]
        assert terms == sorted(terms)


def test_decisions_are_numbered_and_have_their_three_parts() -> None:
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
    index = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    for number, path in enumerate(RECORDS, start=1):
        text = path.read_text("utf-8")
        title = text.partition("\n")[0].removeprefix(f"# {number}. ")
        assert f"{number}. [{title}]({path.name})" in index
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], path.name


def test_every_command_explains_itself() -> None:
    for name, command in commands(cli).items():
        assert command.help, name
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name not in ("help", "version", *PLAIN):
                assert parameter.help, (name, parameter)


def test_the_readme_has_no_place_holders() -> None:
    assert "@@" not in (ROOT / "README.md").read_text("utf-8")
