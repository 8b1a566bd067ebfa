"""Every line of the table of transitions × the cast, through the pages: who makes which move, by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import person_by_ref
from app.actions.models import Action, ImpactStatement, SignOff
from app.actions.operations import digest
from app.actions.rules.lifecycle import CLOSED, TRANSITIONS, Move, Status, Transition
from app.core.database import current_session
from tests.actions.support import an_action
from tests.support.client import PageClient
from tests.support.world import DAY, make_evidence

#: An action of the Homerton under the SCR Sub-Group, whose chair is of the CCG.
PEOPLE = (
    "homerton.owner",
    "homerton.lead",
    "scr.chair",
    "scr.member",
    "board.manager",
    "independent.chair",
    "executive.member",
    "qa.chair",
    "hlt.lead",
    "police.owner",
    "staff.reader",
    "administrator",
)

OWING = {"homerton.owner", "homerton.lead"}
DECIDING = {"scr.chair", "board.manager"}

#: Who makes which move.
MAY: dict[Move, set[str]] = {
    Move.AGREE: DECIDING,
    Move.START: OWING,
    Move.SEND_FOR_SIGN_OFF: OWING,
    Move.ACCEPT: DECIDING,
    Move.ACCEPT_IN_PART: DECIDING,
    Move.RETURN_TO_OWNER: DECIDING,
    Move.CONFIRM_IMPACT: DECIDING,
    Move.HOLD: DECIDING,
    Move.RESUME: DECIDING,
    Move.ESCALATE: DECIDING,
    Move.BRING_BACK: DECIDING,
    Move.SUPERSEDE: DECIDING,
    Move.CLOSE_NOT_IMPLEMENTED: {"scr.chair"},
    Move.WITHDRAW: DECIDING,
    Move.REOPEN: DECIDING | {"scr.member"},
}

AHEAD = ["29", "9", "2017"]
TODAY = ["31", "3", "2017"]
WHY = {"reason": "It was so decided"}

#: The page of each move, and what is sent from it.
PAGES: dict[Move, tuple[str, dict[str, Any]]] = {
    Move.AGREE: ("agree", {}),
    Move.START: ("update", {"words": "Begun", "owner_view": "on_track"}),
    Move.SEND_FOR_SIGN_OFF: ("send-for-sign-off", {"what_is_different": "Wards know"}),
    Move.ACCEPT: ("sign-off", {"decision": "accepted", "meeting_on": TODAY}),
    Move.ACCEPT_IN_PART: (
        "sign-off",
        {"decision": "accepted_in_part", "new_due_on": AHEAD, "meeting_on": TODAY, **WHY},
    ),
    Move.RETURN_TO_OWNER: (
        "sign-off",
        {"decision": "returned", "new_due_on": AHEAD, "meeting_on": TODAY, **WHY},
    ),
    Move.CONFIRM_IMPACT: ("impact/decide", {"decision": "confirmed"}),
    Move.HOLD: ("hold", {"review_on": AHEAD, **WHY}),
    Move.RESUME: ("resume", {"new_due_on": AHEAD}),
    Move.ESCALATE: (
        "escalate",
        {"put_to": "A department", "about": "The guidance", "review_on": AHEAD, **WHY},
    ),
    Move.BRING_BACK: ("bring-back", {"new_due_on": AHEAD}),
    Move.SUPERSEDE: ("supersede", WHY),
    Move.CLOSE_NOT_IMPLEMENTED: ("close-not-implemented", {"decided_on": TODAY, **WHY}),
    Move.WITHDRAW: ("withdraw-action", WHY),
    Move.REOPEN: (
        "reopen",
        {"agency_id": "homerton", "owner_id": "homerton.owner", "new_due_on": AHEAD, **WHY},
    ),
}


def _standing_in(status: Status) -> Action:
    """An action that stands where the line begins, with what its moves need."""
    closed_on = DAY if status in CLOSED else None
    review_on = date(2017, 6, 30) if status in (Status.ON_HOLD, Status.ESCALATED) else None
    action = an_action(status=status, closed_on=closed_on, review_on=review_on)
    if status is not Status.DRAFT:
        make_evidence(action)
    if status is Status.SUBMITTED:
        action.sign_offs.append(
            SignOff(
                ref=f"{action.ref}-S1",
                sent_on=date(2017, 3, 20),
                sent_by=person_by_ref("homerton.owner"),
                what_is_different="Wards know",
            )
        )
        action.submitted_on = date(2017, 3, 20)
    if status is Status.COMPLETE:
        action.impact_statements.append(
            ImpactStatement(
                ref=f"{action.ref}-I1",
                level=1,
                statement="Every ward was told",
                stated_on=DAY,
                stated_by=person_by_ref("homerton.owner"),
            )
        )
    current_session().flush()
    return action


def _page_of(line: Transition, action: Action, successor: Action) -> tuple[str, dict[str, Any]]:
    page, sent = PAGES[line.move]
    if line.frm is Status.DRAFT and line.move is Move.WITHDRAW:
        page = "withdraw"
    if line.move is Move.SUPERSEDE:
        sent = sent | {"successor": successor.ref}
    if line.move is Move.AGREE:
        sent = {"as_read": digest(action)}
    return f"/actions/{action.ref}/{page}", sent


def _status(ref: str) -> str:
    session = current_session()
    session.rollback()
    return session.scalars(select(Action.status).where(Action.ref == ref)).one()


@pytest.mark.parametrize("line", TRANSITIONS, ids=lambda line: f"{line.frm}-{line.move}")
def test_each_line_of_the_table_is_open_to_those_named_here_and_to_nobody_else(
    world: Flask, client_as: Callable[[str], PageClient], line: Transition
) -> None:
    action, successor = _standing_in(line.frm), an_action()
    ref = action.ref
    path, sent = _page_of(line, action, successor)
    clients = {who: client_as(who) for who in PEOPLE}
    for who in set(PEOPLE) - MAY[line.move]:
        clients[who].post(path, sent, status=404)
    assert _status(ref) == line.frm
    for who in sorted(MAY[line.move]):
        another = _standing_in(line.frm)
        reached = another.ref
        path, sent = _page_of(line, another, successor)
        clients[who].post(path, sent)
        assert _status(reached) == line.to, who


def test_every_move_of_the_table_has_its_line_by_hand() -> None:
    moves = {line.move for line in TRANSITIONS}
    assert moves == set(MAY) == set(PAGES)
    assert all(people <= set(PEOPLE) for people in MAY.values())
