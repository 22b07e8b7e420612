"""The house as a whole: one name, one thing; one place for each query that all depend on."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = (
    "migcards",
    "texts",
    "ocr",
    "store",
    "review",
    "reports",
    "estimation",
    "fixtures",
    "training",
    "benchmarks",
)
CONTEXT = {"session", "person", "now", "rules"}
"""What `review.assignment.tasks.DeskContext` holds, so that no function has to carry it."""


@cache
def modules() -> dict[Path, ast.Module]:
    """All modules of the packages, parsed, by their path from the root."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return {path.relative_to(ROOT): ast.parse(path.read_text("utf-8")) for path in paths}


def types_of(module: ast.Module) -> Iterator[str]:
    """Names of the classes and type aliases that a module defines, at whatever depth."""
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            yield node.name
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            annotation = ast.unparse(node.annotation)
            if annotation.endswith("TypeAlias"):
                yield node.target.id


def test_every_package_is_looked_at() -> None:
    assert {path.parts[0] for path in modules()} == set(PACKAGES)
    assert sum(1 for module in modules().values() for _ in types_of(module)) > 150


def test_two_types_never_share_a_name() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path, module in modules().items():
        for name in types_of(module):
            places[name].append(str(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_function_carries_what_the_desk_holds() -> None:
    carrying = [
        f"{path}: {node.name}"
        for path, module in modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef)
        and {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)} >= CONTEXT
    ]
    assert carrying == []


def test_personal_halves_are_joined_in_one_place() -> None:
    """Who writes the join again will one day forget the half, or the edition that holds."""
    joined = {
        str(path)
        for path, module in modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("join", "outerjoin")
        and node.args
        and ast.unparse(node.args[0]) in ("PersonalReading", "PersonalDecision")
    }
    editions = {
        str(path) for path in modules() if "Card.edition == Reading.edition" in (ROOT / path).read_text("utf-8")
    }
    assert joined == {"store/queries.py"} == editions
