"""Scans sent from a browser: one file a call, as it comes, so that nothing is held in memory or twice on disk."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from review.errors import ReviewError
from review.web.batch_form import checkpoint_name
from review.web.batches import found_batch
from review.web.deps import Scanner, Site, SiteDep
from review.web.keying import FAILURES
from review.web.models import DoneOut, KeptOut
from review.web.render import page
from review.web.scan_inbox import ScanInbox, ScanPart, UploadLot
from store.batches import batches_now
from texts import section

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1/uploads", tags=["uploads"], responses=FAILURES)

LISTED = 200
"""Batches that can be chosen at most."""

_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
BODY = {"requestBody": {"required": True, "content": _BYTES}}

BatchAsked: TypeAlias = Annotated[str, Query(max_length=20)]
Lot: TypeAlias = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{8,40}$")]


@router.get("/upload")
def upload_page(request: Request, visitor: Scanner, site: SiteDep, batch: str = "", rescan: bool = False) -> Response:
    """The page to send scans from."""
    with site.reading() as session:
        choices = batches_now(session, limit=LISTED, unclosed=True)
    named = {now.sheet.number: checkpoint_name(now.sheet.checkpoint, visitor.language) for now in choices}
    shown: dict[str, Any] = {"choices": choices, "named": named, "batch": batch, "rescan": rescan}
    shown |= {
        "lot": f"{site.clock():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}",
        "words": section("uploads", visitor.language),
    }
    return page(request, "upload.html", **shown, inbox=site.inbox, state=site.inbox and site.inbox.state())


@router.get("/reading")
def reading_part(request: Request, visitor: Scanner, site: SiteDep) -> Response:
    """What is being read now: a part of pages, which fetch it again and again."""
    return page(request, "reading.html", state=site.inbox and site.inbox.state())


@api.post("/{lot}", summary="Send one scan; the body is its content", openapi_extra=BODY)
async def upload(
    request: Request,
    visitor: Scanner,
    site: SiteDep,
    lot: Lot,
    name: Annotated[str, Query(min_length=1, max_length=500)],
    batch: BatchAsked = "",
    rescan: bool = False,
) -> KeptOut:
    """Keep a file whole or not at all."""
    size = request.headers.get("content-length", "")

    def begin() -> ScanPart:
        inbox = _checked(site, batch, rescan)
        return inbox.receive(
            UploadLot(lot, batch, rescan, visitor.login), name, int(size) if size.isdecimal() else None
        )

    return KeptOut(name=await _received(request, await run_in_threadpool(begin)))


@api.post("/{lot}/done", summary="All files of an upload are sent")
def finish_upload(visitor: Scanner, site: SiteDep, lot: Lot, batch: BatchAsked = "", rescan: bool = False) -> DoneOut:
    """Have the files read, where that waited for the last one."""
    _checked(site, batch, rescan).finish(UploadLot(lot, batch, rescan, visitor.login))
    return DoneOut()


async def _received(request: Request, part: ScanPart) -> str:
    try:
        async for data in request.stream():
            await run_in_threadpool(part.write, data)
        return await run_in_threadpool(part.keep)
    finally:
        await run_in_threadpool(part.drop)


def _checked(site: Site, batch: str, rescan: bool) -> ScanInbox:
    """The inbox, if it takes files for a batch.

    Raises
    ------
    ReviewError
        There is no inbox, the batch is closed, or nobody says whose sheets were scanned again.
    Problem
        There is no such batch.
    """
    if site.inbox is None:
        raise ReviewError("upload_off")
    if rescan and not batch:
        raise ReviewError("upload_whose")
    if batch:
        with site.reading() as session:
            if found_batch(session, batch).state in ("closed", "signed"):
                raise ReviewError("upload_closed", batch=batch)
    return site.inbox
