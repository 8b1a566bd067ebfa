"""Percentages: whole, half up, and hidden with any of the numbers they could be worked back to."""

from dataclasses import dataclass

from app.cdop.figures.rules.counts import THRESHOLD, Mark, primary

#: What stands for a percentage that is hidden, and for one of nothing.
HIDDEN, NONE_COUNTED = "*", "–"


@dataclass(frozen=True)
class Percentage:
    """A share as it is shown: the whole per cent, or None with the sign that stands for it."""

    value: int | None
    sign: str = ""

    def __str__(self) -> str:
        return self.sign if self.value is None else f"{self.value}%"


def whole_percent(numerator: int, denominator: int) -> int:
    """The percentage of a part in a whole that is not zero; half a per cent is rounded up."""
    return (200 * numerator + denominator) // (2 * denominator)


def percentage(
    numerator: Mark,
    denominator: Mark,
    complement: Mark | None = None,
    threshold: int = THRESHOLD,
) -> Percentage:
    """The percentage of two numbers as they are shown, ``complement`` being how the rest of the whole is
    shown.

    It is hidden when any of the three is. Where the rest stands nowhere by itself, it counts as hidden when
    it is small: whoever knows the percentage and the whole knows it too. A share of nothing is no share.
    """
    if numerator.is_hidden or denominator.is_hidden or (complement is not None and complement.is_hidden):
        return Percentage(None, HIDDEN)
    part, whole = numerator.low, denominator.low
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is no part of {whole}.")
    if complement is None and primary(whole - part, threshold).is_hidden:
        return Percentage(None, HIDDEN)
    if whole == 0:
        return Percentage(None, NONE_COUNTED)
    return Percentage(whole_percent(part, whole))
