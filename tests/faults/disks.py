"""Small disks that fill up, and disks that fail."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

ROOM = "256m"


@contextmanager
def small(folder: Path) -> Iterator[None]:
    """A disk at a folder, with room until `leave` takes it."""
    folder.mkdir(exist_ok=True)
    _do("mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0777", "tmpfs", str(folder))
    try:
        yield
    finally:
        _do("umount", "-l", str(folder))


def enlarge(folder: Path) -> None:
    """Make room on a small disk, and let it be written."""
    _do("mount", "-o", f"remount,rw,size={ROOM}", str(folder))


def leave(folder: Path, kilobytes: int) -> None:
    """Leave only so much room on a small disk."""
    os.sync()
    used = shutil.disk_usage(folder).used // 1024
    _do("mount", "-o", f"remount,size={used + kilobytes}k", str(folder))


def write_protect(folder: Path) -> None:
    """Let a disk not be written."""
    _do("mount", "-o", "remount,ro", str(folder))


@contextmanager
def failing(folder: Path, below: Path) -> Iterator[None]:
    """A disk at a folder whose sectors lie on a small disk: where that one is full, this one fails (EIO)."""
    image = below / "image"
    if not image.exists():
        _do("truncate", "-s", "48M", str(image))
        _do("mkfs.ext4", "-q", "-E", "lazy_itable_init=1,nodiscard", "-J", "size=4", str(image))
    folder.mkdir(exist_ok=True)
    _do("mount", "-o", "loop", str(image), str(folder))
    try:
        yield
    finally:
        _unmount(folder)


def _unmount(folder: Path, tries: int = 100) -> None:
    """Take a disk away as soon as no process that is about to end has files open on it."""
    try:
        _do("umount", str(folder))
    except subprocess.CalledProcessError:
        if not tries:
            raise
        sleep(0.1)
        _unmount(folder, tries - 1)


def can_mount(folder: Path) -> bool:
    """Whether this user may mount disks here."""
    try:
        with small(folder / "trial"):
            return True
    except (OSError, subprocess.SubprocessError):
        return False


def _do(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=60)
