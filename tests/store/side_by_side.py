"""Two programs at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable


def side_by_side(*runs: Callable[[], object]) -> list[Exception]:
    """Do things at the same time, in threads that begin together; what they raised."""
    start = threading.Barrier(len(runs))
    errors: list[Exception] = []

    def one(run: Callable[[], object]) -> None:
        start.wait()
        try:
            run()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors
