"""One page of one file, all the way: load, locate, cut, read, interpret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.confidence.acceptance import Acceptor, Distrust, with_audits
from ocr.data import PACKAGE, own_folder, use_own_folder
from ocr.extract.barcode import codes_of
from ocr.extract.ink import beyond_print, field_ink
from ocr.extract.likeness import card_likeness
from ocr.extract.look import card_look
from ocr.extract.network import MODELS, load_network
from ocr.extract.printed import printed_form
from ocr.extract.reader import Crop
from ocr.extract.readers import Readers
from ocr.file_names import as_text
from ocr.forms import cover_sheet
from ocr.forms.codebook import Role
from ocr.forms.definition import FORMS_DIR, Form, Rect, load_forms
from ocr.forms.serial import parse_payload
from ocr.geometry import MM_PER_INCH, apply, as_quad
from ocr.interpret import ZoneReading, interpret
from ocr.likeness import Likeness
from ocr.preprocess.content import file_hash, path_hash
from ocr.preprocess.crop_zone import Registration, sheet_lean, zone_quads
from ocr.preprocess.gates import Gates, load_gates
from ocr.preprocess.load import load_page
from ocr.preprocess.locate import locate
from ocr.preprocess.settle import LaidCard, lay
from ocr.reading import CardReading, Refusal, Refused
from ocr.scan import ScanId
from ocr.sheet import Sheet
from ocr.worker_pool import Crash

CROP_DPI = 200.0
CROP_MARGIN_MM = 1.5


@dataclass(frozen=True)
class PageJob:
    """One page to read.

    Attributes
    ----------
    path
        Where the file lies.
    name
        What people call the file, where that is not its path.
    """

    path: Path
    sha256: str
    page: int
    name: str = ""

    @property
    def called(self) -> str:
        """What people call the file."""
        return self.name or as_text(self.path)


@dataclass(frozen=True)
class PageResult:
    """What became of one page.

    Attributes
    ----------
    dpi
        Pixels per inch of the scan, by the registered card; the file's word where nothing was registered.
    size
        Width and height of the original scan in pixels, where it could be loaded.
    milliseconds
        Time that each stage took, in the order of the work: load, register, lay, ink, read, interpret, as far as they
        came.
    trace
        Where our own code failed (`ocr.errors.trace_of`); empty in all other cases.
    look
        How the handwriting looks (`ocr.extract.look`), as far as there is any.
    likeness
        By which the card is known when it is scanned again (`ocr.likeness`), where enough is written on it.
    """

    job: PageJob
    outcome: CardReading | Refused
    dpi: float | None
    size: tuple[int, int] | None
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    trace: tuple[str, ...] = ()
    look: tuple[float, ...] | None = None
    likeness: Likeness | None = None


class ReadSheet(NamedTuple):
    """What became of a loaded sheet, the resolution it turned out to have, how its handwriting looks, its likeness."""

    outcome: CardReading | Refused
    dpi: float | None
    look: tuple[float, ...] | None = None
    likeness: Likeness | None = None


@dataclass
class Stopwatch:
    """Milliseconds that each stage of one page took."""

    milliseconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done inside."""
        began = perf_counter()
        try:
            yield
        finally:
            self.milliseconds[name] = round(1000 * (perf_counter() - began), 1)


@dataclass(frozen=True, eq=False)
class Engine:
    """All that reading needs, loaded once a process."""

    forms: tuple[Form, ...]
    gates: Gates
    readers: Readers


@lru_cache(maxsize=2)
def load_engine(forms_dir: Path = FORMS_DIR, network: Path = MODELS) -> Engine:
    """Load forms, gates and readers, these with the network of a folder."""
    return Engine(load_forms(forms_dir), load_gates(), Readers(partial(load_network, network)))


def read_page(
    job: PageJob,
    acceptor: Acceptor,
    forms_dir: Path = FORMS_DIR,
    audit_share: float = 0.0,
    network: Path = MODELS,
    *,
    today: date,
) -> PageResult:
    """Read one page; the function that worker processes run.

    Parameters
    ----------
    audit_share
        Of the accepted fields, 0..1: these go to people all the same.
    network
        Folder of the network that reads.
    today
        The day of the run: no card was filled in later.
    """
    watch = Stopwatch()
    with watch.stage("load"):
        sheet = load_page(job.path, job.page, job.sha256)
    if isinstance(sheet, Refused):
        return PageResult(job, sheet, None, None, watch.milliseconds)
    use_own_folder(forms_dir)  # not that of the run before, in a process that outlives it
    read = read_sheet(sheet, load_engine(forms_dir, network), acceptor, audit_share, today, watch)
    result = PageResult(job, read.outcome, read.dpi, sheet.scan_size, watch.milliseconds)
    return replace(result, look=read.look, likeness=read.likeness)


def crashed_page(job: PageJob, crash: Crash) -> PageResult:
    """The result of a page whose reading broke off."""
    return PageResult(job, crash_refusal(ScanId(job.sha256, job.page), crash), None, None, trace=crash.trace)


def crashed_file(path: Path, crash: Crash) -> Refused:
    """The refusal of a file that broke off before its pages were known.

    Only where it is refused for good is its content read to know it again; otherwise reading it may be what hangs.
    """
    refused = crash_refusal(ScanId(path_hash(path), 0), crash)
    return refused if refused.reason.transient else replace(refused, scan=ScanId(file_hash(path), 0))


def crash_refusal(scan: ScanId, crash: Crash) -> Refused:
    """Whether the machine gave out, or the program failed on this page."""
    reasons = {"timed_out": Refusal.TIMED_OUT, "out_of_memory": Refusal.OUT_OF_MEMORY}
    return Refused(scan, reasons.get(crash.kind, Refusal.CRASHED), crash.words)


