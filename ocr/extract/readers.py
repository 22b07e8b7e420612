"""Give each field to the reader for its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ocr.extract.barcode import BarcodeReader
from ocr.extract.handwriting import HandwritingReader
from ocr.extract.marks import MarksReader, SignatureReader
from ocr.extract.network import Network, load_network
from ocr.extract.printed_reader import PrintedReader
from ocr.extract.reader import Crop, Raw, Reader
from ocr.extract.stamp_reader import StampReader
from ocr.extract.unlike import left_to_people
from ocr.forms.definition import Entry, FieldKind, FieldSpec


class Readers:
    """All readers of a process, each loaded at its first use.

    Parameters
    ----------
    network
        Gives the network by which writing is read; by default the shipped one.
    marks, barcode, signature, printed, stamp, hand
        Readers to use in place of the usual ones.
    """

    def __init__(
        self,
        network: Callable[[], Network] = load_network,
        *,
        marks: Reader | None = None,
        barcode: Reader | None = None,
        signature: Reader | None = None,
        printed: Reader | None = None,
        stamp: Reader | None = None,
        hand: Reader | None = None,
    ) -> None:
        self.marks = marks or MarksReader()
        self.barcode = barcode or BarcodeReader()
        self.signature = signature or SignatureReader()
        self.printed = printed or PrintedReader(network)
        self.stamp = stamp or StampReader(network)
        self.hand = hand or HandwritingReader(network)

    def for_field(self, spec: FieldSpec) -> Reader:
        """The reader that reads this field."""
        if spec.kind.is_marks:
            return self.marks
        if spec.kind.is_text:
            return {Entry.HAND: self.hand, Entry.STAMP: self.stamp, Entry.PRINTED: self.printed}[spec.entry]
        return self.barcode if spec.kind is FieldKind.BARCODE else self.signature

    def read_fields(self, crops: Sequence[Crop]) -> list[tuple[Raw, str, str]]:
        """Read crops of one card, those of one reader together; what is unlike its form is doubtful whatever it says.

        Returns
        -------
        list of (Raw, str, str)
            In the crops' order: the reading, and its reader's name and version.
        """
        batches: dict[int, tuple[Reader, list[int]]] = {}
        for i, crop in enumerate(crops):
            reader = self.for_field(crop.spec)
            batches.setdefault(id(reader), (reader, []))[1].append(i)
        found: dict[int, tuple[Raw, str, str]] = {}
        for reader, places in batches.values():
            raws = reader.read([crops[i] for i in places])
            found.update(
                (i, (left_to_people(crops[i], raw), reader.name, reader.version))
                for i, raw in zip(places, raws, strict=True)
            )
        return [found[i] for i in range(len(crops))]
