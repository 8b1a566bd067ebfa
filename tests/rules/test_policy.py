"""The policy, held against a table written by hand: what each person of the cast may do to each thing.

The things are a draft lesson, a cleared and a published one, a review of the SCR Sub-Group, and an action of
Homerton that the SCR Sub-Group oversees; and the same of a case restricted to a team.
"""

from dataclasses import replace

import pytest

from app.accounts.policy import NOTHING, TABLE, Facts, PersonFacts, Role, Sharing, can, is_behind_glass

SCR, QA, CDOP = 1, 2, 3
HOMERTON, POLICE, BOARD_TEAM, CCG = 11, 12, 13, 14

CAST = {
    "board manager": PersonFacts(1, BOARD_TEAM, frozenset({Role.BOARD_MANAGER})),
    "independent chair": PersonFacts(2, None, frozenset({Role.INDEPENDENT_CHAIR})),
    "executive": PersonFacts(3, CCG, frozenset({Role.EXECUTIVE})),
    "scr chair": PersonFacts(4, CCG, member_of=frozenset({SCR}), chairs=frozenset({SCR})),
    "scr member": PersonFacts(5, POLICE, member_of=frozenset({SCR})),
    "qa chair": PersonFacts(6, CCG, member_of=frozenset({QA}), chairs=frozenset({QA})),
    "cdop co-ordinator": PersonFacts(7, BOARD_TEAM, frozenset({Role.CDOP_COORDINATOR})),
    "homerton lead": PersonFacts(8, HOMERTON, frozenset({Role.AGENCY_LEAD}), leads=frozenset({HOMERTON})),
    "homerton board member": PersonFacts(
        9, HOMERTON, frozenset({Role.BOARD_MEMBER}), board_member_for=frozenset({HOMERTON})
    ),
    "owner": PersonFacts(10, HOMERTON, frozenset({Role.ACTION_OWNER})),
    "police owner": PersonFacts(11, POLICE, frozenset({Role.ACTION_OWNER})),
    "police lead": PersonFacts(12, POLICE, frozenset({Role.AGENCY_LEAD}), leads=frozenset({POLICE})),
    "briefing editor": PersonFacts(13, BOARD_TEAM, frozenset({Role.BRIEFING_EDITOR})),
    "staff reader": PersonFacts(14, POLICE, frozenset({Role.STAFF_READER})),
    "administrator": PersonFacts(15, BOARD_TEAM, frozenset({Role.ADMINISTRATOR})),
    # Those whom dates and single cases make somebody: R-2 is restricted to the team of two.
    "deputy of the owner": PersonFacts(16, HOMERTON, deputises_for=frozenset({10})),
    "lead of the team": PersonFacts(17, CCG, teams=frozenset({"R-2"}), leads_teams=frozenset({"R-2"})),
    "team": PersonFacts(18, POLICE, teams=frozenset({"R-2"})),
    "chair of another board": PersonFacts(
        19, None, frozenset({Role.INDEPENDENT_CHAIR}), broken_glass=frozenset({"R-2"})
    ),
    # The compartment of child deaths. D-1 is one; the last broke its glass.
    "cdop chair": PersonFacts(
        20,
        CCG,
        member_of=frozenset({CDOP}),
        chairs=frozenset({CDOP}),
        child_death_groups=frozenset({CDOP}),
        chairs_child_death_groups=frozenset({CDOP}),
    ),
    "cdop member": PersonFacts(21, POLICE, member_of=frozenset({CDOP}), child_death_groups=frozenset({CDOP})),
    "manager of another board": PersonFacts(
        22, None, frozenset({Role.BOARD_MANAGER}), broken_glass=frozenset({"D-1"})
    ),
}
ACTION = Facts(
    group_id=SCR,
    source_ref="R-1",
    owner_id=10,
    agency_id=HOMERTON,
    sign_off_decider_ids=frozenset({1, 4}),
    extension_decider_ids=frozenset({1}),
    course_decider_ids=frozenset({1, 4}),
    ending_decider_ids=frozenset({4}),
)
THINGS = {
    "nothing": NOTHING,
    "review": Facts(group_id=SCR, source_ref="R-1"),
    "draft": Facts(group_id=SCR, source_ref="R-1", sharing=Sharing.DRAFT),
    "cleared": Facts(group_id=SCR, source_ref="R-1", sharing=Sharing.CLEARED),
    "published": Facts(group_id=SCR, source_ref="R-1", sharing=Sharing.PUBLISHED),
    "action": ACTION,
    "police person": Facts(person_id=14, agency_id=POLICE),
    "restricted": Facts(group_id=SCR, source_ref="R-2", is_restricted=True),
    "restricted draft": Facts(group_id=SCR, source_ref="R-2", is_restricted=True, sharing=Sharing.DRAFT),
    "restricted, published": Facts(
        group_id=SCR, source_ref="R-2", is_restricted=True, sharing=Sharing.PUBLISHED
    ),
    "restricted action": replace(
        ACTION,
        source_ref="R-2",
        is_restricted=True,
        sign_off_decider_ids=frozenset({17}),
        extension_decider_ids=frozenset({17}),
        course_decider_ids=frozenset({17}),
        ending_decider_ids=frozenset({17}),
    ),
    "death": Facts(group_id=CDOP, source_ref="D-1", is_restricted=True, is_child_death=True),
    "death, published": Facts(
        group_id=CDOP,
        source_ref="D-1",
        is_restricted=True,
        is_child_death=True,
        sharing=Sharing.PUBLISHED,
    ),
    "death's action": replace(
        ACTION,
        group_id=CDOP,
        source_ref="D-1",
        is_restricted=True,
        is_child_death=True,
        sign_off_decider_ids=frozenset({20}),
        extension_decider_ids=frozenset({20}),
        course_decider_ids=frozenset({20}),
        ending_decider_ids=frozenset({20}),
    ),
    #: An action of a death that another group oversees: its members are let into nothing by that.
    "death's action elsewhere": replace(ACTION, source_ref="D-1", is_restricted=True, is_child_death=True),
    "return": Facts(
        group_id=CDOP,
        source_ref="D-1",
        is_restricted=True,
        is_child_death=True,
        owner_id=10,
        agency_id=HOMERTON,
    ),
    "panel": Facts(group_id=CDOP, source_ref="P-1"),
    "meeting": Facts(group_id=CDOP, source_ref="P-1", is_restricted=True, is_child_death=True),
}
MANAGERS = {"board manager", "manager of another board"}
EVERYONE = set(CAST)
CHAIRS_OF_ALL = {"independent chair", "chair of another board"}
OVERSIGHT = CHAIRS_OF_ALL | MANAGERS
CASE_READERS = OVERSIGHT | {"executive", "scr chair", "scr member"}
CASE_WRITERS = MANAGERS | {"scr chair", "scr member"}
CHAIRS = MANAGERS | {"scr chair"}
DECIDERS = {"board manager", "scr chair"}
ANY_SEAT = CASE_READERS | {"qa chair", "cdop chair", "cdop member"}
TEAM = {"lead of the team", "team"}
LEAD = {"lead of the team"}
ON_GLASS = {"chair of another board"}
AGENCY_PEOPLE = {"homerton lead", "homerton board member", "owner", "police owner", "police lead"}
OWING = {"owner", "deputy of the owner", "homerton lead"}
OWING_OR_ANSWERING = OWING | {"homerton board member"}
OFFICE = {"administrator"} | MANAGERS
COORDINATOR = {"cdop co-ordinator"}
RUNS_DEATHS = COORDINATOR | {"cdop chair"}
REVIEWS_DEATHS = RUNS_DEATHS | {"cdop member"}
ON_DEATHS_GLASS = {"manager of another board"}
ADMINISTRATOR = {"administrator"}
EDITOR = {"briefing editor"}

