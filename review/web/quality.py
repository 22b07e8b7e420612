"""How well people and readers do: all figures for supervisors, for everybody else their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from review.quality.figures import Share, own_quality, quality
from review.web.deps import Keyer, SiteDep
from review.web.render import page

router = APIRouter(include_in_schema=False)

DAYS = (7, 30, 365)
WIDTH = 180
"""Of a bar, in the units of its drawing."""

_SCALES = (0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class BarScale:
    """The share at the right end of the bars of one table, so that they can be compared by eye."""

    most: float

    def at(self, share: float) -> float:
        """Where a share lies, in units of the drawing."""
        return round(WIDTH * min(1.0, share / self.most), 1)


@router.get("/quality")
def quality_page(
    request: Request, visitor: Keyer, site: SiteDep, days: Annotated[int, Query(ge=1, le=3660)] = 30
) -> Response:
    """Error rates with their intervals."""
    since = site.clock() - timedelta(days=days)
    shown: dict[str, Any] = {"days": days, "choices": DAYS, "width": WIDTH}
    with site.reading() as session:
        if visitor.role != "supervisor":
            own = own_quality(session, visitor.login, since=since)
            scale = scale_of([own.control, own.keyer, own.verifier])
            return page(request, "quality_own.html", own=own, scale=scale, **shown)
        found = quality(session, since=since)
    scales = {
        "people": scale_of(share for one in found.people for share in (one.control, one.keyer, one.verifier)),
        "pairs": scale_of(one.differed for one in found.pairs),
        "fields": scale_of(share for one in found.fields for share in (one.machine, one.pairs, one.keyer)),
        "readers": scale_of(one.audits for one in found.readers),
    }
    return page(request, "quality.html", found=found, scales=scales, **shown)


def scale_of(shares: Iterable[Share]) -> BarScale:
    """The smallest round scale on which every rate fits; the end of a wide interval may be cut off."""
    highest = max((share.rate or 0.0 for share in shares), default=0.0)
    return BarScale(next(most for most in _SCALES if 1.25 * highest <= most or most == 1.0))
