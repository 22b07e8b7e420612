"""`python -m benchmarks.likeness`: are cards that are scanned again found by their ink, and no others?

`scans` and `alike` make cards and keep what their signatures are made of, `fit` derives the limits from some of them,
`report` measures on others.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from time import monotonic

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.likeness_cards import FITTED, KEPT_OUT, LIKES, Inked, mixed, rescanned, written_alike
from fixtures.glyphs import load_source
from ocr.likeness import LIMITS_FILE, Likeness, LikenessLimits, distances, load_limits, signature

FILE = click.Path(dir_okay=False, path_type=Path)
MARGIN = 0.035
"""Share of bits by which nearly empty cards stay farther from each other: three times what chance does to 1024 bits."""


@dataclass(frozen=True, eq=False)
class Looks:
    """Scans, or cards' ink alone, as `Inked`, with their signatures; one row each."""

    cards: NDArray[np.int64]
    forms: NDArray[np.str_]
    kinds: NDArray[np.str_]
    ink_mm2: NDArray[np.float64]
    seen: Sequence[Likeness]

    @staticmethod
    def load(path: Path) -> Looks:
        """Read what `keep` wrote."""
        kept = np.load(path)
        rows = zip(kept["forms"], kept["projections"].astype(np.float32), strict=True)
        seen = [signature(str(form), projections) for form, projections in rows]
        return Looks(kept["cards"], kept["forms"], kept["kinds"], kept["ink_mm2"], seen)

    def only(self, chosen: NDArray[np.bool_]) -> Looks:
        """Some of the rows."""
        seen = [self.seen[i] for i in np.flatnonzero(chosen).tolist()]
        return Looks(self.cards[chosen], self.forms[chosen], self.kinds[chosen], self.ink_mm2[chosen], seen)

    def far(self, others: Looks) -> NDArray[np.float64]:
        """Distances (rows, rows of the others); infinite between forms, whose cards are never compared."""
        known = [seen.bits for seen in others.seen]
        apart = np.stack([distances(seen.bits, known) for seen in self.seen])
        return np.where(self.forms[:, None] == others.forms, apart, np.inf)

    def finds(self, i: int, others: Looks, j: int) -> bool:
        """Whether looking row `i` up leads to row `j` of the others, however far they lie apart."""
        return not set(self.seen[i].probes).isdisjoint(others.seen[j].keys)


def keep(path: Path, made: Iterable[Inked], seconds: float) -> None:
    """Write cards as they are made, for so long at most."""
    end = monotonic() + seconds
    rows = list(takewhile(lambda _: monotonic() < end, made))
    columns = {"cards": [r.card for r in rows], "forms": [r.form for r in rows], "kinds": [r.kind for r in rows]}
    projections = np.array([r.projections for r in rows], np.float16)
    np.savez_compressed(path, **columns, ink_mm2=[r.ink_mm2 for r in rows], projections=projections)  # type: ignore[arg-type]
    click.echo(f"{len(rows)} in {path}")


def limits(scans: Looks, alike: Looks, sparse: Looks) -> LikenessLimits:
    """Halfway between the worst rescan and the nearest other card; and the ink below which cards come nearer."""
    far = scans.far(scans)
    again = scans.cards[:, None] == scans.cards
    worst = float(far[again].max())
    others = {"alike": _others(alike), "scans": float(far[~again].min())}
    most = (worst + min(others.values())) / 2
    close = sparse.far(sparse) < most + MARGIN
    np.fill_diagonal(close, False)
    ink = np.minimum.outer(sparse.ink_mm2, sparse.ink_mm2)
    least = float(np.ceil(ink[close].max()))
    measured = {
        "worst rescan": worst,
        "nearest other by one hand": others["alike"],
        "nearest other scan": others["scans"],
    }
    rounded = {name: round(value, 4) for name, value in measured.items()}
    return LikenessLimits(
        least_ink_mm2=least, most_distance=round(most, 4), made=" ".join(_command()), measured=rounded
    )


def _command() -> Iterator[str]:
    yield "python -m benchmarks.likeness"
    yield from (Path(word).name if "/" in word else word for word in sys.argv[1:])


def _others(alike: Looks) -> float:
    """Distance of the nearest two cards; no two rows are one card."""
    far = alike.far(alike)
    np.fill_diagonal(far, np.inf)
    return float(far.min())


def rescans(scans: Looks, known: LikenessLimits) -> list[tuple[str, int, float, float, float]]:
    """By kind of scan, worst first: pairs, share found, greatest distance, share with a signature."""
    far, enough = scans.far(scans), scans.ink_mm2 >= known.least_ink_mm2
    found: dict[str, list[tuple[bool, float, bool]]] = {}
    for i, j in zip(*np.nonzero(scans.cards[:, None] == scans.cards), strict=True):
        if i != j:
            told = bool(enough[i] and enough[j])
            near = told and far[i, j] <= known.most_distance and scans.finds(i, scans, j)
            for kind in {str(scans.kinds[i]), str(scans.kinds[j])}:
                found.setdefault(kind, []).append((bool(near), float(far[i, j]), told))
    rows = []
    for kind, trials in found.items():
        hits, apart, signed = zip(*trials, strict=True)
        rows.append((kind, len(trials), float(np.mean(hits)), max(apart), float(np.mean(signed))))
    return sorted(rows, key=lambda row: (row[2], -row[3]))


