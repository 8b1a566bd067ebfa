"""The briefing on homes: what staff read, what its editor does next, and what the board hears of it."""

import re
from datetime import date
from typing import Any

from flask import Flask

from app.briefings.models import BriefingIssue, BriefingResult, Feedback, IssueState
from app.core.database import current_session
from tests.reports.support import Sign, a_thread, part, words
from tests.support.briefing_results import make_receipt
from tests.support.briefings import make_event, make_issue, make_item, make_subscriber
from tests.support.statements import statements
from tests.support.world import DAY, by_ref, make_lesson


def a_sent_issue(number: int = 1, **values: Any) -> None:
    """An issue that went out, with its results after a week."""
    items = values.pop("items", None)
    issue = make_issue(
        **{"state": IssueState.SENT, "sent_on": date(2017, 3, 2), "number": number, "items": 2, **values},
    )
    if items is not None:
        issue.items = items
    current_session().add(
        BriefingResult(
            issue_id=issue.id,
            after_days=7,
            taken_on=date(2017, 3, 9),
            delivered=1210,
            bounced=10,
            clicked=36,
            receipts=3,
            staff=34,
        )
    )


def test_staff_read_the_headlines_what_to_do_and_what_training_is_ahead(
    world: Flask, client_as: Sign
) -> None:
    a_sent_issue()
    make_event(title="Routine enquiry")
    make_event(title="Long ago", held_on=date(2017, 3, 1))
    current_session().commit()
    page = client_as("staff.reader").get("/")
    assert re.search(
        r'<a class="govuk-link" href="/briefings/B-0001">Ask who else lives in the home</a>', page.text
    )
    home = part(page, "What should I know this month?")
    assert "TUSK, March 2017: Ask who else lives in the home" in home
    assert "Item 1 Ask who else lives in the home." in home
    assert "20 Apr 2017: Routine enquiry" in home
    assert "Long ago" not in home
    by_ref(BriefingIssue, "B-0001").items[0].provenance = "illustrative"
    current_session().commit()
    home = part(client_as("staff.reader").get("/"), "What should I know this month?")
    assert "Item 1 Illustrative Ask who" in home
    assert "Item 2 Ask who" in home


def test_who_speaks_for_an_agency_finds_what_to_take_into_its_teams(world: Flask, client_as: Sign) -> None:
    lead = client_as("homerton.lead")
    question = "Have our teams talked about the briefing?"
    assert question not in lead.get("/").text
    a_sent_issue()
    issue = by_ref(BriefingIssue, "B-0001")
    make_receipt(issue, "homerton")
    make_receipt(issue, "homerton", withdrawn_on=DAY, withdrawn_reason="Twice")
    make_receipt(issue, "ccg")
    current_session().commit()
    page = lead.get("/")
    told = part(page, question)
    assert "March 2017: What we learned this month" in told
    assert "1 team told us that they talked about it" in told
    for href in ("/briefings/B-0001", "/briefings/B-0001/team.pdf", "/briefings/B-0001/discussed"):
        assert f'href="{href}"' in page.text
    assert question not in client_as("staff.reader").get("/").text


def test_an_issue_that_is_being_written_is_no_readers(world: Flask, client_as: Sign) -> None:
    make_issue(items=1)
    current_session().commit()
    assert "No briefing has been sent yet." in words(client_as("staff.reader").get("/"))


def test_the_editor_finds_what_comes_next_what_was_never_briefed_and_what_came_of_the_last(
    world: Flask, client_as: Sign
) -> None:
    review, told = a_thread()
    told.sharing, told.cleared_on = "published", date(2016, 7, 1)
    waits = make_lesson(review, sharing="cleared", heading="Plans go to GPs")
    draft_of_a_lesson = make_lesson(review, heading="Nobody cleared this")
    a_sent_issue(items=[make_item(lesson=told)])
    issue = make_issue(number=2, title="A special issue", state=IssueState.CHECKED)
    current_session().add(Feedback(issue_id=issue.id, useful=4, words="Is there a poster?", given_on=DAY))
    make_subscriber()
    make_subscriber(state="suppressed")
    current_session().commit()
    home = part(client_as("tusk.editor").get("/"), "What goes into the next briefing?")
    assert "The issue of March 2017 was not drafted" not in home
    assert "A special issue March 2017 Checked not said yet Clear it" in home
    never = home[home.index("Never briefed") : home.index("What came of the last issue")]
    assert waits.ref in never
    assert told.ref not in never
    assert draft_of_a_lesson.ref not in never
    assert "After 7 days: 1,210 delivered, 10 refused, 36 readers followed a link" in home
    assert "“Is there a poster?”" in home
    assert re.search(r"1 get it ?; 1 address given up", home)


def test_the_board_hears_how_far_the_last_issue_reached_and_what_is_next(
    world: Flask, client_as: Sign
) -> None:
    make_lesson(a_thread()[0], sharing="published")
    a_sent_issue()
    sent = by_ref(BriefingIssue, "B-0001")
    make_issue(period="2017-04", state=IssueState.SCHEDULED, scheduled_on=date(2017, 4, 4))
    # Begun later, and not next: what is further on its way is.
    correction = make_issue(period="2017-04", number=2, title="Correction", corrects=sent)
    current_session().commit()
    for ref in ("board.manager", "independent.chair"):
        told = part(client_as(ref).get("/"), "Did what was learned reach people?")
        assert "sent 2 March 2017, delivered to 1,210" in told
        assert "Lessons never briefed: 2" in told
        assert "Next: What we learned this month (April 2017): scheduled, to be sent on 4 April" in told
    correction.state = IssueState.CLEARED
    by_ref(BriefingIssue, "B-0002").state = IssueState.CANCELLED
    current_session().commit()
    told = part(client_as("board.manager").get("/"), "Did what was learned reach people?")
    assert f"Next: Correction, which puts {sent.ref} right: cleared" in told


def test_homes_ask_as_many_questions_whatever_was_sent(world: Flask, client_as: Sign) -> None:
    review, _ = a_thread()
    current_session().commit()
    for ref in ("tusk.editor", "staff.reader", "board.manager", "hlt.lead"):
        client, asked = client_as(ref), []
        client.get("/people")
        for place in (1, 2):
            for number in range(4):
                lesson = make_lesson(review, sharing="published")
                a_sent_issue(number=place * 1000 + number + len(ref) * 10, items=[make_item(lesson=lesson)])
                make_issue(number=place * 1000 + number + 500 + len(ref) * 10)
                make_event()
                make_subscriber()
            current_session().commit()
            current_session().expire_all()
            with statements() as told:
                client.get("/")
            asked.append(len(told))
        assert asked[0] == asked[1], ref
