"""Pictures of zones: upright, where the zone is, without what is painted over, and kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from migcards import page_images as module
from migcards.originals import load_original
from migcards.page_images import CARD_SIDE, MAX_WIDTH, SHEET_SIDE, STRIP_WIDTH, PageImages
from migcards.picture_folder import PictureFolder
from ocr.errors import BadInputError
from ocr.geometry import Quad, as_quad, rect_quad
from ocr.scan import ScanId
from store.archive import keep

WIDTH, HEIGHT = 800, 600
ZONE, NAME = (200, 150, 240, 40), (200, 250, 240, 40)  # x, y, w, h in pixels of the card as it is upright


def card() -> NDArray[np.uint8]:
    """A card with two zones: black at the left end and grey at the right of each."""
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for x, y, w, h in (ZONE, NAME):
        page[y : y + h, x : x + w // 4] = 0
        page[y : y + h, x + 3 * w // 4 : x + w] = 128
    return page


def scanned(folder: Path, rotation: int) -> tuple[ScanId, str]:
    """The card as it lies turned clockwise in a file."""
    path = folder / f"card{rotation}.png"
    cv2.imwrite(str(path), np.rot90(card(), -rotation // 90))
    return ScanId(sha256(path.read_bytes()).hexdigest(), 0), str(path)


def in_scan(zone: tuple[int, int, int, int], rotation: int) -> Quad:
    """Corners of a zone in the scan, clockwise from the zone's top left."""
    x, y, w, h = zone
    corners = rect_quad(x - 0.5, y - 0.5, w, h)
    turns = {
        0: lambda a, b: (a, b),
        90: lambda a, b: (HEIGHT - 1 - b, a),
        180: lambda a, b: (WIDTH - 1 - a, HEIGHT - 1 - b),
        270: lambda a, b: (b, WIDTH - 1 - a),
    }
    return as_quad(np.array([turns[rotation](*corner) for corner in corners]))


def decoded(data: bytes) -> NDArray[np.uint8]:
    """Pixels of an encoded picture, blue, green, red."""
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_zone_is_upright_at_the_wanted_height(tmp_path: Path, rotation: int) -> None:
    scan, path = scanned(tmp_path, rotation)
    crop = decoded(PageImages().crop(scan, path, in_scan(ZONE, rotation), rotation, height_px=120, margin=0.0))
    assert crop.shape[:2] == (120, 720)
    assert crop[10:-10, 10:170].max() < 8
    assert crop[10:-10, 190:530].min() > 247
    assert abs(crop[10:-10, 550:-10].astype(int) - 128).max() < 8


def test_a_margin_shows_paper_around_the_zone(tmp_path: Path) -> None:
    scan, path = scanned(tmp_path, 0)
    crop = decoded(PageImages().crop(scan, path, in_scan(ZONE, 0), height_px=140, margin=0.2))
    assert crop.shape[:2] == (140, round(140 * (240 + 16) / (40 + 16)))
    assert crop[:14].min() > 200 and crop[:, :14].min() > 200
    assert crop[70, 30].max() < 8


def test_a_very_wide_zone_fits_the_screen(tmp_path: Path) -> None:
    scan, path = scanned(tmp_path, 0)
    crop = decoded(PageImages().crop(scan, path, in_scan((0, 150, 800, 10), 0), height_px=200, margin=0.0))
    assert crop.shape[1] == MAX_WIDTH


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_strip_reaches_across_the_page_and_outlines_the_zone(tmp_path: Path, rotation: int) -> None:
    scan, path = scanned(tmp_path, rotation)
    strip = decoded(PageImages().strip(scan, path, in_scan(ZONE, rotation), rotation))
    scale = STRIP_WIDTH / WIDTH
    assert strip.shape[1] == STRIP_WIDTH
    assert 3 * 40 * scale < strip.shape[0] < 8 * 40 * scale
    middle = strip.shape[0] // 2
    assert strip[middle, round(230 * scale)].max() < 20, "the zone's black end"
    coloured = np.argwhere(np.ptp(strip.astype(int), axis=2) > 100)
    (top, left), (bottom, right) = coloured.min(axis=0), coloured.max(axis=0)
    assert left == pytest.approx((200 - 5) * scale, abs=6) and right == pytest.approx((440 + 5) * scale, abs=6)
    assert middle - top == pytest.approx((20 + 5) * scale, abs=6) and bottom - middle == pytest.approx(
        25 * scale, abs=6
    )