def wrong(asked: Looks, store: Looks, known: LikenessLimits, size: int) -> tuple[int, int, float]:
    """Scans looked up in a store of so many others: how many, for how many a wrong one is near, the nearest."""
    some = store.only(np.arange(len(store.cards)) < size)
    asked = asked.only(asked.ink_mm2 >= known.least_ink_mm2)
    nearest = asked.far(some.only(some.ink_mm2 >= known.least_ink_mm2)).min(axis=1)
    return len(nearest), int((nearest <= known.most_distance).sum()), float(nearest.min())


def among(store: Looks, known: LikenessLimits) -> tuple[int, float]:
    """Each card looked up among all others: for how many a wrong one is near, and the nearest."""
    nearest = []
    for form in np.unique(store.forms):
        bits = [seen.bits for seen, own in zip(store.seen, store.forms, strict=True) if own == form]
        for i, one in enumerate(bits):
            apart = distances(one, bits)
            apart[i] = 1.0
            nearest.append(float(apart.min()))
    return int((np.array(nearest) <= known.most_distance).sum()), min(nearest)


def tail(apart: NDArray[np.float64], most: float) -> float:
    """Chance that two different cards lie so near, if the chance goes on falling as it does from 1e-3 to 1e-5."""
    far = apart[np.isfinite(apart)]
    near, nearer = np.quantile(far, [1e-3, 1e-5])
    return float(10 ** (-5 - 2 * (nearer - most) / (near - nearer)))


@click.group()
def main() -> None:
    """Measure by what limits cards are told apart, and how well."""


@main.command()
@click.argument("out", type=FILE)
@click.option("--glyphs", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--count", default=100, show_default=True, help="Cards.")
@click.option("--each", default=3, show_default=True, help="Scans of each beside two usual ones.")
@click.option("--share", default=1.0, show_default=True, help="Of the fields that are filled in.")
@click.option("--seed", default=1, show_default=True)
@click.option("--all-kinds", is_flag=True, help="Also kinds of scan that no limit is set on.")
@click.option("--seconds", default=1e9, help="Longest time.")
def scans(
    out: Path, glyphs: Path, count: int, each: int, share: float, seed: int, all_kinds: bool, seconds: float
) -> None:
    """Make cards that are scanned again and again."""
    kinds = (*FITTED, *KEPT_OUT) if all_kinds else FITTED
    keep(out, rescanned(load_source(glyphs), count, seed, kinds, each, share), seconds)


@main.command()
@click.argument("out", type=FILE)
@click.option("--glyphs", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--count", default=100, show_default=True, help="Cards.")
@click.option("--share", default=1.0, show_default=True, help="Of the fields that are filled in.")
@click.option("--seed", default=1, show_default=True)
@click.option("--mixed", "size", type=int, help="So many cards instead, mixed from the fields of --count of each form.")
@click.option("--seconds", default=1e9, help="Longest time.")
def alike(out: Path, glyphs: Path, count: int, share: float, seed: int, size: int | None, seconds: float) -> None:
    """Make different cards, with others that the same hand wrote alike."""
    source = load_source(glyphs)
    made = mixed(source, count, seed, size) if size else written_alike(source, count, seed, LIKES, share)
    keep(out, made, seconds)


@main.command()
@click.argument("scanned", type=FILE)
@click.argument("like", type=FILE)
@click.argument("sparse", type=FILE)
@click.option("-o", "--out", type=FILE, default=LIMITS_FILE, show_default=True)
def fit(scanned: Path, like: Path, sparse: Path, out: Path) -> None:
    """Derive the limits from scans, cards alike, and nearly empty cards alike."""
    found = limits(Looks.load(scanned), Looks.load(like), Looks.load(sparse))
    out.write_text(json.dumps(found.model_dump(), indent=1) + "\n", encoding="utf-8")
    click.echo(out.read_text("utf-8"))


@main.command()
@click.argument("scanned", type=FILE)
@click.argument("like", type=FILE)
@click.argument("others", type=FILE, nargs=-1)
def report(scanned: Path, like: Path, others: Sequence[Path]) -> None:
    """Measure: scans of known cards, cards alike, and further different cards to fill the store."""
    known, seen, near = load_limits(), Looks.load(scanned), Looks.load(like)
    click.echo(f"{'rescan':32}{'pairs':>7}{'found':>9}{'worst':>8}{'signed':>9}")
    for kind, count, found, worst, told in rescans(seen, known):
        mark = " (kept out)" if kind in KEPT_OUT else ""
        click.echo(f"{kind + mark:32}{count:7}{found:9.2%}{worst:8.3f}{told:9.1%}")
    for kind in ("card", *LIKES):
        pairs = near.only(near.kinds == "card").far(near.only(near.kinds == kind))
        own = np.diag(pairs) if kind != "card" else pairs[np.triu_indices(len(pairs), 1)]
        click.echo(
            f"{kind:12}{len(own):9,} pairs, nearest {own.min():.3f}, {(own <= known.most_distance).sum()} too near"
        )
    for path in others:
        store = Looks.load(path)
        for size in sorted({1000, len(store.cards)}):
            count, false, nearest = wrong(seen, store, known, size)
            click.echo(f"{count} scans in {size:,} other cards: {false} wrong, the nearest {nearest:.3f}")
        false, nearest = among(store, known)
        click.echo(
            f"{len(store.cards):,} cards among each other: {false} with a wrong one near, the nearest {nearest:.3f}"
        )
        chance = tail(seen.far(store), known.most_distance)
        click.echo(f"chance of a pair {chance:.1e}: in a million cards {1e6 * chance:.1e} wrong pairs a card")


if __name__ == "__main__":
    main()
