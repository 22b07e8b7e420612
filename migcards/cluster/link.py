"""How machines reach each other: the scheduler's address, and certificates, without which no card leaves a machine."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from distributed.security import Security

from ocr.errors import BadInputError

CA, CERTIFICATE, KEY = "ca.pem", "cert.pem", "key.pem"
"""Files of the folder `cluster_tls`: the office's own authority, this machine's certificate and its private key."""

PORT = 8786


@dataclass(frozen=True)
class Link:
    """The way to a scheduler.

    Attributes
    ----------
    address
        ``tls://HOST:PORT``, or ``tcp://HOST:PORT`` on this machine only.
    security
        The certificates; None where nothing is encrypted.
    """

    address: str
    security: Security | None


def link_to(address: str, tls: Path | None) -> Link:
    """The way to a scheduler, as an operator writes its address.

    Without certificates anybody who reaches the scheduler sees what stands on the cards, and may run what he likes on
    every machine: this is refused but between processes of one machine.

    Parameters
    ----------
    address
        ``HOST``, ``HOST:PORT`` or with ``tls://`` or ``tcp://`` before it.
    tls
        Folder with `CA`, `CERTIFICATE` and `KEY`.

    Raises
    ------
    BadInputError
        The address needs certificates that are not there, or a file of the folder is missing.
    """
    scheme, _, place = address.rpartition("://")
    host, _, port = place.rpartition(":") if place.rpartition(":")[2].isdigit() else (place, "", str(PORT))
    if scheme not in ("", "tls", "tcp") or not host:
        raise BadInputError(f"{address} is no scheduler's address. Write HOST:PORT, as in `dask.office:{PORT}`.")
    if tls is not None and scheme != "tcp":
        return Link(f"tls://{host}:{port}", _security(tls))
    if scheme == "tls" or not _is_this_machine(host):
        raise BadInputError(
            f"{address} is reached over the network, and cards hold personal data: name the folder with {CA}, "
            f"{CERTIFICATE} and {KEY} in the setting cluster_tls (docs/scaling.md says how they are made)."
        )
    return Link(f"tcp://{host}:{port}", None)


def _security(folder: Path) -> Security:
    missing = [name for name in (CA, CERTIFICATE, KEY) if not (folder / name).is_file()]
    if missing:
        raise BadInputError(f"The folder of the setting cluster_tls, {folder}, has no {', '.join(missing)}.")
    ca, certificate, key = (str(folder / name) for name in (CA, CERTIFICATE, KEY))
    return Security(
        require_encryption=True,
        tls_ca_file=ca,
        **{
            f"tls_{who}_{what}": path
            for who in ("client", "worker")
            for what, path in (("cert", certificate), ("key", key))
        },
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