#: Verb and thing, and exactly who may.
EXPECTED: dict[tuple[str, str], set[str]] = {
    ("home.read", "nothing"): EVERYONE,
    ("organisation.read", "nothing"): EVERYONE,
    ("account.read", "nothing"): EVERYONE,
    ("account.change", "nothing"): EVERYONE,
    ("structure.change", "nothing"): ADMINISTRATOR,
    ("person.list", "nothing"): OFFICE,
    ("person.invite", "nothing"): ADMINISTRATOR,
    ("person.change", "nothing"): ADMINISTRATOR,
    ("person.deactivate", "police person"): OFFICE,
    ("person.arrange_deputy", "police person"): OFFICE | {"staff reader", "police lead"},
    ("person.arrange_deputy", "nothing"): OFFICE,
    ("rules.change", "nothing"): ADMINISTRATOR,
    ("review.list", "nothing"): ANY_SEAT | TEAM,
    ("review.create", "nothing"): MANAGERS | {"scr chair", "qa chair", "cdop chair"},
    ("review.read", "review"): CASE_READERS,
    ("review.read", "restricted"): TEAM | ON_GLASS,
    ("review.change", "review"): CHAIRS,
    ("review.change", "restricted"): LEAD,
    ("review.restrict", "review"): CHAIRS,
    ("review.restrict", "restricted"): set(),
    ("review.manage_team", "review"): set(),
    ("review.manage_team", "restricted"): LEAD,
    ("review.declare_conflict", "review"): CASE_READERS,
    ("review.declare_conflict", "restricted"): TEAM,
    ("review.manage_conflicts", "review"): OVERSIGHT | {"scr chair"},
    ("review.manage_conflicts", "restricted"): LEAD,
    ("glass.break", "nothing"): OVERSIGHT,
    ("glass.review", "nothing"): OVERSIGHT,
    ("child_death.list", "nothing"): REVIEWS_DEATHS,
    ("child_death.create", "nothing"): RUNS_DEATHS,
    ("child_death.read", "death"): REVIEWS_DEATHS | ON_DEATHS_GLASS,
    ("child_death.read", "restricted"): ON_GLASS,
    ("child_death.change", "death"): RUNS_DEATHS,
    ("child_death.declare_conflict", "death"): REVIEWS_DEATHS,
    ("child_death.manage_conflicts", "death"): RUNS_DEATHS,
    ("child_death.approve", "death"): {"cdop chair"},
    ("review.read", "death"): ON_DEATHS_GLASS,
    ("agency_return.read", "return"): REVIEWS_DEATHS | OWING,
    ("agency_return.answer", "return"): RUNS_DEATHS | OWING,
    ("agency_return.reassign", "return"): RUNS_DEATHS | {"homerton lead"},
    ("agency_return.list", "nothing"): REVIEWS_DEATHS | AGENCY_PEOPLE | {"deputy of the owner"},
    ("child_death.read", "return"): REVIEWS_DEATHS | ON_DEATHS_GLASS,
    ("panel.list", "nothing"): REVIEWS_DEATHS | OVERSIGHT | {"executive"},
    ("panel.create", "nothing"): RUNS_DEATHS,
    ("panel.read", "panel"): REVIEWS_DEATHS | OVERSIGHT | {"executive"},
    ("panel.change", "panel"): RUNS_DEATHS,
    ("meeting.read", "meeting"): REVIEWS_DEATHS,
    ("meeting.change", "meeting"): RUNS_DEATHS,
    ("meeting.approve", "meeting"): {"cdop chair"},
    ("quorum.change", "nothing"): ADMINISTRATOR | {"cdop chair"},
    ("figures.read", "nothing"): ANY_SEAT | COORDINATOR,
    ("figures.read_in_full", "nothing"): REVIEWS_DEATHS,
    ("figures.publish", "nothing"): RUNS_DEATHS,
    ("figures.override", "nothing"): {"cdop chair"},
    ("lesson.create", "death"): REVIEWS_DEATHS,
    ("lesson.read", "death"): REVIEWS_DEATHS | ON_DEATHS_GLASS,
    ("lesson.read", "death, published"): EVERYONE,
    ("lesson.change", "death"): REVIEWS_DEATHS,
    ("lesson.share", "death"): RUNS_DEATHS,
    ("lesson.withdraw", "death"): RUNS_DEATHS,
    ("recommendation.create", "death"): REVIEWS_DEATHS,
    ("recommendation.read", "death"): REVIEWS_DEATHS | ON_DEATHS_GLASS,
    ("recommendation.change", "death"): REVIEWS_DEATHS,
    ("recommendation.respond", "death"): {"cdop chair"},
    ("action.create", "death"): REVIEWS_DEATHS,
    ("action.read", "death's action"): REVIEWS_DEATHS | ON_DEATHS_GLASS | OWING_OR_ANSWERING,
    ("action.read", "death's action elsewhere"): COORDINATOR
    | ON_DEATHS_GLASS
    | OWING_OR_ANSWERING
    | DECIDERS,
    ("action.change", "death's action"): RUNS_DEATHS,
    ("action.agree", "death's action"): RUNS_DEATHS,
    ("action.update", "death's action"): OWING,
    ("action.reassign", "death's action"): RUNS_DEATHS | {"homerton lead"},
    ("action.decide_sign_off", "death's action"): {"cdop chair"},
    ("action.ratify", "death's action"): {"cdop chair"},
    ("action.decide_course", "death's action"): {"cdop chair"},
    ("action.reopen", "death's action"): REVIEWS_DEATHS,
    ("action.nudge", "death's action"): {"cdop chair", "homerton lead"},
    ("challenge.read", "death"): REVIEWS_DEATHS | ON_DEATHS_GLASS,
    ("challenge.change", "death"): {"cdop chair"},
    ("redaction.ask", "death"): REVIEWS_DEATHS,
    ("redaction.decide", "death"): RUNS_DEATHS,
    ("lesson.list", "nothing"): EVERYONE,
    ("lesson.create", "review"): CASE_WRITERS,
    ("lesson.create", "restricted"): TEAM,
    ("lesson.read", "draft"): CASE_READERS,
    ("lesson.read", "cleared"): CASE_READERS | AGENCY_PEOPLE | {"briefing editor"},
    ("lesson.read", "published"): EVERYONE,
    ("lesson.read", "restricted draft"): TEAM | ON_GLASS,
    ("lesson.read", "restricted, published"): EVERYONE,
    ("lesson.change", "draft"): CASE_WRITERS,
    ("lesson.change", "restricted draft"): TEAM,
    ("lesson.share", "draft"): CHAIRS,
    ("lesson.share", "restricted draft"): LEAD,
    ("lesson.withdraw", "draft"): CASE_WRITERS,
    ("lesson.withdraw", "cleared"): CHAIRS,
    ("lesson.withdraw", "published"): CHAIRS,
    ("lesson.withdraw", "restricted draft"): TEAM,
    ("lesson.withdraw", "restricted, published"): LEAD,
    ("recommendation.create", "review"): CASE_WRITERS,
    ("recommendation.create", "restricted"): TEAM,
    ("recommendation.read", "review"): CASE_READERS,
    ("recommendation.read", "restricted"): TEAM | ON_GLASS,
    ("recommendation.change", "review"): CASE_WRITERS,
    ("recommendation.change", "restricted"): TEAM,
    ("recommendation.respond", "review"): CHAIRS | CHAIRS_OF_ALL,
    ("recommendation.respond", "restricted"): LEAD,
    ("theme.change", "nothing"): OFFICE,
    ("action.list", "nothing"): ANY_SEAT | AGENCY_PEOPLE | TEAM | COORDINATOR | {"deputy of the owner"},
    ("action.create", "review"): CASE_WRITERS,
    ("action.create", "restricted"): TEAM,
    ("action.read", "action"): CASE_READERS | OWING_OR_ANSWERING,
    ("action.read", "restricted action"): TEAM | ON_GLASS | OWING_OR_ANSWERING,
    ("action.change", "action"): CHAIRS,
    ("action.change", "restricted action"): LEAD,
    ("action.agree", "action"): CHAIRS,
    ("action.agree", "restricted action"): LEAD,
    ("action.update", "action"): OWING,
    ("action.update", "restricted action"): OWING,
    ("action.acknowledge", "action"): OWING,
    ("action.send_for_sign_off", "action"): OWING,
    ("action.say_not_for_us", "action"): OWING,
    ("action.reassign", "action"): {"homerton lead"} | MANAGERS,
    ("action.reassign", "restricted action"): {"homerton lead"} | LEAD,
    ("action.decide_sign_off", "action"): DECIDERS,
    ("action.decide_sign_off", "restricted action"): LEAD,
    ("action.return_evidence", "action"): DECIDERS,
    ("action.ratify", "action"): {"scr chair"},
    ("action.ratify", "restricted action"): LEAD,
    ("action.ask_for_more_time", "action"): OWING,
    ("action.decide_extension", "action"): {"board manager"},
    ("action.decide_extension", "restricted action"): LEAD,
    ("action.decide_course", "action"): DECIDERS,
    ("action.decide_course", "restricted action"): LEAD,
    ("action.close_not_implemented", "action"): {"scr chair"},
    ("action.close_not_implemented", "restricted action"): LEAD,
    ("action.reopen", "action"): DECIDERS | {"scr member"},
    ("action.reopen", "restricted action"): TEAM,
    ("action.show_impact", "action"): OWING,
    ("action.confirm_impact", "action"): DECIDERS,
    ("action.override_colour", "action"): DECIDERS,
    ("action.nudge", "action"): OVERSIGHT | {"scr chair", "homerton lead"},
    ("action.nudge", "restricted action"): {"homerton lead"} | LEAD,
    ("challenge.list", "nothing"): ANY_SEAT | TEAM | COORDINATOR,
    ("challenge.create", "nothing"): OVERSIGHT | {"scr chair", "qa chair", "cdop chair"},
    ("challenge.create", "action"): OVERSIGHT | {"scr chair"},
    ("challenge.create", "restricted action"): LEAD,
    ("challenge.read", "review"): CASE_READERS,
    ("challenge.read", "restricted"): TEAM | ON_GLASS,
    ("challenge.change", "review"): OVERSIGHT | {"scr chair"},
    ("challenge.change", "restricted"): LEAD,
    ("reminder.preview", "nothing"): OVERSIGHT | ADMINISTRATOR,
    ("message.list", "nothing"): OFFICE,
    ("message.settle", "nothing"): OFFICE,
    ("address.list", "nothing"): OFFICE | {"homerton lead", "police lead"},
    ("address.settle", "police person"): OFFICE | {"police lead"},
    ("health.read", "nothing"): OVERSIGHT | ADMINISTRATOR,
    ("briefing.list", "nothing"): EVERYONE,
    ("briefing.read", "nothing"): EVERYONE,
    ("briefing.draft", "nothing"): EDITOR | OVERSIGHT | {"executive"},
    ("briefing.change", "nothing"): EDITOR | MANAGERS,
    ("briefing.clear", "nothing"): EDITOR | OVERSIGHT,
    ("briefing.send", "nothing"): EDITOR | MANAGERS,
    ("briefing.results", "nothing"): EDITOR | ANY_SEAT | {"homerton lead", "police lead"},
    ("briefing_settings.change", "nothing"): OFFICE,
    ("event.list", "nothing"): EVERYONE,
    ("event.change", "nothing"): EDITOR | MANAGERS,
    ("subscriber.list", "nothing"): EDITOR | OFFICE,
    ("subscriber.change", "nothing"): EDITOR | OFFICE,
    ("feedback.give", "nothing"): EVERYONE,
    ("receipt.give", "nothing"): EVERYONE,
    ("receipt.withdraw", "police person"): EDITOR | MANAGERS | {"police lead"},
    ("audit.see_reads", "nothing"): OVERSIGHT,
    ("audit.search", "nothing"): OVERSIGHT | ADMINISTRATOR,
    ("redaction.list", "nothing"): ANY_SEAT - {"executive"} | TEAM | COORDINATOR,
    ("redaction.ask", "review"): CASE_WRITERS,
    ("redaction.ask", "restricted"): TEAM,
    ("redaction.decide", "review"): OVERSIGHT | {"scr chair"},
    ("redaction.decide", "restricted"): LEAD,
}


