"""The record of briefings holds what was published of 2016/17, and 1,220 readers made up for it."""

import re
from collections import Counter
from datetime import date

from app.briefings.rules import first_working_day
from app.core.working_days import WorkingDays
from tests.demo.record import BY_REF, FIRST_DAY, RECORD, figure, lessons_of, review_called

ISSUES = BY_REF["briefings"]
SUBSCRIBERS = RECORD["subscribers"]


def of_month(period: str) -> dict[str, object]:
    """The issue of a month."""
    (found,) = [row for row in RECORD["briefings"] if row.get("period") == period]
    return found


def test_the_known_issues_are_there_with_their_lines() -> None:
    assert {row.get("period"): row["source_line"] for row in RECORD["briefings"] if "source_line" in row} == {
        "2016-05": "L1369, L2608",
        "2016-08": "L1369, L2608, L2871",
        "2016-09": "L2870",
        "2016-11": "L1369, L2608",
        None: "L3435",
    }
    for row in RECORD["briefings"]:
        if row["provenance"] == "published":
            assert "illustrative" in row["source_note"], row["ref"]


def test_the_learning_of_two_reviews_went_out_in_a_month_that_the_report_does_not_give() -> None:
    without_month = [row for row in RECORD["briefings"] if "period" not in row]
    carried = [[item["lesson"] for item in row["items"] if "lesson" in item] for row in without_month]
    for caption, lessons in zip(("Child H", "Child D"), carried, strict=True):
        assert lessons == [row["ref"] for row in lessons_of(review_called(caption))]
    assert all("does not say in which month" in row["source_note"] for row in without_month)


def test_every_published_issue_links_to_training() -> None:
    for row in RECORD["briefings"]:
        assert any(item["section"] == "training" and "url" in item for item in row["items"]), row["ref"]


def test_nobody_who_wrote_an_issue_cleared_it() -> None:
    for row in RECORD["briefings"]:
        assert row["cleared_by"] not in {author["person"] for author in row["authors"]}


def test_the_issue_of_march_went_out_so_that_the_first_of_april_drafts_the_next() -> None:
    march = of_month("2017-03")
    assert march["state"] == "sent"
    assert march["provenance"] == "illustrative"
    assert first_working_day("2017-04", WorkingDays(frozenset())) == date(2017, 4, 3)
    assert not [row for row in RECORD["briefings"] if (row.get("period") or "") > "2017-03"]


def test_there_are_as_many_readers_as_the_report_prints_and_they_are_made_up() -> None:
    assert figure("2016-tusk-subscribers") == f"{len(SUBSCRIBERS):,}" == "1,220"
    assert {row["provenance"] for row in SUBSCRIBERS} == {"illustrative"}
    assert len({row["email"] for row in SUBSCRIBERS}) == len(SUBSCRIBERS)
    made_up = re.compile(r"s[0-9]{4}@example\.org")
    assert all("person" in row or made_up.fullmatch(row["email"]) for row in SUBSCRIBERS)


def test_everybody_with_an_account_is_among_the_readers() -> None:
    active = {row["ref"]: row for row in RECORD["people"] if row.get("active", True)}
    readers = {row["person"]: row for row in SUBSCRIBERS if "person" in row}
    assert set(readers) == set(active)
    for ref, row in readers.items():
        assert (row["email"], row["agency"]) == (active[ref]["email"], active[ref]["agency"])


def test_the_results_of_march_add_up_to_what_the_readers_are() -> None:
    by_agency = Counter(row.get("agency") for row in SUBSCRIBERS)
    by_audience = Counter(row["audience"] for row in SUBSCRIBERS)
    results = of_month("2017-03")["results"]
    assert isinstance(results, list)
    for days in (7, 28):
        rows = [row for row in results if row["after_days"] == days]
        (total,) = [row for row in rows if "agency" not in row and "audience" not in row]
        assert total["addressed"] == len(SUBSCRIBERS) == total["delivered"] + total["bounced"]
        assert {row["agency"]: row["addressed"] for row in rows if "agency" in row} == {
            agency: count for agency, count in by_agency.items() if agency
        }
        assert {row["audience"]: row["addressed"] for row in rows if "audience" in row} == dict(by_audience)
        for name in ("delivered", "bounced", "clicked", "opened"):
            assert sum(row.get(name, 0) for row in rows if "audience" in row) == total[name], name
        given = [row for row in RECORD["receipts"] if row["given_on"] <= total["taken_on"]]
        assert (total["receipts"], total["staff"]) == (len(given), sum(row["staff"] for row in given))


def test_training_lies_ahead_of_the_first_day() -> None:
    ahead = [row["held_on"] for row in RECORD["learning_events"] if "held_on" in row]
    assert all(FIRST_DAY < date.fromisoformat(day) <= date(2017, 6, 30) for day in ahead)
    assert {day[:7] for day in ahead} == {"2017-04", "2017-05", "2017-06"}
