"""Many fields at once that the machine reads alike: the odd ones are struck out, the rest is settled."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from review.decisions.groups import draw_group, groups, key_group
from review.web.deps import Keyer, Site, SiteDep, person_of
from review.web.keying import FAILURES, shown_task
from review.web.models import GroupDoneOut, GroupDrawIn, GroupKeyIn, GroupOut, TaskOut
from review.web.problems import Problem
from review.web.render import page
from review.web.texts import section, value_label
from store.records import known_fields
from texts.messages import Language

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1/groups", tags=["groups"], responses=FAILURES)


@router.get("/groups")
def groups_page(request: Request, visitor: Keyer, site: SiteDep) -> Response:
    """The groups there are."""
    found = _groups(site, visitor.language)
    linked = [(group, f"/groups/{group.field}?{urlencode({'value': group.value})}") for group in found]
    return page(request, "groups.html", groups=linked)


@router.get("/groups/{field}")
def group_page(request: Request, visitor: Keyer, site: SiteDep, field: str, value: str) -> Response:
    """The crops of one group in a grid."""
    for group in _groups(site, visitor.language):
        if (group.field, group.value) == (field, value):
            return page(request, "group.html", group=group, words=section("grouping", visitor.language))
    raise Problem("no_group", HTTPStatus.NOT_FOUND)


@api.get("", summary="The groups of fields that the machine reads alike")
def list_groups(visitor: Keyer, site: SiteDep) -> list[GroupOut]:
    """List fields and values with the number of crops that wait."""
    return _groups(site, visitor.language)


@api.post("/draw", summary="Take crops of one group")
def draw_from_group(visitor: Keyer, site: SiteDep, wanted: GroupDrawIn) -> list[TaskOut]:
    """Lease fields of a group to the visitor."""
    now, person = site.clock(), person_of(visitor)
    with site.writing() as session:
        tasks = draw_group(session, person, wanted.field, wanted.value, count=wanted.count, now=now, rules=site.rules)
    return [shown_task(task, visitor, site) for task in tasks]


@api.post("/key", summary="Settle the crops that show the value; the struck ones go to the queue")
def key_of_group(visitor: Keyer, site: SiteDep, answer: GroupKeyIn) -> GroupDoneOut:
    """Keep the answers for a whole screen."""
    with site.writing() as session:
        done = key_group(
            session,
            person_of(visitor),
            answer.value,
            answer.kept,
            answer.struck,
            seconds=answer.seconds,
            now=site.clock(),
            rules=site.rules,
        )
    return GroupDoneOut(settled=done.settled, struck=done.struck, gone=len(done.gone))


def _groups(site: Site, language: Language) -> list[GroupOut]:
    with site.reading() as session:
        found = groups(session, site.rules)
        specs = known_fields(session)
    return [
        GroupOut(
            field=group.field,
            label=specs[group.field].about.label.of(language),
            value=group.value,
            value_label=value_label(specs[group.field], group.value, language),
            count=group.count,
        )
        for group in found
    ]
