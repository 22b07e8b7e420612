"""From what readers saw to field readings: dictionaries, grammars, calibration, rules. No pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ocr.confidence.calibration import Judge
from ocr.extract.reader import Raw
from ocr.form import Entry, FieldKind, FieldSpec, Form
from ocr.geometry import Quad
from ocr.lexicon.alphabets import mask
from ocr.lexicon.decode import NOT_IN_LEXICON, decode, decode_stamp
from ocr.lexicon.grammar import decode_date, decode_digits, decode_passport, find_date
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.rules import check
from ocr.reading import Candidate, FieldReading, FieldState, Why, parse_iso

EARLIEST_BIRTH = date(1900, 1, 1)
EARLIEST_CROSSING = date(2000, 1, 1)


@dataclass(frozen=True)
class Seen:
    """What one reader saw of one field, and where."""

    spec: FieldSpec
    raw: Raw
    reader: str
    reader_version: str
    quad: Quad


def interpret(
    form: Form, seen: Sequence[Seen], calibration: Judge, today: date
) -> tuple[tuple[FieldReading, ...], tuple[str, ...]]:
    """Field readings of a card in the form's order, and the names of the rules it breaks.

    The date of crossing is read first, since names of places depend on it; then fields that narrow others.

    Parameters
    ----------
    today
        Dates after it are not real.
    """
    readings: dict[str, FieldReading] = {}
    on: date | None = None
    for item in sorted(seen, key=lambda s: (s.spec.name != "crossing_date", s.spec.within is not None)):
        candidates = _candidates(item, _within(item.spec, form, readings), on, today)
        readings[item.spec.name] = _judge(item, candidates, calibration)
        if item.spec.name == "crossing_date":
            on = parse_iso(readings["crossing_date"].value)
    broken = check(_values(readings), direction=form.direction, on=today)
    for rule in broken:
        for name in rule.fields:
            if name in readings:
                reason = f"rule:{rule.rule}"
                readings[name] = replace(readings[name], review=(*readings[name].review, reason))
    return tuple(readings[spec.name] for spec in form.fields), tuple(rule.rule for rule in broken)


def _within(spec: FieldSpec, form: Form, readings: Mapping[str, FieldReading]) -> str | None:
    """Code that narrows a field's lexicon: of the field it lies within, or of what is written beside ``OTHER``."""
    if spec.within is None or spec.within not in readings:
        return None
    value = readings[spec.within].value
    written = form.by_name[spec.within].specify
    if value == "OTHER" and written is not None and written in readings:
        value = readings[written].value
    return value or None


def _values(readings: Mapping[str, FieldReading]) -> dict[str, str]:
    """Values that rules may rely on: those that stand without a person."""
    return {name: r.value for name, r in readings.items() if r.accepted and r.value is not None}


def _candidates(item: Seen, within: str | None, on: date | None, today: date) -> tuple[Candidate, ...]:
    """What the raw reading may mean, best first; empty when nothing was read."""
    spec, raw = item.spec, item.raw
    if raw.state in (FieldState.EMPTY, FieldState.UNREAD) or not raw.text:
        return ()
    if not spec.kind.is_text:
        return (Candidate(raw.text, raw.text, raw.score),)
    if spec.kind is FieldKind.DATE:
        earliest = EARLIEST_CROSSING if spec.entry is Entry.STAMP else EARLIEST_BIRTH
        grammar = find_date if spec.entry is Entry.STAMP else decode_date
        return grammar(raw.text, earliest=earliest, latest=today)
    if spec.lexicon is not None:
        lexicon = load_lexicon(spec.lexicon)
        if spec.entry is Entry.STAMP:
            return decode_stamp(raw.text, lexicon, on)
        return decode(mask(raw.text, spec.alphabet or "cyrillic"), lexicon, within=within, on=on)
    grammar_of = decode_passport if spec.alphabet == "passport" else decode_digits
    return grammar_of(raw.text)


def _judge(item: Seen, candidates: tuple[Candidate, ...], calibration: Judge) -> FieldReading:
    """Give the reading its value and probability, and say why a person must look, if one must."""
    spec, raw = item.spec, item.raw
    value = "" if raw.state is FieldState.EMPTY else candidates[0].value if candidates else None
    score = raw.score * candidates[0].probability if candidates and spec.kind.is_text else raw.score
    verdict = calibration.judge(item.reader, spec, raw.state, score)
    return FieldReading(
        field=spec.name,
        state=raw.state,
        raw=raw.text,
        candidates=candidates,
        value=value,
        probability=verdict.probability,
        review=_why(spec, raw, value, verdict.accepted),
        quad=item.quad,
        reader=item.reader,
        reader_version=item.reader_version,
    )


def _why(spec: FieldSpec, raw: Raw, value: str | None, accepted: bool) -> tuple[str, ...]:
    """Reasons for a person to look; empty when the value stands."""
    if raw.state is FieldState.EMPTY:
        if spec.required:
            return (Why.REQUIRED_EMPTY,)
        return () if accepted else (Why.NOT_SURE,)
    if value is None:
        return (Why.NO_READER,)
    reasons = []
    if spec.kind is FieldKind.ONE_OF and "|" in value:
        reasons.append(Why.SEVERAL_MARKS)
    if raw.state is FieldState.DOUBTFUL:
        reasons.append(Why.DOUBTFUL_MARK)
    if raw.state is FieldState.CORRECTED:
        reasons.append(Why.CORRECTED)
    if value == NOT_IN_LEXICON:
        reasons.append(Why.NOT_IN_LEXICON)
    if not accepted:
        reasons.append(Why.NOT_SURE)
    return tuple(str(reason) for reason in reasons)
