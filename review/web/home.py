"""The first page, which differs by role, and the small page of administrators."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from review.accounts.users import users
from review.assignment.demand import demand_of
from review.assignment.queue import counts
from review.cards.flags import open_flags
from review.decisions.duplicates import count_waiting
from review.desk import progress
from review.web.deps import Administrator, Colleague, SiteDep
from review.web.render import page

router = APIRouter(include_in_schema=False)

KEYERS = ("reviewer", "supervisor")


@router.get("/")
def home(request: Request, visitor: Colleague, site: SiteDep) -> Response:
    """What there is to do, and one's own work today."""
    with site.reading() as session:
        waiting = counts(session, demand_of(session, site.rules.keying))
        keys = visitor.role in KEYERS
        own = progress(site.desk(session, visitor)) if keys else None
        aside = len(open_flags(session)) if visitor.role == "supervisor" else 0
        pairs = count_waiting(session)
    return page(request, "home.html", waiting=waiting, own=own, aside=aside, pairs=pairs)


@router.get("/users")
def users_page(request: Request, visitor: Administrator, site: SiteDep) -> Response:
    """Who may log in."""
    with site.reading() as session:
        people = users(session)
    return page(request, "users.html", people=people, now=site.clock())
