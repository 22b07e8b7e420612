"""Which machines there are, which of them fit, and the scheduler that knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic

from distributed import Client

from migcards.cluster.link import Link
from migcards.cluster.task import Unfit
from ocr.errors import MigcardsError

Tell = Callable[..., None]
"""Told what happens: the name of a sentence in `texts` and, by keyword, what it takes."""

PATIENCE_S = 600.0
"""Seconds without a scheduler, or without a machine that fits, after which a run gives up."""

CONNECT_S = 5.0


class ClusterError(MigcardsError):
    """The scheduler or its machines are not there, or cannot work."""

    exit_code = 5
    advice = "What was read is kept: run the same command again once the cluster is there."


class Machines:
    """The machines behind a scheduler.

    Attributes
    ----------
    client
        The connection; a new one after each `connect`.
    fit
        Cores by address of the machines that may work.
    unfit
        Why the others may not.
    """

    client: Client

    def __init__(self, link: Link, tell: Tell) -> None:
        self.link, self.tell = link, tell
        self.fit: Mapping[str, int] = {}
        self.unfit: dict[str, Unfit] = {}
        self._alone_since: float | None = None

    @property
    def cores(self) -> int:
        """Jobs that can be done at a time."""
        return sum(self.fit.values())

    def connect(self) -> None:
        """Find the scheduler, and wait for it if need be.

        Raises
        ------
        ClusterError
            There is none for `PATIENCE_S`.
        """
        began, told = monotonic(), False
        while True:
            try:
                self.client = Client(
                    self.link.address, security=self.link.security, timeout=CONNECT_S, set_as_default=False
                )
                return
            except OSError as error:
                if not told:
                    self.tell("cluster.no_scheduler", address=self.link.address)
                told = True
                if monotonic() - began > PATIENCE_S:
                    raise ClusterError(f"No scheduler answers at {self.link.address}.") from error

    def close(self) -> None:
        """Let go of the scheduler, which then forgets what it was asked to do."""
        self.client.close(timeout=CONNECT_S)

    def look(self) -> None:
        """See which machines there are now.

        Raises
        ------
        ClusterError
            None that fits for `PATIENCE_S`.
        OSError
            The scheduler is gone.
        """
        there: Mapping[str, int] = self.client.nthreads()
        self.unfit = {worker: unfit for worker, unfit in self.unfit.items() if worker in there}
        self.fit = {worker: cores for worker, cores in there.items() if worker not in self.unfit}
        if self.fit:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = monotonic()
            self.tell("cluster.no_machine", address=self.link.address)
        elif monotonic() - self._alone_since > PATIENCE_S:
            raise ClusterError(f"No machine at {self.link.address} can take work.")

    def refuse(self, unfit: Unfit) -> None:
        """Give a machine no more work, and say why."""
        if unfit.worker not in self.unfit:
            self.unfit[unfit.worker] = unfit
            self.tell(f"cluster.{unfit.reason}", worker=unfit.worker, **unfit.values)
        self.fit = {worker: cores for worker, cores in self.fit.items() if worker != unfit.worker}
