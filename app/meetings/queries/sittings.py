"""One panel from the inside: its agenda, the people asked to it, its papers and its minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.cases import queries as cases
from app.accounts.models import Person, Seat
from app.accounts.policy import Facts, PersonFacts, can
from app.audit.operations import Subject
from app.cdop import queries as deaths
from app.cdop.models import ChildDeathCase, Panel, PanelStatus
from app.core.access import behind
from app.core.database import current_session
from app.meetings.models import (
    AgendaItem,
    Attendee,
    AttendeeKind,
    Meeting,
    MeetingNote,
    MeetingPaper,
    PaperKind,
    inside,
)
from app.meetings.queries.planning import lacks_of, what_readiness_needs


@dataclass(frozen=True)
class Sitting:
    """A panel from the inside; ``meeting`` is null while nothing of it is recorded."""

    panel: Panel
    meeting: Meeting | None

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the closed compartment of child death reviews."""
        return inside(self.panel)

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names it, on the thread of its panel: with no word of any death."""
        return Subject("meeting", self.panel.ref, self.panel.ref)

    @property
    def items(self) -> Sequence[AgendaItem]:
        """The agenda, in its order."""
        return self.meeting.items if self.meeting else []

    @property
    def attendees(self) -> Sequence[Attendee]:
        """Those asked: members first, then those in a member's place and experts, in the order they were."""
        parts = list(AttendeeKind)
        return sorted(
            self.meeting.attendees if self.meeting else [],
            key=lambda each: parts.index(AttendeeKind(each.kind)),
        )

    @property
    def is_sent(self) -> bool:
        """Whether the papers were sent, so that the agenda stays as it is."""
        return self.meeting is not None and self.meeting.sent_on is not None

    @property
    def is_held(self) -> bool:
        """Whether it was held."""
        return self.meeting is not None and self.meeting.held_on is not None

    @property
    def is_closed(self) -> bool:
        """Whether its minutes are closed."""
        return self.meeting is not None and self.meeting.closed_on is not None

    @property
    def is_planned(self) -> bool:
        """Whether it is still to be held."""
        return self.panel.status == PanelStatus.PLANNED

    @property
    def may_change_agenda(self) -> bool:
        """Whether the agenda is still drawn up."""
        return self.is_planned and not self.is_sent and not self.is_held

    @property
    def minutes(self) -> int:
        """How long all of the agenda takes."""
        return sum(each.minutes for each in self.items)

    @property
    def undecided(self) -> Sequence[AgendaItem]:
        """What the panel has still to decide about."""
        return [each for each in self.items if each.decision is None]

    def papers(self, kind: PaperKind = PaperKind.PAPERS) -> Sequence[tuple[int, MeetingPaper]]:
        """The papers of a kind, each with its number, the latest first."""
        numbered = enumerate(self.meeting.papers if self.meeting else [], start=1)
        return [(number, each) for number, each in numbered if each.kind == kind][::-1]


@dataclass(frozen=True)
class Line:
    """A place on the agenda as somebody may see it; ``item`` is null where a conflict closes it."""

    place: int
    minutes: int
    item: AgendaItem | None
    #: What the death lacks: as it is now, or as it was when the papers were sent.
    lacks: Sequence[str] = ()
    is_first: bool = False
    is_last: bool = False


def may_know_of(person: PersonFacts, *, ref: str, **of_it: object) -> bool:
    """Whether a panel of that reference is open to the person from the inside, whatever it has before it."""
    panel = current_session().scalars(select(Panel).where(Panel.ref == ref)).one_or_none()
    return panel is not None and can(person, "meeting.read", inside(panel))


def may_know_of_death(person: PersonFacts, *, case_ref: str, **of_it: object) -> bool:
    """Whether a death of that reference is open to the person, on whatever agenda it is."""
    return deaths.may_know_of(person, ref=case_ref)


