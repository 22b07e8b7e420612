"""The work in figures for Prometheus, counted in the store whenever it asks."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from review.web.deps import Machine, Site, SiteDep
from store.batches import count_unclosed
from store.disks import rooms
from store.operations import count_cards, last_saved, rescans_by_reason, sheets_ever, waiting_by_reason

router = APIRouter(include_in_schema=False)


class StoreCollector(Collector):
    """What the store and the inbox of a site say now."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def collect(self) -> Iterator[Metric]:
        """All figures, of one moment of the store."""
        with self.site.reading() as session:
            yield from _of_store(session)
        free = GaugeMetricFamily("migcards_disk_free_bytes", "Room on the disk of a folder.", labels=["folder"])
        for room in rooms(self.site.folders):
            free.add_metric([room.name], room.free)
        yield free
        if self.site.inbox is not None:
            state = self.site.inbox.state()
            under_way = state.reading.waiting if state.reading else 0
            yield GaugeMetricFamily("migcards_inbox_files", "Uploads that wait.", value=state.files + under_way)
            yield GaugeMetricFamily(
                "migcards_inbox_failing", "1 where uploads cannot be read.", value=bool(state.failure)
            )


@router.get("/metrics")
def metrics(admitted: Machine, site: SiteDep) -> Response:
    """The figures as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StoreCollector(site))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _of_store(session: Session) -> Iterator[Metric]:
    sheets = CounterMetricFamily(
        "migcards_sheets", "Sheets by outcome and, of each refusal, why.",
        labels=["outcome", "reason"],
    )  # fmt: skip
    for (outcome, reason), number in sheets_ever(session).items():
        sheets.add_metric([outcome, reason], number)
    yield sheets
    yield CounterMetricFamily("migcards_cards", "Cards that were read.", value=count_cards(session))
    yield _by_reason("migcards_fields_waiting", "Fields that wait for people.", waiting_by_reason(session))
    yield _by_reason("migcards_rescans_open", "Sheets to be scanned again.", rescans_by_reason(session))
    yield GaugeMetricFamily("migcards_batches_open", "Batches not closed.", value=count_unclosed(session))
    saved = last_saved(session)
    moment = saved.timestamp() if saved else 0.0
    yield GaugeMetricFamily("migcards_last_save_timestamp_seconds", "When a sheet was saved last.", value=moment)


def _by_reason(name: str, about: str, counts: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=["reason"])
    for reason, number in counts.items():
        family.add_metric([reason], number)
    return family
