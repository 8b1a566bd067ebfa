"""The draft of the month: made once, from its first working day on, of wording that may travel."""

from contextlib import ExitStack
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.queries import person_by_ref
from app.actions.models import Action, ImpactStatement
from app.actions.standing import keep
from app.briefings.composing import queries
from app.briefings.composing.operations import prepare, prepare_for
from app.briefings.composing.rules import QUESTIONS
from app.briefings.models import BriefingIssue, IssueState
from app.core.database import current_session
from app.core.holidays import ExtraHoliday
from app.core.patience import with_patience
from app.lessons.models import Lesson, Theme
from app.reports.queries.briefings import never_briefed
from tests.support.briefings import make_event, make_issue, make_item
from tests.support.cases import make_conflict
from tests.support.deaths import make_death
from tests.support.trail import change, entries
from tests.support.world import DAY, by_ref, make_action, make_lesson, make_review

APRIL = date(2017, 4, 3)


def make_closed(lesson: Lesson, *, level: int = 4, **values: Any) -> Action:
    """A closed action of a lesson whose impact was confirmed."""
    action = make_action(lesson, status="impact_confirmed", closed_on=date(2017, 1, 9), **values)
    action.impact_statements.append(
        ImpactStatement(
            ref=f"{action.ref}-I1",
            level=level,
            statement="Every midwife was told.",
            stated_on=date(2017, 2, 1),
            decision="confirmed",
            decided_on=date(2017, 2, 8),
        )
    )
    keep(action, on=APRIL)
    current_session().flush()
    return action


def refs(issue: BriefingIssue) -> list[str | None]:
    """What the items of an issue were made from."""
    return [
        origin.ref if (origin := item.lesson or item.action or item.event or item.review) else None
        for item in issue.items
    ]


def test_the_draft_holds_the_standing_sections_in_wording_that_may_travel(world: Flask) -> None:
    review = make_review()
    make_lesson(review, heading="A draft")
    lesson = make_lesson(review, sharing="cleared", cleared_on=date(2017, 3, 20))
    action = make_closed(lesson)
    event = make_event()
    elsewhere = make_review(review_type="external_source", report_url="https://example.org/report")
    issue = prepare(on=APRIL)
    assert issue is not None
    assert (issue.period, issue.number, issue.state) == ("2017-04", 1, "draft")
    assert issue.questions.splitlines() == list(QUESTIONS)
    assert issue.authors == []
    assert [(item.section, item.why) for item in issue.items] == [
        ("learning", "new"),
        ("learning", "closed with impact, level 4 of 5"),
        ("training", "on 20 April"),
        ("resources", "never briefed"),
        ("feedback", "in every issue"),
    ]
    assert refs(issue) == [lesson.ref, action.ref, event.ref, elsewhere.ref, None]
    assert [item.position for item in issue.items] == [1, 2, 3, 4, 5]
    learned = issue.items[0]
    assert (learned.heading, learned.what_happened) == (lesson.heading, "")
    assert (learned.what_we_learned, learned.what_you_should_do) == (
        lesson.what_we_learned,
        lesson.what_you_should_do,
    )
    assert issue.title == lesson.heading
    assert issue.headline == "What we learned, what came of it, training ahead and what others learned"
    # What came of a lesson is told as what happened, not as one.
    came = issue.items[1]
    assert came.what_happened.startswith("What people or systems do has changed")
    assert came.what_we_learned == ""
    # Of the action nothing but how far its impact reaches: its words were never cleared.
    whole = " ".join(
        f"{item.heading} {item.what_we_learned} {item.what_you_should_do}" for item in issue.items
    )
    assert action.title not in whole
    assert "midwife" not in whole
    entry = entries("briefing.create")[0]
    assert (entry.actor_name, entry.line) == ("System", f"Drafted {issue.ref} for April 2017")
    assert len(change("briefing.create")[1]["items"]) == 5


def test_every_issue_points_to_training_even_where_none_is_ahead(world: Flask) -> None:
    make_event(held_on=date(2017, 7, 3))
    make_event(withdrawn_on=date(2017, 3, 1))
    issue = prepare(on=APRIL)
    assert issue is not None
    training = issue.items[0]
    assert (training.section, training.url) == ("training", "http://127.0.0.1:5000/training")
    assert prepare_for(on=APRIL).items == 2


@pytest.mark.parametrize(
    ("waits", "comes"),
    [
        # A Saturday; New Year's Day on a Sunday, and then on a Monday; a bank holiday; a leap year.
        (date(2017, 4, 2), date(2017, 4, 3)),
        (date(2017, 1, 2), date(2017, 1, 3)),
        (date(2018, 1, 1), date(2018, 1, 2)),
        (date(2017, 5, 1), date(2017, 5, 2)),
        (date(2020, 2, 2), date(2020, 2, 3)),
    ],
)
def test_it_comes_on_the_months_first_working_day(world: Flask, waits: date, comes: date) -> None:
    waiting = prepare_for(on=waits)
    assert (waiting.items, bool(waiting.skipped)) == (0, True)
    done = prepare_for(on=comes)
    assert (done.period, done.state, done.skipped) == (comes.strftime("%Y-%m"), "draft", None)


