"""The policy: who may do what, as one table that a person can read.

``can(person, verb, facts)`` is the only decision there is. It takes plain values, so that the same table
serves views, templates, list filters and tests. What the table does not allow is refused. Nobody ranks
above the conditions written here; an administrator sees no case content.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the partnership. Seats on groups and ownership of actions stand beside it."""

    ADMINISTRATOR = "administrator"
    BOARD_MANAGER = "board_manager"
    INDEPENDENT_CHAIR = "independent_chair"
    EXECUTIVE = "executive"
    CDOP_COORDINATOR = "cdop_coordinator"
    AGENCY_LEAD = "agency_lead"
    BOARD_MEMBER = "board_member"
    ACTION_OWNER = "action_owner"
    BRIEFING_EDITOR = "briefing_editor"
    STAFF_READER = "staff_reader"


ROLE_LABELS = {
    Role.ADMINISTRATOR: "Administrator",
    Role.BOARD_MANAGER: "Board manager",
    Role.INDEPENDENT_CHAIR: "Independent chair",
    Role.EXECUTIVE: "Executive",
    Role.CDOP_COORDINATOR: "CDOP co-ordinator",
    Role.AGENCY_LEAD: "Agency lead",
    Role.BOARD_MEMBER: "Agency's board member",
    Role.ACTION_OWNER: "Action owner",
    Role.BRIEFING_EDITOR: "Briefing editor",
    Role.STAFF_READER: "Staff reader",
}


class Sharing(StrEnum):
    """How far the wording of a lesson may travel."""

    DRAFT = "draft"
    CLEARED = "cleared"
    PUBLISHED = "published"


class ExtensionDecider(StrEnum):
    """Who decides a request for more time."""

    BOARD_MANAGER = "board_manager"
    GROUP_CHAIR = "group_chair"
    INDEPENDENT_CHAIR = "independent_chair"


@dataclass(frozen=True)
class PersonFacts:
    """What the policy knows of a person; every number is a row number."""

    id: int
    agency_id: int | None = None
    roles: frozenset[Role] = frozenset()
    leads: frozenset[int] = frozenset()
    board_member_for: frozenset[int] = frozenset()
    member_of: frozenset[int] = frozenset()
    chairs: frozenset[int] = frozenset()
    #: The people whom the person stands in for today.
    deputises_for: frozenset[int] = frozenset()
    #: Cases, by the reference of their source: those whose restricted team the person is on and whose team
    #: they lead, those they have a conflict of interest in, and those they broke the glass of today.
    teams: frozenset[str] = frozenset()
    leads_teams: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    broken_glass: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """What the policy knows of a thing. A thing leaves out what does not apply to it."""

    #: The group that oversees the thing; its members share the compartment.
    group_id: int | None = None
    #: The case whose compartment the thing lies in, by the reference of its source; null outside of any.
    source_ref: str | None = None
    #: Whether only the team of that case may open it.
    is_restricted: bool = False
    #: How far the wording may travel, for lessons.
    sharing: Sharing | None = None
    #: The person who owns the action, and the agency that is accountable for it.
    owner_id: int | None = None
    agency_id: int | None = None
    #: The people the ladder has reached about this action.
    reached_ids: frozenset[int] = frozenset()
    #: Those who decide the action's sign-off, and those who decide the last request for more time about it;
    #: never the people or agencies that answer for it.
    sign_off_decider_ids: frozenset[int] = frozenset()
    extension_decider_ids: frozenset[int] = frozenset()
    #: Those who decide whether the action stops, ends, moves on, or made the difference that is claimed.
    course_decider_ids: frozenset[int] = frozenset()
    #: Those who may end it without its being done: chairs alone.
    ending_decider_ids: frozenset[int] = frozenset()
    #: The person a record is about, where it is about one.
    person_id: int | None = None


NOTHING = Facts()

Condition = Callable[[PersonFacts, Facts], bool]


def holds(*roles: Role) -> Condition:
    """The person holds one of the roles."""

    def condition(person: PersonFacts, thing: Facts) -> bool:
        return not person.roles.isdisjoint(roles)

    return condition


def anyone(person: PersonFacts, thing: Facts) -> bool:
    """Anyone signed in."""
    return True


