"""Read a card of one's own: a definition in a folder, a blank card drawn from it, one answer ticked, and read back.

    python examples/own_form.py FORMS scan.png

FORMS holds the form's TOML file alone (docs/forms.md). A real card is printed with `migcards form print` and scanned.
"""

from __future__ import annotations

import sys

import cv2

from migcards import Refused, load_forms, read_cards
from ocr.forms.artwork import raster

DPI = 300


def main(forms: str, scan: str) -> None:
    """Tick the first answer of every mark field and read the card."""
    form = next(form for form in load_forms(forms) if form.id not in {known.id for known in load_forms()})
    picture = cv2.cvtColor(raster(form, DPI), cv2.COLOR_RGB2BGR)
    for field in form.fields:
        if field.options:
            box = field.options[0].box
            left, top, right, bottom = (round(mm / 25.4 * DPI) for mm in (box.x, box.y, box.right, box.bottom))
            cv2.line(picture, (left, top), (right, bottom), (120, 40, 20), 6)
            cv2.line(picture, (left, bottom), (right, top), (120, 40, 20), 6)
    cv2.imwrite(scan, picture)
    card = read_cards(scan, forms=forms)[0]
    if isinstance(card, Refused):
        sys.exit(f"refused: {card.reason} ({card.detail})")
    print(f"form {card.form}, fitted within {card.residual_mm:.2f} mm")
    for reading in card.fields:
        print(f"{reading.field:20} {reading.value}")


if __name__ == "__main__":
    main(*sys.argv[1:])
