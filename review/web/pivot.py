"""Pivot tables for analysts: any parameters by any others. The address holds the view, and nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from review.cards.days import whole_day
from review.web.deps import Analyst, Site, SiteDep
from review.web.pivot_board import PivotBoard, PivotQuery
from review.web.problems import Problem
from review.web.render import page
from review.web.search_form import Text

router = APIRouter(include_in_schema=False)

ROWS, COLUMNS = 3, 2
"""Places for parameters in the form."""

DOWNLOADS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class PivotForm(BaseModel):
    """The form as it comes in the address; empty choices ask nothing."""

    rows: list[Text] = Field(default_factory=list, max_length=ROWS)
    columns: list[Text] = Field(default_factory=list, max_length=COLUMNS)
    only: list[Text] = Field(default_factory=list, max_length=2000)
    offer: list[Text] = Field(default_factory=list, max_length=50)
    measure: Text = "cards"
    sort: int = Field(default=0, ge=-10_000, le=10_000)
    ages: Text = "0-17,18-29,30-44,45-59,60+"
    first_day: Text = ""
    last_day: Text = ""
    estimate: bool = False

    def query(self) -> PivotQuery:
        """What is asked for."""
        rows, columns, only, offer = (
            tuple(dict.fromkeys(one for one in part if one))
            for part in (self.rows, self.columns, self.only, self.offer)
        )
        days = whole_day(self.first_day), whole_day(self.last_day)
        return PivotQuery(rows, columns, only, offer, self.measure, self.sort, self.ages, *days, self.estimate)


@router.get("/pivot")
def pivot_page(request: Request, visitor: Analyst, site: SiteDep, form: Annotated[PivotForm, Query()]) -> Response:
    """The table that the address asks for, and the form for another."""
    view = _board(site).view(form.query(), visitor.language, hidden=visitor.role == "analyst")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if view.fault else HTTPStatus.OK
    address = partial(_address, view.query)
    return page(request, "pivot.html", status=status, view=view, address=address, places=(ROWS, COLUMNS))


@router.get("/pivot/table.{kind}")
def pivot_file(visitor: Analyst, site: SiteDep, kind: str, form: Annotated[PivotForm, Query()]) -> Response:
    """The table as a file."""
    if kind not in DOWNLOADS:
        raise Problem("not_found", HTTPStatus.NOT_FOUND)
    data = _board(site).file(form.query(), visitor.language, kind, hidden=visitor.role == "analyst")
    if data is None:
        raise Problem("not_found", HTTPStatus.NOT_FOUND)
    name = {"Content-Disposition": f'attachment; filename="table.{kind}"'}
    return Response(data, media_type=DOWNLOADS[kind], headers=name)


def _address(query: PivotQuery, of: PivotQuery | None = None, **other: object) -> str:
    """What stands behind the question mark for the query of the page, or `of` another, as far as it is not `other`."""
    query = of or query
    said = {name: other.get(name, getattr(query, name)) for name in PivotForm.model_fields}
    written = {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}
    return urlencode({name: value for name, value in written.items() if value}, doseq=True)


def _board(site: Site) -> PivotBoard:
    if site.pivots is None:
        raise Problem("not_found", HTTPStatus.NOT_FOUND)
    return site.pivots
