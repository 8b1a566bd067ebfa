"""The table of verbs, and the one decision there is."""

from collections.abc import Mapping

from app.accounts.policy.conditions import (
    ADMINISTRATOR,
    BOARD_MANAGER,
    BRIEFING_EDITOR,
    CDOP_COORDINATOR,
    OVERSIGHT,
    OWES_IT,
    READS_ALL_CASES,
    WITHIN_RESTRICTED,
    Condition,
    anyone,
    broke_its_glass,
    chairs_a_group,
    chairs_child_death_reviews,
    chairs_its_compartment,
    chairs_its_group,
    chairs_its_group_if_any,
    decides_course,
    decides_ending,
    decides_extension,
    decides_sign_off,
    deputises_for_its_owner,
    deputises_for_somebody,
    is_cleared,
    is_in_its_compartment,
    is_on_a_team,
    is_on_its_team,
    is_on_its_team_while_a_draft,
    is_published,
    is_the_person,
    leads_an_agency,
    leads_its_agency,
    leads_its_team,
    leads_the_persons_agency,
    on_the_board_for_its_agency,
    owns_it,
    reviews_child_deaths,
    runs_child_death_reviews,
    runs_its_compartment,
    sits_on_a_group,
    sits_on_its_group,
    sits_on_its_group_while_a_draft,
    was_reached_by_the_ladder,
    works_for_an_agency,
)
from app.accounts.policy.facts import NOTHING, Facts, PersonFacts

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
    #: Who is on the team, who leads it, and that the case is restricted no longer.
    "review.manage_team": (leads_its_team,),
    "review.declare_conflict": (sits_on_its_group, READS_ALL_CASES, is_on_its_team, chairs_its_group),
    "review.manage_conflicts": (chairs_its_group, OVERSIGHT, leads_its_team),
    "glass.break": (OVERSIGHT,),
    "glass.review": (OVERSIGHT,),
    # Child death reviews: a closed compartment, whose door ranks do not open
    "child_death.list": (reviews_child_deaths,),
    "child_death.create": (runs_child_death_reviews,),
    "child_death.read": (is_in_its_compartment, broke_its_glass),
    "child_death.change": (runs_its_compartment,),
    "child_death.declare_conflict": (is_in_its_compartment,),
    "child_death.manage_conflicts": (runs_its_compartment,),
    #: Whether a local clock may stand still, and whether what is left open keeps a case from being closed.
    "child_death.approve": (chairs_its_compartment,),
    #: What an agency was asked for; whoever answers sees nothing else of the case.
    "agency_return.list": (works_for_an_agency, deputises_for_somebody, reviews_child_deaths),
    "agency_return.read": (*OWES_IT, is_in_its_compartment),
    "agency_return.answer": (*OWES_IT, runs_its_compartment),
    "agency_return.reassign": (leads_its_agency, runs_its_compartment),
    #: The panel as a meeting and as a source: what it teaches tells of no single death.
    "panel.list": (reviews_child_deaths, READS_ALL_CASES),
    "panel.create": (runs_child_death_reviews,),
    "panel.read": (sits_on_its_group, READS_ALL_CASES, CDOP_COORDINATOR),
    "panel.change": (chairs_its_group, CDOP_COORDINATOR),
    #: What a panel does inside the compartment: its agenda, papers, attendance and decisions.
    "meeting.read": (is_in_its_compartment,),
    "meeting.change": (runs_its_compartment,),
    #: Whether a panel that is not quorate decides.
    "meeting.approve": (chairs_its_compartment,),
    "quorum.change": (ADMINISTRATOR, chairs_child_death_reviews),
    # Figures of child deaths: suppressed for the board's groups, in full inside the compartment
    "figures.read": (sits_on_a_group, reviews_child_deaths, READS_ALL_CASES),
    "figures.read_in_full": (reviews_child_deaths,),
    "figures.publish": (runs_child_death_reviews,),
    "figures.override": (chairs_child_death_reviews,),
    # Lessons, strengths and recommendations
    "lesson.list": (anyone,),
    "lesson.create": (sits_on_its_group, BOARD_MANAGER, is_on_its_team, is_in_its_compartment),
    "lesson.read": (
        sits_on_its_group,
        READS_ALL_CASES,
        is_on_its_team,
        broke_its_glass,
        is_cleared,
        is_published,
        is_in_its_compartment,
    ),
    "lesson.change": (sits_on_its_group, BOARD_MANAGER, is_on_its_team, is_in_its_compartment),
    "lesson.share": (chairs_its_group, BOARD_MANAGER, leads_its_team, runs_its_compartment),
    "lesson.withdraw": (
        sits_on_its_group_while_a_draft,
        is_on_its_team_while_a_draft,
        chairs_its_group,
        BOARD_MANAGER,
        leads_its_team,
        runs_its_compartment,
    ),
    "recommendation.create": (sits_on_its_group, BOARD_MANAGER, is_on_its_team, is_in_its_compartment),
    "recommendation.read": (
        sits_on_its_group,
        READS_ALL_CASES,
        is_on_its_team,
        broke_its_glass,
        is_in_its_compartment,
    ),
    "recommendation.change": (sits_on_its_group, BOARD_MANAGER, is_on_its_team, is_in_its_compartment),
    "recommendation.respond": (chairs_its_group, OVERSIGHT, leads_its_team, chairs_its_compartment),
    "theme.change": (ADMINISTRATOR, BOARD_MANAGER),
    # Actions
    "action.list": (
        works_for_an_agency,
        sits_on_a_group,
        READS_ALL_CASES,
        deputises_for_somebody,
        is_on_a_team,
        reviews_child_deaths,
    ),
    "action.create": (sits_on_its_group, BOARD_MANAGER, is_on_its_team, is_in_its_compartment),
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
        is_in_its_compartment,
    ),
    "action.change": (chairs_its_group, BOARD_MANAGER, leads_its_team, runs_its_compartment),
    "action.agree": (chairs_its_group, BOARD_MANAGER, leads_its_team, runs_its_compartment),
    "action.update": OWES_IT,
    "action.acknowledge": OWES_IT,
    "action.send_for_sign_off": OWES_IT,
    "action.say_not_for_us": OWES_IT,
    "action.reassign": (leads_its_agency, BOARD_MANAGER, leads_its_team, runs_its_compartment),
    "action.decide_sign_off": (decides_sign_off,),
    "action.return_evidence": (decides_sign_off,),
    "action.ratify": (chairs_its_group, leads_its_team, chairs_its_compartment),
    "action.ask_for_more_time": OWES_IT,
    "action.decide_extension": (decides_extension,),
    #: Hold, resume, escalate, bring back, supersede, merge, split, withdraw and answer "not for us".
    "action.decide_course": (decides_course,),
    "action.close_not_implemented": (decides_ending,),
    "action.reopen": (decides_course, sits_on_its_group, is_on_its_team, is_in_its_compartment),
    "action.show_impact": OWES_IT,
    "action.confirm_impact": (decides_course,),
    "action.override_colour": (decides_course,),
    "action.nudge": (chairs_its_group, OVERSIGHT, leads_its_agency, leads_its_team, chairs_its_compartment),
    # Challenges to agencies and to bodies outside
    "challenge.list": (sits_on_a_group, READS_ALL_CASES, is_on_a_team, reviews_child_deaths),
    "challenge.create": (chairs_its_group_if_any, OVERSIGHT, leads_its_team, chairs_its_compartment),
    "challenge.read": (
        sits_on_its_group,
        READS_ALL_CASES,
        is_on_its_team,
        broke_its_glass,
        is_in_its_compartment,
    ),
    "challenge.change": (chairs_its_group, OVERSIGHT, leads_its_team, chairs_its_compartment),
    # Briefings: what went out is everybody's; what is being written is for those who write, clear or oversee
    "briefing.list": (anyone,),
    "briefing.read": (anyone,),
    "briefing.draft": (BRIEFING_EDITOR, READS_ALL_CASES),
    "briefing.change": (BRIEFING_EDITOR, BOARD_MANAGER),
    #: The second person's clearance; that nobody clears what they wrote is a rule of its own.
    "briefing.clear": (BRIEFING_EDITOR, OVERSIGHT),
    "briefing.send": (BRIEFING_EDITOR, BOARD_MANAGER),
    "briefing.results": (BRIEFING_EDITOR, READS_ALL_CASES, sits_on_a_group, leads_an_agency),
    "briefing_settings.change": (ADMINISTRATOR, BOARD_MANAGER),
    "event.list": (anyone,),
    "event.change": (BRIEFING_EDITOR, BOARD_MANAGER),
    "subscriber.list": (BRIEFING_EDITOR, BOARD_MANAGER, ADMINISTRATOR),
    "subscriber.change": (BRIEFING_EDITOR, BOARD_MANAGER, ADMINISTRATOR),
    # A verb of its own: opening the form is no reading to be put on record, or it would tell who wrote.
    "feedback.give": (anyone,),
    "receipt.give": (anyone,),
    "receipt.withdraw": (BRIEFING_EDITOR, BOARD_MANAGER, leads_its_agency),
    # Messages, jobs and what is to come
    "reminder.preview": (ADMINISTRATOR, OVERSIGHT),
    "message.list": (ADMINISTRATOR, BOARD_MANAGER),
    "message.settle": (ADMINISTRATOR, BOARD_MANAGER),
    "address.list": (leads_an_agency, ADMINISTRATOR, BOARD_MANAGER),
    "address.settle": (leads_the_persons_agency, ADMINISTRATOR, BOARD_MANAGER),
    "health.read": (ADMINISTRATOR, OVERSIGHT),
    # The trail, and what should never have been written
    "audit.see_reads": (OVERSIGHT,),
    "audit.search": (OVERSIGHT, ADMINISTRATOR, broke_its_glass),
    "redaction.list": (sits_on_a_group, OVERSIGHT, is_on_a_team, reviews_child_deaths),
    "redaction.ask": (sits_on_its_group, BOARD_MANAGER, is_on_its_team, is_in_its_compartment),
    "redaction.decide": (chairs_its_group, OVERSIGHT, leads_its_team, runs_its_compartment),
}

#: What may be done to wording that left its compartment, whatever stands between the person and the case.
_OF_PUBLISHED_WORDING = frozenset({"lesson.read"})


def can(person: PersonFacts, verb: str, thing: Facts = NOTHING) -> bool:
    """Whether the person may do this to the thing. An unknown verb is a mistake and raises KeyError.

    1. A conflict of interest in the case leaves nothing of it but what was published.
    2. A restricted case is open to its team, to those who owe, decide or were reached, and for a day to
       whoever broke the glass; ranks do not count. On the team, a person keeps what their rank allows.
    3. Otherwise one of the verb's conditions must hold.
    """
    conditions = TABLE[verb]
    if thing.source_ref is not None and thing.source_ref in person.conflicts:
        return verb in _OF_PUBLISHED_WORDING and is_published(person, thing)
    if thing.is_restricted and thing.source_ref not in person.teams:
        conditions = tuple(condition for condition in conditions if condition in WITHIN_RESTRICTED)
    return any(condition(person, thing) for condition in conditions)


def is_behind_glass(person: PersonFacts, source_ref: str | None) -> bool:
    """Whether the person reads this case only because they broke its glass today."""
    return source_ref in person.broken_glass and source_ref not in person.teams
