"""Logging in and out, one's own language and password."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import update

from ocr.errors import BadInputError
from review.accounts.sessions import begin_session, end_session
from review.accounts.users import MAX_PASSWORD, MIN_PASSWORD, authenticate, set_password
from review.web.deps import COOKIE, Anyone, Colleague, Site, SiteDep
from review.web.render import LANGUAGE_COOKIE, language_of, page
from store.tables import User
from texts import LANGUAGES, Language, say

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]

YEAR_S = 365 * 24 * 3600


@router.get("/login")
def login_page(request: Request, visitor: Anyone, next: str = "/") -> Response:
    """The page to log in on."""
    return _to(next) if visitor else page(request, "login.html", next=_inside(next), failed=False, login="")


@router.post("/login")
def log_in(request: Request, visitor: Anyone, site: SiteDep, login: Text, password: Text, next: Text = "/") -> Response:
    """Begin a session, or say that login or password are wrong."""
    known = authenticate(site.engine, login, password, site.clock())
    if known is None:
        values = {"next": _inside(next), "failed": True, "login": login}
        return page(request, "login.html", status=HTTPStatus.UNAUTHORIZED, **values)
    return _enter(request, site, known.id, _to(next))


@router.post("/logout")
def log_out(request: Request, visitor: Colleague, site: SiteDep) -> Response:
    """End the session."""
    site.write(lambda session: end_session(session, request.cookies[COOKIE]))
    answer = _to("/login")
    answer.delete_cookie(COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.post("/language")
def choose_language(visitor: Anyone, site: SiteDep, language: Text, back: Text = "/") -> Response:
    """Choose the language of all pages: the visitor's for ever, before logging in that of this browser."""
    answer = _to(back)
    if language in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_S, samesite="strict", httponly=True)
        if visitor:
            chosen = update(User).where(User.login == visitor.login).values(language=language)
            site.write(lambda session: session.execute(chosen))
    return answer


@router.get("/password")
def password_page(request: Request, visitor: Colleague) -> Response:
    """The page to change one's password on."""
    return _password_page(request)


@router.post("/password")
def change_password(request: Request, visitor: Colleague, site: SiteDep, old: Text, new: Text, again: Text) -> Response:
    """Change one's password: every session ends, and this browser begins a new one."""
    if new != again:
        return _password_page(request, "password.differ")
    known = authenticate(site.engine, visitor.login, old, site.clock())
    if known is None:
        return _password_page(request, "password.wrong")
    try:
        site.write(lambda session: set_password(session, visitor.login, new))
    except BadInputError:
        return _password_page(request, "password.weak")
    return _enter(request, site, known.id, _to("/"))


def _password_page(request: Request, fault: str | None = None) -> Response:
    language: Language = language_of(request)
    limits = {"least": MIN_PASSWORD, "most": MAX_PASSWORD}
    message = say(fault, language, **limits) if fault else None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return page(request, "password.html", status=status, fault=message, **limits)


def _enter(request: Request, site: Site, user_id: int, answer: Response) -> Response:
    """Begin a session and give the browser its cookie; it goes no other way than this site's own pages."""
    token = site.write(lambda session: begin_session(session, user_id, site.clock()))
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure)
    return answer


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(_inside(address), HTTPStatus.SEE_OTHER)


def _inside(address: str) -> str:
    """An address within this site, the home page in place of any other."""
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if inside else "/"
