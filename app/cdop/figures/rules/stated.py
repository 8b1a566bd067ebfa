"""Which figures are held as others published them, and how each is written."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from app.core.errors import RuleBroken


class Code(StrEnum):
    """A figure that is stated of a report year and never counted here."""

    DEATHS_IN_YEAR = "deaths_in_year"
    REVIEWS_COMPLETED = "reviews_completed"
    REVIEWED_SINCE_2008 = "reviewed_since_2008"
    INFANT_MORTALITY_RATE = "infant_mortality_rate"
    CHILD_MORTALITY_RATE = "child_mortality_rate"
    CHILD_MORTALITY_RATE_NATIONAL = "child_mortality_rate_national"
    INFANT_MORTALITY_RATE_NATIONAL = "infant_mortality_rate_national"
    MODIFIABLE_PERCENT_NATIONAL = "modifiable_percent_national"


LABELS = {
    Code.DEATHS_IN_YEAR: "Deaths in the year",
    Code.REVIEWS_COMPLETED: "Reviews completed in the year",
    Code.REVIEWED_SINCE_2008: "Deaths reviewed since April 2008, at the end of the year",
    Code.INFANT_MORTALITY_RATE: "Infant mortality, per 1,000 live births",
    Code.CHILD_MORTALITY_RATE: "Deaths aged 1 to 17, per 100,000",
    Code.CHILD_MORTALITY_RATE_NATIONAL: "Deaths aged 1 to 17, per 100,000: national",
    Code.INFANT_MORTALITY_RATE_NATIONAL: "Infant mortality, per 1,000 live births: national",
    Code.MODIFIABLE_PERCENT_NATIONAL: "Reviews with modifiable factors, per cent: national",
}
#: Those that count; the others are rates and may have a fraction.
WHOLE = frozenset(
    {
        Code.DEATHS_IN_YEAR,
        Code.REVIEWS_COMPLETED,
        Code.REVIEWED_SINCE_2008,
        Code.MODIFIABLE_PERCENT_NATIONAL,
    }
)


class ValueNotUsable(RuleBroken):
    """What was entered is no number of the kind that is stated."""


@dataclass(frozen=True)
class StatedValue:
    """A stated figure where it stands among those that are counted."""

    value: str
    words: str
    #: The line or page it is printed on; empty where that is not known.
    source: str
    provenance: str

    @property
    def number(self) -> int | float:
        """The number as a script takes it."""
        return int(self.value) if self.value.isdecimal() else float(self.value)


def check_code(code: str | None) -> Code:
    """The code. Raises ValueNotUsable for one that does not exist."""
    if code not in set(Code):
        raise ValueNotUsable("Choose which figure it is", "code")
    return Code(code)


def check_value(code: Code, value: str | None) -> str:
    """The number as it is kept. Raises ValueNotUsable, in a sentence that says how to write it."""
    written = (value or "").strip().replace(",", "").removesuffix("%").strip()
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 <= number < 10_000_000 or "e" in written.lower():
        raise ValueNotUsable("Enter the number as it is printed, for example 14.4", "value")
    if code in WHOLE and number != number.to_integral_value():
        raise ValueNotUsable("Enter a whole number, for example 21", "value")
    if code is Code.MODIFIABLE_PERCENT_NATIONAL and number > 100:
        raise ValueNotUsable("Enter a percentage from 0 to 100", "value")
    return str(int(number)) if code in WHOLE else f"{number.normalize():f}"
