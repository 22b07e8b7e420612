"""The API's description: for programs as OpenAPI, for people as a page that needs no network."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from review.web.deps import Colleague
from review.web.models import Me
from review.web.render import page

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["session"])


@router.get("/openapi.json")
def description(request: Request, visitor: Colleague) -> Response:
    """The description in OpenAPI."""
    return JSONResponse(request.app.openapi())


@router.get("/api")
def api_page(request: Request, visitor: Colleague) -> Response:
    """The description as a page."""
    schema = request.app.openapi()
    calls = [
        (method.upper(), path, call) for path, methods in schema["paths"].items() for method, call in methods.items()
    ]
    return page(request, "api.html", calls=calls, schemas=schema["components"]["schemas"])


@api.get("/me", summary="Who is logged in, and the token for changes")
def me(visitor: Colleague) -> Me:
    """Describe the visitor."""
    return Me(login=visitor.login, name=visitor.name, role=visitor.role, language=visitor.language, csrf=visitor.csrf)
