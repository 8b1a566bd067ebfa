"""What may be recorded of a review, and when: its regime, stages, parts and withdrawal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.models import Provenance
from app.core import checks
from app.core.errors import RuleBroken
from app.core.report_year import ReportYear


class RecordWithdrawn(RuleBroken):
    """A withdrawn record is kept as it was."""


class NoRegime(RuleBroken):
    """No guidance held here was in force when the review began."""


class StageNotUsable(RuleBroken):
    """The review does not pass this stage, or stands there already since that day."""


class LastStage(RuleBroken):
    """A review stands somewhere: its only stage cannot be taken away."""


class PathwayDiffers(RuleBroken):
    """The new type passes other stages than those the review has reached."""


class PartsRemain(RuleBroken):
    """Something that belongs to the thread still hangs on what is to be withdrawn."""


class NumberTaken(RuleBroken):
    """Another part of the review has this number."""


class YearNotUsable(RuleBroken):
    """What was entered is not a report year."""


@dataclass(frozen=True)
class Span:
    """A regime and the days on which a review could begin under it; the last is null while it is in force."""

    code: str
    name: str
    first_on: date
    last_on: date | None


@dataclass(frozen=True)
class Reached:
    """That a review reached the stage at this position of its pathway on a day."""

    code: str
    position: int
    on: date


def regime_for(started_on: date, spans: Iterable[Span], *, chosen: str | None = None) -> str:
    """The code of the regime a review begins under: the one in force on its first day, unless one was chosen.

    An older one may be chosen, for guidance lets work go on under what it replaces; one to come may not.
    Raises NoRegime.
    """
    known = sorted(spans, key=lambda span: span.first_on)
    if chosen is not None:
        span = next((span for span in known if span.code == chosen), None)
        if span is None:
            raise NoRegime("Choose one from the list", "regime")
        if span.first_on > started_on:
            raise NoRegime(f"{span.name} was not yet in force on that day", "regime")
        return span.code
    for span in known:
        if span.first_on <= started_on and (span.last_on is None or started_on <= span.last_on):
            return span.code
    raise NoRegime("No guidance held here was in force on that day. Check the date", "started_on")


def report_year(text: str | None) -> ReportYear:
    """The report year that was chosen. Raises YearNotUsable, in a sentence that says how to write it."""
    try:
        return ReportYear.parse(text or "")
    except ValueError:
        raise YearNotUsable("Enter the report year like 2016/17", "report_year") from None


def check_not_withdrawn(ref: str, withdrawn_on: date | None) -> None:
    """Check that a record may still be changed. Raises RecordWithdrawn."""
    if withdrawn_on is not None:
        raise RecordWithdrawn(f"{ref} was withdrawn and is kept as it was")


def check_type(*, pathway: str, new_pathway: str) -> None:
    """Check that a review may become another type, with the stages it has reached. Raises PathwayDiffers."""
    if pathway != new_pathway:
        sentence = "A review of this type passes other stages. Enter it as a new review"
        raise PathwayDiffers(sentence, "review_type")


def check_stage(stage: Reached, *, pathway: Iterable[str], standing: Iterable[Reached], today: date) -> None:
    """Check that a review may be said to have reached a stage of its pathway on a day.

    A review may go back to an earlier stage, and dates may be entered late, so no order is asked for.
    Raises StageNotUsable, DayToCome.
    """
    if stage.code not in set(pathway):
        raise StageNotUsable("Choose a stage that this review passes", "stage")
    checks.day_not_to_come(stage.on, today=today, field="reached_on")
    if any(other.code == stage.code and other.on == stage.on for other in standing):
        raise StageNotUsable("This stage is already recorded on that day", "reached_on")


def present_stage(standing: Sequence[Reached]) -> Reached:
    """Where the review stands: the stage reached last; of two on one day, the later on the pathway.

    Raises LastStage where none is left.
    """
    if not standing:
        raise LastStage("Record the right stage first, then withdraw this one")
    return max(standing, key=lambda stage: (stage.on, stage.position))


def check_number(number: int | None, *, taken: Iterable[int], what: str) -> int:
    """The number of a part of the review, which no other part has, withdrawn ones included.

    Raises WordsMissing, NumberTaken.
    """
    if number is None:
        raise checks.WordsMissing(f"Enter the number of the {what}, for example 4", "number")
    if number in set(taken):
        raise NumberTaken(f"This review already has a {what} {number}", "number")
    return number


def check_no_parts(parts: Iterable[tuple[int, str, str]], *, ref: str) -> None:
    """Check that nothing still hangs on what is to be withdrawn; each part is a count and its nouns.

    A thread must not lose its middle. Raises PartsRemain, naming what is left.
    """
    left = [f"{count} {one if count == 1 else many}" for count, one, many in parts if count]
    if left:
        listed = " and ".join([", ".join(left[:-1]), left[-1]] if len(left) > 1 else left)
        raise PartsRemain(f"{ref} still has {listed}. Withdraw what hangs on it first")


def provenance_after(provenance: str, *, words_changed: bool) -> str:
    """Where a record comes from once it was changed.

    Words that were changed here no longer stand in the published report; what was invented stays so.
    """
    if words_changed and provenance == Provenance.PUBLISHED:
        return Provenance.RECORDED
    return provenance
