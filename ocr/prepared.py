"""What follows from a form alone is made once and kept on disk for the processes to come: workers start sooner.

Files lie in ``$XDG_CACHE_HOME/migcards`` (``~/.cache/migcards``), named by a hash of all that they follow from: the
form, the other arguments, the code of reading and the fonts. Nothing breaks where the folder cannot be written or a
file is damaged: then the value is made.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import lru_cache, update_wrapper
from hashlib import sha256
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

F = TypeVar("F", bound=BaseModel)
P = ParamSpec("P")
T = TypeVar("T")

MAX_FILES = 48
"""Files that are kept, the last used ones: some versions of some forms, a few megabytes each."""

_HERE = Path(__file__).parent
_VALUE = "value"


def prepared(make: Callable[Concatenate[F, P], T]) -> Callable[Concatenate[F, P], T]:
    """Decorate a function of a form so that what it makes is kept on disk.

    Parameters
    ----------
    make
        Its value follows from its arguments, of which the first is a form and the others have a plain `repr`. It is an
        array, or a dataclass whose fields are arrays, numbers and the form.

    Returns
    -------
    function
        Arrays in what it gives are read-only.
    """

    def prepared_or_made(form: F, /, *args: P.args, **kwargs: P.kwargs) -> T:
        said = (make.__module__, make.__qualname__, form.model_dump_json(), repr(args), repr(sorted(kwargs.items())))
        name = sha256("\0".join((*said, _code())).encode()).hexdigest()
        kind = get_type_hints(make)["return"]
        folder = cache_folder()
        parts = _read(folder / f"{name}.npz") if folder else None
        if parts is None:
            parts = _parts(make(form, *args, **kwargs), form)
            if folder:
                _write(folder, name, parts)
        return cast(T, _whole(kind, parts, form))

    return update_wrapper(prepared_or_made, make)


def _parts(value: Any, form: object) -> dict[str, NDArray[Any]]:
    named = (
        {field.name: getattr(value, field.name) for field in fields(value)} if is_dataclass(value) else {_VALUE: value}
    )
    parts = {name: np.asarray(part) for name, part in named.items() if part is not form}
    if any(part.dtype.hasobject for part in parts.values()):
        raise TypeError(f"{type(value).__name__} holds what is neither an array nor a number")
    return parts


def _whole(kind: Any, parts: dict[str, NDArray[Any]], form: object) -> Any:
    for part in parts.values():
        part.setflags(write=False)
    if not is_dataclass(kind):
        return parts[_VALUE]
    values = {name: part if part.ndim else part.item() for name, part in parts.items()}
    return kind(**{field.name: values.get(field.name, form) for field in fields(kind)})  # type: ignore[operator]


def cache_folder() -> Path | None:
    """Where files are kept; None where no folder can be made."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "migcards"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder


def _read(path: Path) -> dict[str, NDArray[Any]] | None:
    """What a file holds; None where it is not there or damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:  # a zip file, whose sums are checked
            parts = {name: file[name] for name in file.files}
        os.utime(path)
    except Exception:
        return None
    return parts


def _write(folder: Path, name: str, parts: dict[str, NDArray[Any]]) -> None:
    """Write a file whole or not at all, and remove those that were not used for longest."""
    with suppress(OSError):
        handle, part = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **cast(dict[str, Any], parts))
            Path(part).replace(folder / f"{name}.npz")
        finally:
            Path(part).unlink(missing_ok=True)
        for old in sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime)[:-MAX_FILES]:
            old.unlink()


@lru_cache(maxsize=1)
def _code() -> str:
    """Changes with the code and the fonts that artwork is drawn and seen with, and with the libraries' versions."""
    digest = sha256(f"{np.__version__} {_libraries()}".encode())
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for pattern in ("*.py", "forms/*.py", "preprocess/*.py", "data/fonts/*.ttf"):
        yield from sorted(_HERE.glob(pattern))


def _libraries() -> str:
    """The versions of the libraries that draw, by the names of their folders: to import them takes long."""
    site = Path(np.__file__).parents[1]
    names = ("opencv_python*", "pypdfium2-*", "reportlab-*")
    return " ".join(path.name for name in names for path in sorted(site.glob(f"{name}.dist-info")))
