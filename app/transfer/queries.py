"""The sections of the file, in the order in which they can be written."""

from functools import cache

from app.accounts import intake as accounts
from app.actions import intake as actions
from app.clocks.intake import RegimeSection
from app.core.intake import Record, Section
from app.lessons import intake as lessons
from app.reviews import intake as reviews


@cache
def sections() -> tuple[Section, ...]:
    """Every section of the file."""
    return (*accounts.sections(), *reviews.sections(), *lessons.sections(), *actions.sections())


def everything_referred_to() -> dict[str, Section]:
    """Every section by its name, with what a file refers to and does not hold."""
    return {section.name: section for section in (RegimeSection(), *sections())}


def recorded() -> dict[str, list[Record]]:
    """Everything that is recorded, section by section; what is empty is left out."""
    known = everything_referred_to()
    found = {section.name: list(section.present(None, known).values()) for section in sections()}
    return {name: records for name, records in found.items() if records}
