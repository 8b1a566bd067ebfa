"""The thread of an action."""

from datetime import date

import pytest
from flask import Flask

from app.accounts.queries import person_by_ref
from app.actions import operations
from app.actions.models import DateChange, ImpactLook
from app.actions.rules import Decision
from app.actions.rules.impact import Level
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.reports.matters import with_new_evidence
from tests.actions.support import NOTES, acting
from tests.reports.support import (
    Sign,
    a_thread,
    html,
    more_time,
    part,
    remind,
    sent,
    signed_off,
    updated,
    words,
)
from tests.support.statements import statements
from tests.support.world import make_action, make_evidence, make_lesson, make_recommendation


def test_the_owner_outside_the_compartment_sees_cleared_wording_and_never_the_pseudonym(
    world: Flask, client_as: Sign
) -> None:
    review, lesson = a_thread()
    lesson.heading = "Ask who lives there"
    draft = make_lesson(review, heading="A draft about the case", what_we_learned="Too near to the case.")
    recommendation = make_recommendation(review, wording="Wording within the compartment.")
    action = make_action(lesson, lessons=[lesson, draft], recommendations=[recommendation])
    page = client_as("homerton.owner").get(f"/actions/{action.ref}")
    assert "Ask who lives there" in words(page)
    assert f"Source: {review.ref}" in words(page)
    assert "1 lesson is kept back until the wording is cleared" in words(page)
    for secret in ("Child Z", draft.heading, draft.what_we_learned, recommendation.wording):
        assert secret not in html(page)
    assert f"/reviews/{review.ref}" not in html(page)


def test_those_of_the_compartment_see_the_whole_of_what_it_answers(world: Flask, client_as: Sign) -> None:
    review, _ = a_thread()
    draft = make_lesson(review, heading="A draft about the case")
    action = make_action(draft)
    page = client_as("scr.member").get(f"/actions/{action.ref}")
    assert "Child Z" in words(page)
    assert draft.heading in words(page)
    assert f"/reviews/{review.ref}" in html(page)


def test_the_title_names_the_reference_alone(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson)
    page = html(client_as("scr.member").get(f"/actions/{action.ref}"))
    head = page[: page.index("</head>")]
    assert f"<title>Action {action.ref} - " in head
    assert "Child Z" not in head
    assert action.title not in head


@pytest.mark.parametrize("ref", ["police.owner", "hlt.lead", "qa.chair", "staff.reader", "administrator"])
def test_those_who_have_nothing_to_do_with_it_find_nothing(world: Flask, client_as: Sign, ref: str) -> None:
    _, lesson = a_thread()
    client_as(ref).get(f"/actions/{make_action(lesson).ref}", status=404)


def test_the_owner_is_asked_for_an_update_first(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson)
    page = part(client_as("homerton.owner").get(f"/actions/{action.ref}"), "Your next step", "What it is for")
    assert page.startswith("Your next step Update Add proof Ask for more time Send for sign-off")


def test_once_there_is_proof_the_owner_is_asked_to_send_it(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson)
    make_evidence(action)
    page = words(client_as("homerton.owner").get(f"/actions/{action.ref}"))
    assert "Your next step Send for sign-off Update" in page


def test_the_chair_decides_and_the_owner_reads_who_does(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson)
    sent(action)
    assert "Your next step Decide the sign-off" in words(client_as("scr.chair").get(f"/actions/{action.ref}"))
    owner = words(client_as("homerton.owner").get(f"/actions/{action.ref}"))
    assert "Your next step" not in owner
    assert "Scr chair or Board manager decides the sign-off for SCR Sub-Group" in owner
    assert "Nobody decides about an action of their own" in owner


def test_a_draft_is_agreed_by_the_chair(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson, status="draft")
    assert "Your next step Agree this action" in words(client_as("scr.chair").get(f"/actions/{action.ref}"))
    assert "has not agreed this action yet" in words(client_as("scr.member").get(f"/actions/{action.ref}"))


def test_the_colour_stands_with_its_reason_beside_the_owners_own_view(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson, due_on=date(2017, 3, 16))
    updated(action, "at_risk")
    page = part(client_as("homerton.owner").get(f"/actions/{action.ref}"), "How it stands", "Who does it")
    assert "Colour R Red Past due by 15 days and not sent for sign-off" in page
    assert "The owner says At risk" in page
    assert "Now due 16 March 2017 11 working days late" in page


