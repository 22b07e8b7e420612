"""Cards for supervisors: searched, looked at beside their picture, corrected and reopened with a reason."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from ocr.forms.definition import Form as CardForm
from ocr.lexicon.lexicon import label
from review.accounts.sessions import Visitor
from review.cards.filters import CardStatus
from review.cards.requests import card_requests
from review.cards.search import COUNTED, SearchResult, count, find, known_batches
from review.cards.view import CardView, FieldView, card_view, upright
from review.desk import Desk
from review.errors import ReviewError
from review.web.deps import RowId, Site, SiteDep, Supervisor
from review.web.images import picture, scan_at_hand
from review.web.labels import group_label, sought_label, value_label
from review.web.render import page
from review.web.search_form import SearchForm, filters_of, meant, not_understood, understood
from store.card_state import UNKNOWN
from store.queries import day_of_card
from store.record_values import LEFT_EMPTY, is_group
from store.records import known_fields
from texts import Language, rule_message, why_message

router = APIRouter(include_in_schema=False)
Words = Annotated[str, Form(max_length=500)]
_LOOKS = logging.getLogger("migcards.looks")
"""Who had names on the screen, and whose card."""


@dataclass(frozen=True)
class _Change:
    """What a supervisor wants done to a card; `sent` are the form's values, to be sent again once it is confirmed."""

    what: str
    card_id: int
    act: Callable[[Desk], object]
    sent: dict[str, str]
    confirmed: bool
    personal: bool


@router.get("/records")
def records_page(
    request: Request, visitor: Supervisor, site: SiteDep, form: Annotated[SearchForm, Query()]
) -> Response:
    """The search form, and the cards that fit; none where a question was not understood."""
    with site.reading() as session:
        specs, batches = known_fields(session), known_batches(session)
        filters, odd = filters_of(form, specs), list(not_understood(form, specs))
        found = SearchResult((), None) if odd else find(session, filters, before=form.before)
        number = 0 if odd else count(session, filters)
    kept = {name: value for name, value in form.model_dump(exclude={"before"}).items() if value}
    more = f"/records?{urlencode(kept | {'before': found.next}, doseq=True)}" if found.next else None
    shown: dict[str, Any] = {"specs": specs, "batches": batches, "found": found, "count": number, "more": more}
    shown |= {"form": form, "odd": odd, "states": get_args(CardStatus), "most": COUNTED}
    language = visitor.language
    taken_for = [
        (spec.name, *sought_label(spec, sought, language)) for spec, sought in understood(form, filters, specs)
    ]
    shown |= {"taken_for": [] if odd else taken_for}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if odd else HTTPStatus.OK
    return page(request, "search.html", status=status, named=partial(_named, visitor.language), **shown)


@router.get("/records/{card_id}")
def record_page(
    request: Request, visitor: Supervisor, site: SiteDep, card_id: RowId, personal: bool = False
) -> Response:
    """One card beside its fields; names only when they are asked for, and that is written down."""
    shown = card_page(request, site, visitor, card_id, personal=personal)
    if personal:
        _LOOKS.info("%s looked at the personal fields of card %d", visitor.login, card_id)
    return shown


@router.get("/records/{card_id}/card")
def record_picture(visitor: Supervisor, site: SiteDep, card_id: RowId, personal: bool = False) -> Response:
    """The card upright, personal zones painted over unless they are asked for."""
    with site.reading() as session:
        view = card_view(session, card_id, personal=False)
    blank = [] if personal else [item.quad for item in view.fields if item.spec.personal]
    with scan_at_hand():
        return picture(site.pictures.card(view.scan, view.path, view.rotation, outline=[], blank=blank))


@router.post("/records/{card_id}/correct")
def correct_field(
    request: Request,
    visitor: Supervisor,
    site: SiteDep,
    card_id: RowId,
    field: Annotated[str, Form()],
    reason: Words,
    value: Words = "",
    confirmed: Annotated[bool, Form()] = False,
    personal: Annotated[bool, Form()] = False,
) -> Response:
    """Show what a correction would change; once confirmed, keep it."""
    with site.reading() as session:
        spec, on = known_fields(session).get(field), day_of_card(session, card_id)
    kept = meant(spec, value, visitor.language, on) if spec else value

    def act(desk: Desk) -> object:
        return desk.correct(card_id, field, kept, reason)

    sent = {"field": field, "value": kept, "reason": reason}
    return _changed(request, site, visitor, _Change("correct", card_id, act, sent, confirmed, personal))


