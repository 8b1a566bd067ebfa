"""Results: counted now, written down after 7 and 28 days, and summed up after thirteen months."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.briefings.models import (
    Audience,
    Bounce,
    BriefingIssue,
    BriefingResult,
    BriefingSettings,
    CascadeReceipt,
    Click,
    Delivery,
    DeliveryState,
    Feedback,
    LinkTotal,
    Opening,
)
from app.briefings.results import operations
from app.briefings.results.numbers import Numbers
from app.briefings.results.operations import snapshots, summing
from app.briefings.results.queries import briefed, counting, coverage
from app.briefings.results.queries.counting import Results
from app.briefings.results.rules import LAST_SNAPSHOT
from app.briefings.results.tables import tables
from app.briefings.sending import queries as sending
from app.briefings.subscribers import bounces
from app.core.clock import now
from app.core.database import current_session
from app.outbox import operations as outbox
from app.outbox.models import OutboxMessage
from tests.support.briefing_results import click, deliver, readers_of, sent_issue
from tests.support.briefings import make_item
from tests.support.statements import statements
from tests.support.world import DAY, by_ref, make_lesson, make_review

HOMERTON, CCG = "homerton", "ccg"


def never() -> bool:
    """Nobody asked to stop."""
    return False


def an_issue_with_readers(**values: Any) -> BriefingIssue:
    """8 readers of two agencies and 1 of none; 3 followed a link, one of them two, and a scanner did."""
    issue = sent_issue(**values)
    homerton = readers_of(issue, HOMERTON, 5)
    ccg = readers_of(issue, CCG, 3)
    alone = deliver(issue)
    deliver(issue, state=DeliveryState.BOUNCED, agency=by_ref(Agency, CCG))
    deliver(issue, state=DeliveryState.NOT_SENT, agency=by_ref(Agency, CCG), delivered_at=None)
    click(homerton[0], 1)
    click(homerton[0], 1)
    click(homerton[0], 2)
    click(ccg[0], 1)
    click(ccg[1], 1, scanner="by_name")
    click(alone, 2)
    homerton[4].left_on = DAY
    current_session().add(
        CascadeReceipt(
            ref="T-0001",
            issue=issue,
            agency=by_ref(Agency, HOMERTON),
            team="Ward",
            discussed_on=DAY,
            staff=7,
            given_at=now(),
        )
    )
    current_session().add_all(
        Feedback(issue=issue, useful=useful, given_on=DAY) for useful in (1, 3, 4, None)
    )
    current_session().flush()
    return issue


def of(ref: str) -> int:
    """The row number of an agency."""
    number: int = by_ref(Agency, ref).id
    return number


def in_words(results: Results) -> list[tuple[str, ...]]:
    """What an editor sees of results."""
    shown = tables(
        results,
        person_by_ref("tusk.editor").facts,
        agencies={agency.id: agency.name for agency in current_session().query(Agency)},
        audiences={},
    )
    return [
        (line.name, line.delivered, line.bounced, line.clicked, line.opened, line.left)
        for line in shown.lines()
    ]


def test_everything_is_counted_by_agency_and_in_all(world: Flask) -> None:
    results = counting.counted(an_issue_with_readers())
    assert results.total == Numbers(
        addressed=11, delivered=9, bounced=1, not_sent=1, clicked=3, left=1, receipts=1, staff=7
    )
    assert results.by_agency == {
        of(HOMERTON): Numbers(addressed=5, delivered=5, clicked=1, left=1, receipts=1, staff=7),
        of(CCG): Numbers(addressed=5, delivered=3, bounced=1, not_sent=1, clicked=1),
        None: Numbers(addressed=1, delivered=1, clicked=1),
    }
    assert [(each.readers, each.clicks, each.scanners) for each in results.links] == [
        (2, 3, 1),
        (2, 2, 0),
        (0, 0, 0),
    ]
    assert (results.votes, results.useful) == (3, 2)
    assert results.total.opened is None


def test_a_kind_of_work_is_counted_like_an_agency(world: Flask) -> None:
    issue = sent_issue()
    schools = current_session().scalars(select(Audience).where(Audience.ref == "schools")).one()
    for delivery in readers_of(issue, HOMERTON, 2):
        delivery.audience = schools
        click(delivery)
    readers_of(issue, HOMERTON, 1)
    assert counting.counted(issue).by_audience == {
        schools.id: Numbers(addressed=2, delivered=2, clicked=2),
        None: Numbers(addressed=1, delivered=1, clicked=0),
    }


def test_opens_are_counted_only_where_that_is_switched_on(world: Flask) -> None:
    issue = sent_issue()
    settings = current_session().get_one(BriefingSettings, 1)
    (delivery,) = readers_of(issue, HOMERTON, 1)
    assert counting.counted(issue).total.opened is None
    settings.counts_opens = True
    assert counting.counted(issue).total.opened == 0
    current_session().add(Opening(issue_id=issue.id, delivery_id=delivery.id, opened_at=now()))
    assert counting.counted(issue).total.opened == 1


def test_where_no_clicks_of_people_are_kept_only_links_have_numbers(world: Flask) -> None:
    issue = sent_issue()
    readers_of(issue, HOMERTON, 1)
    current_session().get_one(BriefingSettings, 1).keeps_clicks_of_people = False
    current_session().add(LinkTotal(link_id=issue.links[0].id, clicks=4, scanners=2))
    current_session().flush()
    results = counting.counted(issue)
    assert results.total.clicked is None
    assert next((each.readers, each.clicks, each.scanners) for each in results.links) == (None, 4, 2)


def test_results_are_written_down_as_they_stood_and_are_read_back_the_same(world: Flask) -> None:
    issue = an_issue_with_readers(sent_on=DAY - timedelta(days=8))
    late = click(readers_of(issue, HOMERTON, 1)[0], 3)
    late.clicked_at = now()
    for each in current_session().query(Click):
        if each is not late:
            each.clicked_at = now() - timedelta(days=3)
    for receipt in current_session().query(CascadeReceipt):
        receipt.given_at = now() - timedelta(days=3)
    current_session().commit()
    assert operations.run_day(on=DAY, stopping=never) == {"written_down": 1, "summed_up": 0}
    assert operations.run_day(on=DAY, stopping=never) == {"written_down": 0, "summed_up": 0}
    then = counting.as_taken(issue, 7)
    assert then is not None
    # What came on the eighth day is not in it; that nobody left before is no longer known, so it is left out.
    assert (then.total.clicked, then.total.receipts, then.total.left) == (3, 1, 0)
    assert counting.counted(issue).total.clicked == 4
    present = counting.counted(issue, after_days=7)
    assert then.by_agency == snapshots.without_small_groups(present).by_agency
    assert [each.readers for each in then.links] == [2, 2, 0]
    assert counting.as_taken(issue, 28) is None


def test_what_came_from_a_file_is_not_written_down_anew(world: Flask) -> None:
    sent_issue(began_at=None, sent_on=DAY - timedelta(days=60))
    current_session().commit()
    assert snapshots.write_down_due(on=DAY) == 0


@pytest.mark.parametrize("portion", [1, 2_000])
def test_people_are_summed_up_after_thirteen_months_and_nothing_changes_in_the_results(
    world: Flask, portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summing, "PORTION", portion)
    issue = an_issue_with_readers(sent_on=date(2016, 3, 1))
    young = sent_issue(number=2, sent_on=date(2016, 3, 3))
    click(readers_of(young, HOMERTON, 1)[0])
    before = counting.counted(issue)
    for number, delivery in enumerate(current_session().query(Delivery).filter_by(issue_id=issue.id).all()):
        message = outbox.enqueue(
            kind="briefing", dedupe_key=f"briefing:{number}", address="a@b.example", business_on=DAY
        )
        message.state, delivery.message_id = "sent", message.id
        current_session().flush()
    outbox.enqueue(kind="briefing", dedupe_key="other", address="a@b.example", business_on=DAY)
    bounced = current_session().query(Delivery).filter_by(state="bounced").one()
    bounces.note_refusal(delivery=bounced, code="4.2.2", said="full")
    current_session().commit()
    assert operations.run_day(on=date(2017, 3, 31), stopping=never)["summed_up"] == 0
    assert operations.run_day(on=date(2017, 4, 1), stopping=never) == {"written_down": 1, "summed_up": 6}
    assert operations.run_day(on=date(2017, 4, 2), stopping=never)["summed_up"] == 0
    assert current_session().query(Click).count() == 1
    after = counting.counted(issue)
    assert after.total == before.total
    assert in_words(after) == in_words(before)
    assert [(each.readers, each.clicks, each.scanners) for each in after.links] == [
        (each.readers, each.clicks, each.scanners) for each in before.links
    ]
    kept = current_session().query(BriefingResult).filter_by(after_days=LAST_SNAPSHOT, agency_id=None)
    assert {row.clicked for row in kept if row.audience_id is None} == {3}
    # Whom it went to is known no more, and who has the issue of March still is.
    assert {each.issue_id for each in current_session().query(Delivery)} == {young.id}
    assert [each.dedupe_key for each in current_session().query(OutboxMessage)] == ["other"]
    assert current_session().query(Bounce).count() == 0
    ended = {state: number for state, number in sending.numbers(issue).items() if number}
    assert ended == {"delivered": 9, "bounced": 1, "not_sent": 1}
    # What the one reader without an agency followed is known together with what others did, and not alone.
    assert None not in {each.agency_id for each in current_session().query(LinkTotal)}


def test_once_none_of_people_are_to_be_kept_those_kept_are_summed_up_at_the_next_tick(world: Flask) -> None:
    issue = an_issue_with_readers()
    before = counting.counted(issue)
    current_session().commit()
    assert operations.tell(on=DAY, stopping=never)["summed_up"] == 0
    current_session().get_one(BriefingSettings, 1).keeps_clicks_of_people = False
    current_session().commit()
    assert operations.tell(on=DAY, stopping=never)["summed_up"] == 6
    assert current_session().query(Click).count() == 0
    assert counting.counted(issue).total == before.total
    # Once they are kept again, whoever follows a link later is counted with them, then and for good.
    current_session().get_one(BriefingSettings, 1).keeps_clicks_of_people = True
    click(readers_of(issue, HOMERTON, 1)[0], days_ago=-1)
    current_session().commit()
    more = (before.total.clicked or 0) + 1
    assert counting.counted(issue).total.clicked == more
    current_session().get_one(BriefingSettings, 1).keeps_clicks_of_people = False
    current_session().commit()
    later = DAY + timedelta(days=1)
    assert [operations.tell(on=later, stopping=never)["summed_up"] for _ in range(2)] == [1, 0]
    assert counting.counted(issue).total.clicked == more
    assert counting.counted(issue).by_agency[of(HOMERTON)].clicked == 3
    # A click that came in the moment of the change goes at the next.
    click(readers_of(issue, HOMERTON, 1)[0])
    current_session().commit()
    assert operations.tell(on=DAY, stopping=never)["summed_up"] == 1


def test_killed_between_two_portions_nothing_is_counted_twice(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summing, "PORTION", 1)
    issue = an_issue_with_readers(sent_on=date(2016, 2, 28))
    current_session().commit()
    snapshots.write_down_due(on=DAY)
    stops = iter((False, False, True, True, True))
    summing.sum_up_due(on=DAY, stopping=lambda: next(stops))
    assert 0 < current_session().query(Click).count() < 6
    current_session().rollback()
    assert summing.sum_up_due(on=DAY, stopping=never) > 0
    assert [(each.readers, each.clicks) for each in counting.counted(issue).links][:2] == [(2, 3), (2, 2)]


def test_a_thread_asks_where_its_lesson_went_and_how_far(world: Flask) -> None:
    lesson, other = make_lesson(make_review()), make_lesson(make_review())
    issue = an_issue_with_readers()
    issue.items.append(make_item(lesson=lesson))
    current_session().flush()
    issue.links[0].item_id = issue.items[0].id
    assert other.id not in briefed([lesson.id, other.id])
    with statements() as sent:
        (found,) = briefed([lesson.id, other.id])[lesson.id]
    assert len(sent) < 12
    # Two did, which is not shown; five of fifteen is.
    assert (found.issue_ref, found.delivered, found.clicked, found.receipts) == (issue.ref, 9, None, 1)
    for delivery in readers_of(issue, HOMERTON, 6)[:3]:
        click(delivery, 1)
    (found,) = briefed([lesson.id])[lesson.id]
    assert (found.delivered, found.clicked) == (15, 5)
    # Some clicks were only counted: neither page says how many readers they were.
    current_session().add(LinkTotal(link_id=issue.links[0].id, clicks=10, readers=0, scanners=0))
    current_session().flush()
    (found,), (line,) = briefed([lesson.id])[lesson.id], coverage.lines([lesson], coverage.Filters())
    assert found.clicked is line.briefed[0].clicked is None
    few = sent_issue(number=2)
    for delivery in readers_of(few, HOMERTON, 4):
        click(delivery)
    few.items.append(make_item(lesson=other))
    current_session().flush()
    few.links[0].item_id = few.items[0].id
    (found,) = briefed([other.id])[other.id]
    assert (found.delivered, found.clicked) == (0, None)
    assert briefed([]) == {}


def test_counting_asks_as_much_whatever_the_number_of_readers(world: Flask) -> None:
    few = an_issue_with_readers()
    with statements() as asked_for_few:
        counting.counted(few)
    for delivery in readers_of(few, HOMERTON, 20):
        click(delivery)
    with statements() as asked_for_more:
        counting.counted(few)
    assert len(asked_for_more) <= len(asked_for_few)
