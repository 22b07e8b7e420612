"""What the network is shown while cards are read, by which the numbers within it are measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from learning.quantise import Shown
from ocr.extract.framing import CombStrip, Gray
from ocr.extract.network import LineLogits, Logits, Network, inputs
from ocr.extract.readers import Readers
from ocr.page import PageJob, crops_of_page, load_engine


class _Recorder(Network):
    """A network that keeps what it is shown."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.shown: list[Shown] = []

    def lines(self, strips: Sequence[Gray]) -> list[LineLogits]:
        self.shown += [inputs(strip) for strip in strips]
        return super().lines(strips)

    def combs(self, combs: Sequence[CombStrip]) -> list[Logits]:
        self.shown += [inputs(comb.strip, comb.edges) for comb in combs]
        return super().combs(combs)


def shown_to_network(pages: Sequence[PageJob], network: Path, forms_dir: Path) -> list[Shown]:
    """What the network of a folder is shown while pages are read; those that cannot be read show nothing."""
    recorder = _Recorder(network)
    readers, engine = Readers(lambda: recorder), load_engine(forms_dir)
    for page in pages:
        _, crops = crops_of_page(page, engine) or (None, [])
        if crops:
            readers.read_fields(crops)
    return recorder.shown
