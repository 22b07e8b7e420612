"""Names and numbers of a card that somebody needs: a supervisor has them keyed, and may take that back at first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from review.accounts.sessions import Visitor
from review.cards.requests import Requesting
from review.errors import ReviewError
from review.web.deps import RowId, Site, SiteDep, Supervisor, person_of
from review.web.records import Words, card_page

router = APIRouter(include_in_schema=False)
_LOOKS = logging.getLogger("migcards.looks")
"""Who had names keyed, and whose card; not what for, since people write names into reasons all the same."""


@router.post("/records/{card_id}/request")
def request_card(request: Request, visitor: Supervisor, site: SiteDep, card_id: RowId, reason: Words = "") -> Response:
    """Have people key what waits on a card until somebody needs it."""
    done = _done(request, site, visitor, card_id, lambda desk: desk.request(card_id, reason))
    if done.status_code == HTTPStatus.SEE_OTHER:
        _LOOKS.info("%s asked for the personal fields of card %d", visitor.login, card_id)
    return done


@router.post("/records/{card_id}/withdraw")
def withdraw_request(request: Request, visitor: Supervisor, site: SiteDep, card_id: RowId) -> Response:
    """Take that back, as long as nobody has begun."""
    done = _done(request, site, visitor, card_id, lambda desk: desk.withdraw(card_id))
    if done.status_code == HTTPStatus.SEE_OTHER:
        _LOOKS.info("%s no longer asks for the personal fields of card %d", visitor.login, card_id)
    return done


def _done(request: Request, site: Site, visitor: Visitor, card_id: int, act: Callable[[Requesting], None]) -> Response:
    """Do it and show the card again, without names; what cannot be done is said there."""

    def write(session: Session) -> None:
        act(Requesting(session, person_of(visitor), site.clock(), site.rules))

    try:
        site.write(write)
    except ReviewError as error:
        problem = error.said(visitor.language)
        return card_page(request, site, visitor, card_id, personal=False, problem=problem)
    return RedirectResponse(f"/records/{card_id}#requests", HTTPStatus.SEE_OTHER)
