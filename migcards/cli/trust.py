"""What commands that read or report share: the trust in force, and what is said when it is shaken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from migcards.cli.common import forms_dir, settings
from migcards.drift_monitor import DriftReport, drift_report
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.errors import BadInputError
from ocr.forms.definition import load_forms
from store.calibrations import in_force
from texts import Language, say
from texts.formats import write_percent


def own_promises() -> Mapping[str, float]:
    """What the operator promises of single fields.

    Raises
    ------
    BadInputError
        No form has a field of that name.
    """
    known = {name for form in load_forms(forms_dir()) for name in form.by_name}
    unknown = sorted(set(settings().promises) - known)
    if unknown:
        raise BadInputError(f"Settings: promises for {', '.join(unknown)}, but no form has such a field.")
    return settings().promises


def trust_now(session: Session) -> tuple[AcceptancePolicy, DriftReport]:
    """The calibration in force with what the watch has stopped, and what the watch found."""
    now, promises = in_force(session), own_promises()
    found = drift_report(session, now, promises)
    return AcceptancePolicy(now.calibration, promises, found.stopped), found


def warnings(found: DriftReport, language: Language) -> Iterator[str]:
    """What the watch found, in words."""
    for reader, kind in sorted(found.stopped):
        yield say("trust.stopped", language, reader=reader, kind=kind)
    for rate in found.odd:
        accepted, measured = write_percent(rate.accepted, language), write_percent(rate.measured, language)
        yield say("trust.odd", language, reader=rate.reader, kind=rate.kind, accepted=accepted, measured=measured)
