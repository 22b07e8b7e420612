"""Values are made once, whoever asks, and the least used go first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.cache import Cache


@given(st.lists(st.integers(0, 6), max_size=30), st.integers(1, 4))
def test_the_last_used_are_kept(keys: list[int], size: int) -> None:
    once: Cache[int] = Cache(size)
    kept: list[int] = []  # the model: least recently used first
    for key in keys:
        made: list[int] = []
        assert once.get(key, lambda key=key, made=made: made.append(key) or key * 10) == key * 10  # type: ignore[misc]
        assert made == ([] if key in kept else [key])
        kept = [*(k for k in kept if k != key), key][-size:]


def test_many_threads_that_ask_at_once_get_one_value() -> None:
    once: Cache[object] = Cache(2)
    everybody = threading.Barrier(8)
    made: list[int] = []

    def ask() -> object:
        everybody.wait(5)
        return once.get("key", lambda: made.append(1) or object())

    with ThreadPoolExecutor(8) as pool:
        values = {id(future.result(5)) for future in [pool.submit(ask) for _ in range(8)]}
    assert (len(values), len(made)) == (1, 1)


def test_a_slow_key_does_not_hold_up_others() -> None:
    once: Cache[str] = Cache(4)
    go, began = threading.Event(), threading.Event()

    def slow() -> str:
        began.set()
        assert go.wait(5)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(once.get, "slow", slow)
        assert began.wait(5)
        assert once.get("quick", lambda: "quick") == "quick"
        assert not waiting.done()
        go.set()
        assert waiting.result(5) == "slow"


def test_a_failure_is_raised_and_not_kept() -> None:
    once: Cache[int] = Cache(2)

    def fail() -> int:
        raise OSError("no such scan")

    with pytest.raises(OSError, match="no such scan"):
        once.get("key", fail)
    assert once.get("key", lambda: 7) == 7