def read_sheet(
    sheet: Sheet, engine: Engine, acceptor: Acceptor, audit_share: float, today: date, watch: Stopwatch
) -> ReadSheet:
    """Read one loaded sheet."""
    with watch.stage("register"):
        located = locate(sheet, engine.forms, engine.gates)
    if isinstance(located, Refused):
        return ReadSheet(with_codes(located, sheet), sheet.dpi)
    with watch.stage("lay"):
        card = lay(sheet, located.registration, CROP_DPI)
    registration = card.registration
    with watch.stage("ink"):
        crops = cut_crops(card)
        likeness = card_likeness(registration.form, crops)
    with watch.stage("read"):
        seen = seen_fields(sheet, registration, crops, engine.readers)
        look = card_look(zip(crops, (item.raw for item in seen), strict=True))
    with watch.stage("interpret"):
        trusted = acceptor if acceptor.knows(look) and not located.dark_ground else Distrust(acceptor)
        fields, broken = interpret(registration.form, seen, trusted, today)
    number = registration.form.by_role.get(Role.CARD_NUMBER)
    serials = [f.value for f in fields if number and f.field == number.name and f.accepted]
    reading = CardReading(
        scan=sheet.scan,
        form=registration.form.id,
        version=registration.form.version,
        direction=registration.form.direction,
        serial=serials[0] if serials and serials[0] else None,
        rotation=registration.rotation,
        residual_mm=registration.residual_mm,
        fields=with_audits(fields, sheet.scan, audit_share),
        broken_rules=broken,
    )
    return ReadSheet(reading, resolution(sheet, registration), look, likeness)


def with_codes(refused: Refused, sheet: Sheet) -> Refused:
    """A refused sheet with what a code on it says: which card it is, or that it is the cover sheet of a batch."""
    for text in codes_of(sheet.pixels):
        if cover_sheet.parse_payload(text) is not None:
            return replace(refused, reason=Refusal.COVER_SHEET, detail=text)
        card = parse_payload(text)
        if card is not None:
            return replace(refused, serial=card.serial)
    return refused


def crops_of_page(job: PageJob, engine: Engine) -> tuple[Form, list[Crop]] | None:
    """The form of a page and its fields, cut as for reading; None where the page cannot be read any more."""
    sheet = load_page(job.path, job.page, job.sha256)
    located = sheet if isinstance(sheet, Refused) else locate(sheet, engine.forms, engine.gates)
    if isinstance(sheet, Refused) or isinstance(located, Refused):
        return None
    card = lay(sheet, located.registration, CROP_DPI)
    return card.registration.form, cut_crops(card)


def seen_fields(sheet: Sheet, registration: Registration, crops: Sequence[Crop], readers: Readers) -> list[ZoneReading]:
    """Let the readers look at the crops."""
    quads = apply(sheet.to_scan, zone_quads(registration, [crop.spec.box for crop in crops]).reshape(-1, 2))
    return [
        ZoneReading(crop.spec, raw, reader, version, as_quad(quad))
        for crop, quad, (raw, reader, version) in zip(
            crops, quads.reshape(-1, 4, 2), readers.read_fields(crops), strict=True
        )
    ]


def resolution(sheet: Sheet, registration: Registration) -> float:
    """Pixels per inch of the original scan, from the registered card's diagonal."""
    w, h = registration.form.size
    ends = apply(sheet.to_scan @ registration.matrix, [[0.0, 0.0], [w, h]])
    return float(np.hypot(*(ends[1] - ends[0])) / np.hypot(w, h) * MM_PER_INCH)


def cut_crops(card: LaidCard) -> list[Crop]:
    """Cut every field's zone and its ink out of a laid card, in the form's order."""
    form = card.registration.form
    print_ = printed_form(form, card.dpi)
    seen = beyond_print(card.dark, print_, card.dpi, sheet_lean(card.registration))
    inks: dict[Rect, NDArray[np.uint8]] = {}  # fields of one stamp share their zone
    crops = []
    for spec in form.fields:
        window, rect = _window(spec.box.grown(CROP_MARGIN_MM), card.dark.shape, card.dpi)
        if rect not in inks:
            inks[rect] = field_ink(seen.ink[window], seen.hidden[window], print_.fringe[window], card.dpi)
        lines = seen.lines_elsewhere(window)
        crops.append(Crop(spec, rect, card.pixels[window], inks[rect], card.dpi, seen.ink[window], lines))
    return crops


def _window(rect: Rect, shape: tuple[int, ...], dpi: float) -> tuple[tuple[slice, slice], Rect]:
    """The whole pixels of a laid card (h, w) that show a zone, and what exactly they show in millimetres."""
    scale = dpi / MM_PER_INCH
    left, top = round(rect.x * scale), round(rect.y * scale)
    right, bottom = min(round(rect.right * scale), shape[1]), min(round(rect.bottom * scale), shape[0])
    shown = Rect(x=left / scale, y=top / scale, w=(right - left) / scale, h=(bottom - top) / scale)
    return (slice(top, bottom), slice(left, right)), shown


def software() -> str:
    """Version of all that can change a reading: the program and its data files, one's own among them."""
    data = sha256()
    own = own_folder()
    mine = sorted((*own.glob("*.toml"), *own.glob("lexicons/*.csv"))) if own else []
    for path in [*sorted(PACKAGE.rglob("*")), *mine]:
        if path.is_file() and path.suffix in (".toml", ".csv", ".json", ".onnx"):
            data.update(path.read_bytes())
    return f"migcards {metadata.version('migcards')} data {data.hexdigest()[:12]}"
