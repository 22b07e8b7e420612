"""What reads cards tells nobody of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
READING = "from ocr.extract.network import MODELS, Network; Network(MODELS)"
SILENCING = ("CI", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")
"""Variables for which ONNX Runtime would be silent anyhow, and one that would have it write elsewhere."""


def test_the_network_is_loaded_without_a_report_to_the_maker_of_its_runtime(tmp_path: Path) -> None:
    """Where it reports, it keeps a number of the machine and what it will send in the home folder."""
    environment = {name: value for name, value in os.environ.items() if name not in SILENCING}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", READING], env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []
