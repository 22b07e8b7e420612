"""Serial numbers: every slip of one digit is noticed, and what is printed is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.definition import load_forms
from ocr.forms.serial import CardCode, check_digit, is_serial, parse_payload, qr_payload, serial_number

numbers = st.integers(1, 99_999_999)


@pytest.mark.parametrize("digits, check", [("7992739871", "3"), ("0", "0"), ("", "0"), ("18", "2")])
def test_check_digit_is_luhns(digits: str, check: str) -> None:
    assert check_digit(digits) == check


@given(numbers)
def test_serials_hold(n: int) -> None:
    serial = serial_number(n)
    assert len(serial) == 9
    assert int(serial[:8]) == n
    assert is_serial(serial)


@given(numbers)
def test_digits_of_other_scripts_are_none(n: int) -> None:
    """`int` takes Arabic-Indic digits; a number written with them would be another text than the printed one."""
    foreign = serial_number(n).translate({ord(str(d)): chr(0x0660 + d) for d in range(10)})
    payload = qr_payload("D1", "2015.1", serial_number(n))
    assert not is_serial(foreign)
    assert parse_payload(payload) is not None
    assert parse_payload(payload.replace(serial_number(n), foreign)) is None


@given(numbers, st.integers(0, 8), st.integers(1, 9))
def test_every_wrong_digit_is_noticed(n: int, place: int, by: int) -> None:
    digits = serial_number(n)
    wrong = str((int(digits[place]) + by) % 10)
    assert not is_serial(digits[:place] + wrong + digits[place + 1 :])


@given(numbers, st.integers(0, 7))
def test_neighbours_that_change_places_are_noticed(n: int, place: int) -> None:
    """But for 09 and 90, as Luhn's digit is known to let them pass."""
    digits = serial_number(n)
    a, b = digits[place], digits[place + 1]
    swapped = digits[:place] + b + a + digits[place + 2 :]
    assert is_serial(swapped) == (a == b or {a, b} == {"0", "9"})


@pytest.mark.parametrize("n", [0, -1, 100_000_000])
def test_serials_end(n: int) -> None:
    with pytest.raises(ValueError, match="1 to 99999999"):
        serial_number(n)


@pytest.mark.parametrize("text", ["", "00000001", "0000000180", "00000001x", " 000000018", "٠٠٠٠٠٠٠١٨"])
def test_not_a_serial(text: str) -> None:
    assert not is_serial(text)


@given(numbers, st.sampled_from([(form.code, form.version) for form in load_forms()]))
def test_payload_round_trip(n: int, form: tuple[str, str]) -> None:
    serial = serial_number(n)
    assert parse_payload(f" {qr_payload(*form, serial)}\n") == CardCode(*form, serial)


@given(st.text(max_size=40))
def test_strange_barcodes_are_none_of_ours(text: str) -> None:
    assert parse_payload(text) is None


def test_payload_with_a_wrong_digit_is_not_believed() -> None:
    good = qr_payload("RD", "2015.1", serial_number(7))
    assert parse_payload(good[:-1] + str((int(good[-1]) + 1) % 10)) is None
    assert parse_payload(good.replace("MC1", "MC2")) is None
    assert parse_payload("see " + good) is None
