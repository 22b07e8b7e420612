"""What all machines of a run must have alike, so that a card reads the same wherever it is read."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from ocr.data import use_own_folder
from ocr.errors import BadFormError
from ocr.extract.network import MODEL, version_of
from ocr.forms.definition import fingerprint, load_forms
from ocr.page import software

LIBRARIES = (
    "distributed",
    "numpy",
    "onnxruntime",
    "opencv-python",
    "pillow",
    "pypdfium2",
    "rapidfuzz",
    "scipy",
    "zxing-cpp",
)
"""Those that decode, read or compute, and the one that carries the work from machine to machine."""

MISSING = "—"

_PACKAGES = ("migcards", "ocr", "texts")
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Setup:
    """Where that lies on every machine which a run works with; paths are the same on all of them.

    The calibration is not among it: it travels with the work.

    Attributes
    ----------
    forms_dir, network
        Folders of the forms and of the network that reads.
    originals
        Files or folders that were given to the run.
    """

    forms_dir: Path
    network: Path
    originals: tuple[Path, ...] = ()

    def versions(self) -> Mapping[str, str]:
        """Versions of all that can change a reading on this machine, by what it is."""
        return _versions(self.forms_dir, self.network)

    def unseen(self) -> list[Path]:
        """Originals that this machine does not see."""
        return [path for path in self.originals if not path.exists()]


@lru_cache(maxsize=4)
def _versions(forms_dir: Path, network: Path) -> Mapping[str, str]:
    """As they are when first asked for: processes load no newer ones later."""
    use_own_folder(forms_dir)  # not that of the run before
    try:
        forms = fingerprint(load_forms(forms_dir))
    except BadFormError:
        forms = MISSING
    model = network / MODEL
    found = {
        "migcards": f"{software()} code {_code()}",
        f"forms in {forms_dir}": forms,
        f"network in {network}": version_of(model.read_bytes()) if model.is_file() else MISSING,
        "Python": ".".join(platform.python_version_tuple()[:2]),
    }
    return found | {name: _version(name) for name in LIBRARIES}


def _code() -> str:
    digest = sha256()
    for package in _PACKAGES:
        for path in sorted((_ROOT / package).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return MISSING
