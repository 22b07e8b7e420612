"""Handlers that turn what was raised into words in the visitor's language."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocr.errors import BadInputError
from review.desk import GoneError
from review.errors import ReviewError
from review.web.deps import visitor_before
from review.web.problems import Problem, refuse_nul
from review.web.render import language_of, page
from texts import say

API = "/api/v1/"
_LOG = logging.getLogger(__name__)


def handle_failures(app: FastAPI) -> None:
    """Register the handlers."""

    @app.exception_handler(Problem)
    def _problem(request: Request, problem: Problem) -> Response:
        return _answer(request, problem.code, problem.status, **problem.values)

    @app.exception_handler(GoneError)
    def _gone(request: Request, error: GoneError) -> Response:
        return _answer(request, "gone", HTTPStatus.CONFLICT)

    @app.exception_handler(BadInputError)
    def _bad_input(request: Request, error: BadInputError) -> Response:
        return _answer(request, "bad_input", HTTPStatus.UNPROCESSABLE_ENTITY, detail=_detail(error, request))

    @app.exception_handler(RequestValidationError)
    def _bad_request(request: Request, error: RequestValidationError) -> Response:
        places = [fault["loc"] for fault in error.errors()]
        if any(place[0] == "path" for place in places):
            return _answer(request, "bad_address", HTTPStatus.BAD_REQUEST)
        detail = ", ".join(".".join(map(str, place)) for place in places)
        return _answer(request, "bad_request", HTTPStatus.UNPROCESSABLE_ENTITY, detail=detail)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        request.state.visitor = visitor_before(request, app.state.site)  # no route was found that would have looked
        code = "not_found" if error.status_code == HTTPStatus.NOT_FOUND else "bad_request"
        return _answer(request, code, error.status_code, detail=str(error.status_code))

    app.add_middleware(LastResort)


class LastResort:
    """Middleware that answers in words what no handler did, within the headers that every page has.

    (A handler of `Exception` would answer outside of all middleware, without them.) It also refuses addresses with a
    NUL, which those of static files have too; what comes in bodies `review.web.deps.Access` looks at.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = False

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        request = Request(scope)
        try:
            refuse_nul(scope["path"], unquote(scope["query_string"].decode("latin-1")))
            await self.app(scope, receive, watched)
        except Problem as problem:
            await _answer(request, problem.code, problem.status)(scope, receive, send)
        except Exception as error:
            _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
            if began:
                raise
            await _answer(request, "unexpected", HTTPStatus.INTERNAL_SERVER_ERROR)(scope, receive, send)


def _detail(error: BadInputError, request: Request) -> str:
    return error.said(language_of(request)) if isinstance(error, ReviewError) else str(error)


def _answer(request: Request, code: str, status: int, **values: Any) -> Response:
    message = say(f"problem.{code}", language_of(request), **values)
    if request.url.path.startswith(API):
        return JSONResponse({"code": code, "message": message}, status)
    if code == "login":
        return RedirectResponse(f"/login?next={quote(request.url.path)}", HTTPStatus.SEE_OTHER)
    return page(request, "problem.html", status=status, message=message)
