"""What lies in a folder of scans and is no file, or bears an odd name, or is two things at once."""

from __future__ import annotations

import gzip
import os
import socket
import zipfile
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random

from tests.faults.hostile import jpegs, pdf_parts, pngs, tiffs


def pipe(path: Path) -> None:
    """A pipe that nobody writes to."""
    os.mkfifo(path)


def socket_file(path: Path) -> None:
    """A socket that nobody listens to."""
    here = Path.cwd()
    os.chdir(path.parent)  # its address may have 108 characters only
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def link(path: Path, target: str) -> None:
    """A link to what is no scan."""
    path.symlink_to(target)


def self_link(path: Path) -> None:
    """A link to itself."""
    path.symlink_to(path.name)


def folder(path: Path) -> None:
    """A folder that is called like a scan."""
    path.mkdir()


def sparse(path: Path, head: bytes, size: int) -> None:
    """A file of so many bytes that takes none on the disk."""
    path.write_bytes(head)
    os.truncate(path, size)


TARGETS = ("/dev/zero", "/dev/urandom", "/dev/null", "/dev/tty", "/proc/self/mem", "/proc/kmsg", "nowhere", "/")
HEADS = {".jpg": b"\xff\xd8\xff\xe0", ".png": pngs.MAGIC, ".tif": b"II*\0\x08\0\0\0\1", ".pdf": b"%PDF-1.7\n"}

ENTRIES: dict[str, Callable[[Path], None]] = {
    "pipe.jpg": pipe,
    "pipe.pdf": pipe,
    "socket.tif": socket_file,
    "self-link.png": self_link,
    "folder.pdf": folder,
    "link-to-pipe.jpg": partial(link, target="pipe.jpg"),
    **{f"link-{number}.jpg": partial(link, target=target) for number, target in enumerate(TARGETS)},
    **{
        f"sparse-{megabytes}{suffix}": partial(sparse, head=head, size=megabytes << 20)
        for megabytes in (200, 255, 300, 5000)
        for suffix, head in HEADS.items()
    },
}
"""What makes an entry at a path, by its name."""


def _zip(data: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("card.jpg", data)
    return out.getvalue()


def polyglot(rng: Random, number: int) -> bytes:
    """Two formats at once, another one than the name says, or none."""
    one_jpeg = jpegs.sound(rng)
    one_png = pngs.large(rng, 200)
    one_tiff = tiffs.tiff(tiffs.grey(200, 150, 30_000), rng.randbytes(30_000))
    one_pdf = pdf_parts.page(b"0 0 m %d 9 l S" % rng.randrange(999))
    odd = [
        one_jpeg + one_pdf,
        jpegs.segment(0xFE, one_pdf[:60_000]).join([one_jpeg[:2], one_jpeg[2:]]),
        one_pdf + one_jpeg,
        one_png + one_pdf,
        b"%PDF-" + one_png,
        one_tiff + one_pdf,
        one_tiff + one_jpeg,
        _zip(one_jpeg),
        _zip(b"") + one_pdf,
        gzip.compress(one_jpeg, mtime=0),
        b"GIF89a" + one_pdf,
        b"RIFF\0\1\0\0WEBPVP8 " + rng.randbytes(99),
        b"8BPS\0\1" + rng.randbytes(99),
        b"%!PS-Adobe-3.0\n{loop} exec\n" + rng.randbytes(9),
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"#!/bin/sh\nexit 1\n",
        b"\xef\xbb\xbf" + one_pdf,
        rng.randbytes(1000) + one_pdf,
        one_pdf * 300,
        bytes(10**6),
        b"",
        b"\xff",
        b"\xff\xd8\xff",
        b"%PDF-",
        b"II*\0",
        pngs.MAGIC,
    ]
    return odd[number]


POLYGLOTS = 26
