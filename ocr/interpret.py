"""From what readers saw to field readings: dictionaries, grammars, calibration, rules. No pixels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ocr.confidence.acceptance import Acceptance, Acceptor
from ocr.extract.reader import Raw
from ocr.forms.codebook import Role
from ocr.forms.definition import Entry, FieldKind, FieldSpec, Form
from ocr.geometry import Quad
from ocr.lexicon.alphabets import mask
from ocr.lexicon.decode import decode
from ocr.lexicon.decode_posteriors import decode_posteriors
from ocr.lexicon.free_text import decode_text, decode_text_posteriors
from ocr.lexicon.grammar import decode_date, decode_digits, decode_passport
from ocr.lexicon.grammar_posteriors import decode_date_posteriors, decode_digits_posteriors, decode_passport_posteriors
from ocr.lexicon.levels import at_levels
from ocr.lexicon.lexicon import OPEN_LEXICONS, load_lexicon
from ocr.lexicon.lost_marks import may_lack_mark
from ocr.lexicon.match import NOT_IN_LEXICON
from ocr.lexicon.names import is_overruled
from ocr.lexicon.plausible import Weigh, births, crossings
from ocr.lexicon.posteriors import CharPosteriors
from ocr.lexicon.priors import EQUAL, priors
from ocr.lexicon.rules import check
from ocr.reading import Candidate, FieldReading, FieldState, LevelReading, Why, parse_iso

EARLIEST_BIRTH = date(1900, 1, 1)
EARLIEST_CROSSING = date(2000, 1, 1)

_OTHER_MEANING = 0.1
"""Of the first meaning's probability, as for a town beside the district of its name; what is less is ruled out by date
or region."""


@dataclass(frozen=True)
class ZoneReading:
    """What one reader saw of one field, and where."""

    spec: FieldSpec
    raw: Raw
    reader: str
    reader_version: str
    quad: Quad


@dataclass(frozen=True)
class _Around:
    """What the form, the rest of the card and the calendar say of a field.

    Attributes
    ----------
    within
        Shares of the codes that narrow the field.
    on
        Day of crossing, where it is sure.
    """

    form: Form
    within: Mapping[str, float]
    on: date | None
    today: date


def interpret(
    form: Form, zone_readings: Sequence[ZoneReading], acceptor: Acceptor, today: date
) -> tuple[tuple[FieldReading, ...], tuple[str, ...]]:
    """Field readings of a card in the form's order, and the names of the rules it breaks.

    The date of crossing is read first, since names of places and ages depend on it; then fields that narrow others.

    Parameters
    ----------
    today
        Dates after it are not real.
    """
    readings: dict[str, FieldReading] = {}
    on: date | None = None
    for item in sorted(
        zone_readings, key=lambda s: (s.spec.role is not Role.CROSSING_DATE, _narrower(s.spec, form) is not None)
    ):
        around = _Around(form, _within(item.spec, form, readings), on, today)
        candidates = _candidates(item.spec, item.raw, around)
        reading = readings[item.spec.name] = _field_reading(item, candidates, acceptor)
        if item.spec.role is Role.CROSSING_DATE and reading.accepted:
            on = parse_iso(reading.value)  # a doubtful date would make a renamed place look sure
    return under_rules(form, readings, today)


def under_rules(
    form: Form, readings: Mapping[str, FieldReading], today: date
) -> tuple[tuple[FieldReading, ...], tuple[str, ...]]:
    """Readings of a card in the form's order, those under doubt that break a rule, and the names of these rules."""
    held = dict(readings)
    broken = check(form.by_name, _values(readings), direction=form.direction, on=today)
    for rule in broken:
        for name in rule.fields:
            if name in held:
                held[name] = replace(held[name], review=(*held[name].review, f"rule:{rule.rule}"))
    return tuple(held[spec.name] for spec in form.fields), tuple(rule.rule for rule in broken)


def _narrower(spec: FieldSpec, form: Form) -> str | None:
    """Name of the field that says which values of this one are likely: for names the sex."""
    if spec.lexicon not in OPEN_LEXICONS:
        return spec.within
    sex = form.by_role.get(Role.SEX)
    return sex.name if sex else None


def _within(spec: FieldSpec, form: Form, readings: Mapping[str, FieldReading]) -> dict[str, float]:
    """Shares of the codes that narrow a field: of its narrower, or of what is written beside ``OTHER``."""
    narrower = readings.get(_narrower(spec, form) or "")
    if narrower is None:
        return {}
    written = form.by_name[narrower.field].specify
    if narrower.value == "OTHER" and written is not None and written in readings:
        narrower = readings[written]
    return {c.value: c.probability for c in narrower.candidates}


def _values(readings: Mapping[str, FieldReading]) -> dict[str, str]:
    """Values that rules may rely on: those that stand without a person."""
    return {name: r.value for name, r in readings.items() if r.accepted and r.value is not None}


def _expected(spec: FieldSpec, form: Form) -> Mapping[str, float]:
    """How much more each code is to be expected; nothing is known of what is written beside boxes to tick."""
    if spec.lexicon is None or any(other.specify == spec.name for other in form.fields):
        return EQUAL
    return priors(load_lexicon(spec.lexicon))


