"""A throwaway PostgreSQL, which can be stopped and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text


@dataclass(frozen=True)
class PostgresServer:
    """A server that listens on a socket in `folder` only."""

    binaries: Path
    folder: Path

    def address(self, database: str) -> str:
        """Where a database is."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def command(self, statement: str) -> None:
        """Do something in no database's transaction."""
        address = self.address("postgres").replace("postgresql:", "postgresql+psycopg:", 1)
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def new(self, database: str, template: str = "template1") -> str:
        """Create a database; returns its address."""
        self.command(f"CREATE DATABASE {database} TEMPLATE {template}")
        return self.address(database)

    def start(self) -> None:
        """Start the server, for the first time or again."""
        self.call("pg_ctl", "start", "-w", "-l", str(self.folder / "log"), "-o", f"-F -h '' -k {self.folder}")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server; at once as a loss of power does."""
        self.call("pg_ctl", "stop", "-w", "-m", mode)

    def call(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs."""
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_postgres, str(self.binaries / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, timeout=60)


@contextmanager
def throwaway(binaries: Path) -> Iterator[PostgresServer]:
    """A running server for a while."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path has at most 107 characters
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    server = PostgresServer(binaries, folder)
    try:
        server.call("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        server.start()
        yield server
    finally:
        with suppress(subprocess.SubprocessError):  # it was stopped, or never started
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def binaries() -> Path | None:
    """Folder with initdb and pg_ctl: on the PATH, or where Debian keeps them."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)
