"""Whether a panel is quorate, which rule it has, and what may be decided; the agenda and what it suggests."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import checks
from app.meetings.rules import agenda, themes
from app.meetings.rules.quoracy import (
    NotQuorate,
    Part,
    Present,
    Quorum,
    QuorumNotUsable,
    check_begins,
    check_may_decide,
    check_rule,
    lacks,
    quorum_on,
)

FIRST, SECOND = date(2016, 4, 1), date(2017, 4, 1)
POLICE, HEALTH = 4, 5
QUORUM = Quorum(None, FIRST, 3, (Part("Designated doctor"), Part("Police", POLICE)))
DOCTOR = Present(HEALTH, frozenset({"Designated doctor"}))
OFFICER = Present(POLICE)
MEMBER = Present(None)


def test_enough_people_with_everybody_who_has_to_be_there_are_quorate() -> None:
    assert lacks(QUORUM, [DOCTOR, OFFICER, MEMBER]) == []


@pytest.mark.parametrize(
    ("present", "said"),
    [
        ([DOCTOR, OFFICER], ["2 of those who count attended, and at least 3 have to."]),
        ([DOCTOR, MEMBER, MEMBER], ["Nobody attended for: Police."]),
        ([OFFICER, MEMBER, MEMBER], ["Nobody attended for: Designated doctor."]),
        (
            [],
            [
                "Nobody attended, and at least 3 have to.",
                "Nobody attended for: Designated doctor.",
                "Nobody attended for: Police.",
            ],
        ),
    ],
)
def test_what_is_lacking_is_said_in_sentences(present: list[Present], said: list[str]) -> None:
    assert lacks(QUORUM, present) == said


def test_an_invited_expert_counts_for_nothing() -> None:
    experts = [Present(POLICE, frozenset({"Designated doctor"}), counts=False)] * 5
    assert len(lacks(QUORUM, experts)) == 3


def test_a_doctor_of_the_police_stands_for_the_police_by_agency_alone() -> None:
    assert lacks(Quorum(None, FIRST, 1, (Part("Police", POLICE),)), [Present(HEALTH, frozenset({"Police"}))])


@given(st.lists(st.sampled_from([DOCTOR, OFFICER, MEMBER])), st.sampled_from([DOCTOR, OFFICER, MEMBER]))
def test_one_more_person_never_makes_a_panel_lack_more(present: list[Present], more: Present) -> None:
    assert len(lacks(QUORUM, [*present, more])) <= len(lacks(QUORUM, present))


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=8),
    st.integers(min_value=1, max_value=8),
)
def test_it_is_quorate_exactly_when_the_number_and_both_parts_are_there(
    people: list[tuple[bool, bool, bool]], least: int
) -> None:
    quorum = Quorum(None, FIRST, least, QUORUM.parts)
    present = [
        Present(
            POLICE if is_police else HEALTH, frozenset({"Designated doctor"} if is_doctor else ()), counts
        )
        for counts, is_police, is_doctor in people
    ]
    number = len([one for one in people if one[0]])
    police = len([one for one in people if one[0] and one[1]])
    doctors = len([one for one in people if one[0] and one[2]])
    assert (not lacks(quorum, present)) == (number >= least and police > 0 and doctors > 0)


def test_without_a_rule_nothing_is_lacking() -> None:
    assert lacks(None, []) == []


def test_a_panel_has_the_youngest_rule_of_its_day_and_its_groups_own_before_the_general() -> None:
    general, later = Quorum(None, FIRST, 4), Quorum(None, SECOND, 5)
    own = Quorum(7, FIRST, 6)
    versions = [later, general, own]
    assert quorum_on(versions, group_id=1, meets_on=date(2017, 3, 31)) == general
    assert quorum_on(versions, group_id=1, meets_on=SECOND) == later
    assert quorum_on(versions, group_id=7, meets_on=SECOND) == own
    assert quorum_on(versions, group_id=1, meets_on=date(2016, 3, 31)) is None


def test_a_panel_that_is_not_quorate_decides_nothing_unless_its_chair_says_why() -> None:
    check_may_decide(True, None)
    check_may_decide(False, "Everybody wrote before.")
    with pytest.raises(NotQuorate, match="not quorate"):
        check_may_decide(False, None)
    with pytest.raises(NotQuorate, match="Record first"):
        check_may_decide(None, None)


def test_a_rule_asks_for_a_number_that_a_panel_can_have_and_for_each_profession_once() -> None:
    assert check_rule("5", ["Police", "Public health"]) == 5
    for wrong in ("0", "-1", "many", "5.5"):
        with pytest.raises(checks.NumberNotUsable):
            check_rule(wrong, [])
    with pytest.raises(checks.WordsMissing):
        check_rule("", [])
    with pytest.raises(QuorumNotUsable):
        check_rule("61", [])
    with pytest.raises(QuorumNotUsable, match="once"):
        check_rule("5", ["Police", "police"])


def test_a_rule_begins_today_or_later_and_on_a_day_of_its_own() -> None:
    check_begins(SECOND, [FIRST], today=SECOND)
    with pytest.raises(QuorumNotUsable, match="keep their rule"):
        check_begins(FIRST, [], today=SECOND)
    with pytest.raises(QuorumNotUsable, match="Another rule"):
        check_begins(SECOND, [SECOND], today=SECOND)


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=6), st.data())
def test_a_place_up_and_down_again_is_where_it_was(items: list[int], data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(items))
    there = agenda.moved(items, item, up=True)
    assert sorted(there) == sorted(items)
    if items.index(item) > 0:
        assert there.index(item) == items.index(item) - 1
        assert agenda.moved(there, item, up=False) == items
    else:
        assert there == items


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(20, "20 minutes"), (1, "1 minute"), (60, "1 hour"), (125, "2 hours 5 minutes"), (0, "0 minutes")],
)
def test_minutes_are_said_as_people_say_them(minutes: int, said: str) -> None:
    assert agenda.in_hours(minutes) == said


def test_an_agenda_that_was_sent_stays_as_it_is() -> None:
    agenda.check_open(sent_on=None, held_on=None)
    with pytest.raises(agenda.AgendaFrozen):
        agenda.check_open(sent_on=FIRST, held_on=None)
    with pytest.raises(agenda.AlreadyHeld):
        agenda.check_open(sent_on=FIRST, held_on=SECOND)


def test_minutes_close_only_once_everything_was_decided() -> None:
    agenda.check_all_decided([])
    with pytest.raises(agenda.Undecided, match="D-0001, D-0002"):
        agenda.check_all_decided(["D-0002", "D-0001"])


def test_three_deaths_of_one_kind_suggest_a_panel_about_them() -> None:
    ready = [
        themes.Ready("D-0001", "0_27_days", "8"),
        themes.Ready("D-0002", "0_27_days", "8"),
        themes.Ready("D-0003", "0_27_days", "7"),
        themes.Ready("D-0004", "15_17_years", "2"),
        themes.Ready("D-0005", "15_17_years", "2"),
        themes.Ready("D-0006", "10_14_years", "2"),
        themes.Ready("D-0007", "10_14_years", None),
    ]
    found = themes.suggestions(ready, categories={"2": "Suicide"}, age_bands={})
    assert [(each.code, each.theme, each.refs) for each in found] == [
        ("category-2", "Suicide", ("D-0004", "D-0005", "D-0006")),
        ("neonatal", "", ("D-0001", "D-0002", "D-0003")),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["0_27_days", "1_4_years", "5_9_years"]), st.sampled_from(["1", "2", None])
        ),
        max_size=15,
    )
)
def test_a_suggestion_has_enough_deaths_each_of_the_kind_it_names(
    kinds: list[tuple[str, str | None]],
) -> None:
    ready = [themes.Ready(f"D-{number}", age, category) for number, (age, category) in enumerate(kinds)]
    by_ref = {each.ref: each for each in ready}
    for each in themes.suggestions(ready, categories={}, age_bands={}):
        assert len(each.refs) >= themes.ENOUGH
        kind, _, code = each.code.partition("-")
        for ref in each.refs:
            one = by_ref[ref]
            assert {
                "neonatal": one.age_band == "0_27_days",
                "category": one.category == code,
                "age": one.age_band == code,
            }[kind]
