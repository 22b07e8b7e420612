"""`migcards` in a process of its own, without the 2 s that its libraries take to load: a parent has them, and forks.

``python -m tests.forked_program`` is that parent: it runs the commands that come line by line, one after another.
"""

from __future__ import annotations

import atexit
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[1]
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Libraries that begin threads when they are loaded could not be forked."""


def run_program(
    *arguments: str, folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `migcards` in a folder as if it were started anew, with `environment` beside this process's own."""
    with tempfile.TemporaryDirectory() as temp:
        out, err = (Path(temp) / name for name in ("out", "err"))
        order = {"arguments": arguments, "folder": str(folder), "out": str(out), "err": str(err)}
        order |= {"environment": dict(os.environ) | dict(environment or {})}
        code = _ordered(json.dumps(order))
        said = [path.read_text("utf-8") for path in (out, err)]
    return subprocess.CompletedProcess(["migcards", *arguments], code, *said)


def _ordered(order: str) -> int:
    parent = _parent()
    try:
        print(order, file=parent.stdin, flush=True)
        return int(parent.stdout.readline())  # type: ignore[union-attr]
    except BaseException:  # a test that took too long: what it began would answer the next one
        _parent.cache_clear()
        parent.kill()
        raise


@cache
def _parent() -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.forked_program"],
        cwd=ROOT,
        env=os.environ | ONE_THREAD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(started.kill)
    return started


def _serve() -> None:
    """Fork for each line until there are no more; print how the command ended."""
    from migcards.cli.main import COMMANDS

    for name in COMMANDS:
        import_module(f"migcards.cli.{name}")
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers)


def _become(order: dict[str, Any]) -> NoReturn:
    """Be the command."""
    for number, name in enumerate((os.devnull, order["out"], order["err"])):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT, 0o600), number)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    sys.argv = ["migcards", *order["arguments"]]
    random.seed()
    code = 1
    try:
        import_module("migcards.cli.main").main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        with suppress(Exception):
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
