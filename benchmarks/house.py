"""`python -m benchmarks.house`: the plan of the house in figures; docs/architecture.md quotes them.

The code is only looked at, never run, so another commit can be measured as it lies:

    git worktree add /tmp/old 9409b96
    python -m benchmarks.house /tmp/old
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import grimp
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

LAYERS = (("migcards",), ("review", "reports"), ("estimation",), ("store",), ("ocr",), ("texts",))
"""The installed packages from top to bottom; who stands higher may import what stands lower, never the other way."""

BESIDE = ("fixtures", "training", "benchmarks")
"""Packages that are not installed; they may import everything."""

SHORT, LONG = 60, 200
"""Lines: below the first a module hardly holds a whole idea, above the second it holds several."""

LONG_FUNCTION = 40
"""Lines from `def` to the last statement, docstring included."""


@dataclass(frozen=True)
class Module:
    """One file of source."""

    name: str
    lines: int
    tree: ast.Module


def installed(root: Path) -> list[str]:
    """Packages of the house that exist at `root`."""
    return [name for layer in LAYERS for name in layer if (root / name).is_dir()]


def read_modules(root: Path, packages: list[str]) -> Iterator[Module]:
    """Every file with a statement in it; empty ``__init__.py`` files only make folders into packages."""
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            text = path.read_text("utf-8")
            tree = ast.parse(text)
            if len(tree.body) > bool(ast.get_docstring(tree)):
                name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
                yield Module(name, text.count("\n"), tree)


def shared_names(modules: list[Module]) -> list[str]:
    """Names that two or more classes bear."""
    found = Counter(n.name for m in modules for n in ast.walk(m.tree) if isinstance(n, ast.ClassDef))
    return sorted(name for name, count in found.items() if count > 1)


def long_functions(modules: list[Module]) -> list[str]:
    """Functions of more than `LONG_FUNCTION` lines, as module.function."""
    return [
        f"{module.name}.{node.name}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LONG_FUNCTION
    ]


def field_names(root: Path) -> set[str]:
    """Names of all fields of the shipped card forms that are no everyday words, such as `birth_date`."""
    forms = (tomllib.loads(path.read_text("utf-8")) for path in (root / "ocr/data/forms").glob("*.toml"))
    return {field["name"] for form in forms for field in form.get("fields", ()) if "_" in field["name"]}


def lists_of_fields(modules: list[Module], names: set[str]) -> list[str]:
    """Modules that spell out two or more names of fields."""
    return [
        m.name
        for m in modules
        if not m.name.startswith("store.migrations.")  # they say what tables were called once
        and len({n.value for n in ast.walk(m.tree) if isinstance(n, ast.Constant) and n.value in names}) > 1
    ]


def circles(arrows: set[tuple[str, str]]) -> list[list[str]]:
    """Groups of nodes each of which can be reached from each other along the arrows."""
    nodes = sorted({node for arrow in arrows for node in arrow})
    if not nodes:
        return []
    place = {node: i for i, node in enumerate(nodes)}
    rows, columns = np.array([[place[start], place[end]] for start, end in arrows]).T
    graph = csr_array((np.ones(len(arrows), np.int8), (rows, columns)), shape=(len(nodes), len(nodes)))
    _, labels = connected_components(graph, connection="strong")
    groups = [[nodes[i] for i in np.flatnonzero(labels == label)] for label in np.unique(labels)]
    return [group for group in groups if len(group) > 1]


def arrows_between(graph: grimp.ImportGraph, depth: int) -> set[tuple[str, str]]:
    """Imports between different parts of the house, a part being the first `depth` words of a module's name."""

    def part(module: str) -> str:
        return ".".join(module.split(".")[:depth])

    found = {(part(m), part(i)) for m in graph.modules for i in graph.find_modules_directly_imported_by(m)}
    return {(importer, imported) for importer, imported in found if importer != imported}


def upward(arrows: set[tuple[str, str]]) -> list[str]:
    """Arrows between packages that run from a lower one to a higher one, or across within a layer."""
    level = {name: i for i, layer in enumerate(LAYERS) for name in layer}
    return sorted(f"{start} -> {end}" for start, end in arrows if level[start] >= level[end])


def measure(root: Path) -> dict[str, tuple[int, list[str]]]:
    """What is counted, how many there are, and which (empty where that would only be long)."""
    packages = installed(root)
    house = list(read_modules(root, packages))
    everything = [*house, *read_modules(root, list(BESIDE))]
    sys.path.insert(0, str(root))
    graph = grimp.build_graph(*packages, cache_dir=None)
    sys.path.remove(str(root))
    loose = [path.stem for path in (root / "ocr").glob("*.py") if path.stem != "__init__"]
    flat = [path.stem for path in (root / "review").glob("*.py") if path.stem != "__init__"]
    findings: dict[str, list[str]] = {
        "modules that lie loose in ocr": loose,
        "modules that lie loose in review": flat,
        "arrows between packages that run back up": upward(arrows_between(graph, 1)),
        "circles of packages": [" ".join(group) for group in circles(arrows_between(graph, 1))],
        "circles of rooms within packages": [" ".join(g) for g in circles(arrows_between(graph, 2))],
        "circles of modules": [" ".join(group) for group in circles(arrows_between(graph, 99))],
        f"modules under {SHORT} lines": [m.name for m in house if m.lines < SHORT],
        f"modules over {LONG} lines": [f"{m.name} {m.lines}" for m in house if m.lines > LONG],
        f"functions over {LONG_FUNCTION} lines": long_functions(everything),
        "names that several classes bear": shared_names(everything),
        "modules that list fields by name": lists_of_fields(house, field_names(root)),
    }
    sizes = {"modules": len(house), "lines": sum(m.lines for m in house)}
    return {name: (count, []) for name, count in sizes.items()} | {n: (len(f), f) for n, f in findings.items()}


@click.command()
@click.argument("root", type=click.Path(path_type=Path, exists=True, file_okay=False), default=Path())
@click.option("--names/--no-names", help="Also say which.")
def main(root: Path, names: bool) -> None:
    """Print the figures of the working copy at ROOT."""
    for what, (count, which) in measure(root.resolve()).items():
        click.echo(f"{what:<45} {count:>6}")
        if names and which:
            click.echo("    " + "\n    ".join(which))


if __name__ == "__main__":
    main()
