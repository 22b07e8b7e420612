"""What the commands that read scans share: how this installation reads, and in which batch."""

from __future__ import annotations

import gc
import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.acceptance import policy_in_force, warnings
from migcards.cli.shared.context import forms_dir, settings, store
from migcards.networks import network_in_force
from migcards.saver import Ingestion
from migcards.tally import RunTally
from texts import Language, say

EXIT_REFUSED = 7

batch_option = click.option("--batch", "number", default="", help="Number of the batch that the sheets belong to.")
rescan_option = click.option("--rescan", is_flag=True, help="With --batch: its refused sheets, scanned again.")


def ingestion(language: Language, *, again: bool = False, duplex: bool = False, rescan: bool = False) -> Ingestion:
    """How this installation reads; says beforehand where readings have drifted."""
    engine = store()
    with Session(engine) as session:
        policy, found = policy_in_force(session)
        network = network_in_force(session)
    for line in warnings(found, language):
        click.echo(line, err=True)
    return Ingestion(
        engine=engine,
        policy=policy,
        forms_dir=forms_dir(),
        archive=settings().archive,
        workers=settings().workers,
        timeout_s=settings().page_timeout_s,
        memory_mb=settings().worker_memory_mb,
        audit_share=settings().audit_share,
        network=network,
        again=again,
        duplex=duplex,
        rescan=rescan,
    )


def who() -> str:
    """Who gives the command, as far as the system knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def say_unmeasured(tally: RunTally, language: Language) -> None:
    """Say which readers were never measured."""
    for (reader, version), count in sorted(tally.unmeasured.items()):
        click.echo(say("trust.unmeasured", language, reader=reader, version=version, count=count), err=True)


@contextmanager
def settled() -> Iterator[None]:
    """All that was imported is not looked through for garbage again and again, which costs a fifth of saving."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
