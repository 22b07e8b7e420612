"""`python -m benchmarks.batch_evidence CARDS`: what a cover sheet is worth for date and checkpoint, and what it costs.

Each labelled card is laid into a made-up batch of its own day and checkpoint, a share of them into one of another card,
as foreign cards that strayed there. What stands without a person is held against the truth, with and without the batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import numpy as np

from benchmarks.labelled import BATCH_ROLES, cover_sheet, read_labelled
from ocr.batch_evidence import weigh
from ocr.evaluation.truth import PageTruth
from ocr.forms.codebook import Role
from ocr.forms.definition import Form, load_forms
from ocr.reading import CardReading

TODAY = date(2026, 11, 29)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--foreign", default=0.01, show_default=True, help="Share of cards in the batch of another.")
@click.option("--days", default=1, show_default=True, help="Days of each batch.")
@click.option("--seed", default=0, show_default=True)
def main(folder: Path, foreign: float, days: int, seed: int) -> None:
    """Read labelled scans and say what becomes of their dates and checkpoints in batches."""
    forms = {form.id: form for form in load_forms()}
    cards = [(truth, reading) for truth, reading in read_labelled(folder, TODAY) if truth.form == reading.form]
    rng = np.random.default_rng(seed)
    counts: Counter[tuple[Role, str, str]] = Counter()
    for truth, reading in cards:
        form = forms[reading.form]
        other = cards[rng.integers(len(cards))][0] if rng.random() < foreign else truth
        inside = weigh(reading, form, cover_sheet(other, forms[other.form or form.id], days, rng), 0.0, TODAY)
        for role in BATCH_ROLES:
            counts.update(_counted(truth, form, role, alone=reading, inside=inside))
    click.echo(f"{len(cards)} cards, {foreign:.0%} foreign, batches of {days} days")
    click.echo(f"{'':16}{'fields':>8}{'':14}{'stand':>8}{'wrong':>8}{'contradict':>12}")
    for role in BATCH_ROLES:
        for how in ("alone", "inside"):
            stand, wrong, against = (counts[role, how, what] for what in ("stand", "wrong", "contradict"))
            fields = counts[role, how, "fields"]
            click.echo(f"{role:16}{fields:>8}  {how:12}{stand / max(fields, 1):>8.1%}{wrong:>8}{against:>12}")


def _counted(
    truth: PageTruth, form: Form, role: Role, *, alone: CardReading, inside: CardReading
) -> Iterator[tuple[Role, str, str]]:
    spec = form.by_role.get(role)
    if spec is None or not truth.fields[spec.name].value:
        return
    for how, reading in (("alone", alone), ("inside", inside)):
        field = reading.field(spec.name)
        yield role, how, "fields"
        if field.accepted:
            yield role, how, "stand"
            if field.value != truth.fields[spec.name].value:
                yield role, how, "wrong"
        if "contradicts_batch" in field.review:
            yield role, how, "contradict"


if __name__ == "__main__":
    main()
