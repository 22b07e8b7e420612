"""No card goes over the network where anybody may listen."""

from __future__ import annotations

import re
import subprocess
import textwrap
from pathlib import Path

import pytest

from migcards.cluster import machines as module
from migcards.cluster.link import CA, CERTIFICATE, KEY, link_to
from migcards.cluster.machines import ClusterError
from ocr.errors import BadInputError
from tests.migcards.cluster.conftest import ROOT, Centre
from tests.migcards.cluster.jobs import doubled


def made_certificates(folder: Path) -> Path:
    """By the commands of the page on many machines, as an operator copies them."""
    page = (ROOT / "docs" / "scaling.md").read_text("utf-8")
    (commands,) = re.findall(r"```sh\n(openssl.*?)```", page, re.DOTALL)
    folder.mkdir()
    subprocess.run(["sh", "-e", "-c", textwrap.dedent(commands)], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("localhost", "tcp://localhost:8786"),
        ("127.0.0.1:9000", "tcp://127.0.0.1:9000"),
        ("tcp://[::1]:9000", "tcp://[::1]:9000"),
    ],
)
def test_within_a_machine_nothing_need_be_encrypted(address: str, meant: str) -> None:
    link = link_to(address, None)
    assert (link.address, link.security) == (meant, None)


@pytest.mark.parametrize("address", ["10.0.0.7:8786", "dask.office", "tcp://10.0.0.7:8786", "tls://localhost:8786"])
def test_over_the_network_certificates_are_needed(address: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cluster_tls"):
        link_to(address, None)
    if address.startswith("tcp://"):
        with pytest.raises(BadInputError, match="cluster_tls"):
            link_to(address, tmp_path)


@pytest.mark.parametrize("address", ["", "http://dask.office:8786", "tls://:8786"])
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(BadInputError, match="no scheduler's address"):
        link_to(address, None)


def test_a_folder_without_its_files_is_named(tmp_path: Path) -> None:
    (tmp_path / CA).touch()
    with pytest.raises(BadInputError, match=re.escape(f"{tmp_path}, has no {CERTIFICATE}, {KEY}")):
        link_to("dask.office", tmp_path)


def test_with_certificates_machines_work_and_strangers_are_not_let_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made_certificates(tmp_path / "tls")
    centre = Centre(folder)
    try:
        certificates = ("--tls-ca-file", str(folder / CA), "--tls-cert", str(folder / CERTIFICATE))
        centre.start_scheduler(*certificates, "--tls-key", str(folder / KEY))
        centre.start_machine()
        with centre.driver() as cluster:
            assert cluster.machines.link.address == f"tls://127.0.0.1:{centre.port}"
            assert sorted(cluster.run(range(5), doubled, on_crash=lambda job, crash: -1)) == [
                (n, 2 * n) for n in range(5)
            ]
        monkeypatch.setattr(module, "PATIENCE_S", 0.1)
        for stranger in (None, made_certificates(tmp_path / "other")):
            centre.tls = stranger
            with pytest.raises(ClusterError, match="No scheduler answers"), centre.driver():
                pass
    finally:
        centre.stop()
