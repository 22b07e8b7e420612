"""Data files: those of the package, and those that an office adds to them in one folder of its own (`forms_dir`).

Both are laid out alike: dictionaries in ``lexicons/NAME.csv``, character sets in ``alphabets.toml``. The forms of the
package lie in ``forms/``, those of the own folder in the folder itself.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent

ALPHABETS_FILE = "alphabets.toml"

_own: Path | None = None


def use_own_folder(folder: Path | None) -> None:
    """Make the dictionaries and alphabets of a folder known to this process; at most one folder is known at a time."""
    global _own
    _own = folder.resolve() if folder is not None and folder.resolve() != (PACKAGE / "forms").resolve() else None


def own_folder() -> Path | None:
    """The folder of one's own that this process uses."""
    return _own


def data_folders(own: Path | None) -> tuple[Path, ...]:
    """The package's folder, and after it one's own where there is one."""
    return (PACKAGE,) if own is None else (PACKAGE, own)