@router.post("/records/{card_id}/reopen")
def reopen_fields(
    request: Request,
    visitor: Supervisor,
    site: SiteDep,
    card_id: RowId,
    reason: Words,
    field: Annotated[str, Form()] = "",
    confirmed: Annotated[bool, Form()] = False,
    personal: Annotated[bool, Form()] = False,
) -> Response:
    """Show what reopening a field, or the whole card, would change; once confirmed, do it."""

    def act(desk: Desk) -> object:
        return desk.reopen(card_id, field or None, reason)

    sent = {"field": field, "reason": reason}
    return _changed(request, site, visitor, _Change("reopen", card_id, act, sent, confirmed, personal))


def _changed(request: Request, site: Site, visitor: Visitor, change: _Change) -> Response:
    """Carry a change out, and keep it only if it was confirmed; else show what it does."""
    with Session(site.engine) as session:
        before = card_view(session, change.card_id, personal=change.personal)
        try:
            change.act(site.desk(session, visitor))
        except ReviewError as error:
            problem = error.said(visitor.language, field=site.field_label(change.sent["field"], visitor.language))
            return card_page(request, site, visitor, change.card_id, personal=change.personal, problem=problem)
        after = card_view(session, change.card_id, personal=change.personal)
        if change.confirmed:
            session.commit()
            back = f"/records/{change.card_id}{'?personal=1' if change.personal else ''}#field-{change.sent['field']}"
            return RedirectResponse(back, HTTPStatus.SEE_OTHER)
    language = visitor.language
    lines = [
        (_line(before.form, old, language), _line(after.form, new, language))
        for old, new in zip(before.fields, after.fields, strict=True)
        if (old.state, old.value, old.why) != (new.state, new.value, new.why) or old.spec.name == change.sent["field"]
    ]
    broken = [rule_message(rule, language) for rule in after.broken if rule not in before.broken]
    return page(request, "change.html", change=change, lines=lines, broken=broken)


def card_page(
    request: Request, site: Site, visitor: Visitor, card_id: int, *, personal: bool, problem: str = ""
) -> Response:
    """A card's page; `problem` says what could not be done to it."""
    with site.reading() as session:
        view = card_view(session, card_id, personal=personal)
        requests = card_requests(session, card_id, site.desk(session, visitor).demand)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    shown = _shown(view, visitor.language) | {"requests": requests, "personal": personal, "problem": problem}
    return page(request, "record.html", status=status, **shown)


def _shown(view: CardView, language: Language) -> dict[str, Any]:
    """What the record's template needs of a card."""
    turned = view.rotation in (90, 270)
    return {
        "view": view,
        "size": view.size[::-1] if turned else view.size,
        "lines": [_line(view.form, item, language) for item in view.fields],
        "zones": [(item.spec.name, upright(item.quad, view.rotation, view.size), item.state) for item in view.fields],
        "broken": [(rule_message(rule, language), fields) for rule, fields in view.broken.items()],
    }


def _line(form: CardForm, item: FieldView, language: Language) -> dict[str, Any]:
    """One field in words; `said` puts any of its values so."""

    def said(value: str | None) -> str:
        return "—" if value is None else value_label(item.spec, value, language)

    why = [why_message(reason, language) for reason in item.why]
    group = group_label(form, item.spec, item.settled, language) if item.settled else ""
    return {"name": item.spec.name, "item": item, "value": said(item.value), "group": group, "why": why, "said": said}


def _named(language: Language, lexicon: str, code: str | None) -> str:
    if code is None or is_group(code):
        return "—"
    return label(lexicon, code, language) if code not in (LEFT_EMPTY, UNKNOWN) else code or "—"