@behind(may_know_of)
def sitting(ref: str) -> Sitting:
    """A panel from the inside, with everything its pages show. Raises NoResultFound."""
    session = current_session()
    panel = session.scalars(select(Panel).where(Panel.ref == ref).options(joinedload(Panel.group))).one()
    meeting = session.scalars(
        select(Meeting)
        .where(Meeting.panel_id == panel.id)
        .options(
            joinedload(Meeting.sent_by),
            joinedload(Meeting.closed_by),
            joinedload(Meeting.without_quorum_by),
            selectinload(Meeting.items).options(
                joinedload(AgendaItem.case).options(joinedload(ChildDeathCase.area), *what_readiness_needs()),
                joinedload(AgendaItem.recorded_by),
            ),
            selectinload(Meeting.attendees).options(joinedload(Attendee.person), joinedload(Attendee.agency)),
            selectinload(Meeting.notes).joinedload(MeetingNote.written_by),
            selectinload(Meeting.papers).options(
                joinedload(MeetingPaper.person),
                joinedload(MeetingPaper.made_by),
                joinedload(MeetingPaper.stored_file),
            ),
        )
    ).first()
    return Sitting(panel, meeting)


@behind(may_know_of_death)
def item(ref: str, case_ref: str) -> AgendaItem:
    """A death on the agenda of a panel. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(AgendaItem)
            .join(AgendaItem.meeting)
            .where(
                Meeting.panel_id.in_(select(Panel.id).where(Panel.ref == ref)),
                AgendaItem.case_id.in_(select(ChildDeathCase.id).where(ChildDeathCase.ref == case_ref)),
            )
            .options(
                joinedload(AgendaItem.meeting).joinedload(Meeting.panel),
                joinedload(AgendaItem.case).options(*what_readiness_needs()),
            )
        )
        .one()
    )


@behind(may_know_of)
def attendee(ref: str, number: int) -> Attendee:
    """Whoever was asked to a panel as its first, second … . Raises NoResultFound."""
    found = sitting(ref).attendees
    if not 1 <= number <= len(found):
        raise NoResultFound
    return found[number - 1]


@behind(may_know_of)
def paper(ref: str, number: int) -> MeetingPaper:
    """The first, second … paper that was made of a panel. Raises NoResultFound."""
    held = sitting(ref)
    found = held.meeting.papers if held.meeting else []
    if not 1 <= number <= len(found):
        raise NoResultFound
    return found[number - 1]


def lines(held: Sitting, person: PersonFacts) -> list[Line]:
    """The agenda as a person may see it: of a death in which they have a conflict of interest, nothing."""
    count = len(held.items)
    found = []
    for place, each in enumerate(held.items, start=1):
        is_open = can(person, "child_death.read", each.case.facts)
        lacks = each.lacked.splitlines() if held.is_sent or held.is_held else None
        found.append(
            Line(
                place=place,
                minutes=each.minutes,
                item=each if is_open else None,
                lacks=(lacks_of(each.case) if lacks is None else lacks) if is_open else (),
                is_first=place == 1,
                is_last=place == count,
            )
        )
    return found


def members(panel: Panel) -> Sequence[Person]:
    """Those who have a seat on the group of a panel and have not left, those who chair it first."""
    return (
        current_session()
        .scalars(
            select(Person)
            .join(Seat, Seat.person_id == Person.id)
            .where(Seat.group_id == panel.group_id, Person.active)
            .options(joinedload(Person.agency))
            .order_by(Seat.is_chair.desc(), Person.name, Person.id)
        )
        .unique()
        .all()
    )


def called(person: Person) -> str:
    """A member as pages and minutes call them: name and post, with the agency where there is one."""
    named = f"{person.name}, {person.role_title}"
    return f"{named} ({person.agency.short_name})" if person.agency else named


def member_names(panel: Panel) -> list[str]:
    """The members of a panel as its pages call them, while nobody was recorded as asked."""
    return [called(each) for each in members(panel)]


def names_asked(held: Sitting) -> Mapping[int, str]:
    """What everybody with an account is called who is asked or will be, by row number."""
    seated = {} if held.is_held else {each.id: called(each) for each in members(held.panel)}
    return seated | {each.person_id: each.called for each in held.attendees if each.person_id is not None}


def conflicts_in(items: Sequence[AgendaItem]) -> Mapping[int, frozenset[str]]:
    """Who has a conflict of interest in what is on an agenda: by row number, the references of the deaths."""
    refs = {each.case.ref for each in items}
    found: dict[int, set[str]] = {}
    for ref, people in cases.conflicted().items():
        for person_id in people if ref in refs else ():
            found.setdefault(person_id, set()).add(ref)
    return {person_id: frozenset(theirs) for person_id, theirs in found.items()}


def papers_for(
    held: Sitting, person: PersonFacts, kind: PaperKind = PaperKind.PAPERS
) -> tuple[int, MeetingPaper] | None:
    """The papers or minutes a person should read: those made for them, else those for everybody; the latest.

    None where there are none that tell of no death in which they have a conflict of interest.
    """
    version = held.meeting.papers_version if held.meeting else 0
    latest = [each for each in held.papers(kind) if each[1].version == version]
    own = [each for each in latest if each[1].person_id == person.id]
    general = [each for each in latest if each[1].person_id is None]
    return next((each for each in (*own, *general) if is_open_to(each[1], person)), None)


def is_open_to(paper: MeetingPaper, person: PersonFacts) -> bool:
    """Whether a paper tells of nothing in which the person has a conflict of interest, and was not redacted.

    The scanner may still have to look at it.
    """
    return not paper.tells_of & person.conflicts and paper.stored_file.redacted_at is None


def without_papers(held: Sitting) -> list[Person]:
    """Those asked who have no papers they may read, for their conflict was declared after the sending."""
    if not held.is_sent:
        return []
    conflicts = conflicts_in(held.items)
    version = held.meeting.papers_version if held.meeting else 0
    latest = [paper for _, paper in held.papers() if paper.version == version]
    found = []
    for each in held.attendees:
        theirs = conflicts.get(each.person_id or 0, frozenset())
        mine = [paper for paper in latest if paper.person_id in (None, each.person_id)]
        if each.person and theirs and all(paper.tells_of & theirs for paper in mine):
            found.append(each.person)
    return found


@dataclass(frozen=True)
class PaperOf:
    """Somebody asked to a panel, for whom a paper is to be made."""

    held: Sitting
    person: Person

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the closed compartment of child death reviews."""
        return self.held.facts


