"""Cards whose names and numbers somebody needs: until then these fields wait without costing anybody's time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from ocr.forms.codebook import Purpose
from review.assignment.demand import Demand
from review.assignment.progress import KEYED
from review.assignment.tasks import DeskContext
from review.decisions.decision_log import locked_card
from review.errors import ReviewError
from store.records import forms_of
from store.tables import Card, Decision, RequestedCard, Waiting


@dataclass(frozen=True)
class CardRequests:
    """What was asked for on one card, and what may be.

    Attributes
    ----------
    later
        Fields that wait until somebody needs them, in the order of the form.
    asked
        All requests, the oldest first, those that were taken back among them.
    begun
        Whether people keyed anything that the request in force is about.
    """

    later: tuple[str, ...]
    asked: tuple[RequestedCard, ...]
    begun: bool

    @property
    def in_force(self) -> RequestedCard | None:
        """The request that holds; there is one at most."""
        return next((row for row in self.asked if row.withdrawn_at is None), None)


@dataclass(frozen=True)
class Requesting(DeskContext):
    """Asking for the names and numbers of a card, and taking that back. The caller commits."""

    def request(self, card_id: int, reason: str) -> None:
        """Let people key what waits on a card until somebody needs it; sent twice it counts once.

        Parameters
        ----------
        reason
            Required: what it is needed for; never a name or a document's number.

        Raises
        ------
        ReviewError
            The person is no supervisor, the reason is missing, there is no such card, somebody asked for it before, or
            nothing on it waits to be asked for.
        """
        found = self._locked(card_id)
        reason = reason.strip()
        if not reason:
            raise ReviewError("no_reason")
        held = found.in_force
        if held is not None:
            if (held.person, held.reason) == (self.person.login, reason):
                return
            raise ReviewError("card_requested", card=card_id, person=held.person)
        if not found.later:
            raise ReviewError("nothing_to_request", card=card_id)
        about = {"card_id": card_id, "reason": reason, "withdrawn_by": None, "withdrawn_at": None}
        self.session.add(RequestedCard(person=self.person.login, at=self.now, **about))
        self.session.flush()

    def withdraw(self, card_id: int) -> None:
        """Take the request back that holds of a card, whoever made it; its fields wait as before.

        Raises
        ------
        ReviewError
            The person is no supervisor, there is no such card or request, or people have begun to key.
        """
        found = self._locked(card_id)
        held = found.in_force
        if held is None:
            raise ReviewError("no_request", card=card_id)
        if found.begun:
            raise ReviewError("request_begun", card=card_id)
        held.withdrawn_by, held.withdrawn_at = self.person.login, self.now
        self.session.flush()

    def _locked(self, card_id: int) -> CardRequests:
        if self.person.role != "supervisor":
            raise ReviewError("only_supervisor")
        locked_card(self.session, card_id)
        return card_requests(self.session, card_id, self.demand)


def card_requests(session: Session, card_id: int, demand: Demand) -> CardRequests:
    """What was asked for on a card that is there; only reads."""
    form_id = session.scalars(select(Card.form_id).where(Card.id == card_id)).one()
    fields = [spec for spec in forms_of(session, [form_id])[form_id].fields if spec.about.purpose != Purpose.TABLES]
    names = [spec.name for spec in fields]
    unwanted = (Waiting.card_id == card_id, Waiting.field.in_(names), not_(demand.condition()))
    later = set(session.scalars(select(Waiting.field).where(*unwanted)))
    rows = session.scalars(select(RequestedCard).where(RequestedCard.card_id == card_id).order_by(RequestedCard.id))
    asked = tuple(rows)
    begun = any(_is_begun(session, row, names) for row in asked if row.withdrawn_at is None)
    return CardRequests(tuple(name for name in names if name in later), asked, begun)


def _is_begun(session: Session, asked: RequestedCard, fields: Sequence[str]) -> bool:
    """Whether any of the fields was keyed since somebody asked for them."""
    since = (Decision.card_id == asked.card_id, Decision.at >= asked.at)
    keyed = select(Decision.id).where(*since, Decision.field.in_(fields), Decision.kind.in_(KEYED))
    return session.scalars(keyed.limit(1)).first() is not None
