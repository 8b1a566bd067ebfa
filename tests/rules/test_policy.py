"""The policy, held against a table written by hand: what each person of the cast may do to each thing.

The things are a draft lesson, a cleared and a published one, a review of the SCR Sub-Group, and an action of
Homerton that the SCR Sub-Group oversees.
"""

import pytest

from app.accounts.policy import NOTHING, TABLE, Facts, PersonFacts, Role, Sharing, can

SCR, QA = 1, 2
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
}
THINGS = {
    "nothing": NOTHING,
    "review": Facts(group_id=SCR),
    "draft": Facts(group_id=SCR, sharing=Sharing.DRAFT),
    "cleared": Facts(group_id=SCR, sharing=Sharing.CLEARED),
    "published": Facts(group_id=SCR, sharing=Sharing.PUBLISHED),
    "action": Facts(
        group_id=SCR,
        owner_id=10,
        agency_id=HOMERTON,
        sign_off_decider_ids=frozenset({1, 4}),
        extension_decider_ids=frozenset({1}),
    ),
}
EVERYONE = set(CAST)
CASE_READERS = {"board manager", "independent chair", "executive", "scr chair", "scr member"}
CASE_WRITERS = {"board manager", "scr chair", "scr member"}
CHAIRS = {"board manager", "scr chair"}
ANY_SEAT = {"board manager", "independent chair", "executive", "scr chair", "scr member", "qa chair"}
AGENCY_PEOPLE = {"homerton lead", "homerton board member", "owner", "police owner", "police lead"}

#: Verb and thing, and exactly who may.
EXPECTED: dict[tuple[str, str], set[str]] = {
    ("home.read", "nothing"): EVERYONE,
    ("organisation.read", "nothing"): EVERYONE,
    ("review.list", "nothing"): ANY_SEAT,
    ("review.create", "nothing"): {"board manager", "scr chair", "qa chair"},
    ("review.read", "review"): CASE_READERS,
    ("review.change", "review"): CHAIRS,
    ("lesson.list", "nothing"): EVERYONE,
    ("lesson.create", "review"): CASE_WRITERS,
    ("lesson.read", "draft"): CASE_READERS,
    ("lesson.read", "cleared"): CASE_READERS | AGENCY_PEOPLE | {"briefing editor"},
    ("lesson.read", "published"): EVERYONE,
    ("lesson.change", "draft"): CASE_WRITERS,
    ("lesson.share", "draft"): CHAIRS,
    ("lesson.withdraw", "draft"): CASE_WRITERS,
    ("lesson.withdraw", "cleared"): CHAIRS,
    ("lesson.withdraw", "published"): CHAIRS,
    ("recommendation.create", "review"): CASE_WRITERS,
    ("recommendation.read", "review"): CASE_READERS,
    ("recommendation.change", "review"): CASE_WRITERS,
    ("recommendation.respond", "review"): CHAIRS | {"independent chair"},
    ("action.list", "nothing"): ANY_SEAT | AGENCY_PEOPLE,
    ("action.create", "review"): CASE_WRITERS,
    ("action.read", "action"): CASE_READERS | {"homerton lead", "homerton board member", "owner"},
    ("action.change", "action"): CHAIRS,
    ("action.agree", "action"): CHAIRS,
    ("action.update", "action"): {"owner", "homerton lead"},
    ("action.send_for_sign_off", "action"): {"owner", "homerton lead"},
    ("action.decide_sign_off", "action"): CHAIRS,
    ("action.ask_for_more_time", "action"): {"owner", "homerton lead"},
    ("action.decide_extension", "action"): {"board manager"},
    ("audit.see_reads", "nothing"): {"board manager", "independent chair"},
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
    person = PersonFacts(99, POLICE)
    stranger_to_all = {"home.read", "organisation.read", "lesson.list", "demonstration.use"}
    for verb in TABLE.keys() - stranger_to_all:
        for thing in ("nothing", "review", "draft", "cleared", "action"):
            assert not can(person, verb, THINGS[thing]), (verb, thing)


def test_someone_the_ladder_reached_may_open_the_action_and_do_nothing_else() -> None:
    reached = PersonFacts(77, CCG)
    thing = Facts(group_id=SCR, owner_id=10, agency_id=HOMERTON, reached_ids=frozenset({77}))
    allowed = {verb for verb in TABLE if verb.startswith("action.") and can(reached, verb, thing)}
    assert allowed == {"action.read"}


def test_an_unknown_verb_is_a_mistake_not_a_refusal() -> None:
    with pytest.raises(KeyError):
        can(CAST["administrator"], "review.reed")