def test_dates_that_moved_say_by_how_much_and_who_decided(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson, due_on=date(2017, 5, 31), first_due_on=date(2017, 4, 28))
    current_session().add(
        DateChange(
            action=action,
            from_on=date(2017, 4, 28),
            to_on=date(2017, 5, 31),
            cause="extension",
            reason_code="approval_cycle",
            decided_on=date(2017, 3, 20),
            decided_by=person_by_ref("board.manager"),
        )
    )
    page = words(client_as("homerton.owner").get(f"/actions/{action.ref}"))
    assert "First due 28 April 2017 Now due 31 May 2017 Moved 33 days later than first agreed" in page
    assert "In all 33 days later than first agreed." in page
    assert "20 March 2017 28 Apr 2017 to 31 May 2017, 33 days later. More time given" in page
    assert "Approved by Board manager" in page


def test_a_part_does_not_say_that_whoever_split_it_approved_the_dates_it_took_over(
    world: Flask, client_as: Sign
) -> None:
    _, lesson = a_thread()
    whole = make_action(lesson, due_on=date(2017, 6, 30), first_due_on=date(2017, 5, 31))
    whole.date_changes.append(
        DateChange(
            from_on=date(2017, 5, 31),
            to_on=date(2017, 6, 30),
            cause="extension",
            reason_code="funding",
            reason="",
            decided_on=date(2017, 3, 1),
            decided_by=person_by_ref("board.manager"),
        )
    )
    owner = person_by_ref("homerton.owner")
    assert owner.agency is not None
    with acting("scr.chair"):
        halves = [operations.Part(title, owner.agency, owner) for title in ("Write it", "Teach it")]
        made, _ = operations.split(action=whole, parts=halves, reason="Two pieces of work.")
    page = words(client_as("scr.chair").get(f"/actions/{made.ref}"))
    assert "Who approved it stands on the page of that action" in page
    assert "Approved by" not in page


def test_what_was_said_sent_and_asked_stands_with_who_and_when(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson)
    updated(action)
    signed_off(action)
    page = words(client_as("homerton.owner").get(f"/actions/{action.ref}"))
    assert "3 March 2017 , Homerton owner On track The wording is agreed." in page
    assert "1 March 2017 A-0001-E1 Minutes of the meeting" in page
    assert "Signed off on 18 January 2017 by Scr chair for SCR Sub-Group." in page
    other = make_action(lesson)
    more_time(other)
    asked = words(client_as("homerton.owner").get(f"/actions/{other.ref}"))
    assert "From 31 May 2017 to 30 June 2017. Policy or approval cycle" in asked
    assert "Meanwhile: The old protocol stays in force." in asked
    assert "Board manager decides." in asked


def test_the_way_of_an_action_ends_where_it_was_signed_off(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson, due_on=date(2017, 5, 31))
    signed_off(action)
    way = part(client_as("homerton.owner").get(f"/actions/{action.ref}"), "Added 15 Sep", "Your next step")
    assert "9 days Signed off 18 Jan 2017" in way
    assert "Due" not in way
    late = make_action(lesson, due_on=date(2017, 3, 16))
    assert "Due 16 Mar 2017 11 working days late Sent for sign-off not yet" in words(
        client_as("homerton.owner").get(f"/actions/{late.ref}")
    )


def test_reminders_say_to_whom_when_and_what_became_of_them(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson, due_on=date(2017, 3, 16))
    remind(action, on=date(2017, 3, 24), rung="owner+8")
    remind(action, on=date(2017, 3, 31), rung="owner+15", state="failed")
    page = part(client_as("homerton.owner").get(f"/actions/{action.ref}"), "Reminders 2")
    assert "31 March 2017 Homerton owner, as the owner, 15 days after it was due Not delivered" in page
    assert "24 March 2017 Homerton owner, as the owner, 8 days after it was due Sent" in page


