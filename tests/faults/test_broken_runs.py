"""A run that is killed at any moment loses nothing and doubles nothing; `python -m tests.faults.kills` has more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "command", [("kills", "--kills", "16", "--real", "0", "--seed", "2"), ("failing", "--share", "0.2", "--seed", "2")]
)
def test_after_a_fault_at_any_moment_the_same_command_leaves_what_an_unbroken_run_leaves(
    command: tuple[str, ...],
) -> None:
    """In a process of its own, which forks."""
    check(f"tests.faults.{command[0]}", *command[1:])


@pytest.mark.timeout(600)
def test_files_that_cannot_be_got_at_are_overwritten_or_have_odd_names_lose_nothing() -> None:
    """In a process of its own as well: one that runs many tests holds threads and locks that a fork would inherit."""
    check("pytest", "-n", "0", "tests/faults/single_files.py")


def check(module: str, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
