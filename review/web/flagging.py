"""Cards set aside: by whoever meets one that cannot be keyed, for a supervisor to look at."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from ocr.file_names import shown_path
from review.accounts.sessions import Visitor
from review.cards.flags import Flagging, open_flags
from review.web.deps import Keyer, RowId, Site, SiteDep, Supervisor, person_of
from review.web.keying import FAILURES
from review.web.models import DoneOut, FlagIn, FlagOut
from review.web.render import page
from texts import section

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1/flags", tags=["flags"], responses=FAILURES)


@router.get("/flags")
def flags_page(request: Request, visitor: Supervisor, site: SiteDep) -> Response:
    """The cards that wait for a supervisor's word."""
    return page(request, "flags.html", flags=_flags(site, visitor), words=section("flags", visitor.language))


@api.post("", summary="Set a card aside by a field of it that one holds")
def set_aside(visitor: Keyer, site: SiteDep, wanted: FlagIn) -> DoneOut:
    """Flag the card; the field goes back to the queue with it."""

    def flag(session: Session) -> None:
        desk = site.desk(session, visitor)
        task = desk.task(wanted.ticket)
        Flagging(session, desk.person, desk.now).flag(task.card_id, task.field, wanted.kind, wanted.note)

    site.write(flag)
    return DoneOut()


@api.get("", summary="The cards that are set aside")
def list_flags(visitor: Supervisor, site: SiteDep) -> list[FlagOut]:
    """List open flags, the oldest first."""
    return _flags(site, visitor)


@api.post("/{flag_id}/resolve", summary="Put a card back into the queue")
def resolve_flag(visitor: Supervisor, site: SiteDep, flag_id: RowId) -> DoneOut:
    """Close a flag; the card's fields may be keyed again."""
    site.write(lambda session: Flagging(session, person_of(visitor), site.clock()).resolve(flag_id))
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
                file=shown_path(Path(found.path).name),
                page=found.scan.page + 1,
            )
            for found in open_flags(session)
        ]
