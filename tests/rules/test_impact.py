"""The ladder of impact: what a claim asks for, when looks are due, and what answers them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.actions.rules.entry import Nature
from app.actions.rules.impact import (
    Claim,
    Level,
    NotClosedYet,
    NotShown,
    Shown,
    StatementIncomplete,
    add_months,
    answers,
    check_claim,
    highest,
    is_beyond_the_owner,
    looks_after,
    makes_confirmed,
)
from app.actions.rules.lifecycle import Status

DAY = date(2017, 3, 31)
OWNER, AGENCY = 7, 3
OWN_MINUTES = Shown(Nature.DOCUMENT, OWNER, AGENCY)


def _check(
    claim: Claim, *evidence: Shown, status: Status = Status.COMPLETE, owner_id: int | None = OWNER
) -> None:
    check_claim(
        claim, status=status, evidence=evidence, owner_id=owner_id, agency_ids=frozenset({AGENCY}), on=DAY
    )


def test_the_ladder_has_six_levels_each_with_a_name_and_a_meaning() -> None:
    assert [level.value for level in Level] == [0, 1, 2, 3, 4, 5]
    assert len({level.label for level in Level}) == len({level.meaning for level in Level}) == 6


@pytest.mark.parametrize("level", [level for level in Level if level < 4])
def test_up_to_level_three_words_are_enough(level: Level) -> None:
    _check(Claim(level, "Most say that it helps them."))


@pytest.mark.parametrize("level", [Level.PRACTICE, Level.OUTCOME])
def test_from_level_four_on_the_owners_own_documents_are_not_enough(level: Level) -> None:
    claim = Claim(level, "The requests say why.")
    for evidence in ((), (OWN_MINUTES,), (Shown(Nature.OTHER, OWNER, AGENCY), OWN_MINUTES)):
        with pytest.raises(NotShown):
            _check(claim, *evidence)
    for nature in (Nature.AUDIT, Nature.DATA, Nature.OBSERVATION, Nature.VOICE):
        _check(claim, OWN_MINUTES, Shown(nature, OWNER, AGENCY))


@pytest.mark.parametrize(
    ("piece", "beyond"),
    [
        (OWN_MINUTES, False),
        (Shown(Nature.DOCUMENT, 8, AGENCY), False),
        (Shown(Nature.DOCUMENT, 8, 4), True),
        (Shown(Nature.DOCUMENT, 9, None), True),
        # The owner moved to another agency, and is still the owner.
        (Shown(Nature.DOCUMENT, OWNER, 4), False),
        (Shown(Nature.DOCUMENT), False),
    ],
)
def test_a_document_counts_from_somebody_outside_the_owners_agency(piece: Shown, beyond: bool) -> None:
    assert is_beyond_the_owner(piece, owner_id=OWNER, agency_ids=frozenset({AGENCY})) is beyond


@pytest.mark.parametrize(
    "status", [each for each in Status if each not in {Status.COMPLETE, Status.IMPACT_CONFIRMED}]
)
def test_a_difference_is_stated_only_of_what_was_accepted(status: Status) -> None:
    with pytest.raises(NotClosedYet):
        _check(Claim(Level.ACTIVITY, "A seminar was held."), status=status)


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        (Claim(Level.ACTIVITY, " "), "statement"),
        (Claim(Level.REACTION, "Better", baseline="6%"), "measure"),
        (Claim(Level.REACTION, "Better", measure="Reports", actual="94%"), "measured_by"),
        (Claim(Level.REACTION, "Better", measure="Reports", actual="94%", measured_by="CYPS"), "measured_on"),
        (Claim(Level.REACTION, "Better", measured_on=DAY + timedelta(days=1)), "measured_on"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(claim: Claim, field: str) -> None:
    with pytest.raises(StatementIncomplete) as refused:
        _check(claim)
    assert refused.value.field == field


def test_a_baseline_may_stand_before_there_is_a_figure() -> None:
    _check(Claim(Level.NOT_KNOWN, "Too early to say.", measure="Reports by GPs", baseline="6%", target="90%"))


def test_that_nothing_is_known_yet_confirms_no_impact() -> None:
    assert [level for level in Level if not makes_confirmed(level)] == [Level.NOT_KNOWN]


@pytest.mark.parametrize(
    ("closed_on", "days"),
    [
        (date(2016, 7, 6), ["2016-10-06", "2017-01-06", "2017-07-06"]),
        (date(2016, 11, 30), ["2017-02-28", "2017-05-30", "2017-11-30"]),
        (date(2015, 11, 30), ["2016-02-29", "2016-05-30", "2016-11-30"]),
        (date(2016, 8, 31), ["2016-11-30", "2017-02-28", "2017-08-31"]),
        (date(2016, 2, 29), ["2016-05-29", "2016-08-29", "2017-02-28"]),
        (date(2016, 12, 31), ["2017-03-31", "2017-06-30", "2017-12-31"]),
    ],
)
def test_looks_fall_on_the_same_day_or_on_the_last_of_a_shorter_month(
    closed_on: date, days: list[str]
) -> None:
    assert [(months, str(day)) for months, day in looks_after(closed_on)] == list(
        zip((3, 6, 12), days, strict=True)
    )


@given(some.dates(date(1950, 1, 1), date(2090, 1, 1)), some.integers(1, 36))
def test_months_are_counted_in_the_calendar(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
    assert later.day <= day.day


def test_a_statement_answers_a_look_from_its_first_reminder_on_and_however_late() -> None:
    due_on = date(2017, 4, 28)
    assert answers(due_on - timedelta(days=28), due_on)
    assert not answers(due_on - timedelta(days=29), due_on)
    assert answers(due_on + timedelta(days=400), due_on)


def test_the_highest_level_is_kept_and_none_where_nothing_is_confirmed() -> None:
    assert highest([2, 5, 0]) == 5
    assert highest([0]) == 0
    assert highest([]) is None
