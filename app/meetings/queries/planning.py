"""Which deaths are ready for a panel, which lack something, and what panels that suggests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.policy import PersonFacts
from app.cdop import queries as deaths
from app.cdop.models import AgencyReturn, CaseStage, ChildDeathCase, Panel
from app.cdop.models.vocabulary import Vocabulary
from app.cdop.panels import queries as panels
from app.cdop.rules.completeness import missing_for_panel, sentences
from app.cdop.standing import progress_of
from app.core.asking import asked_once
from app.core.database import current_session
from app.meetings.rules.themes import Ready, Suggestion, suggestions

#: The planner looks at so many deaths, those known longest first; no panel has more before it.
MOST_LOOKED_AT = 200

WORDS = (Vocabulary.AGE_BAND, Vocabulary.SEX, Vocabulary.CATEGORY, Vocabulary.WAITING_ON)


@dataclass(frozen=True)
class Candidate:
    """A death that a panel could look at, and what it lacks for one, each in a sentence."""

    case: ChildDeathCase
    lacks: Sequence[str]

    @property
    def is_ready(self) -> bool:
        """Whether it lacks nothing."""
        return not self.lacks

    @property
    def likely_category(self) -> str | None:
        """The code of its category, or of the one that comes first of those considered."""
        return self.case.category or next(iter(self.case.categories_considered.split()), None)


@dataclass(frozen=True)
class NextPanel:
    """The panel that meets next, and how ready what is before it is."""

    panel: Panel
    on_agenda: int
    ready: int
    #: How many more are ready and before no panel.
    waiting: int


def words() -> Mapping[str, Mapping[str, str]]:
    """The words of the vocabularies that planners and papers show, by vocabulary and code."""
    return asked_once("words_of_panels", lambda: deaths.labels(*WORDS))


def what_readiness_needs() -> list[Any]:
    """Load what the completeness of a case is judged by."""
    return [
        selectinload(ChildDeathCase.stages).joinedload(CaseStage.stage),
        selectinload(ChildDeathCase.waits),
        selectinload(ChildDeathCase.returns).joinedload(AgencyReturn.agency),
        selectinload(ChildDeathCase.factors),
    ]


def lacks_of(case: ChildDeathCase) -> list[str]:
    """What a death lacks for a panel, each in a sentence."""
    return sentences(missing_for_panel(progress_of(case, waiting_on=words()[Vocabulary.WAITING_ON])))


def readiness(cases: Iterable[ChildDeathCase]) -> list[Candidate]:
    """What each of these deaths lacks, those that are ready first, then in the order given."""
    found = [Candidate(case, lacks_of(case)) for case in cases]
    return sorted(found, key=lambda each: not each.is_ready)


def candidates(person: PersonFacts, *, panel: Panel | None = None) -> list[Candidate]:
    """The open deaths that no panel reviewed and none but this one has before it, those ready first.

    Those known longest come first, and no more than ``MOST_LOOKED_AT`` are looked at.
    """
    free = ChildDeathCase.panel_id.is_(None)
    mine = free if panel is None else or_(free, ChildDeathCase.panel_id == panel.id)
    statement = (
        select(ChildDeathCase)
        .where(deaths.visible(person), ChildDeathCase.is_open, ChildDeathCase.reviewed_on.is_(None), mine)
        .options(joinedload(ChildDeathCase.area), *what_readiness_needs())
        .order_by(ChildDeathCase.known_on, ChildDeathCase.id)
        .limit(MOST_LOOKED_AT)
    )
    if panel is not None:
        statement = statement.where(ChildDeathCase.group_id == panel.group_id)
    return readiness(current_session().scalars(statement).all())


def suggested(found: Iterable[Candidate]) -> list[Suggestion]:
    """The themed panels that the deaths which are ready suggest."""
    ready = [
        Ready(each.case.ref, each.case.age_band, each.likely_category) for each in found if each.is_ready
    ]
    said = words()
    return suggestions(ready, categories=said[Vocabulary.CATEGORY], age_bands=said[Vocabulary.AGE_BAND])


def next_panel(person: PersonFacts, *, on: date) -> NextPanel | None:
    """The panel that meets next of those the person may read, with how ready what is before it is.

    None where none is planned. Nobody outside the compartment asks this: it counts deaths.
    """
    panel = panels.next_planned(person, on)
    if panel is None:
        return None
    found = candidates(person, panel=panel)
    mine = [each for each in found if each.case.panel_id == panel.id]
    return NextPanel(
        panel=panel,
        on_agenda=len(mine),
        ready=sum(each.is_ready for each in mine),
        waiting=sum(each.is_ready for each in found if each.case.panel_id is None),
    )
