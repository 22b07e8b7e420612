"""How the work stands: runs, batches, refusals, what is being read, room on the disks."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from review.assignment.demand import demand_of
from review.assignment.queue import counts
from review.web.batch_form import checkpoint_name
from review.web.deps import Scanner, SiteDep, start_of_day
from review.web.render import page
from review.web.rescans import rescan_lines
from store.batches import batches_now
from store.disks import rooms
from store.operations import latest_runs, refusals_since, rescans_by_reason, sheets_since
from store.scans import rescan_list
from texts import Language

router = APIRouter(include_in_schema=False)

RUNS, BATCHES, SHEETS, FOLDERS = 12, 50, 24, 20
"""Of each that the page shows at most."""

GIB = 2**30


@router.get("/operations")
def operations_page(request: Request, visitor: Scanner, site: SiteDep) -> Response:
    """Today at a glance."""
    today = start_of_day(site.clock())
    with site.reading() as session:
        sheets = sheets_since(session, today)
        shown: dict[str, Any] = {
            "sheets": sheets,
            "waiting": counts(session, demand_of(session, site.rules.keying)).total,
            "runs": latest_runs(session, RUNS),
            "batches": batches_now(session, limit=BATCHES, since=today),
            "folders": refusals_since(session, today)[:FOLDERS],
            "reasons": rescans_by_reason(session),
            "rescans": rescan_lines(rescan_list(session)[-SHEETS:][::-1], visitor.language),
        }
    shown |= {"disks": rooms(site.folders), "gib": GIB, "state": site.inbox and site.inbox.state()}
    return page(request, "operations.html", **shown, named=partial(_named, visitor.language))


def _named(language: Language, code: str) -> str:
    return checkpoint_name(code, language) or "—"
