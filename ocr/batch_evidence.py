"""What the cover sheet of a batch says, held against the cards in it: a second witness beside the ink.

A batch comes from one checkpoint and some days. Where the ink by itself says the one thing that the cover sheet says,
two witnesses that know nothing of each other agree: the value is wrong only if a foreign card lies in the batch and is
misread as just that. Where they contradict each other a person decides. Where the cover sheet leaves several days open
it only says which of the possible readings are likely; that settles nothing, since a misread day may be among them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from ocr.confidence.acceptance import with_audits
from ocr.forms.codebook import Coarser, Role
from ocr.forms.cover_sheet import CoverSheet
from ocr.forms.definition import FieldSpec, Form
from ocr.interpret import under_rules
from ocr.lexicon.levels import code_at
from ocr.reading import Candidate, CardReading, FieldReading, FieldState, Why, parse_iso

FOREIGN = 0.01
"""Share of the cards of a batch that do not belong there, at most as one expects: a contradiction has to be this much
likelier by its ink before it counts as the reading."""

_SETTLED = frozenset({str(Why.NOT_SURE), str(Why.UNFAMILIAR), str(Why.UNMEASURED), str(Why.AMBIGUOUS)})
"""Doubts of the reader about its own reading, which a second witness removes; all others stand."""

Fits = Callable[[str], bool]


def weigh(reading: CardReading, form: Form, cover: CoverSheet, audit_share: float, today: date) -> CardReading:
    """A card's reading in the light of the batch it lies in.

    Parameters
    ----------
    audit_share
        Of the accepted fields, 0..1: these go to people all the same.
    today
        Dates after it are not real.
    """
    fields = {field.field: _without_rules(field) for field in reading.fields}
    for role, fits, single in _witnessed(cover):
        spec = form.by_role.get(role)
        if spec is not None:
            fields[spec.name] = _weighed(spec, fields[spec.name], fits, single)
    number = form.by_role.get(Role.CARD_NUMBER)
    if cover.direction and form.direction not in ("", cover.direction) and number is not None:
        fields[number.name] = _doubted(fields[number.name])
    held, broken = under_rules(form, fields, today)
    return replace(reading, fields=with_audits(held, reading.scan, audit_share), broken_rules=broken)


def _witnessed(cover: CoverSheet) -> list[tuple[Role, Fits, bool]]:
    """What the sheet says of which variable: whether a value fits it, and whether only one does."""
    said: list[tuple[Role, Fits, bool]] = []
    if cover.checkpoint:
        said.append((Role.CHECKPOINT, lambda value: value == cover.checkpoint, True))
    first, last = cover.first_day or cover.last_day, cover.last_day or cover.first_day
    if first is not None and last is not None:
        said.append((Role.CROSSING_DATE, lambda value: _between(first, value, last), first == last))
    return said


def _between(first: date, value: str, last: date) -> bool:
    day = parse_iso(value)
    return day is not None and first <= day <= last


def _weighed(spec: FieldSpec, field: FieldReading, fits: Fits, single: bool) -> FieldReading:
    """One field beside its witness."""
    if not field.candidates or field.value is None:
        return field
    by_ink = field.candidates[0].value
    if single and fits(by_ink) and field.state is FieldState.READ and set(field.review) <= _SETTLED:
        return replace(field, review=(), probability=max(field.probability, 1 - FOREIGN))
    ranked = _ranked(field.candidates, fits)
    if field.accepted:
        return field if fits(by_ink) else _doubted(field)
    levels = tuple(one for one in field.levels if code_at(spec, Coarser(one.level), ranked[0].value) == one.code)
    changed = replace(field, candidates=ranked, value=ranked[0].value, levels=levels)
    return changed if fits(ranked[0].value) else _doubted(changed)


def _ranked(candidates: tuple[Candidate, ...], fits: Fits) -> tuple[Candidate, ...]:
    """Candidates by their probability once the batch is known."""
    weights = [c.probability * (1.0 if fits(c.value) else FOREIGN) for c in candidates]
    whole = sum(c.probability for c in candidates) / (sum(weights) or 1.0)
    weighed = [replace(c, probability=weight * whole) for c, weight in zip(candidates, weights, strict=True)]
    return tuple(sorted(weighed, key=lambda c: -c.probability))


def _doubted(field: FieldReading) -> FieldReading:
    return replace(field, review=(*field.review, str(Why.CONTRADICTS_BATCH)))


def _without_rules(field: FieldReading) -> FieldReading:
    """A field without the doubts that are derived anew: broken rules and the audit."""
    kept = tuple(why for why in field.review if not why.startswith("rule:") and why != Why.AUDIT)
    return replace(field, review=kept)
