"""The thresholds of the quality gates, as data, and the words in which a refusal reaches the scanner operator."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

GATES_FILE = Path(__file__).parents[1] / "data" / "gates.toml"


class Gates(BaseModel):
    """What a sheet must measure; each value is explained in the data file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    blank_ink_share: float
    min_paper_level: float
    min_contrast: float
    max_blur_mm: float
    min_score: float
    max_outside_mm: float
    max_lost_share: float
    back_score: float
    faint_score: float
    min_sharpness: float
    second_card_share: float


@lru_cache(maxsize=1)
def load_gates(path: Path = GATES_FILE) -> Gates:
    """Read the gates shipped with the package."""
    return Gates.model_validate(tomllib.loads(path.read_text("utf-8")))