@pytest.mark.parametrize(("verb", "thing"), EXPECTED)
def test_exactly_these_people_may(verb: str, thing: str) -> None:
    assert {name for name, person in CAST.items() if can(person, verb, THINGS[thing])} == EXPECTED[
        verb, thing
    ]


def test_every_verb_has_its_line_in_the_table_by_hand() -> None:
    shown_to_all = {"demonstration.use"}
    assert {verb for verb, _ in EXPECTED} | shown_to_all == set(TABLE)


def test_nobody_may_do_anything_to_a_thing_they_have_nothing_to_do_with() -> None:
    person = PersonFacts(99, CCG)
    stranger_to_all = {
        "home.read",
        "organisation.read",
        "account.read",
        "account.change",
        "lesson.list",
        "demonstration.use",
        "briefing.list",
        "briefing.read",
        "event.list",
        "feedback.give",
        "receipt.give",
    }
    for verb in TABLE.keys() - stranger_to_all:
        for name in THINGS.keys() - {"published", "restricted, published", "death, published"}:
            assert not can(person, verb, THINGS[name]), (verb, name)


def test_someone_the_ladder_reached_may_open_the_action_and_do_nothing_else() -> None:
    reached = PersonFacts(77, CCG)
    for is_restricted in (False, True):
        thing = replace(ACTION, is_restricted=is_restricted, reached_ids=frozenset({77}))
        allowed = {verb for verb in TABLE if verb.startswith("action.") and can(reached, verb, thing)}
        assert allowed == {"action.read"}


