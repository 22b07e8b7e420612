from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest

from ocr.lexicon.coverage import DECODED, confuse, coverage, own_forms
from ocr.lexicon.distance import distance
from ocr.lexicon.lexicon import load_lexicon

DOMAIN = Path(__file__).parents[4] / "shared" / "domain"
needs_domain = pytest.mark.skipif(not DOMAIN.is_dir(), reason="the domain lists are not at hand")


@pytest.mark.parametrize("name", DECODED)
def test_written_forms_decode_to_their_own_code(name: str) -> None:
    lexicon = load_lexicon(name)
    found = coverage(own_forms(lexicon), lexicon)
    assert found.listed == 1.0
    assert found.first >= 0.97


@pytest.mark.parametrize("name", DECODED)
def test_one_confusable_letter_rarely_matters(name: str) -> None:
    lexicon, random = load_lexicon(name), Random(2)
    forms = [pair for pair in own_forms(lexicon) if len(pair[0]) >= 6][::3]
    found = coverage([(confuse(text, 1, random), code, on) for text, code, on in forms], lexicon)
    assert found.first >= 0.95
    assert found.listed >= 0.97


def test_confuse_makes_as_many_likely_mistakes_as_asked() -> None:
    word = "экскаваторщик"
    for seed in range(20):
        wrong = confuse(word, 2, Random(seed))
        assert 0 < distance(wrong, word) <= 0.6
        assert sum(a != b for a, b in zip(wrong, word, strict=True)) == 2
    assert confuse("ф5", 3, Random(1)) != "ф5"


def domain_pairs(source: str) -> Iterator[tuple[str, str, date | None]]:
    with (DOMAIN / f"{source}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("level", "2") != "2":
                continue
            code = row["parent"] if source in ("destination_cities", "tj_settlements") else row["code"]
            if source == "destination_cities" and "-" not in code:
                code = row["code"]
            for text in (row["name_ru"], row["name_tg"], *row["aliases"].split("|")):
                if text.strip(" –"):
                    yield text, code, date(2024, 1, 1)


@needs_domain
@pytest.mark.parametrize(
    ("source", "name", "share"),
    [
        ("tj_admin_units", "districts", 0.99),
        ("tj_settlements", "districts", 0.85),
        ("countries", "countries", 1.0),
        ("ru_subjects", "destinations", 0.99),
        ("kz_regions", "destinations", 0.98),
        ("destination_cities", "destinations", 0.99),
        ("occupation_words", "occupations", 0.99),
        ("sectors_isic4", "sectors", 0.99),
        ("checkpoints", "checkpoints", 0.97),
    ],
)
def test_the_domain_lists_decode_to_their_codes(source: str, name: str, share: float) -> None:
    found = coverage(domain_pairs(source), load_lexicon(name))
    assert found.first >= share
    assert found.listed >= 0.98
