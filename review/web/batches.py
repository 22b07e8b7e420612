"""Batches for operators: opened with what the clerk counted, watched, closed when they add up or signed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.forms.cover_print import cover_pdf
from ocr.forms.cover_sheet import MAX_EXPECTED, NUMBER, CoverSheet, new_number
from review.accounts.sessions import Visitor
from review.cards.view import card_view
from review.web.batch_form import BatchForm, checkpoint_name, checkpoints, cover_sheet_of
from review.web.deps import RowId, Scanner, Site, SiteDep, Supervisor, start_of_day
from review.web.images import picture, scan_at_hand
from review.web.problems import Problem
from review.web.render import page
from review.web.rescans import rescan_lines
from store.batch_cards import double_cards, unexpected_cards, unnumbered_cards
from store.batches import BatchNow, batch_now, batches_now, close_batch, closings, open_batch, reopen_batch
from store.scans import rescan_list

router = APIRouter(include_in_schema=False)

Number: TypeAlias = Annotated[str, Path(pattern=f"^{NUMBER.pattern}$")]
Reason: TypeAlias = Annotated[str, Form(max_length=500)]
Shown: TypeAlias = Literal["open", "today", "all"]

LISTED, NAMED = 200, 60
"""Batches on the page at most; numbers of missing cards that it names, more are counted."""


@router.get("/batches")
def batches_page(request: Request, visitor: Scanner, site: SiteDep, show: Shown = "open") -> Response:
    """The batches that are open, or those of today, or the latest."""
    return _list(request, site, visitor, show)


@router.post("/batches")
def open_new_batch(request: Request, visitor: Scanner, site: SiteDep, form: Annotated[BatchForm, Form()]) -> Response:
    """Open a batch and show it, or say what is wrong with the form."""
    today = start_of_day(site.clock()).date()
    sheet, faults = cover_sheet_of(form, new_number(today), visitor.language, today)
    if not faults:
        faults = _print_faults(sheet, visitor)
    if faults:
        return _list(request, site, visitor, "open", form, faults, HTTPStatus.UNPROCESSABLE_ENTITY)
    site.write(lambda session: open_batch(session, sheet, visitor.login))
    return RedirectResponse(f"/batches/{sheet.number}", HTTPStatus.SEE_OTHER)


@router.get("/batches/{number}")
def batch_page(request: Request, visitor: Scanner, site: SiteDep, number: Number) -> Response:
    """The account of a batch, and what makes the difference."""
    return _batch(request, site, visitor, number)


@router.get("/batches/{number}/sheet")
def cover_sheet(visitor: Scanner, site: SiteDep, number: Number) -> Response:
    """The cover sheet of a batch, to be printed."""
    with site.reading() as session:
        sheet = found_batch(session, number).sheet
    pdf = cover_pdf(sheet, checkpoint_name(sheet.checkpoint, visitor.language), visitor.language)
    named = {"Content-Disposition": f'attachment; filename="{number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=named)


@router.get("/batches/{number}/cards/{card_id}")
def card_picture(visitor: Scanner, site: SiteDep, number: Number, card_id: RowId) -> Response:
    """A card of a batch, what says whose it is painted over."""
    with site.reading() as session:
        view = card_view(session, card_id, personal=False)
    if view.batch != number:
        raise Problem("not_found", HTTPStatus.NOT_FOUND)
    blank = [item.quad for item in view.fields if item.spec.personal]
    with scan_at_hand():
        return picture(site.pictures.card(view.scan, view.path, view.rotation, outline=[], blank=blank))


@router.post("/batches/{number}/close")
def close(request: Request, visitor: Scanner, site: SiteDep, number: Number) -> Response:
    """Close a batch that adds up."""
    return _act(request, site, visitor, number, partial(close_batch, number=number, person=visitor.login))


@router.post("/batches/{number}/sign")
def sign(request: Request, visitor: Supervisor, site: SiteDep, number: Number, reason: Reason = "") -> Response:
    """Sign the difference of a batch that does not add up."""
    act = partial(close_batch, number=number, person=visitor.login, reason=reason)
    return _act(request, site, visitor, number, act)


@router.post("/batches/{number}/reopen")
def reopen(request: Request, visitor: Supervisor, site: SiteDep, number: Number, reason: Reason = "") -> Response:
    """Take a closing back."""
    act = partial(reopen_batch, number=number, person=visitor.login, reason=reason)
    return _act(request, site, visitor, number, act)


def _act(request: Request, site: Site, visitor: Visitor, number: str, act: Callable[[Session], BatchNow]) -> Response:
    """Do it and show the batch; it may have changed since the page was made, which the page then says."""
    with site.reading() as session:
        found_batch(session, number)
    try:
        site.write(act)
    except BadInputError:
        return _batch(request, site, visitor, number, refused=True)
    return RedirectResponse(f"/batches/{number}", HTTPStatus.SEE_OTHER)


def _list(
    request: Request,
    site: Site,
    visitor: Visitor,
    show: Shown,
    form: BatchForm | None = None,
    faults: Any = None,
    status: int = HTTPStatus.OK,
) -> Response:
    since = start_of_day(site.clock()) if show == "today" else None
    with site.reading() as session:
        found = batches_now(session, limit=LISTED, since=since, unclosed=show == "open")
    empty = BatchForm(clerk=visitor.name, first_day=site.clock().date().isoformat())
    shown: dict[str, Any] = {"batches": found, "show": show, "choices": ("open", "today", "all"), "most": MAX_EXPECTED}
    shown |= {"form": form or empty, "faults": faults or {}, "checkpoints": checkpoints(visitor.language)}
    return page(request, "batches.html", status=status, **shown, named=partial(_named, visitor))


def _batch(request: Request, site: Site, visitor: Visitor, number: str, *, refused: bool = False) -> Response:
    with site.reading() as session:
        now = found_batch(session, number)
        lists = (("double", double_cards(session, now)), ("unexpected", unexpected_cards(session, now)))
        shown: dict[str, Any] = {
            "now": now,
            "lists": (*lists, ("unnumbered", unnumbered_cards(session, now))),
            "sheets": rescan_lines(rescan_list(session, batch_id=now.id), visitor.language),
            "closings": closings(session, now.id),
        }
    missing, status = now.account.missing, HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    shown |= {"missing": missing[:NAMED], "more_missing": len(missing[NAMED:]), "refused": refused}
    uploads = site.inbox is not None
    return page(request, "batch.html", status=status, **shown, uploads=uploads, named=partial(_named, visitor))


def found_batch(session: Session, number: str) -> BatchNow:
    """A batch, counted now; a `Problem` where there is none with this number."""
    try:
        return batch_now(session, number)
    except BadInputError as error:
        raise Problem("not_found", HTTPStatus.NOT_FOUND) from error


def _print_faults(sheet: CoverSheet, visitor: Visitor) -> dict[str, str]:
    """A batch is opened only if its cover sheet can be printed."""
    try:
        cover_pdf(sheet, "", visitor.language)
    except BadInputError as error:
        return {"serials": str(error)}
    return {}


def _named(visitor: Visitor, code: str) -> str:
    return checkpoint_name(code, visitor.language) or "—"
