"""Pictures of a field that one holds. What else on the card says whose it is, is painted over."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Path
from fastapi.responses import Response

from ocr.errors import BadInputError
from ocr.geometry import Quad, as_quad
from review.accounts.sessions import Visitor
from review.desk import Task
from review.web.deps import Keyer, Site, SiteDep
from review.web.keying import FAILURES, sees_card
from review.web.models import Ticket
from review.web.problems import Problem
from store.queries import newest_readings
from store.tables import Reading

CROP_HEIGHT_PX = 360
"""Sharp on a screen of 1920 pixels, and small to send: some 40 kB."""
CROP_MARGIN = 0.25

PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "The picture."}
}
_LOG = logging.getLogger(__name__)

api = APIRouter(prefix="/api/v1/pictures", tags=["pictures"], responses=FAILURES | PICTURE)
TicketPath = Annotated[Ticket, Path()]


@api.get("/{ticket}/crop", summary="The field, enlarged", response_class=Response)
def crop(visitor: Keyer, site: SiteDep, ticket: TicketPath) -> Response:
    """Cut the zone out of the scan."""
    task, _ = _task(site, visitor, ticket)
    with scan_at_hand():
        image = site.pictures.crop(
            task.scan, task.path, task.quad, task.rotation, height_px=CROP_HEIGHT_PX, margin=CROP_MARGIN
        )
    return picture(image)


@api.get("/{ticket}/strip", summary="The card's width around the field", response_class=Response)
def strip(visitor: Keyer, site: SiteDep, ticket: TicketPath) -> Response:
    """Cut the zone's surroundings out of the scan, other personal fields painted over."""
    task, others = _task(site, visitor, ticket)
    with scan_at_hand():
        image = site.pictures.strip(task.scan, task.path, task.quad, task.rotation, blank=others)
    return picture(image)


@api.get("/{ticket}/card", summary="The whole card", response_class=Response)
def card(visitor: Keyer, site: SiteDep, ticket: TicketPath) -> Response:
    """Show the card: to a supervisor all of it, to others without what says whose it is."""
    task, others = _task(site, visitor, ticket)
    if not sees_card(task, visitor):
        raise Problem("no_card", HTTPStatus.FORBIDDEN)
    blank = () if visitor.role == "supervisor" else others
    with scan_at_hand():
        image = site.pictures.card(task.scan, task.path, task.rotation, outline=[task.quad], blank=blank)
    return picture(image)


def _task(site: Site, visitor: Visitor, ticket: str) -> tuple[Task, list[Quad]]:
    """A field that the visitor holds, and the zones of the card's other personal fields."""
    with site.reading() as session:
        task = site.desk(session, visitor).task(ticket)
        quads = session.scalars(
            newest_readings(Reading.quad).where(
                Reading.card_id == task.card_id, Reading.personal, Reading.field != task.field
            )
        )
        return task, [as_quad(np.array(corners)) for corners in quads]


@contextmanager
def scan_at_hand() -> Iterator[None]:
    """Say it in words when the scan is gone."""
    try:
        yield
    except BadInputError as error:
        _LOG.warning("a picture is not available: %s", error)
        raise Problem("no_picture", HTTPStatus.NOT_FOUND) from error


def picture(image: bytes) -> Response:
    """A picture as it is sent."""
    return Response(image, media_type="image/png" if image.startswith(b"\x89PNG") else "image/jpeg")
