from __future__ import annotations

import numpy as np
import pytest

from ocr.lexicon.decode_posteriors import decode_posteriors
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.posteriors import BLANK, COLUMN, CharPosteriors
from ocr.lexicon.priors import priors


def _steps(*rows: dict[str, float]) -> CharPosteriors:
    """Each row's characters with their probabilities, a blank between."""
    logp = np.full((2 * len(rows) + 1, 1 + max(COLUMN.values())), -30.0, np.float32)
    logp[::2, BLANK] = 0.0
    for i, row in enumerate(rows):
        for character, p in row.items():
            logp[2 * i + 1, COLUMN[character]] = np.log(p)
    return CharPosteriors(logp)


def test_published_shares_order_the_countries_and_rare_ones_keep_a_chance() -> None:
    expected = priors(load_lexicon("countries"))
    assert expected["RU"] > expected["KZ"] > expected["DE"] > expected["TJ"] > 0
    assert expected["RU"] / expected["DE"] < 200


def test_nothing_is_expected_where_nothing_was_published() -> None:
    assert not priors(load_lexicon("districts"))


@pytest.mark.parametrize(("use", "first"), [(True, "RU"), (False, "TJ")])
def test_an_unclear_rf_is_russia_where_russia_is_likely(use: bool, first: str) -> None:
    countries = load_lexicon("countries")
    steps = _steps({"Р": 0.95, "В": 0.05}, {"Т": 0.6, "Ф": 0.35, "Д": 0.05})
    expected = priors(countries) if use else {}
    assert decode_posteriors(steps, countries, expected=expected)[0].value == first


def test_a_clearly_written_rare_country_stands() -> None:
    countries = load_lexicon("countries")
    steps = _steps(*({c: 0.97, "О": 0.03} for c in "ГЕРМАНИЯ"))
    first = decode_posteriors(steps, countries, expected=priors(countries))[0]
    assert first.value == "DE"
    assert first.probability > 0.99
