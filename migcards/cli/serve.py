"""`migcards serve`: the review pages."""

from __future__ import annotations

import errno
import logging
import socket
from ipaddress import ip_address
from pathlib import Path

import click
import uvicorn
from sqlalchemy.orm import Session

from migcards.cli.shared.context import settings, store
from migcards.cli.shared.reading import ingestion
from migcards.frozen_keeper import FrozenKeeper
from migcards.goal_keeper import GoalKeeper
from migcards.inbox import ScanInboxFolder
from migcards.inbox_reader import InboxReader
from migcards.page_images import PageImages
from migcards.picture_folder import PictureFolder
from migcards.pivot_desk import PivotDesk
from migcards.settings import Settings
from ocr.errors import BadInputError
from review.accounts.users import users
from review.assignment.policy import DeskRules
from review.web.app import create_app
from store.disks import folders_of
from store.engine import read_only


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 to serve other computers too.")
@click.option("--port", type=click.IntRange(1, 65535), default=8321, show_default=True, help="To listen on.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder to keep pictures of fields in.")
def serve(host: str, port: int, cache: Path | None) -> None:
    """Serve the pages on which people key what the machine would not vouch for. Ctrl+C ends it."""
    engine = store()
    with Session(read_only(engine)) as session:
        if not any(user.active for user in users(session)):
            raise BadInputError("Nobody could log in. First add a person: `migcards user add LOGIN --role supervisor`.")
    now = settings()
    rules = DeskRules(now.policies, now.lease_minutes, now.control_share, keying=now.keying)
    inbox = _inbox(now)
    goals = GoalKeeper(engine) if now.keying == "goals" else None
    app = create_app(
        engine,
        PageImages(now.archive, PictureFolder(cache) if cache else None),
        rules,
        inbox=inbox,
        metrics_token=now.metrics_token,
        folders=folders_of(engine, archive=now.archive, inbox=now.inbox),
        goals=goals or GoalKeeper(engine),
        pivots=PivotDesk(FrozenKeeper(engine, now.frozen, in_memory=True), engine, now.hide_below),
    )
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("migcards.looks").setLevel(logging.INFO)  # who had names on the screen
    with _listening(host, port) as listener:
        click.echo(f"Open http://{_shown(host)}:{port} in a browser. Ctrl+C ends it.")
        if not _is_local(host):
            click.echo(
                "Passwords and names cross the network unencrypted: put it behind a proxy that speaks https.", err=True
            )
        try:
            if inbox is not None:
                inbox.start()
            if goals is not None:
                goals.start()
            uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False)).run([listener])
        finally:
            if goals is not None:
                goals.stop()
            if inbox is not None:
                inbox.stop()


def _inbox(now: Settings) -> InboxReader | None:
    """Who takes uploads and reads them, as this installation reads; None where no inbox is set."""
    if now.inbox is None:
        return None
    folder = ScanInboxFolder(now.inbox.absolute(), takes_zip=now.archive is not None)
    return InboxReader(folder, lambda rescan: ingestion(now.language, rescan=rescan), now.archive)


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens; taken before the address is announced.

    Raises
    ------
    BadInputError
        The port is taken, or the address is not this computer's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        advice = "Choose another with --port." if error.errno == errno.EADDRINUSE else "Choose another --host."
        raise BadInputError(f"{host}:{port} cannot be served: {error.strerror}. {advice}") from error


def _shown(host: str) -> str:
    """The host as it is typed into a browser."""
    if host in ("0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
