"""`migcards user`: who may log in to the review pages."""

from __future__ import annotations

import sys

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import store
from migcards.cli.shared.output import json_option, print_json
from ocr.errors import BadInputError
from review.accounts import users
from review.accounts.users import MIN_PASSWORD, ROLES, UserRole
from store.engine import read_only
from texts import LANGUAGES, Language

from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group()
def user() -> None:
    """Add people to the review pages, give them passwords, disable them."""


@user.command()
@click.argument("login")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", default="", help="As colleagues call the person; the login if it is not given.")
@click.option("--language", type=click.Choice(LANGUAGES), default="ru", show_default=True)
@from_stdin
def add(login: str, role: UserRole, name: str, language: Language, password_stdin: bool) -> None:
    """Add a person; the password is asked for twice."""
    password = _password(password_stdin)
    with Session(store()) as session, session.begin():
        added = users.add_user(session, login, password, role=role, name=name, language=language).login
    click.echo(f"{added} may log in as {role}.")


@user.command("list")
@json_option
def list_users(as_json: bool) -> None:
    """List everybody with role, language and state.

    As JSON (--json): a list of objects with login, role, language, name and active.
    """
    with Session(read_only(store())) as session:
        if as_json:
            keys = ("login", "role", "language", "name", "active")
            print_json([{key: getattr(one, key) for key in keys} for one in users.users(session)])
            return
        for one in users.users(session):
            state = "" if one.active else "  disabled"
            click.echo(f"{one.login:24}{one.role:15}{one.language:4}{one.name}{state}")


@user.command()
@click.argument("login")
@from_stdin
def password(login: str, password_stdin: bool) -> None:
    """Give a person a new password, unlock and enable them; they are logged out everywhere."""
    new = _password(password_stdin)
    with Session(store()) as session, session.begin():
        users.set_password(session, login, new)
    click.echo(f"{login} has a new password and is logged out everywhere.")


@user.command()
@click.argument("login")
def disable(login: str) -> None:
    """Let a person log in no more; what they decided stays."""
    with Session(store()) as session, session.begin():
        users.disable(session, login)
    click.echo(f"{login} is disabled and logged out everywhere; `migcards user password {login}` enables again.")


def _password(from_input: bool) -> str:
    if from_input:
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise BadInputError("Standard input holds no password.")
        return given
    asked: str = click.prompt(
        f"Password (at least {MIN_PASSWORD} characters)", hide_input=True, confirmation_prompt=True
    )
    return asked