@behind(may_know_of)
def paper_of(ref: str, person_ref: str) -> PaperOf:
    """Somebody asked to a panel, by the account. Raises NoResultFound."""
    held = sitting(ref)
    for each in held.attendees:
        if each.person is not None and each.person.ref == person_ref:
            return PaperOf(held, each.person)
    raise NoResultFound


def panels_of(case_ref: str) -> Sequence[str]:
    """The references of the panels on whose agendas a death is or was."""
    case = select(ChildDeathCase.id).where(ChildDeathCase.ref == case_ref)
    had_it = select(Meeting.panel_id).join(Meeting.items).where(AgendaItem.case_id.in_(case))
    return current_session().scalars(select(Panel.ref).where(Panel.id.in_(had_it)).order_by(Panel.id)).all()


def awaited_at(case_id: int) -> str | None:
    """Where a panel is to decide about a death that is before it; null where no agenda waits for that."""
    waits = (
        select(Meeting.panel_id)
        .join(Meeting.items)
        .where(AgendaItem.case_id == case_id, AgendaItem.decision.is_(None), Meeting.closed_on.is_(None))
    )
    before = select(ChildDeathCase.panel_id).where(ChildDeathCase.id == case_id)
    ref = (
        current_session().scalars(select(Panel.ref).where(Panel.id.in_(waits), Panel.id.in_(before))).first()
    )
    return None if ref is None else f"This is on the agenda of {ref}: record there what the panel decided"


def places_of(case: ChildDeathCase) -> Sequence[AgendaItem]:
    """The agendas that a death is or was on, the latest first; shown on the page of the death."""
    return (
        current_session()
        .scalars(
            select(AgendaItem)
            .where(AgendaItem.case_id == case.id)
            .options(joinedload(AgendaItem.case), joinedload(AgendaItem.meeting).joinedload(Meeting.panel))
            .order_by(AgendaItem.id.desc())
        )
        .all()
    )
