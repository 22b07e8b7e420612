"""Cards set aside: by whoever meets one that cannot be keyed, for a supervisor to look at."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from review.accounts.sessions import Visitor
from review.cards.flags import flag, open_flags, resolve
from review.desk import held
from review.web.deps import Keyer, Site, SiteDep, Supervisor, person_of
from review.web.keying import FAILURES
from review.web.models import DoneOut, FlagIn, FlagOut
from review.web.render import page
from review.web.texts import section

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1/flags", tags=["flags"], responses=FAILURES)


@router.get("/flags")
def flags_page(request: Request, visitor: Supervisor, site: SiteDep) -> Response:
    """The cards that wait for a supervisor's word."""
    return page(request, "flags.html", flags=_flags(site, visitor), words=section("flags", visitor.language))


@api.post("", summary="Set a card aside by a field of it that one holds")
def set_aside(visitor: Keyer, site: SiteDep, wanted: FlagIn) -> DoneOut:
    """Flag the card; the field goes back to the queue with it."""
    now, person = site.clock(), person_of(visitor)
    with site.writing() as session:
        task = held(session, person, wanted.ticket, now)
        flag(session, person, task.card_id, task.field, wanted.kind, wanted.note, now)
    return DoneOut()


@api.get("", summary="The cards that are set aside")
def list_flags(visitor: Supervisor, site: SiteDep) -> list[FlagOut]:
    """List open flags, the oldest first."""
    return _flags(site, visitor)


@api.post("/{flag_id}/resolve", summary="Put a card back into the queue")
def resolve_flag(visitor: Supervisor, site: SiteDep, flag_id: int) -> DoneOut:
    """Close a flag; the card's fields may be keyed again."""
    with site.writing() as session:
        resolve(session, person_of(visitor), flag_id, site.clock())
    return DoneOut()


def _flags(site: Site, visitor: Visitor) -> list[FlagOut]:
    with site.reading() as session:
        return [
            FlagOut(
                id=found.id,
                card_id=found.card_id,
                field=found.field,
                label=site.field_label(found.field, visitor.language),
                kind=found.kind,
                note=found.note,
                person=found.person,
                at=found.at,
                file=Path(found.path).name,
                page=found.scan.page + 1,
            )
            for found in open_flags(session)
        ]
