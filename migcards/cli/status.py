"""`migcards status`: how the work stands, at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import language_option, settings, store
from migcards.cli.shared.output import json_option, print_json
from ocr.file_names import shown_path
from store.archive import size_of
from store.batches import batches_now
from store.disks import DiskRoom, folders_of, rooms
from store.engine import read_only, schema_of
from store.operations import RunNow, last_saved, latest_runs, rescans_by_reason, sheets_since, waiting_by_reason
from texts import Language, say, why_message
from texts.formats import short_moment, write_duration, write_number

GIB = 2**30
BATCHES = 500
"""Open batches that are looked through at most."""


@click.command()
@json_option
@language_option
def status(as_json: bool, language: Language) -> None:
    """Say how the work stands: runs, batches, what waits, what to rescan, room on the disks.

    As JSON (--json): store, schema, run (the latest; null for none), today (sheets by outcome), last_saved, batches
    (open, different), waiting and rescan (by reason, codes), archive (files, bytes; null for none), disks. A batch is
    different that has scans and does not add up.
    """
    engine = store()
    today = datetime.now(UTC).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    with Session(read_only(engine)) as session:
        runs = latest_runs(session, 1)
        batches = batches_now(session, limit=BATCHES, unclosed=True)
        different = sum(one.account.found > 0 and not one.account.adds_up for one in batches)
        found: dict[str, Any] = {
            "store": engine.url.render_as_string(hide_password=True),
            "schema": schema_of(session),
            "run": _run(runs[0]) if runs else None,
            "today": dict(sheets_since(session, today)),
            "last_saved": last_saved(session),
            "batches": {"open": len(batches), "different": different},
            "waiting": waiting_by_reason(session),
            "rescan": rescans_by_reason(session),
        }
    disks = rooms(folders_of(engine, archive=settings().archive, inbox=settings().inbox))
    found |= {"archive": _archive(settings().archive), "disks": [asdict(disk) | {"low": disk.low} for disk in disks]}
    engine.dispose()
    if as_json:
        print_json(found)
        return
    for line in _lines(found, runs, disks, language):
        click.echo(line)


def _run(run: RunNow) -> dict[str, Any]:
    return asdict(run) | {"sheets": run.sheets, "seconds": run.seconds, "per_hour": run.per_hour}


def _archive(folder: Path | None) -> dict[str, int] | None:
    if folder is None:
        return None
    files, size = size_of(folder)
    return {"files": files, "bytes": size}


def _lines(found: Mapping[str, Any], runs: list[RunNow], disks: list[DiskRoom], language: Language) -> Iterator[str]:
    """The same for people: a label and what there is to say, line by line."""

    def line(key: str, said: str) -> str:
        return f"{say(f'status.{key}', language):28}{said}"

    def number(value: float) -> str:
        return write_number(value, language)

    yield line("store", say("status.store_is", language, store=found["store"], schema=found["schema"]))
    yield line("run", _run_in_words(runs[0], language) if runs else say("status.none", language))
    today = found["today"]
    read, refused = number(today.get("read", 0)), number(today.get("refused", 0))
    yield line("today", say("status.today_is", language, read=read, refused=refused))
    yield line("batches", say("status.batches_are", language, **found["batches"]))
    for key, name in (("waiting", why_message), ("rescan", _refusal)):
        counts = found[key]
        yield line(key, number(sum(counts.values())))
        yield from (f"    {name(reason, language):44}{number(count):>10}" for reason, count in counts.items())
    archive = found["archive"]
    if archive is not None:
        size = write_number(archive["bytes"] / GIB, language, 1)
        yield line("archive", say("status.archive_is", language, files=number(archive["files"]), size=size))
    for disk in disks:
        free, whole = (write_number(size / GIB, language, 1) for size in (disk.free, disk.total))
        low = f"  {say('status.low', language)}" if disk.low else ""
        yield line(f"disk_{disk.name}", say("operations.disk_free", language, free=free, all=whole) + low)


def _run_in_words(run: RunNow, language: Language) -> str:
    rate = "—" if run.per_hour is None else write_number(round(run.per_hour), language)
    return say(
        "status.run_is" if run.finished else "status.run_goes_on",
        language,
        folder=shown_path(run.folder),
        started=short_moment(run.started),
        sheets=write_number(run.sheets, language),
        time=write_duration(run.seconds),
        rate=rate,
    )


def _refusal(reason: str, language: Language) -> str:
    return say(f"refusal_name.{reason}", language)