def sits_on_a_group(person: PersonFacts, thing: Facts) -> bool:
    """The person has a seat on some group."""
    return bool(person.member_of)


def chairs_a_group(person: PersonFacts, thing: Facts) -> bool:
    """The person chairs some group."""
    return bool(person.chairs)


def sits_on_its_group(person: PersonFacts, thing: Facts) -> bool:
    """The person sits on the group that oversees the thing."""
    return thing.group_id is not None and thing.group_id in person.member_of


def sits_on_its_group_while_a_draft(person: PersonFacts, thing: Facts) -> bool:
    """The person sits on the group that oversees the thing, and nobody outside has read its wording."""
    return thing.sharing == Sharing.DRAFT and sits_on_its_group(person, thing)


def chairs_its_group(person: PersonFacts, thing: Facts) -> bool:
    """The person chairs the group that oversees the thing."""
    return thing.group_id is not None and thing.group_id in person.chairs


def works_for_an_agency(person: PersonFacts, thing: Facts) -> bool:
    """The person owns actions, leads an agency or sits on the board for one."""
    return not person.roles.isdisjoint({Role.ACTION_OWNER, Role.AGENCY_LEAD, Role.BOARD_MEMBER})


def owns_it(person: PersonFacts, thing: Facts) -> bool:
    """The person owns the action."""
    return thing.owner_id == person.id


def leads_its_agency(person: PersonFacts, thing: Facts) -> bool:
    """The person is the lead of the agency that is accountable for the action."""
    return thing.agency_id is not None and thing.agency_id in person.leads


def on_the_board_for_its_agency(person: PersonFacts, thing: Facts) -> bool:
    """The person sits on the board for the agency that is accountable for the action."""
    return thing.agency_id is not None and thing.agency_id in person.board_member_for


def was_reached_by_the_ladder(person: PersonFacts, thing: Facts) -> bool:
    """The ladder of reminders has reached the person about this action."""
    return person.id in thing.reached_ids


def is_cleared(person: PersonFacts, thing: Facts) -> bool:
    """The wording was cleared, or published since; staff outside the agencies' leads wait for publication."""
    return thing.sharing == Sharing.CLEARED and (
        works_for_an_agency(person, thing) or Role.BRIEFING_EDITOR in person.roles
    )


def is_published(person: PersonFacts, thing: Facts) -> bool:
    """The wording was published."""
    return thing.sharing == Sharing.PUBLISHED


def decides_sign_off(person: PersonFacts, thing: Facts) -> bool:
    """The chair of its group or the board manager decides, never for their own agency.

    If all who may decide belong to that agency, the independent chair decides.
    """
    return person.id in thing.sign_off_decider_ids


def decides_extension(person: PersonFacts, thing: Facts) -> bool:
    """Whoever the extension's tier names decides it, never for their own agency.

    If all whom the tier names belong to that agency, the independent chair decides.
    """
    return person.id in thing.extension_decider_ids


def decides_course(person: PersonFacts, thing: Facts) -> bool:
    """The chair of its group or the board manager decides, by the same rule as for a sign-off."""
    return person.id in thing.course_decider_ids


def decides_ending(person: PersonFacts, thing: Facts) -> bool:
    """The chair of its group decides, or the independent chair in the place of a chair who answers for it."""
    return person.id in thing.ending_decider_ids


def deputises_for_its_owner(person: PersonFacts, thing: Facts) -> bool:
    """The person stands in for the owner of the action today."""
    return thing.owner_id is not None and thing.owner_id in person.deputises_for


def is_on_its_team(person: PersonFacts, thing: Facts) -> bool:
    """The person is on the team of the restricted case."""
    return thing.is_restricted and thing.source_ref in person.teams


def leads_its_team(person: PersonFacts, thing: Facts) -> bool:
    """The person says who else is on the team of the restricted case."""
    return thing.is_restricted and thing.source_ref in person.leads_teams


def is_on_a_team(person: PersonFacts, thing: Facts) -> bool:
    """The person is on the team of some restricted case."""
    return bool(person.teams)


def deputises_for_somebody(person: PersonFacts, thing: Facts) -> bool:
    """The person stands in for somebody today."""
    return bool(person.deputises_for)


