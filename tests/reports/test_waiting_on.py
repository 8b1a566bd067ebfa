"""Whom a request for more time is said to wait on follows the rule of four eyes, not only its tier."""

from datetime import date

import pytest
from flask import Flask

from app.accounts.queries import person_by_ref
from app.actions.models import ExtensionRequest
from app.core.database import current_session
from app.reports.matters import decider_of
from tests.support.world import make_action, make_lesson, make_review


@pytest.mark.parametrize(
    ("owner", "whom", "us"),
    [
        ("homerton.owner", "Board manager", "board.manager"),
        # The board's own team answers for it, so nobody of that team decides.
        ("tusk.editor", "Independent chair", "independent.chair"),
    ],
)
def test_a_request_waits_on_whoever_may_decide_it(world: Flask, owner: str, whom: str, us: str) -> None:
    action = make_action(make_lesson(make_review()), owner=owner)
    request = ExtensionRequest(
        ref=f"{action.ref}-X1",
        asked_on=date(2017, 3, 22),
        asked_by=action.owner,
        from_due_on=date(2017, 5, 31),
        new_due_on=date(2017, 6, 14),
        reason_code="approval_cycle",
        interim_safeguard="The old protocol stays in force.",
        decider="board_manager",
    )
    action.extension_requests.append(request)
    current_session().flush()
    told = {
        ref: decider_of(request, person_by_ref(ref).facts) for ref in ("board.manager", "independent.chair")
    }
    assert {name.lower() for name, _is_us in told.values()} == {whom.lower()}
    assert [ref for ref, (_name, is_us) in told.items() if is_us] == [us]
