"""A task as the browser gets it."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from ocr.forms.definition import FieldKind, FieldSpec
from ocr.lexicon.bounds import bounds
from review.decisions.validation import lexicon_codes
from review.desk import Task
from review.web.labels import value_label
from review.web.models import AnswerOut, BoundsOut, Input, KeyingRules, OptionOut, TaskOut
from texts import Language, say

KEYING_RULES: tuple[KeyingRules, ...] = get_args(KeyingRules)


def input_of(spec: FieldSpec) -> Input:
    """How a field is answered."""
    if spec.kind is FieldKind.MANY_OF:
        return "several"
    if spec.kind in (FieldKind.ONE_OF, FieldKind.SIGNATURE):
        return "one"
    if spec.kind is FieldKind.DATE:
        return "date"
    if spec.kind is FieldKind.BARCODE or spec.alphabet == "digits":
        return "digits"
    return "coded" if spec.lexicon and lexicon_codes(spec.lexicon) is not None else "text"


def keying_rules_of(spec: FieldSpec) -> KeyingRules:
    """By which of the keying rules (section ``keying_rules`` of the texts) a field is keyed."""
    if spec.kind is FieldKind.SIGNATURE:
        return "signature"
    if spec.kind is FieldKind.BARCODE:
        return "serial"
    if spec.alphabet == "passport":
        return "passport"
    if spec.lexicon and lexicon_codes(spec.lexicon) is None:
        return "name"
    return input_of(spec)


def options_of(spec: FieldSpec, language: Language) -> list[OptionOut]:
    """What there is to tick, as it is printed on the card."""
    if spec.kind is FieldKind.SIGNATURE:
        return [OptionOut(code="Y", label=say("value.signed", language))]
    return [OptionOut(code=option.code, label=option.label) for option in spec.options]


def task_out(task: Task, language: Language, *, now: datetime, sees_card: bool, zone: str) -> TaskOut:
    """A task as the browser gets it: nothing that says what the machine read, unless the task is to show it.

    `zone` is the ticket of a task in the same zone, or its own: it says nothing of the card.
    """
    spec, place = task.spec, f"/api/v1/pictures/{task.ticket}"
    return TaskOut(
        ticket=task.ticket,
        zone=zone,
        field=task.field,
        label=spec.about.label.of(language),
        input=input_of(spec),
        keying_rules=keying_rules_of(spec),
        bounds=_bounds(spec, now),
        alphabet=spec.alphabet,
        options=options_of(spec, language),
        adjudicate=task.turn == "adjudicate",
        answers=[
            AnswerOut(
                source=answer.source,
                value=answer.value,
                label=say("value.none", language)
                if answer.value is None
                else value_label(spec, answer.value, language),
            )
            for answer in task.answers
        ],
        prefill=_prefill(task, language),
        personal=task.personal,
        seconds_left=max(0.0, (task.until - now).total_seconds()),
        crop=f"{place}/crop",
        strip=f"{place}/strip",
        card=f"{place}/card" if sees_card else None,
    )


def _bounds(spec: FieldSpec, now: datetime) -> BoundsOut | None:
    known = bounds(spec, now.astimezone().date())
    return BoundsOut(least=known.least, most=known.most) if known else None


def _prefill(task: Task, language: Language) -> OptionOut | None:
    if task.prefill is None:
        return None
    return OptionOut(code=task.prefill, label=value_label(task.spec, task.prefill, language))
