"""Which modules name fields of cards, although the codebook is there to be asked.

``python -m tests.field_names`` lists them, for this tree or for that of another folder given as argument.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from ocr.forms.codebook import codebook
from ocr.forms.definition import FieldKind
from store.tables import Batch

PACKAGES = ("migcards", "texts", "ocr", "store", "review", "reports", "estimation")
SCHEMA = ("store/tables.py", "store/migrations/")
"""The columns of the record are the database's own names."""


def naming_modules(root: Path, names: Collection[str]) -> dict[str, list[str]]:
    """The names that stand as strings in each module under `root`, without members of enumerations."""
    found = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            module = path.relative_to(root).as_posix()
            if module.startswith(SCHEMA):
                continue
            if named := [text for text in _strings(ast.parse(path.read_text("utf-8"))) if text in names]:
                found[module] = named
    return found


def _strings(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in child.bases):
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        yield from _strings(child)


def field_names() -> set[str]:
    """All variables of the codebook, but for one called as its kind of field is and one that batches have as well."""
    return set(codebook().variable) - set(FieldKind) - set(Batch.__table__.c.keys())


if __name__ == "__main__":
    tree = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    modules = naming_modules(tree, field_names())
    for module, named in modules.items():
        print(f"{module}: {', '.join(named)}")
    print(f"{len(modules)} modules name fields, {sum(map(len, modules.values()))} times")
