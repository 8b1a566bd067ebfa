"""Child death reviews, loaded in bulk and read back: panels, cases, agencies' returns.

The words that cases are recorded in, their stages and time limits belong to the installation and stand in no
file, like those of reviews: whoever added a word adds it on screen before loading cases that use it.
"""

from app.cdop.intake.cases import ChildDeathSection
from app.cdop.intake.panels import PanelSection
from app.cdop.intake.returns import AgencyReturnSection
from app.core.intake import Section

__all__ = ["sections"]


def sections() -> tuple[Section, ...]:
    """The room's sections, in the order in which they can be written."""
    return PanelSection(), ChildDeathSection(), AgencyReturnSection()
