"""Goals for the tables: how sure the numbers are, how much is to be keyed until they are sure enough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from review.assignment.goals import ProposedGoal, goal_of, seconds_a_field
from review.cards.days import whole_day
from review.web.deps import RowId, Site, SiteDep, Supervisor
from review.web.goal_board import GoalBoard
from review.web.problems import Problem
from review.web.render import page
from review.web.search_form import Text
from store.goals import drop_goal, goals_in_force
from store.tables import PrecisionGoal
from texts import say

router = APIRouter(include_in_schema=False)


class GoalForm(BaseModel):
    """The form as it is sent; `within` in per cent."""

    dimension: Text = ""
    direction: Text = "D"
    within: Text = "1"
    first_day: Text = ""
    last_day: Text = ""
    confirmed: bool = False


@router.get("/goals")
def goals_page(request: Request, visitor: Supervisor, site: SiteDep) -> Response:
    """How far the goals are, and the form for another."""
    today = site.clock().date()
    form = GoalForm(first_day=date(today.year, 1, 1).isoformat(), last_day=today.isoformat())
    return _shown(request, site, form, {})


@router.post("/goals")
def add_goal(request: Request, visitor: Supervisor, site: SiteDep, form: Annotated[GoalForm, Form()]) -> Response:
    """Show what a goal would take; once confirmed, keep it."""
    goal, found = goal_of(_proposed(form), _board(site).dimensions())
    faults = {name: say(key, visitor.language) for name, key in found.items()}
    if goal is None or not form.confirmed:
        return _shown(request, site, form, faults, goal)
    goal.person, goal.at = visitor.login, site.clock()
    site.write(lambda session: session.add(goal))
    _board(site).plan()
    return RedirectResponse("/goals", HTTPStatus.SEE_OTHER)


@router.post("/goals/{goal_id}/drop")
def drop(visitor: Supervisor, site: SiteDep, goal_id: RowId) -> Response:
    """Take a goal back."""
    now = site.clock()
    site.write(lambda session: drop_goal(session, goal_id, now))
    _board(site).plan()
    return RedirectResponse("/goals", HTTPStatus.SEE_OTHER)


def _proposed(form: GoalForm) -> ProposedGoal:
    direction = form.direction if form.direction in ("D", "A") else "D"
    days = whole_day(form.first_day), whole_day(form.last_day)
    return ProposedGoal(form.dimension, direction, _share(form.within), *days)


def _share(per_cent: str) -> float | None:
    try:
        return float(per_cent.replace(",", ".")) / 100
    except ValueError:
        return None


def _shown(
    request: Request, site: Site, form: GoalForm, faults: Mapping[str, str], proposed: PrecisionGoal | None = None
) -> Response:
    board = _board(site)
    with site.reading() as session:
        views = board.view(session, goals_in_force(session))
        (preview,) = board.view(session, [proposed]) if proposed else (None,)
        pace = seconds_a_field(session)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    shown: dict[str, Any] = {"views": views, "preview": preview, "pace": pace, "form": form, "faults": faults}
    return page(request, "goals.html", status=status, dimensions=board.dimensions(), keying=site.rules.keying, **shown)


def _board(site: Site) -> GoalBoard:
    if site.goals is None:
        raise Problem("not_found", 404)
    return site.goals