@pytest.mark.parametrize("name", CAST)
def test_a_conflict_of_interest_leaves_nothing_of_the_case_but_what_was_published(name: str) -> None:
    person = replace(CAST[name], conflicts=frozenset({"R-1", "R-2", "D-1", "P-1"}))
    for thing in THINGS.values():
        if thing.source_ref is not None:
            allowed = {verb for verb in TABLE if can(person, verb, thing)}
            assert allowed == ({"lesson.read"} if thing.sharing == Sharing.PUBLISHED else set())


def test_a_conflict_of_interest_in_one_case_changes_nothing_about_another() -> None:
    for person in CAST.values():
        conflicted = replace(person, conflicts=frozenset({"R-9"}))
        for thing in THINGS.values():
            assert [can(conflicted, verb, thing) for verb in TABLE] == [
                can(person, verb, thing) for verb in TABLE
            ]


def test_nobody_ranks_above_a_restricted_team() -> None:
    ruler = PersonFacts(
        99,
        CCG,
        frozenset(Role) - {Role.AGENCY_LEAD, Role.BOARD_MEMBER},
        member_of=frozenset({SCR}),
        chairs=frozenset({SCR}),
    )
    for name in ("restricted", "restricted draft", "restricted action"):
        assert [verb for verb in TABLE if can(ruler, verb, THINGS[name])] == []