def test_the_partnerships_own_holidays_put_it_off(world: Flask) -> None:
    current_session().add(ExtraHoliday(day_on=APRIL, name="Town hall closed"))
    current_session().flush()
    assert prepare(on=APRIL) is None
    assert prepare_for(on=APRIL).skipped == "the first working day of the month is Tuesday 4 April 2017"
    # Missed days lose nothing.
    assert prepare(on=date(2017, 4, 22)) is not None


def test_a_second_time_finds_the_same_issue_also_one_that_was_sent_or_cancelled(world: Flask) -> None:
    issue = prepare(on=APRIL)
    assert issue is not None
    for state in (IssueState.SENT, IssueState.CANCELLED):
        issue.state = state
        assert prepare(on=date(2017, 4, 28)) is issue
    assert len(entries("briefing.create")) == 1


def test_two_schedulers_at_once_make_one_draft(world: Flask) -> None:
    make_lesson(make_review(), sharing="cleared")
    current_session().commit()
    together, found = Barrier(2), []

    def work() -> None:
        with world.app_context():
            together.wait(10)
            found.append(with_patience(lambda: prepare_for(on=APRIL)))

    threads = [Thread(target=work) for _ in range(2)]
    with ExitStack() as ends:
        for thread in threads:
            thread.start()
            ends.callback(thread.join, 30)
    assert [each.items for each in found] == [3, 3]
    assert current_session().scalar(select(func.count(BriefingIssue.id))) == 1


def test_withdrawn_told_and_uncleared_lessons_are_no_candidates_and_cancelled_issues_told_nobody(
    world: Flask,
) -> None:
    review = make_review()
    told, cancelled, withdrawn, waiting, stopped = (
        make_lesson(review, sharing="published") for _ in range(5)
    )
    withdrawn.withdrawn_on = APRIL
    make_lesson(review)
    make_lesson(make_review(withdrawn_on=APRIL), sharing="cleared")
    make_lesson(review, sharing="cleared", kind="strength")
    event = make_event()
    for lesson, state, sent_on in (
        (told, IssueState.SENT, DAY),
        (cancelled, IssueState.CANCELLED, None),
        (waiting, IssueState.CLEARED, None),
        # Stopped on its way: it told somebody.
        (stopped, IssueState.CANCELLED, DAY),
    ):
        issue = make_issue(period=None, state=state, sent_on=sent_on)
        issue.items.append(make_item(lesson=lesson))
    issue.items.append(make_item(position=2, event=event))
    draft = make_issue(period=None)
    draft.items.append(make_item(event=make_event()))
    current_session().flush()
    found = {each.record: each.why for each in queries.proposals(None, on=APRIL)}
    assert found.keys() >= {cancelled}
    assert not found.keys() & {told, waiting, stopped, withdrawn}
    assert found[event] == "on 20 April, briefed before"
    editor = person_by_ref("tusk.editor").facts
    by_reference = [queries.proposal(editor, each.ref, on=APRIL).why for each in (waiting, stopped, told)]
    assert by_reference == [
        "never briefed, in an issue that is to go out",
        "briefed before",
        "briefed before",
    ]
    # The same on homes and in the coverage.
    assert {waiting, cancelled} <= set(current_session().scalars(never_briefed(editor)))
    assert not {told, stopped} & set(current_session().scalars(never_briefed(editor)))


def test_of_a_closed_case_only_the_cleared_wording_is_proposed(world: Flask) -> None:
    death = make_death()
    lesson = make_lesson(death, sharing="cleared")
    make_closed(lesson, group="cdop")
    make_review(review_type="external_source", is_restricted=True)
    elsewhere = make_review(review_type="external_source", caption="An inspection")
    found = queries.proposals(None, on=APRIL)
    assert [each.record for each in found] == [lesson]
    shown = queries.proposals(person_by_ref("tusk.editor").facts, on=APRIL)
    assert [each.record for each in shown] == [lesson, elsewhere]


def test_a_conflict_of_interest_leaves_only_what_was_published(world: Flask) -> None:
    review = make_review()
    make_closed(make_lesson(review, sharing="cleared"))
    published = make_lesson(review, sharing="published")
    make_conflict(review.ref, "tusk.editor")
    current_session().expire_all()
    shown = queries.proposals(person_by_ref("tusk.editor").facts, on=APRIL)
    assert [each.record for each in shown] == [published]


def test_reviews_that_found_the_same_are_counted_by_what_was_cleared(world: Flask) -> None:
    theme = by_ref(Theme, "neglect")
    first, second = make_review(), make_review()
    for sharing, withdrawn_on in (("draft", None), ("cleared", APRIL)):
        make_lesson(make_review(), sharing=sharing, themes=[theme], withdrawn_on=withdrawn_on)
    make_lesson(first, sharing="cleared", themes=[theme], found_on=date(2016, 1, 4))
    make_lesson(second, sharing="cleared", themes=[theme], found_on=date(2016, 5, 4))
    make_lesson(second, sharing="cleared", themes=[theme], found_on=date(2016, 5, 4))
    third = make_lesson(make_review(), sharing="cleared", themes=[theme], found_on=date(2016, 9, 1))
    found = queries.proposals(None, on=APRIL)
    assert (found[0].record, found[0].why) == (third, "third review to find this, never briefed")
    assert [each.why.split(" review")[0] for each in found] == ["third", "second", "second", "never briefed"]
