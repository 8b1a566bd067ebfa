"""What counts as a reader's click, what is hidden of small groups, and how long clicks are kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.briefings.results import rules
from app.briefings.results.rules import Followed, Scanner

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


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 40), max_size=12))
def test_what_is_hidden_of_small_groups_cannot_be_had_from_the_rest(readers: dict[int, int]) -> None:
    hidden = rules.hidden_groups(readers)
    there = {key: number for key, number in readers.items() if number}
    assert {key for key, number in there.items() if number < rules.SMALLEST_GROUP} <= hidden <= set(there)
    if hidden and hidden != set(there):
        assert len(hidden) >= 2
        assert sum(there[key] for key in hidden) >= rules.SMALLEST_GROUP


@given(
    st.dictionaries(
        st.integers(0, 12), st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12
    )
)
def test_no_number_of_few_is_shown_or_had_from_the_total_and_the_rest(
    groups: dict[int, tuple[int, int]],
) -> None:
    readers = {key: number for key, (number, _) in groups.items()}
    did = {key: min(number, followed) for key, (number, followed) in groups.items()}
    small = rules.hidden_groups(readers)
    hidden = rules.hidden_cells(did, of=readers, small=small)
    assert small <= hidden
    for key in set(did) - hidden:
        assert did[key] == 0 or did[key] >= rules.SMALLEST_GROUP
        assert readers[key] == did[key] or did[key] == 0 or readers[key] - did[key] >= rules.SMALLEST_GROUP
    together = sum(did[key] for key in hidden)
    if hidden and together != sum(did.values()):
        assert len(hidden) >= 2
        assert together >= rules.SMALLEST_GROUP


@pytest.mark.parametrize(
    ("number", "of", "kept_back"),
    [
        (0, 5, False),
        (5, 5, False),
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
