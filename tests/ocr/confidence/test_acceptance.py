"""Which readings stand without a person, and which of those go to the audit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.confidence.acceptance import AcceptancePolicy, Distrust, is_audited, with_audits
from ocr.confidence.calibration import Calibration, load_calibration
from ocr.confidence.kinds import kind_of, measured_version, target_error
from ocr.forms.codebook import Coarser
from ocr.forms.definition import Form, load_forms
from ocr.reading import FieldState, LevelReading, Why
from ocr.scan import ScanId
from tests.ocr.confidence.readings import field
from tests.ocr.confidence.test_fit import calibration
from tests.store.cards import card, scan

POLICY = AcceptancePolicy(calibration())
READ = FieldState.READ


def test_a_sure_reading_stands_and_an_unsure_one_does_not() -> None:
    sure = POLICY.assess("marks", "1", field("education"), READ, 0.99)
    unsure = POLICY.assess("marks", "1", field("education"), READ, 0.2)
    assert sure.accepted and not unsure.accepted and unsure.reason is Why.NOT_SURE
    assert sure.probability > 0.99
    assert 0.4 < unsure.probability < 0.6


@pytest.mark.parametrize(
    ("reader", "version", "name", "state", "reason"),
    [
        ("other", "1", "education", READ, Why.UNMEASURED),
        ("marks", "2", "education", READ, Why.UNMEASURED),
        ("marks", "1", "surname", READ, Why.NOT_SURE),
        ("marks", "1", "education", FieldState.EMPTY, Why.NOT_SURE),
        ("marks", "1", "education", FieldState.CORRECTED, Why.NOT_SURE),
        ("marks", "1", "education", FieldState.UNREAD, Why.NOT_SURE),
    ],
)
def test_what_was_not_measured_is_never_accepted(
    reader: str, version: str, name: str, state: FieldState, reason: Why
) -> None:
    acceptance = POLICY.assess(reader, version, field(name), state, 1.0)
    assert (acceptance.accepted, acceptance.probability, acceptance.reason) == (False, 0.0, reason)


def test_a_stopped_kind_is_not_accepted_however_sure() -> None:
    stopped = AcceptancePolicy(calibration(), stopped=frozenset({("marks", "one_of")}))
    acceptance = stopped.assess("marks", "1", field("education"), READ, 0.99)
    assert (acceptance.accepted, acceptance.reason) == (False, Why.STOPPED)
    assert stopped.assess("marks", "1", field("education"), READ, 0.2).reason is Why.NOT_SURE


def by_level(level: str) -> Calibration:
    """The made-up calibration, with the same scale for what lies in groups at a level."""
    known = calibration()
    kinds = [known.scales[0].model_copy(update={"kind": f"stamp date{end}"}) for end in ("", f" by {level}")]
    return known.model_copy(update={"scales": tuple(kinds)})


def test_a_level_is_accepted_by_its_own_measurement_alone() -> None:
    policy, date = AcceptancePolicy(by_level("month"), {"crossing_date": 0.003}), field("crossing_date")
    assert policy.assess("marks", "1", date, READ, 0.99, Coarser.MONTH).accepted
    assert not policy.assess("marks", "1", date, READ, 0.2, Coarser.MONTH).accepted
    unmeasured = policy.assess("marks", "1", date, READ, 0.99, Coarser.YEAR)
    assert (unmeasured.accepted, unmeasured.probability) == (False, 0.0)
    assert not AcceptancePolicy(by_level("month")).assess("marks", "1", date, READ, 0.99, Coarser.MONTH).accepted


@pytest.mark.parametrize("kind", ["stamp date", "stamp date by month"])
def test_where_a_kind_or_a_level_of_it_is_stopped_the_level_is(kind: str) -> None:
    stopped = frozenset({("marks", kind)})
    policy = AcceptancePolicy(by_level("month"), {"crossing_date": 0.003}, stopped)
    acceptance = policy.assess("marks", "1", field("crossing_date"), READ, 0.99, Coarser.MONTH)
    assert (acceptance.accepted, acceptance.reason) == (False, Why.STOPPED)
    value = policy.assess("marks", "1", field("crossing_date"), READ, 0.99)
    assert value.accepted is (kind != "stamp date"), "a level that is stopped stops no value"


def test_nothing_of_an_unfamiliar_card_is_accepted_at_any_level() -> None:
    policy = Distrust(AcceptancePolicy(by_level("month"), {"crossing_date": 0.003}))
    assert not policy.assess("marks", "1", field("crossing_date"), READ, 0.99, Coarser.MONTH).accepted


def test_the_operators_target_error_goes_before_the_usual_one() -> None:
    assert not POLICY.assess("marks", "1", field("sex"), READ, 0.99).accepted
    loose = AcceptancePolicy(calibration(), target_errors={"sex": 0.003, "education": 0.0014})
    assert loose.assess("marks", "1", field("sex"), READ, 0.99).accepted
    assert not loose.assess("marks", "1", field("education"), READ, 0.99).accepted


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("sex", 0.0014),
        ("birth_date", 0.0014),
        ("crossing_date", 0.0014),
        ("occupation", 0.003),
        ("surname", 0.01),
        ("given_name", 0.01),
        ("patronymic", 0.01),
        ("document_no", 0.01),
        ("card_no", 0.01),
    ],
)
def test_names_and_numbers_may_err_more_than_what_enters_tables(name: str, share: float) -> None:
    form = next(f for f in load_forms() if name in f.by_name)
    assert target_error(form.by_name[name]) == share


def kinds(form: str, state: FieldState = READ) -> dict[str, str]:
    """Kind of every field of a form."""
    found: Form = next(f for f in load_forms() if f.id == form)
    return {name: kind_of(spec, state) for name, spec in found.by_name.items()}


def test_handwriting_goes_by_way_of_writing_and_kind_of_answer() -> None:
    new, old = kinds("revised-departure"), kinds("card-2008")
    assert (new["surname"], new["occupation"], new["birth_date"]) == ("comb name", "comb coded", "hand date")
    assert (old["surname"], old["occupation"], old["birth_date"]) == ("line name", "line coded", "hand date")
    assert (new["document_no"], old["document_no"]) == ("comb passport", "line passport")
    assert kinds("revised-return")["stay_months"] == "comb digits"
    assert (new["crossing_date"], new["checkpoint"]) == ("stamp date", "stamp line")
    assert (new["sex"], old["sex"], new["card_no"]) == ("one_of", "word", "printed barcode")


def test_empty_and_corrected_answers_are_kinds_of_their_own() -> None:
    assert kinds("revised-departure", FieldState.EMPTY)["surname"] == "comb empty"
    assert kinds("card-2008", FieldState.EMPTY)["occupation"] == "line empty"
    assert kinds("revised-departure", FieldState.EMPTY)["sex"] == "one_of empty"
    assert kinds("revised-departure", FieldState.CORRECTED)["surname"] == "comb name corrected"


def test_versions_of_engines_that_others_install_count_by_their_major_number() -> None:
    assert measured_version("zxing", "2.2.0") == measured_version("zxing", "2.3.1")
    assert measured_version("zxing", "2.2.0") != measured_version("zxing", "3.0.0")
    assert measured_version("handwriting", "1.2.0") != measured_version("handwriting", "1.2.1")


def test_the_shipped_calibration_holds_for_the_readers_as_they_are() -> None:
    shipped = AcceptancePolicy(load_calibration())
    assert shipped.assess("marks", "3", field("education"), READ, 0.9999).accepted


def test_without_a_file_nothing_is_accepted(tmp_path: Path) -> None:
    policy = AcceptancePolicy(load_calibration(tmp_path / "none.json"))
    assert not policy.assess("marks", "1", field("education"), READ, 1.0).accepted


@given(st.integers(0, 1000), st.floats(0, 1), st.floats(0, 1))
def test_the_audit_draws_the_same_again_and_a_larger_share_draws_more(n: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert is_audited(scan(n), "sex", low) <= is_audited(scan(n), "sex", high)
    assert is_audited(scan(n), "sex", 1.0) and not is_audited(scan(n), "sex", 0.0)


def test_the_audit_draws_its_share_of_every_field_and_page() -> None:
    for name in ("sex", "surname"):
        drawn = sum(is_audited(ScanId(scan(n).sha256, n % 3), name, 0.1) for n in range(3000))
        assert 240 < drawn < 360
    both = sum(is_audited(scan(n), "sex", 0.1) and is_audited(scan(n), "surname", 0.1) for n in range(3000))
    assert 10 < both < 60, "fields are drawn one by one"


def test_only_what_stands_is_drawn_be_it_at_a_coarser_level() -> None:
    month = LevelReading("month", "2016-03", 0.9, 0.99, True)
    fields = card(1, review=dict.fromkeys(("sex", "crossing_date"), ("not_sure",))).fields
    fields = tuple(replace(f, levels=(month,)) if f.field == "crossing_date" else f for f in fields)
    marked = {f.field: f.review for f in with_audits(fields, scan(1), 1.0)}
    assert marked.pop("sex") == ("not_sure",)
    assert marked.pop("crossing_date") == ("not_sure", "audit")
    assert set(marked.values()) == {("audit",)}
    assert with_audits(fields, scan(1), 0.0) == fields
