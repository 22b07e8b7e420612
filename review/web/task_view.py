"""A task as the browser gets it."""

from __future__ import annotations

from datetime import datetime

from ocr.forms.definition import FieldKind, FieldSpec
from review.decisions.validation import lexicon_codes
from review.desk import Task
from review.web.labels import value_label
from review.web.models import AnswerOut, Input, OptionOut, TaskOut
from texts import Language, say


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


def _prefill(task: Task, language: Language) -> OptionOut | None:
    if task.prefill is None:
        return None
    return OptionOut(code=task.prefill, label=value_label(task.spec, task.prefill, language))
