"""`migcards goals`: how sure the tables must be, and what that takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import DAY, language_option, settings, store
from migcards.cli.shared.output import json_option, print_columns, print_json
from migcards.cli.shared.reading import who
from migcards.goal_keeper import GoalKeeper
from ocr.errors import BadInputError
from reports.goals import goal_dimensions
from review.assignment.goals import ProposedGoal, goal_of, seconds_a_field
from review.web.goal_board import GoalView
from store.engine import read_only
from store.goals import drop_goal, goals_in_force
from store.tables import PrecisionGoal
from texts import Language, say
from texts.formats import short_date, write_duration, write_number


@click.group()
def goals() -> None:
    """Goals for the tables: how sure the numbers must be, what that takes, how far it is."""


@goals.command("list")
@json_option
@language_option
def list_goals(as_json: bool, language: Language) -> None:
    """List the goals: how far they are, their least sure number, and what is left to key.

    As JSON (--json): a list of objects with goal (its number), dimension, direction, first_day, last_day, within (a
    share), person, at, reached, worst (label, count, margin, asked, reached; null without cards), fields and seconds
    that are left.
    """
    with Session(read_only(store())) as session:
        found = goals_in_force(session)
        views, pace = GoalKeeper(store()).view(session, found), seconds_a_field(session)
    if as_json:
        print_json([_as_json(view, pace, language) for view in views])
    elif not views:
        click.echo(say("goals.none", language))
    else:
        _print(views, pace, language)


@goals.command("add")
@click.argument("dimension", type=click.Choice(goal_dimensions()))
@click.option("--within", type=float, required=True, help="Each number within ± this many per cent.")
@click.option(
    "--direction", type=click.Choice(("D", "A")), default="D", show_default=True, help="D departures, A returns."
)
@click.option("--from", "first_day", type=DAY, required=True, help="First day of crossing.")
@click.option("--to", "last_day", type=DAY, required=True, help="Last day of crossing.")
@click.option("--apply", is_flag=True, help="Keep it; without it nothing changes.")
@click.option("--person", default="", help="Who sets it; the user of this machine if it is not given.")
@language_option
def add(
    dimension: str, within: float, direction: str, first_day: datetime, last_day: datetime, apply: bool, person: str,
    language: Language,
) -> None:  # fmt: skip
    """Show what a goal would take: all numbers by DIMENSION as sure as asked. --apply keeps it."""
    asked = ProposedGoal(dimension, direction, within / 100, first_day.date(), last_day.date())
    goal, faults = goal_of(asked, goal_dimensions())
    if goal is None:
        raise BadInputError(" ".join(say(key, language) for key in faults.values()))
    keeper = GoalKeeper(store())
    with Session(read_only(store())) as session:
        views, pace = keeper.view(session, [goal]), seconds_a_field(session)
    _print(views, pace, language)
    if not apply:
        click.echo(say("goals.apply", language))
        return
    goal.person, goal.at = person or who(), datetime.now(UTC)
    with Session(store()) as session, session.begin():
        session.add(goal)
        session.flush()
        click.echo(say("goals.kept", language, goal=goal.id))
    keeper.plan()


@goals.command("drop")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@language_option
def drop(number: int, language: Language) -> None:
    """Take the goal with this NUMBER back; what was keyed for it stays."""
    with Session(store()) as session, session.begin():
        if not drop_goal(session, number, datetime.now(UTC)):
            raise BadInputError(say("goals.no_goal", language, goal=number))
    GoalKeeper(store()).plan()
    click.echo(say("goals.dropped", language, goal=number))


def _print(views: Sequence[GoalView], pace: float, language: Language) -> None:
    print_columns(say("goals.columns", language).split("|"), [_row(view, pace, language) for view in views])
    if settings().keying != "goals":
        click.echo(say("goals.not_kept", language), err=True)


def _row(view: GoalView, pace: float, language: Language) -> tuple[str, ...]:
    goal: PrecisionGoal = view.goal
    days = f"{short_date(goal.first_day)}–{short_date(goal.last_day)}"
    about = (view.dimension.of(language), say(f"goals.{goal.direction}", language), days)
    within = f"± {write_number(100 * goal.within, language, 1)} %"
    left = (
        ("", "") if not view.needs_keying else (write_number(view.fields, language), write_duration(view.fields * pace))
    )
    state = say(f"goals.{'sure' if view.reached else 'not_sure' if view.needs_keying else 'not_surer'}", language)
    return ("" if goal.id is None else str(goal.id), *about, within, state, _worst(view, language), *left)


def _worst(view: GoalView, language: Language) -> str:
    """The least sure number, as in ``Хатлон 7 812 ± 230 (± 156)``."""
    if view.worst is None:
        return "—"
    count, margin, asked = (write_number(n, language) for n in (view.worst.count, view.worst.margin, view.worst.asked))
    return f"{view.worst.label.of(language)} {count} ± {margin} (± {asked})"


def _as_json(view: GoalView, pace: float, language: Language) -> dict[str, Any]:
    goal, worst = view.goal, view.worst
    names = ("dimension", "direction", "first_day", "last_day", "within", "person", "at")
    return {"goal": goal.id} | {name: getattr(goal, name) for name in names} | {
        "reached": view.reached,
        "worst": worst and asdict(worst) | {"label": worst.label.of(language)},
        "fields": view.fields, "seconds": round(view.fields * pace),
    }  # fmt: skip
