"""The sections of the file, in the order in which they can be written."""

from collections.abc import Iterator
from functools import cache

from app.accounts import intake as accounts
from app.actions import intake as actions
from app.briefings import intake as briefings
from app.cdop import intake as cdop
from app.cdop.figures import intake as figures
from app.clocks.intake import RegimeSection
from app.core.intake import Record, Section
from app.lessons import intake as lessons
from app.meetings import intake as meetings
from app.reviews import intake as reviews


@cache
def sections() -> tuple[Section, ...]:
    """Every section of the file."""
    return (
        *accounts.sections(),
        *reviews.sections(),
        *cdop.sections(),
        *figures.sections(),
        *lessons.sections(),
        *actions.sections(),
        *meetings.sections(),
        *briefings.sections(),
    )


def everything_referred_to() -> dict[str, Section]:
    """Every section by its name, with what a file refers to and does not hold."""
    return {section.name: section for section in (RegimeSection(), accounts.SourceSection(), *sections())}


def recorded() -> Iterator[tuple[Section, list[Record]]]:
    """Everything that is recorded, section by section in the order of their names; no empty ones."""
    known = everything_referred_to()
    for section in sorted(sections(), key=lambda section: section.name):
        records = list(section.present(None, known).values())
        if records:
            yield section, records