def broke_its_glass(person: PersonFacts, thing: Facts) -> bool:
    """The person broke the glass of the restricted case today, which lets them read it."""
    return thing.is_restricted and thing.source_ref in person.broken_glass


def leads_an_agency(person: PersonFacts, thing: Facts) -> bool:
    """The person is the lead of some agency."""
    return bool(person.leads)


def is_the_person(person: PersonFacts, thing: Facts) -> bool:
    """The record is about the person themselves."""
    return thing.person_id is not None and thing.person_id == person.id


def leads_the_persons_agency(person: PersonFacts, thing: Facts) -> bool:
    """The record is about somebody of an agency that the person leads."""
    return thing.person_id is not None and thing.agency_id in person.leads


OVERSIGHT = holds(Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR)
READS_ALL_CASES = holds(Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR, Role.EXECUTIVE)
BOARD_MANAGER = holds(Role.BOARD_MANAGER)
ADMINISTRATOR = holds(Role.ADMINISTRATOR)
OWES_IT = (owns_it, deputises_for_its_owner, leads_its_agency)

#: Conditions that hold for a restricted case too: what somebody owes, decides, was reached about or works on,
#: and wording that left its compartment. Every other condition stops at the door of a restricted case.
WITHIN_RESTRICTED = frozenset(
    {
        owns_it,
        deputises_for_its_owner,
        leads_its_agency,
        on_the_board_for_its_agency,
        was_reached_by_the_ladder,
        decides_sign_off,
        decides_extension,
        decides_course,
        decides_ending,
        is_cleared,
        is_published,
        is_on_its_team,
        leads_its_team,
        broke_its_glass,
        is_the_person,
        leads_the_persons_agency,
    }
)

