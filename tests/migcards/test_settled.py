from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from migcards.settled import settled_in_folder, settled_in_store
from ocr.errors import BadInputError
from review.decisions.decision_log import decide
from tests.migcards.cli.program import SAMPLES
from tests.store.cards import card
from tests.store.test_cards import save


def test_labelled_scans_teach_what_is_filled_in_and_judge_by_all(tmp_path: Path) -> None:
    for name in ("fault-skew.jpg", "fault-skew.json", "refused-too-dark.png", "refused-too-dark.json"):
        shutil.copy(SAMPLES / name, tmp_path)
    (page,) = settled_in_folder(tmp_path)
    assert page.job.path == tmp_path / "fault-skew.jpg"
    assert page.sure and all(page.sure.values()) and set(page.sure) < set(page.known) == set(page.stood)


def test_a_scan_that_the_truth_names_must_be_there(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "fault-skew.json", tmp_path)
    with pytest.raises(BadInputError, match=r"fault-skew\.jpg"):
        list(settled_in_folder(tmp_path))


def test_scans_of_operation_that_are_gone_are_left_out(session: Session, tmp_path: Path) -> None:
    card_id = save(session, card(1, review={"sector": ("not_sure",)}))
    decide(session, card_id, "sector", "A", person="boss", kind="adjudicate")
    assert list(settled_in_store(session, None)) == []
    sha256 = card(1).scan.sha256
    (tmp_path / sha256[:2]).mkdir()
    (tmp_path / sha256[:2] / f"{sha256}.png").write_bytes(b"")
    (page,) = settled_in_store(session, tmp_path)
    assert page.job.sha256 == sha256 and page.sure == {"sector": "A"}
