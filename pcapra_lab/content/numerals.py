"""Numbers as a French reader writes and reads them: « 1 234,5 »."""

import re
from fractions import Fraction

MAX_DECIMALS = 6
"""A number that needs more is shown rounded."""
_SCALE = 1_000_000
_SPACES = re.compile(r"[ \t\u00a0\u2009\u202f]+")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?", re.ASCII)
_MAX_DIGITS = 30


def terminating(value: Fraction) -> bool:
    """Whether ``value`` is written in full with ``MAX_DECIMALS`` at most."""
    return _SCALE % value.denominator == 0


def canonical(value: Fraction, decimals: int = MAX_DECIMALS) -> str:
    """``value`` with a decimal point, as scripts want it, trailing zeros left out."""
    scaled = round(value * 10**decimals)
    sign, digits = "-" if scaled < 0 else "", str(abs(scaled)).zfill(decimals + 1)
    whole, rest = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def french(value: Fraction, decimals: int = MAX_DECIMALS) -> str:
    """``value`` with a comma, digits in threes."""
    whole, point, rest = canonical(value, decimals).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{int(digits):,}".replace(",", "\u00a0") if len(digits) > 4 else digits
    return f"{sign}{grouped},{rest}" if point else f"{sign}{grouped}"


def read_number(text: str, unit: str = "") -> Fraction:
    """The number that a trainee typed, with a comma or a point, its unit said again or not.

    Raises:
        ValueError: it is no number.
    """
    plain = _SPACES.sub(" ", text).strip()
    if unit and plain.lower().endswith(unit.lower()):
        plain = plain[: -len(unit)].strip()
    if len(plain) > _MAX_DIGITS or not (_NUMBER.fullmatch(plain) or _GROUPED.fullmatch(plain)):
        raise ValueError(text)
    return Fraction(plain.replace(" ", "").replace(",", "."))
