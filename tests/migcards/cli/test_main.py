"""Options that stand before every command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SAMPLE = Path(__file__).parents[3] / "fixtures" / "samples" / "refused-blank.jpg"


def test_the_log_goes_to_a_file_and_to_the_screen_if_asked(tmp_path: Path) -> None:
    environment = os.environ | {"MIGCARDS_DATABASE": f"sqlite:///{tmp_path}/cards.db", "MIGCARDS_WORKERS": "1"}
    program = [str(Path(sys.executable).parent / "migcards")]
    run = ["run", str(SAMPLE), "--json", "--again"]
    for options, shown in ((["-v", "--log", "log.jsonl"], True), (["-q", "--log", "log.jsonl"], False)):
        done = subprocess.run(
            [*program, *options, *run], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 7, done.stderr
        assert bool(done.stderr) == shown
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert [line.get("stage") for line in lines] == [None, "load", "register", "save", None] * 2
