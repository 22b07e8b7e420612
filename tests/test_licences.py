"""What the project needs may be used under the licence it is given away with, and NOTICE names what is passed on."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[1]


def licence(name: str) -> str:
    """What a package says of its licence: the expression, else the classifiers, else the first line of the text."""
    said = distribution(name).metadata
    classifiers = [c for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    return said.get("License-Expression") or " ".join(classifiers) or (said.get("License") or "").partition("\n")[0]


def test_no_package_asks_that_the_program_be_under_its_own_licence() -> None:
    names = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==", (ROOT / "requirements.lock").read_text("utf-8"), re.M)
    said = {}
    for name in names:
        try:
            said[name] = licence(name)
        except PackageNotFoundError:  # only needed on other systems
            continue
    assert len(said) > 60
    forbidding = {name: text for name, text in said.items() if re.search(r"(?<!L)\bA?GPL|General Public", text)}
    assert {n: t for n, t in forbidding.items() if "Lesser" not in t} == {}


def test_every_collection_the_networks_were_fitted_to_is_named() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    readme = (ROOT / "ocr" / "data" / "models" / "README.md").read_text("utf-8")
    rows = readme.partition("| data |")[2].partition("\n\n")[0].splitlines()[2:]
    named = [row.split("|")[1].split("(")[0].strip() for row in rows]
    assert len(named) >= 6
    assert [name for name in named if name not in notice and "font" not in name] == []
