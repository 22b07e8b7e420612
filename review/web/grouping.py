"""Many fields at once that the machine reads alike: the odd ones are struck out, the rest is settled."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from review.accounts.sessions import Visitor
from review.web.deps import Keyer, Site, SiteDep
from review.web.keying import FAILURES, shown_task
from review.web.labels import value_label
from review.web.models import GroupAssignIn, GroupDoneOut, GroupKeyIn, GroupOut, TaskOut
from review.web.problems import Problem
from review.web.render import page
from store.records import known_fields
from texts import section

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1/groups", tags=["groups"], responses=FAILURES)


@router.get("/groups")
def groups_page(request: Request, visitor: Keyer, site: SiteDep) -> Response:
    """The groups there are."""
    found = _groups(site, visitor)
    linked = [(group, f"/groups/{group.field}?{urlencode({'value': group.value})}") for group in found]
    return page(request, "groups.html", groups=linked)


@router.get("/groups/{field}")
def group_page(request: Request, visitor: Keyer, site: SiteDep, field: str, value: str) -> Response:
    """The crops of one group in a grid."""
    for group in _groups(site, visitor):
        if (group.field, group.value) == (field, value):
            return page(request, "group.html", group=group, words=section("grouping", visitor.language))
    raise Problem("no_group", HTTPStatus.NOT_FOUND)


@api.get("", summary="The groups of fields that the machine reads alike")
def list_groups(visitor: Keyer, site: SiteDep) -> list[GroupOut]:
    """List fields and values with the number of crops that wait."""
    return _groups(site, visitor)


@api.post("/assign", summary="Take crops of one group")
def assign_from_group(visitor: Keyer, site: SiteDep, wanted: GroupAssignIn) -> list[TaskOut]:
    """Lease fields of a group to the visitor."""
    tasks = site.at_desk(visitor, lambda desk: desk.assign_group(wanted.field, wanted.value, count=wanted.count))
    return [shown_task(task, visitor, site) for task in tasks]


@api.post("/key", summary="Settle the crops that show the value; the struck ones go to the queue")
def key_of_group(visitor: Keyer, site: SiteDep, answer: GroupKeyIn) -> GroupDoneOut:
    """Keep the answers for a whole screen."""
    done = site.at_desk(
        visitor, lambda desk: desk.key_group(answer.value, answer.kept, answer.struck, seconds=answer.seconds)
    )
    return GroupDoneOut(settled=done.settled, struck=done.struck, gone=len(done.gone))


def _groups(site: Site, visitor: Visitor) -> list[GroupOut]:
    with site.reading() as session:
        found = site.desk(session, visitor).groups()
        specs = known_fields(session)
    return [
        GroupOut(
            field=group.field,
            label=specs[group.field].about.label.of(visitor.language),
            value=group.value,
            value_label=value_label(specs[group.field], group.value, visitor.language),
            count=group.count,
        )
        for group in found
    ]
