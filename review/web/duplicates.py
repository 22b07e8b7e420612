"""Two scans that may show one card: operators look, supervisors decide."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from review.accounts.sessions import Visitor
from review.cards.pair_view import PairView, pair_view
from review.decisions.duplicates import (
    PairDesk,
    count_waiting,
    decided_pairs,
    next_waiting,
    pairs_of_card,
    waiting_pairs,
)
from review.web.deps import RowId, Scanner, Site, SiteDep, Supervisor, person_of
from review.web.images import picture, scan_at_hand
from review.web.labels import value_label
from review.web.problems import Problem
from review.web.render import page
from store.duplicates import Verdict
from texts import Language

router = APIRouter(include_in_schema=False)
Words = Annotated[str, Form(max_length=500)]
_LOOKS = logging.getLogger("migcards.looks")
_Done = TypeVar("_Done")


@router.get("/duplicates")
def duplicates_page(
    request: Request, visitor: Scanner, site: SiteDep, card: Annotated[int | None, Query(ge=1, lt=2**63)] = None
) -> Response:
    """The pairs that wait and those decided last, or all pairs of one card."""
    with site.reading() as session:
        pairs = waiting_pairs(session) if card is None else pairs_of_card(session, card)
        decided = decided_pairs(session) if card is None else []
        count = count_waiting(session)
    return page(request, "duplicates.html", pairs=pairs, decided=decided, count=count, card=card)


@router.get("/duplicates/{pair_id}")
def pair_page(
    request: Request, visitor: Scanner, site: SiteDep, pair_id: RowId, personal: bool = False, done: int = 0
) -> Response:
    """Two scans side by side; names only to supervisors who ask for them, and that is written down.

    `done` is the pair that was decided just before, which can be taken back from here.
    """
    if personal and visitor.role != "supervisor":
        raise Problem("no_card", HTTPStatus.FORBIDDEN)
    with site.reading() as session:
        view, follows = pair_view(session, pair_id, personal=personal), next_waiting(session, pair_id)
    if personal:
        for card in (view.later, view.earlier):
            _LOOKS.info("%s looked at the personal fields of card %d", visitor.login, card.id)
    return page(request, "pair.html", **_shown(view, visitor.language), personal=personal, follows=follows, done=done)


@router.get("/duplicates/{pair_id}/{side}")
def pair_picture(
    visitor: Scanner, site: SiteDep, pair_id: RowId, side: Literal["later", "earlier"], personal: bool = False
) -> Response:
    """One of the two cards upright, personal zones painted over unless a supervisor asks for them."""
    with site.reading() as session:
        view = pair_view(session, pair_id, personal=False)
    card = view.later if side == "later" else view.earlier
    open_ = personal and visitor.role == "supervisor"
    blank = [] if open_ else [item.quad for item in card.fields if item.spec.personal]
    with scan_at_hand():
        return picture(site.pictures.card(card.scan, card.path, card.rotation, outline=[], blank=blank))


@router.post("/duplicates/{pair_id}/decide")
def decide_pair(
    visitor: Supervisor, site: SiteDep, pair_id: RowId, verdict: Annotated[Verdict, Form()], reason: Words = ""
) -> Response:
    """Keep what the supervisor says, and go on to the next pair."""

    def act(desk: PairDesk) -> int | None:
        desk.decide(pair_id, verdict, reason)
        return next_waiting(desk.session, pair_id)

    follows = _at_desk(site, visitor, act)
    return RedirectResponse(f"/duplicates/{follows or pair_id}?done={pair_id}", HTTPStatus.SEE_OTHER)


@router.post("/duplicates/{pair_id}/undo")
def take_back_pair(visitor: Supervisor, site: SiteDep, pair_id: RowId) -> Response:
    """Take back what was said of a pair, and show it again."""
    _at_desk(site, visitor, lambda desk: desk.take_back(pair_id))
    return RedirectResponse(f"/duplicates/{pair_id}", HTTPStatus.SEE_OTHER)


def _at_desk(site: Site, visitor: Visitor, act: Callable[[PairDesk], _Done]) -> _Done:
    return site.write(lambda session: act(PairDesk(session, person_of(visitor), site.clock())))


def _shown(view: PairView, language: Language) -> dict[str, Any]:
    """What the pair's template needs."""

    def said(name: str, value: str | None) -> str:
        return "—" if value is None else value_label(view.later.form.by_name[name], value, language)

    return {
        "view": view,
        "pair": view.pair,
        "differ": [line for line in view.lines if line.differs],
        "agree": sum(not line.differs for line in view.lines),
        "said": said,
    }
