"""Cards whose likeness is measured: scanned again and again, and written alike by one hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fixtures.draw import Writer, blank_card, draw_answers
from fixtures.faults import ScanFault
from fixtures.files import write_scans
from fixtures.fill import EMPTY, Case, FilledField, Manner, fill
from fixtures.handwriting import GlyphSource
from fixtures.ink import Paper, Pen
from fixtures.make import age
from fixtures.plan import Plan, Trip, parse_faults, plan_cards
from fixtures.population import journey, person
from fixtures.scanner import CARD_DPI, scan
from ocr.extract.likeness import projected_ink
from ocr.extract.reader import Crop
from ocr.forms.definition import Entry, Form, load_forms
from ocr.geometry import MM_PER_INCH
from ocr.page import CROP_DPI, CROP_MARGIN_MM, cut_crops
from ocr.preprocess.content import file_hash
from ocr.preprocess.gates import load_gates
from ocr.preprocess.load import load_page
from ocr.preprocess.locate import locate
from ocr.preprocess.settle import lay
from ocr.reading import Refused

FORMS = ("card-2008", "revised-departure", "revised-return")
USUAL = "usual"
FITTED = (
    "bitonal", "bad_bitonal", "grey,dpi=150", "bitonal,dpi=150", "colour,dpi=400", "grey,dpi=200,jpeg=30",
    "grey,dpi=240,noise=7", "grey,dpi=200,soft=0.09", "grey,skew=5", "colour,turn=180", "grey,scale=0.02,shear=0.01",
    "grey,stretch=0.8", "grey,black_border=9", "grey,tight=1.5", "colour,uneven_light=0.25", "grey,dust=0.7",
    "grey,fold=0.8", "grey,bleed_through=0.16", "grey,cut_corner=8",
)  # fmt: skip
"""Kinds of a further scan on which the limits are set, each as strong as the generator usually makes it at the most."""

KEPT_OUT = ("grey,photocopy=0.8", "colour,perspective=0.7", "grey,streaks=0.7", "colour,stamp_over=0.65",
            "colour,stain=0.4", "grey,faint_pen=0.5")  # fmt: skip
"""Kinds that no limit is set on."""

LIKES = ("twin", "trip", "family")
"""Other cards by one hand: all answers the same; another trip of the same person; a relative on the same trip."""


@dataclass(frozen=True, eq=False)
class Inked:
    """One scan of a card, or its ink alone: `card` says which are the same, `kind` what is special about it."""

    card: int
    form: str
    kind: str
    ink_mm2: float
    projections: NDArray[np.float32]


def rescanned(
    source: GlyphSource, count: int, seed: int, kinds: Sequence[str], each: int, share: float = 1.0
) -> Iterator[Inked]:
    """Cards, each scanned twice as usual and in `each` further ways; scans that are refused are left out.

    Parameters
    ----------
    share
        Of the fields that are not left empty.
    """
    turn = 0
    for card, trip in enumerate(plan_cards(Plan(count, seed, FORMS))):
        paper = _filled(source, trip, share, np.random.default_rng([seed, card, 3]))
        ways = [USUAL, USUAL, *(kinds[(turn + i) % len(kinds)] for i in range(each))]
        turn += each
        for i, kind in enumerate(ways):
            rng = np.random.default_rng([seed, card, i])
            read = scanned(paper, trip.form, parse_faults(kind, rng), rng)
            if read is not None:
                yield Inked(card, trip.form.id, kind, *read)


def _filled(source: GlyphSource, trip: Trip, share: float, rng: Generator) -> Paper:
    """A card as it comes from the counter."""
    answers = fill(Case(trip.form, trip.who, trip.trip, trip.serial, Manner.of(rng)), rng)
    paper = blank_card(trip.form, CARD_DPI, trip.serial)
    kept = {name: answer if rng.random() < share else EMPTY for name, answer in answers.items()}
    draw_answers(paper, trip.form, kept, Writer.of(source.hand(rng), Pen.of(rng), rng), rng)
    return paper


def scanned(
    paper: Paper, form: Form, faults: Sequence[ScanFault], rng: Generator
) -> tuple[float, NDArray[np.float32]] | None:
    """The ink of a card that ages and is scanned; None where the scan is refused."""
    named = {fault.name: fault for fault in faults}
    aged = age(replace(paper, pixels=paper.pixels.copy()), form, named)
    if "faint_pen" in named:  # a scanner set too bright
        aged = replace(aged, pixels=255 - ((255 - aged.pixels) * (1 - named["faint_pen"].strength)).astype(np.uint8))
    page = scan([aged], named, int(rng.integers(2**30)))
    kind = "png" if page.pixels.ndim == 2 and page.pixels.dtype == bool else "jpeg"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"card.{kind}"
        write_scans(path, kind, [(page, named)])
        return read_ink(path)


def read_ink(path: Path) -> tuple[float, NDArray[np.float32]] | None:
    """The ink of the card in a file, as reading sees it; None where it is refused."""
    sheet = load_page(path, 0, file_hash(path))
    located = sheet if isinstance(sheet, Refused) else locate(sheet, load_forms(), load_gates())
    if isinstance(sheet, Refused) or isinstance(located, Refused):
        return None
    card = lay(sheet, located.registration, CROP_DPI)
    return projected_ink(card.registration.form, cut_crops(card))


def written_alike(source: GlyphSource, count: int, seed: int, likes: Sequence[str], share: float) -> Iterator[Inked]:
    """Different cards and others by the same hand, their ink alone: no paper, no print, no scan.

    Parameters
    ----------
    likes
        Of `LIKES`.
    share
        Of the fields that are not left empty.
    """
    for card, trip in enumerate(plan_cards(Plan(count, seed, FORMS))):
        rng = np.random.default_rng([seed, card, 3])
        writer = Writer.of(source.hand(rng), Pen((0, 0, 0), rng.uniform(0.3, 0.6), 0.95, 0.0), rng)
        manner = Manner.of(rng)
        answers = fill(Case(trip.form, trip.who, trip.trip, trip.serial, manner), rng)
        empty = {name for name in answers if rng.random() > share}
        yield Inked(card, trip.form.id, "card", *_drawn(trip.form, answers, empty, writer, rng))
        for kind in likes:
            other = answers if kind == "twin" else fill(_like(kind, trip, manner, rng), rng)
            yield Inked(card, trip.form.id, kind, *_drawn(trip.form, other, empty, writer, rng))


def mixed(source: GlyphSource, count: int, seed: int, size: int) -> Iterator[Inked]:
    """So many different cards at little cost: each takes every field's ink from one of a few that were written.

    Projections add up as ink does. Two such cards now and then share a field to the stroke, as different cards never
    do, so they are rather more alike than real ones.
    """
    for at, form in enumerate(FORMS):
        pool = [
            np.stack([projected_ink(trip.form, [crop])[1] for crop in crops])
            for trip, crops in _written(source, count, seed + at, form)
        ]
        rng = np.random.default_rng([seed, at])
        for n in range(size // len(FORMS)):
            chosen = rng.integers(count, size=len(pool[0]))
            total = np.sum([pool[card][field] for field, card in enumerate(chosen)], axis=0)
            yield Inked(at * size + n, form, "mixed", np.inf, np.asarray(total, np.float32))


def _written(source: GlyphSource, count: int, seed: int, form: str) -> Iterator[tuple[Trip, list[Crop]]]:
    """Cards of one form, each by a hand of its own: their ink alone."""
    for card, trip in enumerate(plan_cards(Plan(count, seed, (form,)))):
        rng = np.random.default_rng([seed, card, 3])
        writer = Writer.of(source.hand(rng), Pen((0, 0, 0), rng.uniform(0.3, 0.6), 0.95, 0.0), rng)
        answers = fill(Case(trip.form, trip.who, trip.trip, trip.serial, Manner.of(rng)), rng)
        yield trip, _drawn_crops(trip.form, answers, writer, rng)


def _like(kind: str, trip: Trip, manner: Manner, rng: Generator) -> Case:
    """What stands on another card of the same hand."""
    who, out = trip.who, trip.trip
    if kind == "trip":
        day = out.crossing_date + timedelta(days=int(rng.integers(200, 600)))
        fresh = journey(rng, who, out.direction, day)
        out = replace(out, crossing_date=day, checkpoint=fresh.checkpoint, months=fresh.months)
    else:
        other = person(rng, out.crossing_date)
        own = ("given_name", "birth_date", "document_no", "education", "marital_status", "occupation")
        who = replace(who, **{name: getattr(other, name) for name in own})
    return Case(trip.form, who, out, trip.serial, manner)


def _drawn(
    form: Form, answers: dict[str, FilledField], empty: set[str], writer: Writer, rng: Generator
) -> tuple[float, NDArray[np.float32]]:
    """The ink of answers on a card, some left out."""
    kept = {name: EMPTY if name in empty else answer for name, answer in answers.items()}
    return projected_ink(form, _drawn_crops(form, kept, writer, rng))


def _drawn_crops(form: Form, answers: dict[str, FilledField], writer: Writer, rng: Generator) -> list[Crop]:
    """The ink of answers as crops."""
    scale = CROP_DPI / MM_PER_INCH
    paper = Paper(np.full((round(form.size[1] * scale), round(form.size[0] * scale), 3), 255, np.uint8), CROP_DPI)
    draw_answers(paper, form, answers, writer, rng)
    ink = np.where(paper.pixels.min(axis=2) < 200, 255 - paper.pixels.min(axis=2), 0).astype(np.uint8)
    crops = []
    for spec in form.fields:
        rect = spec.box.grown(CROP_MARGIN_MM)
        top, bottom, left, right = (round(mm * scale) for mm in (rect.y, rect.bottom, rect.x, rect.right))
        window = np.s_[top:bottom, left:right]
        if spec.entry is not Entry.PRINTED:
            crops.append(Crop(spec, rect, ink[window], ink[window], CROP_DPI, ink[window]))
    return crops
