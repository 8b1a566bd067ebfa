"""Who acknowledges an action, and where whoever leads the agency sees that nobody has."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from flask import Flask
from sqlalchemy import select

from app.accounts.queries import person_by_ref
from app.actions import queries
from app.actions.models import Action, ActionStep, OwnerChange
from app.actions.queries import Due, Filters
from app.actions.rules import Status
from app.actions.standing import keep
from app.core.database import current_session
from app.reports.course_part import owed_acknowledgement
from tests.actions.support import a_lesson, an_action
from tests.support.client import PageClient
from tests.support.world import DAY, make_action

Sign = Callable[[str], PageClient]


def _text(page: PageClient, path: str) -> str:
    return " ".join(page.get(path).get_data(as_text=True).split())


def test_the_filter_finds_what_the_rule_says_of_each_action(world: Flask) -> None:
    drawn, session, lesson = Random(7), current_session(), a_lesson()

    def some_day() -> timedelta:
        return timedelta(days=drawn.randint(0, 14))

    statuses = [Status.AGREED, Status.AGREED, Status.REOPENED, Status.IN_PROGRESS, Status.ON_HOLD]
    for _ in range(120):
        status = drawn.choice(statuses)
        began = DAY - timedelta(days=drawn.randint(4, 20))
        action = make_action(lesson, status=status, agreed_on=began)
        action.steps[0].taken_on = began
        if status == Status.REOPENED:
            action.steps.append(
                ActionStep(
                    move="reopen", from_status="complete", to_status="reopened", taken_on=began + some_day()
                )
            )
        if drawn.random() < 0.4:
            session.add(
                OwnerChange(
                    action=action,
                    cause="left",
                    from_agency_id=action.agency_id,
                    to_agency_id=action.agency_id,
                    changed_on=began + some_day(),
                )
            )
        if drawn.random() < 0.3:
            action.last_update_on = began + some_day()
        if drawn.random() < 0.2:
            action.acknowledged_on = began
    session.flush()
    session.expire_all()
    for action in session.scalars(select(Action)).all():
        keep(action, on=DAY)
    session.flush()
    actions = session.scalars(select(Action).order_by(Action.ref)).all()
    owed = [(action, owed_acknowledgement(action, DAY)) for action in actions]
    late = [action.ref for action, found in owed if found and found.days_late]
    chair = person_by_ref("scr.chair").facts
    rows = queries.in_full(chair, Filters(due=Due.UNACKNOWLEDGED, status="any"), on=DAY, sort="ref")
    assert [action.ref for action in rows] == late
    assert 15 < len(late) < 60


def test_the_lead_of_an_agency_sees_on_their_home_what_nobody_acknowledged(
    world: Flask, client_as: Sign
) -> None:
    late, fresh = (an_action(status="agreed", agreed_on=DAY - timedelta(days=days)) for days in (14, 3))
    fresh.steps[0].taken_on = fresh.agreed_on or DAY
    current_session().commit()
    lead, other = client_as("homerton.lead"), client_as("csc.lead")
    link = "/actions?agency=homerton&amp;due=unacknowledged"
    home = _text(lead, "/")
    assert f'href="{link}"' in home or 'href="/actions?due=unacknowledged&amp;agency=homerton"' in home
    assert "not acknowledged in time" in home
    page = _text(lead, "/actions?agency=homerton&due=unacknowledged")
    assert (late.ref in page, fresh.ref in page) == (True, False)
    assert "Not acknowledged in time" in page
    assert "not acknowledged in time" not in _text(other, "/")


def test_the_main_step_is_the_owners_and_the_leads_is_to_see_who_has_it(
    world: Flask, client_as: Sign
) -> None:
    ref = an_action(status="agreed").ref

    def steps(who: str) -> str:
        page = _text(client_as(who), f"/actions/{ref}")
        row = page[page.index('<div class="button-row">') :]
        return row[: row.index("</div>")]

    def main(who: str) -> str:
        row = steps(who)
        return row[: row.index("</a>")].rpartition(">")[2].strip()

    assert main("homerton.owner") == "Acknowledge"
    assert main("homerton.lead") == "Reassign"
    assert f'href="/actions/{ref}/acknowledge"' in steps("homerton.lead")
