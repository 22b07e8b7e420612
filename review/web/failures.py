"""Handlers that turn what was raised into words in the visitor's language."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from ocr.errors import BadInputError
from review.desk import GoneError
from review.errors import ReviewError
from review.web.deps import visitor_before
from review.web.problems import Problem
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
        places = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        return _answer(request, "bad_request", HTTPStatus.UNPROCESSABLE_ENTITY, detail=places)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        request.state.visitor = visitor_before(request, app.state.site)  # no route was found that would have looked
        code = "not_found" if error.status_code == HTTPStatus.NOT_FOUND else "bad_request"
        return _answer(request, code, error.status_code, detail=str(error.status_code))

    @app.exception_handler(Exception)
    def _unexpected(request: Request, error: Exception) -> Response:
        _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return _answer(request, "unexpected", HTTPStatus.INTERNAL_SERVER_ERROR)


def _detail(error: BadInputError, request: Request) -> str:
    return error.said(language_of(request)) if isinstance(error, ReviewError) else str(error)


def _answer(request: Request, code: str, status: int, **values: Any) -> Response:
    message = say(f"problem.{code}", language_of(request), **values)
    if request.url.path.startswith(API):
        return JSONResponse({"code": code, "message": message}, status)
    if code == "login":
        return RedirectResponse(f"/login?next={quote(request.url.path)}", HTTPStatus.SEE_OTHER)
    return page(request, "problem.html", status=status, message=message)
