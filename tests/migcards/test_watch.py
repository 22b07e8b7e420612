"""When a file of a hot folder is read, by what was seen of it."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from migcards.watch import (
    FIRST_PAUSE_S,
    GATHER_S,
    HOLD_S,
    LONGEST_PAUSE_S,
    QUIET_S,
    Glimpse,
    HotFile,
    HotFiles,
    Look,
    Ready,
    after_reading,
    noticed,
    ready,
)

ONE = Glimpse(1, 100, 5)
A, B, C = "a.jpg", "b.jpg", "c.jpg"


def seen(*paths: str, at: float = 0.0) -> HotFiles:
    return noticed({}, dict.fromkeys(paths, ONE), at)


def chosen(candidates: HotFiles, at: float, looks: Mapping[str, Look] | None = None) -> Ready:
    return ready(candidates, at, lambda path: (looks or {}).get(path, Look.WHOLE))


def test_a_file_is_read_once_it_has_not_changed_for_a_while() -> None:
    files = seen(A)
    assert chosen(files, QUIET_S - 0.1).files == () and chosen(files, QUIET_S - 0.1).waiting == 1
    grown = noticed(files, {A: Glimpse(1, 200, 6)}, QUIET_S - 0.1)
    assert chosen(grown, QUIET_S + 1).files == ()
    assert chosen(grown, 2 * QUIET_S).files == (A,)


def test_a_file_that_was_read_is_not_read_again_unless_it_changes() -> None:
    files = after_reading(seen(A), [A], [], 10)
    assert noticed(files, {A: ONE}, 20) == files
    assert chosen(files, 1e9) == Ready(files)
    assert chosen(noticed(files, {A: Glimpse(2, 100, 5)}, 20), 20 + QUIET_S).files == (A,)
    assert noticed(files, {}, 20) == {}


def test_what_has_no_end_or_is_in_use_waits_longer() -> None:
    for look, seconds in ((Look.NO_END, 30), (Look.IN_USE, 300)):
        assert chosen(seen(A), seconds - 1, {A: look}).waiting == 1
        assert chosen(seen(A), seconds, {A: look}).files == (A,)


def test_a_file_on_its_way_holds_back_those_after_it_for_some_time() -> None:
    files = {**seen(A, C), **seen(B, at=10.0)}
    assert chosen(files, 10 + QUIET_S - 1) == Ready(files, (), (), 3), "those before it wait for more to come"
    assert chosen(files, QUIET_S + GATHER_S, {B: Look.NO_END}).files == (A,)
    assert chosen(files, 10 + QUIET_S).files == (A, B, C)
    changing = {**files, B: HotFile(ONE, 10.0, 10 + HOLD_S)}
    assert chosen(changing, 10 + HOLD_S).files == (A, C)


def test_a_file_that_cannot_be_opened_is_told_once_and_tried_with_growing_pauses() -> None:
    files, at, pauses = seen(A), QUIET_S, []
    now = chosen(files, at, {A: Look.UNOPENED})
    assert now.apart == (A,)
    files = after_reading(now.candidates, [A], [A], at)
    for _ in range(40):
        pauses.append(files[A].next - at)
        assert chosen(files, files[A].next - 1, {A: Look.UNOPENED}).waiting == 1
        at = files[A].next
        now = chosen(files, at, {A: Look.UNOPENED})
        assert now.apart == () == now.files
        files = now.candidates
    assert pauses[:3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S] and pauses[-1] == LONGEST_PAUSE_S
    now = chosen(files, files[A].next)
    assert now.apart == (A,), "apart from those that came since"
    assert after_reading(now.candidates, [A], [], at)[A].next == inf


def test_what_is_no_file_after_all_is_forgotten() -> None:
    assert chosen(seen(A, B), QUIET_S, {A: Look.NO_FILE}) == Ready(seen(B), (B,))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(list(Look)[:3])), min_size=1, max_size=30))
def test_every_file_is_read_once_whenever_it_came(files: list[tuple[int, Look]]) -> None:
    looks = {f"{i}.jpg": look for i, (_, look) in enumerate(files)}
    candidates: HotFiles = {}
    read: list[str] = []
    for at in range(0, 800, 2):
        there = {f"{i}.jpg": ONE for i, (came, _) in enumerate(files) if came <= at}
        now = chosen(noticed(candidates, there, at), at, looks)
        read += now.files
        candidates = after_reading(now.candidates, now.files, [], at)
    assert sorted(read) == sorted(looks)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=1, max_size=30))
def test_files_that_come_one_after_another_are_read_in_their_order(pauses: list[int]) -> None:
    came = [sum(pauses[: i + 1]) for i in range(len(pauses))]
    candidates: HotFiles = {}
    read: list[str] = []
    for at in range(400):
        there = {f"{i}.jpg": ONE for i, when in enumerate(came) if when <= at}
        now = chosen(noticed(candidates, there, at), at)
        read += [path.removesuffix(".jpg") for path in now.files]
        candidates = after_reading(now.candidates, now.files, [], at)
    assert read == [str(i) for i in range(len(pauses))]
