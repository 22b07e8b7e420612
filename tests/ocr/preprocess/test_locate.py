"""Synthesise, distort, recover: every zone is found within 0.3 mm, or the sheet is refused by the right name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from fixtures.faults import KINDS, UNREADABLE
from fixtures.make import make_page
from fixtures.plan import Page, Plan, parse_faults, plan_cards
from ocr.forms.definition import Form, load_form, load_forms
from ocr.preprocess.crop_zone import zone_quads
from ocr.preprocess.gates import load_gates
from ocr.preprocess.identify import Pose, pose_groups
from ocr.preprocess.locate import Located, locate
from ocr.preprocess.view import View
from ocr.reading import Refusal, Refused
from ocr.sheet import Sheet
from tests.fixtures.conftest import BlockSource
from tests.ocr.preprocess.scans import (
    Made,
    on_dark_ground,
    random_map,
    scanned,
    scribbled,
    sheet_of,
    spoilt,
    straight,
    worst_mm,
)
from texts import refusal_message

FORMS = load_forms()
BY_ID = {form.id: form for form in FORMS}
FRONTS = [form for form in FORMS if form.fields]
GATES = load_gates()
VISITOR = load_form(Path(__file__).parents[1] / "forms" / "visitor_card.toml")
LIMIT_MM = 0.3


def found(made: Made, form: Form, turn: int, forms: tuple[Form, ...] = FORMS) -> Located:
    """Locate a scan; it must be this form, this way up, and every zone in its place."""
    located = locate(made.sheet, forms, GATES)
    assert isinstance(located, Located), located
    assert located.registration.form == form
    assert located.registration.rotation == turn
    assert worst_mm(located.registration, made) < LIMIT_MM
    assert located.registration.residual_mm < form.tolerance_mm
    return located


def refused(sheet: Sheet, forms: tuple[Form, ...] = FORMS) -> Refused:
    outcome = locate(sheet, forms, GATES)
    assert isinstance(outcome, Refused), outcome
    words = refusal_message(outcome.reason, outcome.detail, "ru")
    key = outcome.detail.split(" ")[0]
    assert key in words if key in {form.id for form in FORMS} else key not in words
    assert outcome.scan == sheet.scan
    return outcome


GROUNDS = {"black feeder": (20, 4.0, None), "white lid": (250, 3.0, 150.0), "big page": (250, 40.0, 150.0)}


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("form", FRONTS, ids=lambda form: form.id)
def test_distorted_cards_are_found(form: Form, turn: int) -> None:
    ground = list(GROUNDS)[(FRONTS.index(form) + turn // 90) % len(GROUNDS)]
    rng = np.random.default_rng([turn, len(ground), len(form.id)])
    level, border, stated = GROUNDS[ground]
    card, mapping = scribbled(form, rng), random_map(form, rng, turn, stretch=0.3)
    made = scanned(card, form, mapping, 150, ground=level, border=border, stated=stated)
    found(spoilt(made, rng, blur=0.5), form, turn)


@pytest.mark.parametrize(
    "form, dpi", list(zip(FRONTS, (300, 150, 200), strict=True)), ids=lambda value: getattr(value, "id", value)
)
def test_somewhere_on_a_white_page_of_unknown_resolution(form: Form, dpi: float) -> None:
    rng = np.random.default_rng(int(dpi))
    made = scanned(scribbled(form, rng), form, random_map(form, rng, stretch=0.3), dpi, border=25)
    found(spoilt(made, rng), form, 0)


@pytest.mark.parametrize("form", FRONTS, ids=lambda form: form.id)
def test_black_and_white(form: Form) -> None:
    rng = np.random.default_rng(5)
    made = scanned(scribbled(form, rng), form, random_map(form, rng, 180, stretch=0.3), 200, stated=200)
    found(spoilt(made, rng, noise=6, bitonal=True), form, 180)


@pytest.mark.parametrize("form", FRONTS, ids=lambda form: form.id)
def test_photographed_on_a_desk(form: Form) -> None:
    rng = np.random.default_rng(6)
    mapping = random_map(form, rng, 90, perspective=0.06, stretch=0)
    found(spoilt(scanned(scribbled(form, rng), form, mapping, 200, ground=70, border=12), rng), form, 90)


@pytest.mark.parametrize("seed, strokes", [(0, 0), (1, 60), (2, 250)])
def test_the_two_sides_of_a_card_are_never_mixed_up(seed: int, strokes: int) -> None:
    """They share most of their print; an empty card and one full of ink are told apart alike."""
    for form in FRONTS[1:]:
        rng = np.random.default_rng([seed, strokes])
        mapping = random_map(form, rng, 180 * (seed % 2), stretch=0.3)
        made = scanned(scribbled(form, rng, strokes), form, mapping, 150, ground=30)
        found(spoilt(made, rng, blur=0.8), form, 180 * (seed % 2))


def test_a_guess_of_the_other_side_is_put_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the wrong side is proposed, the laid-out sheet still tells which side it is."""
    for form, other in (FRONTS[1:], FRONTS[:0:-1]):
        made = straight(form, 150)
        guess = Pose(other, made.mapping.matrix, 0, 0.9)
        monkeypatch.setattr("ocr.preprocess.locate.pose_groups", lambda *_, guess=guess: iter([[guess]]))
        found(made, form, 0)


