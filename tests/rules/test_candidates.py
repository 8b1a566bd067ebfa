"""What is proposed for a briefing: its order, the reasons in words, and how much a draft takes."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.briefings.composing.rules import (
    NEW_DAYS,
    TAKEN,
    Candidate,
    Kind,
    count_words,
    in_order,
    minutes_to_read,
    moved,
    proposed_headline,
    proposed_title,
    ranked,
    taken,
    why,
)
from app.briefings.models import Section
from app.briefings.reading.rules import longest_title, subject
from app.briefings.rules import first_working_day, period_of
from app.core.working_days import WorkingDays

ON = date(2017, 4, 3)
DAYS = some.dates(date(2016, 1, 1), date(2018, 1, 1))

CANDIDATES = some.builds(
    Candidate,
    kind=some.sampled_from(Kind),
    ref=some.integers(1, 9999).map("X-{:04d}".format),
    day=some.none() | DAYS,
    about=some.just("") | some.sampled_from(["L-0001", "L-0002"]),
    finders=some.integers(1, 14),
    level=some.integers(0, 5),
    was_briefed=some.booleans(),
)


def lesson(ref: str, day: date, finders: int = 1) -> Candidate:
    """A lesson whose wording was cleared on a day."""
    return Candidate(Kind.LESSON, ref, day, finders=finders)


def test_what_several_reviews_found_comes_first_then_what_is_new_then_what_has_waited_longest() -> None:
    order = [
        lesson("L-0001", date(2016, 5, 2), finders=5),
        lesson("L-0002", ON, finders=2),
        lesson("L-0003", ON),
        lesson("L-0004", ON - timedelta(days=NEW_DAYS - 1)),
        lesson("L-0005", date(2016, 1, 4)),
        lesson("L-0006", ON - timedelta(days=NEW_DAYS)),
        Candidate(Kind.ACTION, "A-0001", date(2016, 1, 1), level=5),
        Candidate(Kind.ACTION, "A-0002", date(2017, 1, 1), level=4),
        Candidate(Kind.EVENT, "E-0001", date(2017, 4, 20)),
        Candidate(Kind.EVENT, "E-0002", None),
        Candidate(Kind.EVENT, "E-0003", date(2017, 4, 4), was_briefed=True),
        Candidate(Kind.SOURCE, "R-0002", date(2017, 3, 1)),
        Candidate(Kind.SOURCE, "R-0001", date(2017, 2, 1)),
    ]
    assert ranked(reversed(order), on=ON) == order


@pytest.mark.parametrize(
    ("candidate", "words"),
    [
        (lesson("L-0001", ON), "new"),
        (lesson("L-0001", date(2016, 1, 4)), "never briefed"),
        (lesson("L-0001", date(2016, 1, 4), finders=3), "third review to find this, never briefed"),
        (lesson("L-0001", ON, finders=10), "tenth review to find this, new"),
        (lesson("L-0001", ON, finders=11), "more than 10 reviews found this, new"),
        (Candidate(Kind.ACTION, "A-0001", ON, level=4), "closed with impact, level 4 of 5"),
        (Candidate(Kind.EVENT, "E-0001", date(2017, 4, 20)), "on 20 April"),
        (
            Candidate(Kind.EVENT, "E-0001", date(2018, 1, 5), was_briefed=True),
            "on 5 January 2018, briefed before",
        ),
        (Candidate(Kind.EVENT, "E-0001", None), "any day"),
        (Candidate(Kind.SOURCE, "R-0001", ON), "never briefed"),
    ],
)
def test_the_reason_stands_in_words(candidate: Candidate, words: str) -> None:
    assert why(candidate, on=ON) == words


@given(some.lists(CANDIDATES, unique_by=lambda each: each.ref), some.randoms(), DAYS)
def test_the_order_is_the_same_however_they_were_found(
    candidates: list[Candidate], chance: object, on: date
) -> None:
    shuffled = list(candidates)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    order = ranked(shuffled, on=on)
    assert order == ranked(candidates, on=on)
    assert sorted(order, key=lambda each: each.ref) == sorted(candidates, key=lambda each: each.ref)
    assert all(why(each, on=on) for each in order)


@given(some.lists(CANDIDATES, unique_by=lambda each: each.ref), DAYS)
def test_a_draft_takes_the_first_few_of_each_kind_in_their_order(
    candidates: list[Candidate], on: date
) -> None:
    order = ranked(candidates, on=on)
    drafted = taken(order)
    for kind in Kind:
        if kind is not Kind.EVENT:
            of_kind = [each for each in drafted if each.kind is kind]
            assert of_kind == [each for each in order if each in of_kind]
    days = [each.day or date.max for each in drafted if each.kind is Kind.EVENT]
    assert days == sorted(days)
    for kind, most in TAKEN.items():
        first = [each for each in order if each.kind is kind and not each.about][:most]
        assert len([each for each in drafted if each.kind is kind]) <= most
        told = [each.about for each in drafted if each.kind is kind and each.about]
        assert len(set(told)) == len(told)
        if not any(each.about for each in order):
            assert {each for each in drafted if each.kind is kind} == set(first)


def test_a_draft_is_called_what_phones_show_whole_and_its_headline_repeats_no_item() -> None:
    long = "Hold meetings of the whole network, and share early what each agency knows"
    longest = longest_title("TUSK")
    assert len(subject("TUSK", "x" * longest)) == 59
    assert proposed_title([long, "Think Family"], longest=longest) == "Think Family"
    cut = proposed_title([long], longest=longest)
    assert cut == "Hold meetings of the whole network, and share early…"
    assert len(proposed_title(["x" * 200], longest=longest)) == longest
    assert proposed_headline(set(Kind)) == (
        "What we learned, what came of it, training ahead and what others learned"
    )
    assert proposed_headline({Kind.LESSON}) == "What we learned"


@dataclass(eq=False)
class Placed:
    """An item of an issue, as far as its place goes."""

    section: str


@given(some.lists(some.sampled_from(Section), min_size=1, max_size=8), some.data())
def test_an_item_moves_within_its_section_and_back_again(
    sections: list[Section], data: some.DataObject
) -> None:
    items = in_order([Placed(section) for section in sections])
    item = data.draw(some.sampled_from(items))
    up = data.draw(some.booleans())
    order = moved(items, item, up=up)
    assert [each.section for each in order] == [each.section for each in items]
    assert abs(order.index(item) - items.index(item)) <= 1
    siblings = [each for each in items if each.section == item.section]
    if item is siblings[0 if up else -1]:
        assert order == items
    else:
        assert moved(order, item, up=not up) == items
        assert order != items


@given(some.dates(date(2012, 1, 1), date(2030, 12, 31)), some.frozensets(some.integers(1, 9)))
def test_the_day_of_the_draft_is_the_first_day_of_the_month_on_which_anybody_works(
    day: date, closed: frozenset[int]
) -> None:
    calendar = WorkingDays(frozenset(day.replace(day=number) for number in closed))
    first = first_working_day(period_of(day), calendar)
    assert calendar.is_working_day(first)
    assert period_of(first) == period_of(day)
    before = [first.replace(day=number) for number in range(1, first.day)]
    assert not any(calendar.is_working_day(each) for each in before)


def test_words_are_counted_and_the_minutes_begun_are_whole() -> None:
    assert count_words(["Ask who else\nlives  in the home.", "", "Yes"]) == 8
    assert [minutes_to_read(words) for words in (0, 200, 201)] == [1, 1, 2]
