"""What `migcards run --cluster` and `migcards worker` share."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from migcards.cli.shared.context import settings
from migcards.saver import Ingestion
from ocr.errors import ToolMissingError
from texts import Language, say

if TYPE_CHECKING:
    from migcards.cluster.driver import Cluster


def cluster_of(address: str, how: Ingestion, paths: Sequence[str], language: Language) -> Cluster:
    """The machines that read instead of this one; they must see the originals, and the archive, under the same paths.

    Raises
    ------
    ToolMissingError
        `distributed` is not installed.
    BadInputError
        The address cannot be used.
    """
    with with_distributed():
        from migcards.cluster.alike import Setup
        from migcards.cluster.driver import Cluster
        from migcards.cluster.link import link_to

    def tell(sentence: str, **values: str) -> None:
        tqdm.write(say(sentence, language, **values), file=sys.stderr)

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters of it is told in words
    originals = [Path(path).absolute() for path in (*paths, how.archive) if path is not None and Path(path).exists()]
    setup = Setup(how.forms_dir.absolute(), how.network, tuple(originals))
    return Cluster(link_to(address, settings().cluster_tls), setup, how.timeout_s, how.memory_mb, tell)


@contextmanager
def with_distributed() -> Iterator[None]:
    """Modules of `migcards.cluster` are imported inside.

    Raises
    ------
    ToolMissingError
        `distributed` is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise ToolMissingError("distributed is not installed; pip install 'migcards[cluster]'.") from error