def test_a_rank_counts_again_for_whoever_is_on_the_team() -> None:
    on_the_team = replace(CAST["scr chair"], teams=frozenset({"R-2"}))
    assert can(on_the_team, "lesson.share", THINGS["restricted draft"])
    assert not can(on_the_team, "review.manage_team", THINGS["restricted"])


def test_broken_glass_lets_one_read_and_nothing_else() -> None:
    behind = CAST["chair of another board"]
    for name in ("restricted", "restricted draft", "restricted action"):
        allowed = {verb for verb in TABLE if can(behind, verb, THINGS[name])}
        of_the_case = {
            verb
            for verb in allowed
            if verb.partition(".")[0] in {"review", "lesson", "recommendation", "action", "challenge"}
        }
        assert of_the_case <= {
            "review.read",
            "lesson.read",
            "recommendation.read",
            "action.read",
            "challenge.read",
            # Of lists: whoever opens one sees in it what they may see.
            "review.list",
            "lesson.list",
            "action.list",
            "challenge.list",
        }
    assert is_behind_glass(behind, "R-2")
    assert not is_behind_glass(behind, "R-1")
    assert not is_behind_glass(replace(behind, teams=frozenset({"R-2"})), "R-2")


def test_a_team_is_nothing_to_a_case_that_is_not_restricted() -> None:
    thing = replace(THINGS["restricted"], is_restricted=False)
    assert not any(can(CAST["lead of the team"], verb, thing) for verb in TABLE if verb == "review.read")


def test_an_unknown_verb_is_a_mistake_not_a_refusal() -> None:
    with pytest.raises(KeyError):
        can(CAST["administrator"], "review.reed")
