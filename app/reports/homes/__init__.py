"""The home of a person: one section for each thing they are, each answering that role's question first."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.accounts.guard import may, person
from app.accounts.policy import Role
from app.cdop.returns import queries as returns
from app.core.clock import today
from app.lessons.models import Lesson, Theme
from app.reports import queries
from app.reports.homes.briefings import (
    BriefingLines,
    CascadePart,
    EditingSection,
    LatestPart,
    board_lines,
    cascade_part,
    editing,
    latest_part,
)
from app.reports.homes.brought import brought
from app.reports.homes.child_deaths import ChildDeathsSection, child_deaths
from app.reports.homes.overseeing import OverseeingSection, of_groups, whole_partnership
from app.reports.homes.owing import OwingSection, owing_sections
from app.reports.homes.parts import MOST_ROWS
from app.reports.homes.running import RunningLink, overseeing, running
from app.reviews.models import Review

__all__ = ["ChildDeathsSection", "Home", "OverseeingSection", "OwingSection", "ReadingSection", "home"]


@dataclass(frozen=True)
class ReadingSection:
    """What somebody should know: the latest briefing, lessons newest first, and what lessons are about."""

    briefing: LatestPart
    lessons: Sequence[Lesson]
    themes: Sequence[tuple[Theme, int]]


@dataclass
class Home:
    """The page of one person."""

    owing: list[OwingSection] = field(default_factory=list)
    overseeing: list[OverseeingSection] = field(default_factory=list)
    #: For those who review child deaths.
    child_deaths: ChildDeathsSection | None = None
    reading: ReadingSection | None = None
    #: For whoever writes the briefing.
    editing: EditingSection | None = None
    #: The briefing, for those who oversee everything.
    briefings: BriefingLines | None = None
    #: The briefing, for those who take it into the teams of an agency.
    cascade: CascadePart | None = None
    #: Restricted cases whose team the person is on.
    teams: Sequence[Review] = ()
    #: What those who keep the service running can open.
    running: Sequence[RunningLink] = ()
    #: What those who oversee something, or are on a team, open beside it.
    places: Sequence[RunningLink] = ()
    #: Whether overseeing is what the person is there for, and stands above what they owe.
    oversees_first: bool = False


def home() -> Home:
    """Put together the home of the person signed in."""
    who, on = person(), today()
    facts = who.facts
    made = Home()
    answers = facts.leads or facts.board_member_for or facts.deputises_for
    if Role.ACTION_OWNER in facts.roles or answers or returns.owes_some(facts):
        made.owing = owing_sections(facts, on)
    if facts.board_member_for or facts.roles & {Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR}:
        told = brought(facts, on)
        made.owing += [told] if told else []
    if may("child_death.list"):
        made.child_deaths = child_deaths(facts, on)
    if facts.roles & {Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR, Role.EXECUTIVE}:
        made.oversees_first = True
        made.overseeing.append(whole_partnership(facts, on))
        made.briefings = board_lines()
        seats = facts.chairs
    else:
        seats = facts.member_of
    if seats:
        made.overseeing.append(of_groups(facts, queries.groups(seats), on))
    edits = Role.BRIEFING_EDITOR in facts.roles
    made.editing = editing(on) if edits else None
    if edits or not (made.overseeing or made.owing or made.child_deaths):
        made.reading = ReadingSection(
            latest_part(on),
            queries.newest_lessons(limit=MOST_ROWS),
            queries.themes_of_published_lessons(limit=12),
        )
    if (facts.leads or facts.board_member_for) and not made.reading:
        made.cascade = cascade_part()
    made.teams = queries.reviews_of_teams(facts)
    made.running = running()
    if made.overseeing or made.teams:
        made.places = overseeing()
    return made