def test_a_zone_at_the_edge_of_the_page_is_in_the_middle_of_its_strip(tmp_path: Path) -> None:
    scan, path = scanned(tmp_path, 0)
    strip = decoded(PageImages().strip(scan, path, in_scan((200, 2, 240, 40), 0)))
    coloured = np.argwhere(np.ptp(strip.astype(int), axis=2) > 100)
    assert coloured[:, 0].min() + coloured[:, 0].max() == pytest.approx(strip.shape[0], abs=4)
    assert strip[: strip.shape[0] // 4].min() > 250, "white beyond the page"


def test_what_names_a_person_is_painted_over(tmp_path: Path) -> None:
    scan, path = scanned(tmp_path, 0)
    zone, name = in_scan(ZONE, 0), in_scan(NAME, 0)
    shown, covered = (decoded(PageImages().card(scan, path, 0, outline=[zone], blank=blank)) for blank in ([], [name]))
    scale = CARD_SIDE / WIDTH
    inside = np.s_[round(255 * scale) : round(285 * scale), round(205 * scale) : round(435 * scale)]
    assert shown[inside].min() < 10
    assert np.ptp(covered[inside]) < 12, "nothing is left of the name"
    strip = decoded(PageImages().strip(scan, path, zone, blank=[name, zone]))
    assert strip[strip.shape[0] // 2, round(230 * STRIP_WIDTH / WIDTH)].max() < 20, "the zone itself is never covered"


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_whole_card_is_upright(tmp_path: Path, rotation: int) -> None:
    scan, path = scanned(tmp_path, rotation)
    picture = decoded(PageImages().card(scan, path, rotation))
    expected = cv2.resize(card(), (CARD_SIDE, CARD_SIDE * HEIGHT // WIDTH), interpolation=cv2.INTER_LINEAR)
    assert picture.shape[:2] == expected.shape
    assert np.abs(picture[..., 0].astype(int) - expected).mean() < 2


def test_a_refused_sheet_is_small_and_as_it_was_scanned(tmp_path: Path) -> None:
    scan, path = scanned(tmp_path, 90)
    picture = decoded(PageImages().sheet(scan, path))
    assert picture.shape[:2] == (SHEET_SIDE, SHEET_SIDE * HEIGHT // WIDTH)


def test_the_smaller_encoding_is_sent_and_always_the_same(tmp_path: Path) -> None:
    scan, path = scanned(tmp_path, 0)
    noise = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH), np.uint8)
    cv2.imwrite(str(tmp_path / "noise.png"), noise)
    other = ScanId(sha256((tmp_path / "noise.png").read_bytes()).hexdigest(), 0)
    quad = in_scan(ZONE, 0)
    assert PageImages().crop(scan, path, quad) == PageImages().crop(scan, path, quad)
    assert PageImages().crop(scan, path, quad).startswith(b"\x89PNG")
    assert PageImages().crop(other, str(tmp_path / "noise.png"), quad).startswith(b"\xff\xd8")


def test_a_picture_outlives_the_process_and_the_scan(tmp_path: Path) -> None:
    scan, path = scanned(tmp_path, 0)
    cache = tmp_path / "cache"
    first = PageImages(cache=PictureFolder(cache)).crop(scan, path, in_scan(ZONE, 0))
    Path(path).unlink()
    assert PageImages(cache=PictureFolder(cache)).crop(scan, path, in_scan(ZONE, 0)) == first
    with pytest.raises(BadInputError):
        PageImages(cache=PictureFolder(cache)).crop(scan, path, in_scan(NAME, 0))
    assert cache.stat().st_mode & 0o077 == 0, "names are nobody else's business"


def test_a_page_is_decoded_once_for_many_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan, path = scanned(tmp_path, 0)
    loads: list[str] = []
    real = module.load_original

    def counted(scan: ScanId, path: str, archive: Path | None) -> module.Sheet:
        loads.append(path)
        return real(scan, path, archive)

    monkeypatch.setattr(module, "load_original", counted)
    crops = PageImages()
    zones = [in_scan((200, 100 + 5 * n, 240, 40), 0) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda zone: crops.crop(scan, path, zone), zones))
    assert (len(set(made)), len(loads)) == (8, 1)


def test_the_archive_is_looked_into_first(tmp_path: Path) -> None:
    scan, path = scanned(tmp_path, 0)
    archive = tmp_path / "archive"
    keep(archive, Path(path), scan.sha256)
    Path(path).write_bytes(b"something else")
    assert PageImages(archive).crop(scan, path, in_scan(ZONE, 0))


@pytest.mark.parametrize(
    ("spoil", "words"), [(Path.unlink, "is not there any more"), (lambda p: p.write_bytes(b"x"), "is not the file")]
)
def test_a_lost_or_changed_scan_is_named_and_what_to_do(tmp_path: Path, spoil: object, words: str) -> None:
    scan, path = scanned(tmp_path, 0)
    spoil(Path(path))  # type: ignore[operator]
    with pytest.raises(BadInputError, match=words) as error:
        PageImages(tmp_path / "archive").card(scan, path, 0)
    for part in (path, scan.sha256[:12], "back", str(tmp_path / "archive")):
        assert part in str(error.value)


def test_a_file_that_cannot_be_decoded_is_named(tmp_path: Path) -> None:
    path = tmp_path / "card.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with pytest.raises(BadInputError, match=r"card\.png, page 1"):
        PageImages().card(ScanId(sha256(path.read_bytes()).hexdigest(), 0), str(path), 0)


def test_a_reduced_sheet_is_cut_at_the_same_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan, path = scanned(tmp_path, 0)
    plain = decoded(PageImages().crop(scan, path, in_scan(ZONE, 0), height_px=80)).astype(int)
    large = tmp_path / "large.jpg"
    cv2.imwrite(str(large), cv2.resize(card(), (4 * WIDTH, 4 * HEIGHT), interpolation=cv2.INTER_NEAREST))
    monkeypatch.setattr("ocr.preprocess.raster.KEEP_PIXELS", 2_000_000)
    quad = as_quad((np.array(in_scan(ZONE, 0)) + 0.5) * 4 - 0.5)
    other = ScanId(sha256(large.read_bytes()).hexdigest(), 0)
    assert load_original(other, str(large), None).size == (2 * WIDTH, 2 * HEIGHT)
    reduced = decoded(PageImages().crop(other, str(large), quad, height_px=80)).astype(int)
    assert reduced.shape == plain.shape
    assert np.abs(reduced - plain).mean() < 6
