"""Cards read on another machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.cluster import differences
from tests.migcards.cli.program import PROGRAM, Run, command
from tests.migcards.cluster.conftest import Centre


def test_what_a_cluster_reads_is_what_one_machine_reads(
    scanned: tuple[Path, Run, dict[str, object]], tmp_path: Path
) -> None:
    folder, _, summary = scanned
    centre = Centre()
    address = f"127.0.0.1:{centre.port}"
    centre.start_scheduler()
    environment = os.environ | {"MIGCARDS_WORKERS": "2"}
    machine = subprocess.Popen([PROGRAM, "worker", address], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        scans = str(folder / "scans")
        done = command(tmp_path)("run", scans, "--cluster", address, "--json", "--lang", "en", code=7)
        machine.terminate()
        said, _ = machine.communicate(timeout=60)
    finally:
        centre.stop()
        machine.kill()
    without_time = {name: value for name, value in json.loads(done.stdout).items() if name != "seconds"}
    assert without_time == {name: value for name, value in summary.items() if name != "seconds"}
    assert differences(f"sqlite:///{folder}/cards.db", f"sqlite:///{tmp_path}/cards.db") == []
    assert (machine.returncode, said.count(f"tcp://{address}")) == (0, 1)


def test_personal_data_do_not_leave_the_machine_unencrypted(tmp_path: Path) -> None:
    run = command(tmp_path)
    for arguments in (("worker", "10.0.0.7:8786"), ("run", str(tmp_path), "--cluster", "10.0.0.7:8786")):
        done = run(*arguments, code=4)
        assert "cluster_tls" in done.stderr and "10.0.0.7:8786" in done.stderr


def test_where_the_engine_is_not_installed_it_is_said_how_to_install_it(tmp_path: Path) -> None:
    absent = "import sys; sys.modules['distributed'] = None; from migcards.cli import main; main()"
    for arguments in (("worker", "localhost"), ("run", str(tmp_path), "--cluster", "localhost")):
        environment = os.environ | {"MIGCARDS_DATABASE": f"sqlite:///{tmp_path}/cards.db"}
        done = subprocess.run(
            [sys.executable, "-c", absent, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "pip install 'migcards[cluster]'" in done.stderr) == (5, True)
