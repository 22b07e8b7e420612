"""Batches in words."""

from __future__ import annotations

from ocr.forms.cover_print import days_of
from ocr.forms.cover_sheet import ranges_of, write_serials
from ocr.lexicon.lexicon import label
from store.batches import BatchNow
from texts import Language, say

CHECKPOINTS = "checkpoints"
"""Name of the dictionary."""


def account_lines(found: BatchNow, language: Language) -> list[str]:
    """The account of a batch in words."""
    account = found.account
    kinds = ("read", "duplicates", "refused", "blank", "backs")
    sums = " + ".join(f"{say(f'batch.{kind}', language)} {getattr(account, kind)}" for kind in kinds)
    expected = say("batch.not_counted", language) if account.expected is None else str(account.expected)
    lines = [
        f"{found.sheet.number}  {name_of(found.sheet.checkpoint, language)}  {days_of(found.sheet)}".rstrip(),
        f"{say('batch.expected', language)} {expected}; {say('batch.found', language)} {account.found} = {sums}",
    ]
    for kind in ("missing", "double", "unexpected"):
        numbers: tuple[str, ...] = getattr(account, kind)
        if numbers:
            lines.append(f"{say(f'batch.{kind}', language)} ({len(numbers)}): {write_serials(ranges_of(numbers))}")
    if account.unnumbered:
        lines.append(say("batch.unnumbered", language, count=account.unnumbered))
    return [*lines, say(f"batch.state_{found.state}", language)]


def name_of(checkpoint: str, language: Language) -> str:
    """What people call a checkpoint; nothing for none."""
    return label(CHECKPOINTS, checkpoint, language) if checkpoint else ""
