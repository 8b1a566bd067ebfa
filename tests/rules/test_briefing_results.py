"""What counts as a reader's click, what is hidden of small groups, and how long clicks are kept."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.briefings.results import rules
from app.briefings.results.rules import Followed, Scanner
from app.briefings.results.tables import HIDDEN, useful_in_words

AT = datetime(2017, 4, 3, 9, 0, tzinfo=UTC)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 10_3 like Mac OS X) AppleWebKit/603.1.30 Mobile/14E277 Safari/602.1"
)


@pytest.mark.parametrize(
    ("agent", "purpose", "told"),
    [
        (PHONE, "", None),
        ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "", None),
        ("Mozilla/5.0 (Linux; Android 7.0; CUBOT X18) AppleWebKit/537.36 Chrome/58.0 Mobile", "", None),
        ("", "", Scanner.BY_NAME),
        ("   ", "", Scanner.BY_NAME),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", "", Scanner.BY_NAME),
        ("python-requests/2.31", "", Scanner.BY_NAME),
        ("Microsoft Office Existence Discovery", "", Scanner.BY_NAME),
        ("Mozilla/5.0 HeadlessChrome/110.0", "", Scanner.BY_NAME),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "", Scanner.PREVIEW),
        ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", "", Scanner.PREVIEW),
        (PHONE, "prefetch;prerender", Scanner.PREFETCH),
    ],
)
def test_programs_give_themselves_away(agent: str, purpose: str, told: Scanner | None) -> None:
    assert rules.by_what_it_says(agent, purpose) is told


def test_a_click_within_seconds_of_delivery_is_a_scanners() -> None:
    def told(seconds: float | None, *, on_its_way: bool = False) -> Scanner | None:
        delivered_at = None if seconds is None else AT - timedelta(seconds=seconds)
        return rules.by_its_time(AT, delivered_at, is_on_its_way=on_its_way)

    assert told(0) is told(14.9) is Scanner.TOO_SOON
    assert told(15) is told(3600) is None
    assert told(None, on_its_way=True) is Scanner.TOO_SOON
    # Nobody knows when it arrived, but somebody has it.
    assert told(None) is None


def test_other_links_within_two_seconds_are_a_scanners_and_the_same_link_twice_is_not() -> None:
    others = [
        Followed(1, 7, AT - timedelta(seconds=1)),
        Followed(2, 8, AT - timedelta(seconds=1)),
        Followed(3, 9, AT - timedelta(seconds=3)),
    ]
    assert rules.at_once_with(7, AT, others) == [2]
    assert rules.at_once_with(7, AT, others[:1]) == []


#: Readers of a group, of them to whom it was delivered, and of them who did something.
a_group = st.tuples(st.integers(0, 16), st.integers(0, 16), st.integers(0, 16)).map(
    lambda each: (each[0], min(each[:2]), min(each))
)


@given(st.dictionaries(st.integers(0, 9), a_group, min_size=1, max_size=6), st.data())
def test_no_hidden_number_can_be_worked_out_from_all_that_is_shown(
    groups: dict[int, tuple[int, int, int]], data: st.DataObject
) -> None:
    readers = {key: each[0] for key, each in groups.items()}
    delivered = {key: each[1] for key, each in groups.items()}
    did = {key: each[2] for key, each in groups.items()}
    # A week before, of those who had it fewer had done it.
    earlier = {key: data.draw(st.integers(0, number)) for key, number in did.items()}
    small = rules.hidden_groups(readers)
    before = rules.hidden_cells(earlier, of=delivered, small=small)
    fates = rules.hidden_fates(delivered, of=readers, small=small)
    cells = rules.hidden_cells(did, of=delivered, small=small, before=before)
    total, whole = sum(did.values()), sum(delivered.values())

    def is_possible(got: int, acted: int) -> bool:
        """Whether the hidden groups together may have got and done so much, by the totals and the rest."""
        if sum(readers.values()) < rules.SMALLEST_GROUP:
            # Of so few readers the totals are hidden too.
            return True
        others = sum(did[key] for key in did if key not in cells)
        base = sum(delivered[key] for key in delivered if key not in fates)
        if base + got != whole:
            return False
        if rules.is_kept_back(total, of=whole):
            return rules.is_kept_back(others + acted, of=whole)
        return others + acted == total

    def may_be(key: int) -> set[tuple[int, int]]:
        """What a group may have got and done, by what is shown of itself."""
        got = range(readers[key] + 1) if key in fates else (delivered[key],)
        return {(each, acted) for each in got for acted in (range(each + 1) if key in cells else (did[key],))}

    hidden = fates | cells
    for key in hidden:
        rest = {(0, 0)}
        for other in hidden - {key}:
            more = {(got * (other in fates), acted * (other in cells)) for got, acted in may_be(other)}
            rest = {(one[0] + two[0], one[1] + two[1]) for one in rest for two in more}
        left = {
            (got, acted)
            for got, acted in may_be(key)
            if any(is_possible(got * (key in fates) + one, acted * (key in cells) + two) for one, two in rest)
        }
        assert groups[key][1:] in left, "the solver holds what is so for possible"
        assert key not in fates or len({got for got, _ in left}) > 1
        assert key not in cells or len({acted for _, acted in left}) > 1
    if total and not rules.is_kept_back(total, of=whole):
        together = sum(did[key] for key in cells), sum(delivered[key] for key in cells)
        assert not cells or 5 <= together[0] <= together[1] - 5
        assert before <= cells or len([key for key in did if delivered[key]]) == 1
    assert {key for key, number in did.items() if 0 < number < 5} <= cells


@pytest.mark.parametrize(
    "readers", [(10,), (3, 12), (10, 20), (1, 2, 14), (5, 6, 12), (8, 9, 9), (1, 10, 12), (2, 3, 10, 12)]
)
def test_whoever_knows_the_rule_and_tries_every_result_works_out_none_either(
    readers: tuple[int, ...],
) -> None:
    of = dict(enumerate(readers))
    small = rules.hidden_groups(of)
    published: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
    for did in itertools.product(*(range(number + 1) for number in readers)):
        hidden = rules.hidden_cells(dict(enumerate(did)), of=of, small=small)
        total = None if rules.is_kept_back(sum(did), of=sum(readers)) else sum(did)
        shown = (None if key in hidden else number for key, number in enumerate(did))
        published.setdefault((total, *shown), []).append((sum(did), *did))
    for page, results in published.items():
        for place, number in enumerate(page):
            assert number is not None or len({each[place] for each in results}) > 1, page


@pytest.mark.parametrize(
    ("did", "of", "hidden"),
    [
        # The total is 8: beside a group of which nobody did, the other would be told.
        ({"a": 8, "b": 0}, {"a": 10, "b": 20}, {"a", "b"}),
        # The total is 28 of 130: of the first two together it would be told that two did not.
        ({"a": 8, "b": 20, "c": 0}, {"a": 10, "b": 20, "c": 100}, {"a", "b", "c"}),
        ({"a": 2, "b": 6, "c": 9, "d": 0}, {"a": 20, "b": 30, "c": 25, "d": 8}, {"a", "c"}),
        # Nobody did, as the total says.
        ({"a": 0, "b": 0}, {"a": 3, "b": 20}, set()),
    ],
)
def test_what_is_hidden_beside_a_number_that_is_kept_back(
    did: dict[str, int], of: dict[str, int], hidden: set[str]
) -> None:
    assert rules.hidden_cells(did, of=of, small=rules.hidden_groups(of)) == hidden


@pytest.mark.parametrize(
    ("number", "of", "kept_back"),
    [
        (0, 5, False),
        (5, 5, True),
        (0, 4, True),
        (4, 900, True),
        (5, 900, False),
        (896, 900, True),
        (0, 0, False),
    ],
)
def test_what_few_did_or_left_is_kept_back(number: int, of: int, kept_back: bool) -> None:
    assert rules.is_kept_back(number, of=of) is kept_back


def test_where_no_group_is_small_none_is_hidden() -> None:
    assert rules.hidden_groups({"a": 5, "b": 900, "c": 0}) == frozenset()
    assert rules.hidden_groups({"a": 4, "b": 900, "c": 30, "d": 0}) == {"a", "c"}


@pytest.mark.parametrize(
    ("part", "base", "written"),
    [(185, 1220, "15.2%"), (49, 1220, "4.0%"), (1, 2000, "0.1%"), (0, 5, "0.0%"), (3, 0, ""), (None, 5, "")],
)
def test_shares_are_written_with_one_decimal_half_up(part: int | None, base: int, written: str) -> None:
    assert rules.percent(part, base) == written


@pytest.mark.parametrize(
    ("sent_on", "until"),
    [
        (date(2017, 4, 3), date(2018, 5, 3)),
        (date(2017, 12, 31), date(2019, 1, 31)),
        (date(2018, 1, 31), date(2019, 2, 28)),
        (date(2016, 1, 31), date(2017, 2, 28)),
        (date(2019, 1, 30), date(2020, 2, 29)),
    ],
)
def test_people_are_kept_for_thirteen_months(sent_on: date, until: date) -> None:
    assert rules.people_kept_until(sent_on, 13) == until


def test_results_are_written_down_once_and_missed_days_are_caught_up() -> None:
    sent_on = date(2017, 4, 3)
    assert rules.snapshots_due(sent_on, date(2017, 4, 9), (), 13, has_ended=True) == []
    assert rules.snapshots_due(sent_on, date(2017, 4, 10), (), 13, has_ended=True) == [7]
    assert rules.snapshots_due(sent_on, date(2017, 5, 9), (), 13, has_ended=True) == [7, 28]
    assert rules.snapshots_due(sent_on, date(2017, 5, 9), (), 13, has_ended=False) == []
    assert rules.snapshots_due(sent_on, date(2018, 5, 3), (), 13, has_ended=False) == [rules.LAST_SNAPSHOT]
    assert rules.snapshots_due(sent_on, date(2017, 5, 9), (7,), 13, has_ended=True) == [28]
    assert rules.snapshots_due(sent_on, date(2018, 5, 3), (7, 28), 13, has_ended=True) == [
        rules.LAST_SNAPSHOT
    ]


def test_how_useful_a_few_found_it_is_not_told() -> None:
    said = [useful_in_words(useful, votes) for useful, votes in ((0, 0), (1, 1), (3, 4), (3, 5))]
    assert said == ["Nobody has said", HIDDEN, HIDDEN, "3 of 5 who said so"]
