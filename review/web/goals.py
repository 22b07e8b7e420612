"""Goals for the tables: how sure the numbers are, how much is to be keyed until they are sure enough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.assignment.progress import KEYED
from review.cards.days import whole_day
from review.web.deps import RowId, Site, SiteDep, Supervisor
from review.web.goal_board import GoalBoard
from review.web.problems import Problem
from review.web.render import page
from review.web.search_form import Text
from store.goals import drop_goal, goals_in_force
from store.tables import Decision, PrecisionGoal
from texts import Language, say

router = APIRouter(include_in_schema=False)

USUAL_S = 5.0
"""Seconds a person takes for a field, until enough was keyed to tell."""

ENOUGH = 50


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
    goal, faults = goal_of(form, _board(site).dimensions(), visitor.language)
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


def goal_of(
    form: GoalForm, dimensions: Mapping[str, object], language: Language
) -> tuple[PrecisionGoal | None, Mapping[str, str]]:
    """The goal that a form says, or its faults in words by field."""
    faults: dict[str, str] = {}
    if form.dimension not in dimensions:
        faults["dimension"] = say("goals.choose_dimension", language)
    within = _per_cent(form.within)
    if within is None:
        faults["within"] = say("goals.bad_within", language)
    first, last = whole_day(form.first_day), whole_day(form.last_day)
    if first is None or last is None or last < first:
        faults["last_day"] = say("goals.bad_days", language)
    if faults or within is None or first is None or last is None:
        return None, faults
    direction = form.direction if form.direction in ("D", "A") else "D"
    about = {"dimension": form.dimension, "direction": direction, "within": within, "dropped_at": None}
    return PrecisionGoal(first_day=first, last_day=last, **about), {}


def _per_cent(typed: str) -> float | None:
    try:
        share = float(typed.replace(",", ".")) / 100
    except ValueError:
        return None
    return share if 0.001 <= share <= 0.5 else None


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


def seconds_a_field(session: Session) -> float:
    """What people took for a field lately, on average; the usual where too little was keyed."""
    newest = select(Decision.seconds).where(Decision.kind.in_(KEYED), Decision.seconds.is_not(None))
    lately = newest.order_by(Decision.id.desc()).limit(1000).subquery()
    number, mean = session.execute(select(func.count(), func.avg(lately.c.seconds)).select_from(lately)).one()
    return float(mean) if number >= ENOUGH else USUAL_S


def _board(site: Site) -> GoalBoard:
    if site.goals is None:
        raise Problem("not_found", 404)
    return site.goals