def _candidates(spec: FieldSpec, raw: Raw, around: _Around) -> tuple[Candidate, ...]:
    """What the raw reading may mean, best first; empty when nothing was read."""
    if raw.state in (FieldState.EMPTY, FieldState.UNREAD) or not raw.text:
        return ()
    if not spec.kind.is_text:
        return (Candidate(raw.text, raw.text, raw.score),)
    if raw.posteriors is not None:
        return _of_posteriors(spec, raw.posteriors, around)
    if spec.kind is FieldKind.DATE:
        return decode_date(raw.text, earliest=_earliest(spec), latest=around.today)
    if spec.lexicon is not None:
        lexicon = load_lexicon(spec.lexicon)
        return decode(mask(raw.text, spec.alphabet or "cyrillic"), lexicon, within=around.within, on=around.on)
    if spec.alphabet == "passport":
        return decode_passport(raw.text)
    return decode_digits(raw.text) if spec.alphabet == "digits" else decode_text(raw.text, spec.alphabet or "cyrillic")


def _of_posteriors(spec: FieldSpec, posteriors: CharPosteriors, around: _Around) -> tuple[Candidate, ...]:
    """What handwriting may mean, by the probabilities of its characters."""
    if spec.kind is FieldKind.DATE:
        earliest, latest, weigh = _earliest(spec), around.today, _weigh(spec, around)
        return decode_date_posteriors(posteriors, earliest=earliest, latest=latest, weigh=weigh)
    if spec.lexicon is not None:
        lexicon, expected = load_lexicon(spec.lexicon), _expected(spec, around.form)
        return decode_posteriors(posteriors, lexicon, within=around.within, on=around.on, expected=expected)
    if spec.alphabet == "passport":
        return decode_passport_posteriors(posteriors)
    if spec.alphabet == "digits":
        return decode_digits_posteriors(posteriors, quantity=spec.quantity)
    return decode_text_posteriors(posteriors, spec.alphabet or "cyrillic")


def _weigh(spec: FieldSpec, around: _Around) -> Weigh:
    """How much days are to be expected: births by age, crossings while the form was in use."""
    if spec.role is Role.BIRTH_DATE:
        return births(around.on or around.today)
    if spec.role is Role.CROSSING_DATE:
        return crossings(around.form.valid_from, around.form.valid_to or around.today)
    return crossings(EARLIEST_CROSSING, around.today)


def _earliest(spec: FieldSpec) -> date:
    return EARLIEST_CROSSING if spec.entry is Entry.STAMP else EARLIEST_BIRTH


def _field_reading(item: ZoneReading, candidates: tuple[Candidate, ...], acceptor: Acceptor) -> FieldReading:
    """Give the reading its value and probability, and say why a person must look, if one must."""
    spec, raw = item.spec, item.raw
    value = "" if raw.state is FieldState.EMPTY else candidates[0].value if candidates else None
    score = raw.score * candidates[0].probability if candidates and spec.kind.is_text else raw.score
    acceptance = acceptor.assess(item.reader, item.reader_version, spec, raw.state, score)
    return FieldReading(
        field=spec.name,
        state=raw.state,
        raw=raw.text,
        candidates=candidates,
        value=value,
        score=score,
        probability=acceptance.probability,
        review=(*_why(spec, raw, value, acceptance), *_doubts(spec, raw, candidates)),
        quad=item.quad,
        reader=item.reader,
        reader_version=item.reader_version,
        levels=tuple(_levels(item, candidates, acceptor)),
    )


def _levels(item: ZoneReading, candidates: Sequence[Candidate], acceptor: Acceptor) -> Iterator[LevelReading]:
    """What the reading says at coarser levels; nothing of what nobody wrote plainly."""
    spec, raw = item.spec, item.raw
    if raw.state is not FieldState.READ or not spec.kind.is_text:
        return
    for level, code, score in at_levels(spec, candidates, raw.score):
        acceptance = acceptor.assess(item.reader, item.reader_version, spec, raw.state, score, level)
        yield LevelReading(level.value, code, score, acceptance.probability, acceptance.accepted)


def _doubts(spec: FieldSpec, raw: Raw, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """Reasons for a person to look that no certainty of reading can settle."""
    ambiguous, overruled = _is_ambiguous(candidates), False
    if spec.lexicon in OPEN_LEXICONS and raw.posteriors is not None and candidates:
        ambiguous |= bool(spec.cells) and may_lack_mark(candidates)  # on lines no mark lies on print
        overruled = is_overruled(raw.posteriors, raw.text, candidates[0].value)
    return tuple(str(why) for why, holds in ((Why.AMBIGUOUS, ambiguous), (Why.OVERRULED, overruled)) if holds)


def _is_ambiguous(candidates: Sequence[Candidate]) -> bool:
    """Whether the same writing stands for another value too: no certainty of reading can settle which."""
    if len(candidates) < 2 or candidates[0].text.upper() != candidates[1].text.upper():
        return False
    return candidates[1].probability >= _OTHER_MEANING * candidates[0].probability


def _why(spec: FieldSpec, raw: Raw, value: str | None, acceptance: Acceptance) -> tuple[str, ...]:
    """Reasons for a person to look; empty when the value stands."""
    if raw.state is FieldState.EMPTY:
        if spec.required:
            return (Why.REQUIRED_EMPTY,)
        return () if acceptance.accepted else (acceptance.reason,)
    if value is None:
        return (Why.DOUBTFUL_MARK if raw.state is FieldState.DOUBTFUL else Why.NO_READER,)
    reasons = []
    if spec.kind is FieldKind.ONE_OF and "|" in value:
        reasons.append(Why.SEVERAL_MARKS)
    if raw.state is FieldState.DOUBTFUL:
        reasons.append(Why.DOUBTFUL_MARK)
    if raw.state is FieldState.CORRECTED:
        reasons.append(Why.CORRECTED)
    if value == NOT_IN_LEXICON:
        reasons.append(Why.NOT_IN_LEXICON)
    if not acceptance.accepted:
        reasons.append(acceptance.reason)
    return tuple(str(reason) for reason in reasons)
