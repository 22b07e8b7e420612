"""What commands that read or report share: the acceptance policy in force, and warnings when audits contradict it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from migcards.cli.shared.context import forms_dir, settings
from migcards.drift_monitor import DriftReport, drift_report
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.errors import BadInputError
from ocr.forms.definition import load_forms
from store.calibrations import in_force
from texts import Language, say
from texts.formats import write_percent


def own_target_errors() -> Mapping[str, float]:
    """The target errors that the operator sets for single fields.

    Raises
    ------
    BadInputError
        No form has a field of that name.
    """
    known = {name for form in load_forms(forms_dir()) for name in form.by_name}
    unknown = sorted(set(settings().target_errors) - known)
    if unknown:
        raise BadInputError(f"Settings: target_errors for {', '.join(unknown)}, but no form has such a field.")
    return settings().target_errors


def policy_in_force(session: Session) -> tuple[AcceptancePolicy, DriftReport]:
    """The calibration in force with what the watch has stopped, and what the watch found."""
    now, target_errors = in_force(session), own_target_errors()
    found = drift_report(session, now, target_errors)
    return AcceptancePolicy(now.calibration, target_errors, found.stopped), found


def warnings(found: DriftReport, language: Language) -> Iterator[str]:
    """What the watch found, in words."""
    for reader, kind in sorted(found.stopped):
        yield say("trust.stopped", language, reader=reader, kind=kind)
    for rate in found.odd:
        accepted, measured = write_percent(rate.accepted, language), write_percent(rate.measured, language)
        yield say("trust.odd", language, reader=rate.reader, kind=rate.kind, accepted=accepted, measured=measured)
