"""Read one card, print what was read, and draw it: green stands without a person, orange waits for one.

python examples/read_one_card.py SCAN.jpg card.png
"""

from __future__ import annotations

import sys

from PIL import Image, ImageDraw

from migcards import Refused, read_cards


def main(scan: str, picture: str) -> None:
    """Read the first page of a JPEG or PNG."""
    card = read_cards(scan)[0]
    if isinstance(card, Refused):
        sys.exit(f"{scan} has to be scanned again: {card.reason} ({card.detail})")
    page = Image.open(scan).convert("RGB")
    draw = ImageDraw.Draw(page)
    for field in card.fields:
        print(f"{field.field:20} {field.probability:5.2f}  {field.value}  {', '.join(field.review)}".rstrip())
        draw.polygon([tuple(corner) for corner in field.quad], outline="green" if field.accepted else "orange", width=3)
    page.save(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
