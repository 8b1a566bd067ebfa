"""A text that should never have gone out is emptied in the issue, its frozen mail, and where it came from."""

from datetime import date

from flask import Flask

from app.audit.redaction import queries
from app.briefings.models import BriefingIssue, BriefingLink, Feedback, IssueState
from app.briefings.reading.freezing import freeze
from app.core.database import current_session
from app.lessons.models import Lesson
from tests.audit.test_redaction import MARK, SECRET, everything, redact, verified
from tests.support.briefings import make_issue, make_item
from tests.support.world import DAY, make_lesson, make_review


def an_issue_that_says_it() -> tuple[BriefingIssue, Lesson]:
    """An issue that went out with words of a lesson that should never have been written."""
    lesson = make_lesson(make_review(), sharing="published", what_we_learned=f"Ask <b>{SECRET}</b> & others.")
    issue = make_issue(state=IssueState.SENT, sent_on=date(2017, 3, 2), introduction="Three things.")
    issue.items = [
        make_item(
            lesson=lesson,
            what_we_learned=lesson.what_we_learned,
            url="https://resources.example.org/sheet",
            url_words="The sheet",
        )
    ]
    current_session().flush()
    freeze(issue)
    current_session().add(Feedback(issue_id=issue.id, words="Thank you.", given_on=DAY))
    current_session().commit()
    return issue, lesson


def held(issue: BriefingIssue) -> str:
    """Everything that the frozen mail says."""
    current_session().expire_all()
    assert issue.frozen is not None
    return issue.frozen.subject + issue.frozen.text + issue.frozen.html


def test_a_text_of_an_issue_goes_from_the_frozen_mail_and_from_the_lesson_too(world: Flask) -> None:
    issue, lesson = an_issue_that_says_it()
    assert issue.frozen is not None
    key, digest = issue.link_key, issue.frozen.digest
    links = {link.number: link.url for link in issue.links}
    assert SECRET in held(issue)
    redact("briefing", issue.ref, "item.1.what_we_learned")
    assert SECRET not in held(issue)
    assert SECRET not in everything()
    assert MARK in held(issue)
    assert "Three things." in held(issue), "the rest is as it was"
    assert lesson.what_we_learned == MARK
    assert issue.link_key == key
    assert {link.number: link.url for link in issue.links} == links, "links that were sent go on to work"
    assert issue.frozen.digest != digest
    assert verified().intact


def test_a_redaction_of_a_lesson_finds_the_issues_that_repeat_it(world: Flask) -> None:
    issue, lesson = an_issue_that_says_it()
    redact("lesson", lesson.ref, "what_we_learned")
    assert SECRET not in held(issue)
    assert SECRET not in everything()
    assert issue.items[0].what_we_learned == MARK


def test_what_stays_does_not_make_the_mail_anew(world: Flask) -> None:
    issue, _ = an_issue_that_says_it()
    before = held(issue)
    redact("briefing", issue.ref, "feedback.1.words")
    # Nothing of what a reader said stands in the mail.
    assert held(issue) == before
    fields = queries.texts(queries.record("briefing", issue.ref))
    assert "frozen" not in fields, "the mail goes with a text; it is not asked for by itself"


def test_a_link_keeps_its_number_and_leads_where_it_led(world: Flask) -> None:
    issue, _ = an_issue_that_says_it()
    redact("briefing", issue.ref, "item.1.url_words")
    link = current_session().query(BriefingLink).filter_by(issue_id=issue.id, item_id=issue.items[0].id).one()
    assert link.url == "https://resources.example.org/sheet"
    assert link.words == MARK
