"""One action for every agency: its parts, their returns, and the colour of the whole."""

from datetime import date

import pytest
from flask import Flask

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.actions import operations, queries
from app.actions.models import Action
from app.actions.rules import (
    OwnerView,
)
from app.core.database import current_session
from app.core.errors import RuleBroken
from tests.actions.support import (
    a_lesson,
    a_plan,
    acting,
    set_day,
)
from tests.support.world import by_ref, make_evidence

LATER = date(2017, 9, 29)
AGENCIES = ("homerton", "hackney-learning-trust", "hackney-cyps", "met-police-hackney")


def _for_agencies() -> tuple[Action, list[Action]]:
    with acting("board.manager"):
        whole = operations.create_for_agencies(
            plan=a_plan(agency=by_ref(Agency, "chscb"), owner=person_by_ref("board.manager")),
            agencies=[by_ref(Agency, ref) for ref in AGENCIES],
            lessons=[a_lesson()],
        )
    return whole, list(queries.parts_of(whole))


def test_every_agency_gets_its_part_and_they_are_agreed_together_but_for_one_without_a_lead(
    world: Flask,
) -> None:
    whole, parts = _for_agencies()
    owners = {part.agency.ref: part.owner.ref if part.owner else None for part in parts}
    assert owners == {
        "homerton": "homerton.lead",
        "hackney-learning-trust": "hlt.lead",
        "hackney-cyps": "csc.lead",
        "met-police-hackney": None,
    }
    with acting("scr.chair"):
        operations.edit_draft(
            action=whole,
            plan=a_plan(
                agency=whole.agency, owner=whole.owner, due_on=LATER, title="Check every plan once a month"
            ),
        )
        operations.agree(action=whole)
    assert {part.agency.ref: part.status for part in parts} == {
        ref: "draft" if ref == "met-police-hackney" else "agreed" for ref in AGENCIES
    }
    assert {(part.title, part.due_on) for part in parts} == {("Check every plan once a month", LATER)}
    assert (whole.status, str(queries.returns_of(whole))) == ("agreed", "0 of 4 returned")


def test_the_whole_has_the_worst_colour_of_its_parts_from_the_same_moment(world: Flask) -> None:
    whole, parts = _for_agencies()
    with acting("scr.chair"):
        operations.edit_draft(
            action=whole, plan=a_plan(agency=whole.agency, owner=whole.owner, due_on=date(2017, 12, 29))
        )
        operations.agree(action=whole)
    assert whole.colour == "G"
    first, second = [part for part in parts if part.status == "agreed"][:2]
    assert first.owner
    with acting(first.owner.ref):
        operations.write_update(action=first, words="Stuck", owner_view=OwnerView.OFF_TRACK)
    assert (first.colour, second.colour, whole.colour) == ("R", "G", "R")
    with acting("scr.chair"):
        operations.withdraw(action=first, reason="Not asked of them")
    assert whole.colour == "G"
    set_day(date(2018, 1, 2))
    current_session().commit()
    operations.refresh_colours(on=date(2018, 1, 2))
    assert (second.colour, whole.colour) == ("R", "R")
    assert str(queries.returns_of(whole)) == "0 of 3 returned"


def test_the_whole_is_sent_once_all_returned_or_with_the_reason_for_those_that_have_not(world: Flask) -> None:
    whole, parts = _for_agencies()
    with acting("scr.chair"):
        operations.agree(action=whole)
    for part in parts:
        if part.owner is None:
            continue
        make_evidence(part)
        with acting(part.owner.ref):
            operations.send_for_sign_off(action=part, what_is_different="Every ward knows")
    assert str(queries.returns_of(whole)) == "3 of 4 returned"
    make_evidence(whole)
    with acting("board.manager"):
        with pytest.raises(RuleBroken, match="missing returns"):
            operations.send_for_sign_off(action=whole, what_is_different="All know")
        operations.send_for_sign_off(
            action=whole, what_is_different="All know", why_missing="The police have no lead yet"
        )
    assert whole.steps[-1].reason == "The police have no lead yet"


def test_the_whole_does_not_end_before_its_parts_do(world: Flask) -> None:
    whole, parts = _for_agencies()
    with acting("scr.chair"):
        operations.agree(action=whole)
        with pytest.raises(RuleBroken, match=parts[0].ref):
            operations.withdraw(action=whole, reason="A double")
        with pytest.raises(RuleBroken, match="so it is not split"):
            operations.split(action=whole, parts=[], reason="So")


def test_a_draft_for_every_agency_is_withdrawn_with_its_parts(world: Flask) -> None:
    whole, parts = _for_agencies()
    with acting("scr.chair"):
        operations.withdraw_draft(action=whole, reason="A double")
    assert {part.status for part in [whole, *parts]} == {"withdrawn"}


def test_a_draft_for_every_agency_is_not_withdrawn_from_under_a_part_that_was_agreed(world: Flask) -> None:
    whole, parts = _for_agencies()
    part = next(part for part in parts if part.owner is not None)
    with acting("scr.chair"):
        operations.agree(action=part)
        with pytest.raises(RuleBroken, match=f"first {part.ref}"):
            operations.withdraw_draft(action=whole, reason="A double")
        operations.withdraw(action=part, reason="A double")
        operations.withdraw_draft(action=whole, reason="A double")
    assert {each.status for each in [whole, *parts]} == {"withdrawn"}