#: The verb, and the conditions of which one must hold.
TABLE: Mapping[str, tuple[Condition, ...]] = {
    # What everybody signed in may do
    "home.read": (anyone,),
    "organisation.read": (anyone,),
    "account.read": (anyone,),
    "account.change": (anyone,),
    "demonstration.use": (anyone,),
    # The structures of the partnership, and the people in it
    "structure.change": (ADMINISTRATOR,),
    "person.list": (ADMINISTRATOR, BOARD_MANAGER),
    "person.invite": (ADMINISTRATOR,),
    "person.change": (ADMINISTRATOR,),
    "person.deactivate": (ADMINISTRATOR, BOARD_MANAGER),
    "person.arrange_deputy": (is_the_person, leads_the_persons_agency, ADMINISTRATOR, BOARD_MANAGER),
    "rules.change": (ADMINISTRATOR,),
    # Reviews, their stages, audited cases and figures
    "review.list": (sits_on_a_group, READS_ALL_CASES, is_on_a_team),
    "review.create": (chairs_a_group, BOARD_MANAGER),
    "review.read": (sits_on_its_group, READS_ALL_CASES, is_on_its_team, broke_its_glass),
    "review.change": (chairs_its_group, BOARD_MANAGER, leads_its_team),
    # Who may open a case
    "review.restrict": (chairs_its_group, BOARD_MANAGER),
    "review.manage_team": (leads_its_team,),
    "review.declare_conflict": (sits_on_its_group, READS_ALL_CASES, is_on_its_team, chairs_its_group),
    "review.manage_conflicts": (chairs_its_group, OVERSIGHT, leads_its_team),
    "glass.break": (OVERSIGHT,),
    "glass.review": (OVERSIGHT,),
    # Lessons, strengths and recommendations
    "lesson.list": (anyone,),
    "lesson.create": (sits_on_its_group, BOARD_MANAGER, is_on_its_team),
    "lesson.read": (
        sits_on_its_group,
        READS_ALL_CASES,
        is_on_its_team,
        broke_its_glass,
        is_cleared,
        is_published,
    ),
    "lesson.change": (sits_on_its_group, BOARD_MANAGER, is_on_its_team),
    "lesson.share": (chairs_its_group, BOARD_MANAGER, leads_its_team),
    "lesson.withdraw": (sits_on_its_group_while_a_draft, chairs_its_group, BOARD_MANAGER, leads_its_team),
    "recommendation.create": (sits_on_its_group, BOARD_MANAGER, is_on_its_team),
    "recommendation.read": (sits_on_its_group, READS_ALL_CASES, is_on_its_team, broke_its_glass),
    "recommendation.change": (sits_on_its_group, BOARD_MANAGER, is_on_its_team),
    "recommendation.respond": (chairs_its_group, OVERSIGHT, leads_its_team),
    "theme.change": (ADMINISTRATOR, BOARD_MANAGER),
    # Actions
    "action.list": (
        works_for_an_agency,
        sits_on_a_group,
        READS_ALL_CASES,
        deputises_for_somebody,
        is_on_a_team,
    ),
    "action.create": (sits_on_its_group, BOARD_MANAGER, is_on_its_team),
    "action.read": (
        owns_it,
        deputises_for_its_owner,
        leads_its_agency,
        on_the_board_for_its_agency,
        sits_on_its_group,
        was_reached_by_the_ladder,
        decides_sign_off,
        decides_extension,
        decides_course,
        decides_ending,
        is_on_its_team,
        broke_its_glass,
        READS_ALL_CASES,
    ),
    "action.change": (chairs_its_group, BOARD_MANAGER, leads_its_team),
    "action.agree": (chairs_its_group, BOARD_MANAGER, leads_its_team),
    "action.update": OWES_IT,
    "action.acknowledge": OWES_IT,
    "action.send_for_sign_off": OWES_IT,
    "action.say_not_for_us": OWES_IT,
    "action.reassign": (leads_its_agency, BOARD_MANAGER),
    "action.decide_sign_off": (decides_sign_off,),
    "action.return_evidence": (decides_sign_off,),
    "action.ratify": (chairs_its_group,),
    "action.ask_for_more_time": OWES_IT,
    "action.decide_extension": (decides_extension,),
    #: Hold, resume, escalate, bring back, supersede, merge, split, withdraw and answer "not for us".
    "action.decide_course": (decides_course,),
    "action.close_not_implemented": (decides_ending,),
    "action.reopen": (decides_course, sits_on_its_group),
    "action.show_impact": OWES_IT,
    "action.confirm_impact": (decides_course,),
    "action.override_colour": (decides_course,),
    "action.nudge": (chairs_its_group, OVERSIGHT, leads_its_agency),
    # Challenges to agencies and to bodies outside
    "challenge.list": (sits_on_a_group, READS_ALL_CASES),
    "challenge.create": (chairs_a_group, OVERSIGHT),
    "challenge.read": (sits_on_its_group, READS_ALL_CASES, is_on_its_team, broke_its_glass),
    "challenge.change": (chairs_its_group, OVERSIGHT, leads_its_team),
    # Messages, jobs and what is to come
    "reminder.preview": (ADMINISTRATOR, OVERSIGHT),
    "message.list": (ADMINISTRATOR, BOARD_MANAGER),
    "message.settle": (ADMINISTRATOR, BOARD_MANAGER),
    "address.settle": (leads_the_persons_agency, ADMINISTRATOR, BOARD_MANAGER),
    "health.read": (ADMINISTRATOR, OVERSIGHT),
    # The trail, and what should never have been written
    "audit.see_reads": (OVERSIGHT,),
    "audit.search": (OVERSIGHT, ADMINISTRATOR),
    "redaction.ask": (sits_on_its_group, BOARD_MANAGER, is_on_its_team),
    "redaction.decide": (chairs_its_group, OVERSIGHT, leads_its_team),
}

#: What may be done to wording that left its compartment, whatever stands between the person and the case.
_OF_PUBLISHED_WORDING = frozenset({"lesson.read"})


def can(person: PersonFacts, verb: str, thing: Facts = NOTHING) -> bool:
    """Whether the person may do this to the thing. An unknown verb is a mistake and raises KeyError.

    1. A conflict of interest in the case leaves nothing of it but what was published.
    2. A restricted case is open to its team, to those who owe, decide or were reached, and for a day to
       whoever broke the glass; ranks do not count.
    3. Otherwise one of the verb's conditions must hold.
    """
    conditions = TABLE[verb]
    if thing.source_ref is not None and thing.source_ref in person.conflicts:
        return verb in _OF_PUBLISHED_WORDING and is_published(person, thing)
    if thing.is_restricted and thing.source_ref not in person.teams:
        conditions = tuple(condition for condition in conditions if condition in WITHIN_RESTRICTED)
    return any(condition(person, thing) for condition in conditions)
