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


@dataclass(frozen=True)
class Facts:
    """What the policy knows of a thing. A thing leaves out what does not apply to it."""

    #: The group that oversees the thing; its members share the compartment.
    group_id: int | None = None
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


OVERSIGHT = holds(Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR)
READS_ALL_CASES = holds(Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR, Role.EXECUTIVE)
BOARD_MANAGER = holds(Role.BOARD_MANAGER)
OWES_IT = (owns_it, leads_its_agency)

#: The verb, and the conditions of which one must hold.
TABLE: Mapping[str, tuple[Condition, ...]] = {
    # What everybody signed in may do
    "home.read": (anyone,),
    "organisation.read": (anyone,),
    "demonstration.use": (anyone,),
    # Reviews, their stages, audited cases and figures
    "review.list": (sits_on_a_group, READS_ALL_CASES),
    "review.create": (chairs_a_group, BOARD_MANAGER),
    "review.read": (sits_on_its_group, READS_ALL_CASES),
    "review.change": (chairs_its_group, BOARD_MANAGER),
    # Lessons, strengths and recommendations
    "lesson.list": (anyone,),
    "lesson.create": (sits_on_its_group, BOARD_MANAGER),
    "lesson.read": (sits_on_its_group, READS_ALL_CASES, is_cleared, is_published),
    "lesson.change": (sits_on_its_group, BOARD_MANAGER),
    "lesson.share": (chairs_its_group, BOARD_MANAGER),
    "lesson.withdraw": (sits_on_its_group_while_a_draft, chairs_its_group, BOARD_MANAGER),
    "recommendation.create": (sits_on_its_group, BOARD_MANAGER),
    "recommendation.read": (sits_on_its_group, READS_ALL_CASES),
    "recommendation.change": (sits_on_its_group, BOARD_MANAGER),
    "recommendation.respond": (chairs_its_group, OVERSIGHT),
    # Actions
    "action.list": (works_for_an_agency, sits_on_a_group, READS_ALL_CASES),
    "action.create": (sits_on_its_group, BOARD_MANAGER),
    "action.read": (
        owns_it,
        leads_its_agency,
        on_the_board_for_its_agency,
        sits_on_its_group,
        was_reached_by_the_ladder,
        READS_ALL_CASES,
    ),
    "action.change": (chairs_its_group, BOARD_MANAGER),
    "action.agree": (chairs_its_group, BOARD_MANAGER),
    "action.update": OWES_IT,
    "action.send_for_sign_off": OWES_IT,
    "action.decide_sign_off": (decides_sign_off,),
    "action.ask_for_more_time": OWES_IT,
    "action.decide_extension": (decides_extension,),
    # The trail
    "audit.see_reads": (OVERSIGHT,),
}


def can(person: PersonFacts, verb: str, thing: Facts = NOTHING) -> bool:
    """Whether the person may do this to the thing. An unknown verb is a mistake and raises KeyError."""
    return any(condition(person, thing) for condition in TABLE[verb])
