"""What readers of print and of stamps share: the network that has learnt worn type."""

from __future__ import annotations

from collections.abc import Callable

from ocr.extract.networks import Networks, load_networks


class TypedReader:
    """Reads by the network for worn type.

    Parameters
    ----------
    networks
        Gives the networks; by default the shipped ones, loaded at the first use.
    """

    def __init__(self, networks: Callable[[], Networks] = load_networks) -> None:
        self._networks = networks

    @property
    def version(self) -> str:
        """Of the weights."""
        return self._networks().typed_version
