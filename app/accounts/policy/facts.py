"""The plain facts the policy decides by: what a person is, and what a thing is."""

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
    #: The groups the person sits on, or works for as a co-ordinator.
    member_of: frozenset[int] = frozenset()
    chairs: frozenset[int] = frozenset()
    #: Of the groups the person sits on, and of those they chair, the ones that review child deaths.
    child_death_groups: frozenset[int] = frozenset()
    chairs_child_death_groups: frozenset[int] = frozenset()
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
    #: Whether it lies in the closed compartment of child death reviews.
    is_child_death: bool = False
    #: The group whose members share that compartment, where another one oversees the thing.
    compartment_id: int | None = None
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
