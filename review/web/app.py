"""The application: routes, static files, headers and errors put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.routing import BaseRoute, Mount

from review.assignment.policy import DeskRules
from review.web import (
    api,
    batches,
    duplicates,
    entry,
    flagging,
    grouping,
    home,
    images,
    keying,
    metrics,
    operations,
    pivot,
    quality,
    records,
    requesting,
    rescans,
    uploads,
)
from review.web import (
    goals as goal_pages,
)
from review.web.deps import Access, Site, utc_now
from review.web.failures import handle_failures
from review.web.goal_board import GoalBoard
from review.web.headers import Headers
from review.web.image_source import ImageSource
from review.web.pivot_board import PivotBoard
from review.web.scan_inbox import ScanInbox

STATIC = Path(__file__).parent / "static"
ROUTERS = (
    entry.router,
    home.router,
    operations.router,
    batches.router,
    uploads.router,
    uploads.api,
    rescans.router,
    keying.router,
    keying.api,
    images.api,
    grouping.router,
    grouping.api,
    flagging.router,
    flagging.api,
    duplicates.router,
    records.router,
    requesting.router,
    quality.router,
    goal_pages.router,
    pivot.router,
    api.router,
    api.api,
    metrics.router,
)


def create_app(
    engine: Engine,
    pictures: ImageSource,
    rules: DeskRules,
    *,
    clock: Callable[[], datetime] = utc_now,
    inbox: ScanInbox | None = None,
    metrics_token: str = "",
    folders: Mapping[str, Path] = MappingProxyType({}),
    goals: GoalBoard | None = None,
    pivots: PivotBoard | None = None,
) -> FastAPI:
    """The review workplace on an open store; parameters as the attributes of `review.web.deps.Site`.

    Raises
    ------
    ValueError
        A route does not declare who may use it.
    """
    routes = [route for router in ROUTERS for route in router.routes]
    app = FastAPI(routes=routes, title="migcards", version="1", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.site = Site(engine, pictures, rules, clock, inbox, metrics_token, folders, goals, pivots)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    handle_failures(app)
    app.add_middleware(Headers)  # the last one is the outermost: failures get the headers too
    if open_routes := [route for route in app.routes if access_of(route) is None and not _is_static(route)]:
        raise ValueError(f"These routes do not say who may use them: {open_routes}")
    return app


def access_of(route: BaseRoute) -> Access | None:
    """The one declaration of who may use a route; None where there is none."""
    if not isinstance(route, APIRoute):
        return None
    found = [dependant.call for dependant in _all(route.dependant) if isinstance(dependant.call, Access)]
    return found[0] if len(found) == 1 else None


def _all(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for part in dependant.dependencies:
        yield from _all(part)


def _is_static(route: BaseRoute) -> bool:
    return isinstance(route, Mount) and route.name == "static"