def test_once_it_is_done_its_impact_is_the_next_step_and_what_waits(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson)
    signed_off(action)
    look = ImpactLook(
        ref=f"{action.ref}-K1",
        action=action,
        closed_on=date(2016, 12, 14),
        months=3,
        due_on=date(2017, 3, 14),
        is_open=True,
    )
    current_session().add(look)
    current_session().flush()
    address = f"/actions/{action.ref}"
    owner = words(client_as("homerton.owner").get(address))
    assert "Your next step State the impact" in owner
    assert f"{action.ref} a look at the difference it made was due 14 Mar 2017" in owner
    chair = words(client_as("scr.chair").get(address))
    assert "A look at what difference it made was due on 14 March 2017, 13 working days late." in chair
    with acting("homerton.owner"):
        stated = operations.Stated(level=Level.REACTION, statement="Wards say that it helps.")
        operations.state_impact(action=action, stated=stated)
    assert "Your next step Confirm the impact" in words(client_as("scr.chair").get(address))
    member = words(client_as("scr.member").get(address))
    assert "Scr chair or Board manager confirms the difference that is stated, or returns it." in member
    assert f"On us, SCR Sub-Group since today {action.ref} to confirm the impact, since 31 Mar 2017" in member


def test_the_way_of_a_reopened_action_says_that_it_was_signed_off_and_reopened(
    world: Flask, client_as: Sign
) -> None:
    _, lesson = a_thread()
    action = make_action(lesson)
    signed_off(action)
    with acting("scr.chair"):
        owner = person_by_ref("homerton.owner")
        assert owner.agency is not None
        operations.reopen(
            action=action,
            reason="The wards changed.",
            agency=owner.agency,
            owner=owner,
            new_due_on=date(2017, 6, 30),
        )
    way = part(client_as("scr.chair").get(f"/actions/{action.ref}"), "Added", "What it is for")
    assert "Signed off 18 Jan 2017" in way
    assert "Reopened 31 Mar 2017" in way
    assert "Accepted in part" not in way


def test_an_owner_who_has_left_is_said_to_have_left(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson, owner="left.owner")
    page = words(client_as("board.manager").get(f"/actions/{action.ref}"))
    assert "Left owner has left. The action needs another owner." in page
    assert "Your next step Reassign" in page
    reader = words(client_as("scr.member").get(f"/actions/{action.ref}"))
    assert "Left owner has left. The lead of" in reader
    assert "Left owner does this" not in reader


def test_why_an_action_stopped_ended_and_went_on_again_stands_on_its_page(
    world: Flask, client_as: Sign
) -> None:
    _, lesson = a_thread()
    action = make_action(lesson, due_on=date(2017, 3, 16))
    with acting("scr.chair"):
        operations.hold(action=action, reason="The form is being replaced", review_on=date(2017, 6, 1))
        operations.resume(action=action, new_due_on=date(2017, 6, 30))
        operations.close_not_implemented(
            action=action, reason="Another service does it now", decided_on=date(2017, 3, 22)
        )
    current_session().commit()
    page = words(client_as("homerton.owner").get(f"/actions/{action.ref}"))
    assert "Put on hold: The form is being replaced" in page
    assert "Closed as not implemented: Another service does it now" in page
    assert f"Closed {action.ref} as not implemented, as decided on 22 March 2017" in page
    assert "106 days later. Resumed Approved by" in page


def test_the_reading_is_recorded(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson)
    client_as("homerton.owner").get(f"/actions/{action.ref}")
    current_session().query(AuditEntry).filter_by(verb="action.read", subject_ref=action.ref).one()


def test_a_page_asks_as_many_questions_however_much_happened(world: Flask, client_as: Sign) -> None:
    asked = []
    for count in (10, 50):
        _, lesson = a_thread()
        action = make_action(lesson, due_on=date(2017, 3, 16))
        for number in range(count):
            updated(action)
            make_evidence(action)
            more_time(action)
            remind(action, on=date.fromordinal(date(2017, 1, 1).toordinal() + number), rung=f"owner+{number}")
        current_session().commit()
        client = client_as("homerton.owner")
        # A process asks once, at its first page, whether the database is its own.
        client.get("/people")
        current_session().expire_all()
        with statements() as told:
            client.get(f"/actions/{action.ref}")
        asked.append(len(told))
    assert asked[0] == asked[1]


def test_proof_that_came_after_the_decision_of_the_same_day_is_new(world: Flask) -> None:
    _, lesson = a_thread()
    action = make_action(lesson)
    make_evidence(action)
    with acting("homerton.owner"):
        operations.send_for_sign_off(action=action, what_is_different="Every ward has it")
    with acting("scr.chair"):
        operations.decide_sign_off(
            action=action,
            decision=Decision.RETURNED,
            reason="More wards",
            resubmit_by_on=date(2017, 6, 1),
        )
    assert not with_new_evidence(action)
    with acting("homerton.owner"):
        operations.add_evidence(action=action, proof=NOTES)
    assert with_new_evidence(action)
