"""The conditions of the policy: each a question about a person and a thing, answered from plain facts."""

from collections.abc import Callable

from app.accounts.policy.facts import Facts, PersonFacts, Role, Sharing

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
    """The person has a seat on some group, or co-ordinates child death reviews."""
    return bool(person.member_of)


def chairs_a_group(person: PersonFacts, thing: Facts) -> bool:
    """The person chairs some group."""
    return bool(person.chairs)


def leads_an_agency(person: PersonFacts, thing: Facts) -> bool:
    """The person leads some agency."""
    return bool(person.leads)


def sits_on_its_group(person: PersonFacts, thing: Facts) -> bool:
    """The person sits on the group that oversees the thing, or co-ordinates its child death reviews."""
    return thing.group_id is not None and thing.group_id in person.member_of


def is_on_its_team_while_a_draft(person: PersonFacts, thing: Facts) -> bool:
    """The person is on the team of the restricted case, and nobody outside has read its wording."""
    return thing.sharing == Sharing.DRAFT and is_on_its_team(person, thing)


def sits_on_its_group_while_a_draft(person: PersonFacts, thing: Facts) -> bool:
    """The person sits on the group that oversees the thing, and nobody outside has read its wording."""
    return thing.sharing == Sharing.DRAFT and sits_on_its_group(person, thing)


def chairs_its_group(person: PersonFacts, thing: Facts) -> bool:
    """The person chairs the group that oversees the thing."""
    return thing.group_id is not None and thing.group_id in person.chairs


def chairs_its_group_if_any(person: PersonFacts, thing: Facts) -> bool:
    """The person chairs the group that oversees the thing; of what no group oversees, some group."""
    return chairs_a_group(person, thing) if thing.group_id is None else chairs_its_group(person, thing)


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


def is_the_person(person: PersonFacts, thing: Facts) -> bool:
    """The record is about the person themselves."""
    return thing.person_id is not None and thing.person_id == person.id


def leads_the_persons_agency(person: PersonFacts, thing: Facts) -> bool:
    """The record is about somebody of an agency that the person leads."""
    return thing.person_id is not None and thing.agency_id in person.leads


def reviews_child_deaths(person: PersonFacts, thing: Facts) -> bool:
    """The person co-ordinates child death reviews, or sits on a group that does them."""
    return Role.CDOP_COORDINATOR in person.roles or bool(person.child_death_groups)


def runs_child_death_reviews(person: PersonFacts, thing: Facts) -> bool:
    """The person co-ordinates child death reviews, or chairs a group that does them."""
    return Role.CDOP_COORDINATOR in person.roles or bool(person.chairs_child_death_groups)


def chairs_child_death_reviews(person: PersonFacts, thing: Facts) -> bool:
    """The person chairs a group that reviews child deaths."""
    return bool(person.chairs_child_death_groups)


def is_in_its_compartment(person: PersonFacts, thing: Facts) -> bool:
    """The thing is a child death or belongs to one, and the person reviews those.

    Nobody is let in by a seat on another group that oversees the action.
    """
    return thing.is_child_death and (
        Role.CDOP_COORDINATOR in person.roles or _compartment(thing) in person.child_death_groups
    )


def runs_its_compartment(person: PersonFacts, thing: Facts) -> bool:
    """The thing is a child death or belongs to one, and the person co-ordinates or chairs its review."""
    return thing.is_child_death and (
        Role.CDOP_COORDINATOR in person.roles or _compartment(thing) in person.chairs_child_death_groups
    )


def chairs_its_compartment(person: PersonFacts, thing: Facts) -> bool:
    """The thing is a child death or belongs to one, and the person chairs the group that reviews it."""
    return thing.is_child_death and _compartment(thing) in person.chairs_child_death_groups


def _compartment(thing: Facts) -> int | None:
    """The group that reviews the death."""
    return thing.group_id if thing.compartment_id is None else thing.compartment_id


OVERSIGHT = holds(Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR)
READS_ALL_CASES = holds(Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR, Role.EXECUTIVE)
CDOP_COORDINATOR = holds(Role.CDOP_COORDINATOR)
BOARD_MANAGER = holds(Role.BOARD_MANAGER)
BRIEFING_EDITOR = holds(Role.BRIEFING_EDITOR)
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
        is_on_its_team_while_a_draft,
        leads_its_team,
        is_in_its_compartment,
        runs_its_compartment,
        chairs_its_compartment,
        broke_its_glass,
        is_the_person,
        leads_the_persons_agency,
    }
)