@pytest.mark.parametrize("turn", [0, 270])
def test_a_form_of_ones_own_needs_no_code(turn: int) -> None:
    rng = np.random.default_rng(turn)
    card, mapping = scribbled(VISITOR, rng, 40), random_map(VISITOR, rng, turn, stretch=0.2)
    made = spoilt(scanned(card, VISITOR, mapping, 200, border=15, stated=200), rng)
    found(made, VISITOR, turn, (VISITOR,))
    if turn:
        found(made, VISITOR, turn, (*FORMS, VISITOR))
    else:
        assert refused(made.sheet).reason is Refusal.UNKNOWN_FORM


def test_quality_and_score_come_with_the_registration() -> None:
    located = found(straight(FRONTS[0], 200), FRONTS[0], 0)
    assert located.score > 0.9
    assert located.quality.contrast > 0.7


def test_large_scans_are_registered_in_their_own_pixels() -> None:
    """Registration works on a reduced view; zones are told in the sheet's pixels all the same."""
    found(straight(FRONTS[0], 400), FRONTS[0], 0)


# Refusals from bare artwork


def test_cut_off_is_told_from_either_side() -> None:
    pixels = straight(FRONTS[0], 200).sheet.pixels
    h, w = pixels.shape
    for part in (pixels[: round(0.7 * h)], pixels[round(0.3 * h) :], pixels[:, : round(0.75 * w)], pixels[:, w // 4 :]):
        assert refused(sheet_of(part, 200)).reason is Refusal.CUT_OFF


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("gap", [0, 80])
def test_two_cards(beside: bool, gap: int) -> None:
    rng = np.random.default_rng(gap)
    cards = [
        cv2.copyMakeBorder(scribbled(FRONTS[0], rng), 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=252) for _ in "12"
    ]
    space = np.full((cards[0].shape[0], gap) if beside else (gap, cards[0].shape[1]), 252, np.uint8)
    both = np.concatenate([cards[0], space, cards[1]], axis=1 if beside else 0)
    assert refused(sheet_of(both, 200)).reason is Refusal.TWO_CARDS


def test_a_second_card_is_not_looked_for_on_empty_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor among dust; a stroke of ink here and there makes no card."""
    form, rng, searches = FRONTS[0], np.random.default_rng(8), []
    made = scanned(scribbled(form, rng), form, random_map(form, rng, stretch=0.2), 150, border=50, stated=150)
    image = made.sheet.pixels.copy()
    image[rng.integers(0, image.shape[0], 300), rng.integers(0, image.shape[1], 300)] = 30
    cv2.line(image, (20, 40), (260, 60), (40,), 3)

    def counted(view: View, forms: Sequence[Form]) -> Iterator[list[Pose]]:
        searches.append(view)
        return pose_groups(view, forms)

    monkeypatch.setattr("ocr.preprocess.locate.pose_groups", counted)
    found(Made(sheet_of(image, 150), made.mapping, 150), form, 0)
    assert len(searches) == 1


def test_a_registration_depends_on_nothing_read_before() -> None:
    rng = np.random.default_rng(9)
    scans = [
        spoilt(scanned(scribbled(form, rng), form, random_map(form, rng), 150, border=b, stated=150), rng)
        for form, b in zip(FRONTS, (2, 5, 9), strict=True)
    ]
    first = [found(made, form, 0) for made, form in zip(scans, FRONTS, strict=True)]
    for made, form, before in reversed(list(zip(scans, FRONTS, first, strict=True))):
        again = found(made, form, 0)
        np.testing.assert_array_equal(again.registration.matrix, before.registration.matrix)
        np.testing.assert_array_equal(again.registration.stretch.weights, before.registration.stretch.weights)
        assert again.quality == before.quality


def test_crumpled_paper_is_refused() -> None:
    """Print that jumps about by half a millimetre every centimetre is beyond the form's tolerance."""
    form, rng = FRONTS[0], np.random.default_rng(3)
    image = straight(form, 200).sheet.pixels
    jumps = rng.uniform(-0.8, 0.8, (2, 9, 13)).astype(np.float32) * 200 / 25.4
    dx, dy = (cv2.resize(jump, image.shape[::-1], interpolation=cv2.INTER_CUBIC) for jump in jumps)
    x, y = np.meshgrid(np.arange(image.shape[1], dtype=np.float32), np.arange(image.shape[0], dtype=np.float32))
    crumpled = cv2.remap(image, x + dx, y + dy, cv2.INTER_LINEAR, None, cv2.BORDER_CONSTANT, 255)
    outcome = refused(sheet_of(np.asarray(crumpled, np.uint8), 200))
    assert outcome.reason is Refusal.BAD_FIT
    assert "residual" in outcome.detail


@pytest.mark.parametrize("shape, level", [((100, 100), 0), ((100, 100), 255), ((100, 19_000), 255), ((400, 600), 0)])
def test_pictures_of_nothing(shape: tuple[int, int], level: int) -> None:
    reason = refused(sheet_of(np.full(shape, level, np.uint8), None)).reason
    assert reason is (Refusal.BLANK if level else Refusal.TOO_DARK)


# Every fault of the card generator, by name


@lru_cache(maxsize=1)
def trips() -> dict[str, object]:
    return {form.id: plan_cards(Plan(1, 40 + i, (form.id,)))[0] for i, form in enumerate(FRONTS)}


def generated(name: str, form: str, seed: int) -> tuple[Sheet, dict[str, object], float]:
    """A generated page with one fault at its usual strength, as it is loaded, and its truth."""
    base = "dpi=150" if name in ("colour", "bitonal", "bad_bitonal") else "grey,dpi=150"
    words = "grey" if name == "dpi" else f"{base},{name}"
    faults = parse_faults(words, np.random.default_rng([seed, len(name)]))
    picture, kinds, truth = make_page(Page(seed, trips()[form], faults), BlockSource(), 3)  # type: ignore[arg-type]
    pixels = picture.pixels.astype(np.uint8) * 255 if picture.pixels.dtype == np.bool_ else picture.pixels
    stated = None if "no_dpi" in kinds else kinds["wrong_dpi"].strength if "wrong_dpi" in kinds else picture.dpi
    return sheet_of(np.asarray(pixels, np.uint8), stated), truth, picture.dpi


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.refused])
def test_readable_faults(name: str) -> None:
    form = ("card-2008", "revised-departure", "card-2008", "revised-return")[len(name) % 4]
    sheet, truth, dpi = generated(name, form, 1)
    located = locate(sheet, FORMS, GATES)
    assert isinstance(located, Located), located
    assert (located.registration.form.id, located.registration.rotation) == (form, truth["rotation"])
    quads = {field: np.array(entry["quad"]) for field, entry in truth["fields"].items()}  # type: ignore[attr-defined]
    for spec in located.registration.form.fields:
        off = np.hypot(*(zone_quads(located.registration, [spec.box])[0] - quads[spec.name]).T) * 25.4 / dpi
        assert off.max() < LIMIT_MM, spec.name


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_faults(name: str) -> None:
    sheet, truth, _ = generated(name, ("card-2008", "revised-departure")[UNREADABLE.index(name) % 2], 2)
    assert refused(sheet).reason == truth["expect"] == KINDS[name].refused


@pytest.mark.parametrize("form", FRONTS, ids=lambda form: form.id)
def test_a_copy_with_a_dark_ground_and_light_around_strokes_is_found(form: Form) -> None:
    copy = on_dark_ground(scribbled(form, np.random.default_rng(4)), np.random.default_rng(5))
    located = locate(sheet_of(copy, None), FORMS, GATES)
    assert isinstance(located, Located), located
    assert located.registration.form == form
    assert located.dark_ground
