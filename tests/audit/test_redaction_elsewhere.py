"""What a redaction reaches beside the record: what was said of it before, and who was let into a case."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.audit.redaction import operations, queries, rules
from app.core.acting import acting_as
from app.core.database import current_session
from tests.audit.test_redaction import MARK, SECRET, as_person, everything, field_with, redact, verified
from tests.support.cases import make_glass
from tests.support.client import PageClient
from tests.support.world import make_lesson, make_review

#: Nothing of it is like an address, which a form would ask about.
NAME = "Tobias Quill"


def test_what_was_said_of_the_text_when_it_was_asked_for_before_goes_with_it(world: Flask) -> None:
    lesson = make_lesson(make_review(), what_we_learned=SECRET)
    record = queries.record("lesson", lesson.ref)
    with acting_as(as_person("scr.chair")):
        first = operations.ask(of=record, field="what_we_learned", reason="It names a child.")
    with acting_as(as_person("board.manager")):
        operations.refuse(redaction=first, reason=f"{SECRET} is a pseudonym.")
        current_session().commit()
    redact("lesson", lesson.ref, "what_we_learned")
    assert SECRET not in everything()
    assert (first.reason, first.decision_reason) == ("It names a child.", f"{MARK} is a pseudonym.")
    assert verified().intact


def test_whoever_decides_does_not_repeat_the_text_either(world: Flask) -> None:
    lesson = make_lesson(make_review(), what_we_learned=SECRET)
    record = queries.record("lesson", lesson.ref)
    with acting_as(as_person("scr.chair")):
        redaction = operations.ask(of=record, field="what_we_learned", reason="It names a child.")
    with acting_as(as_person("board.manager")), pytest.raises(rules.ReasonRepeatsText):
        operations.carry_out(redaction=redaction, of=record, reason=f"Nobody may read {SECRET}.")


def test_why_a_case_was_opened_or_is_closed_to_somebody_can_be_redacted_by_those_who_read_it(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    ref = make_review().ref
    client_as("scr.chair").post(f"/reviews/{ref}/access/restrict", {"reason": f"It is about {NAME}"})
    client_as("board.manager").post(
        "/break-the-glass", {"ref": ref, "reason": f"{NAME} is in hospital", "sure": "y"}
    )
    client_as("scr.chair").post(
        f"/reviews/{ref}/access/lift", {"reason": "No longer needed there", "sure": "y"}
    )
    client_as("scr.chair").post(
        f"/reviews/{ref}/access/conflicts/add", {"person": "qa.chair", "nature": f"An aunt of {NAME}"}
    )
    client_as("scr.chair").post(
        f"/reviews/{ref}/access/conflicts/qa.chair/end", {"reason": f"No aunt of {NAME}"}
    )
    page, shown = f"/redactions/ask/review/{ref}", client_as("scr.chair")
    assert NAME not in client_as("scr.member").get(page).text
    assert shown.get(page).text.count(NAME) == 4
    for name in ("conflict.1.nature", "conflict.1.ended_reason", "glass.1.reason"):
        redact("review", ref, name)
    redact("review", ref, field_with("review", ref, NAME))
    assert NAME not in everything()
    assert NAME not in client_as("board.manager").get("/glass-broken").text
    assert verified().intact


def test_why_the_glass_was_broken_is_otherwise_never_changed(world: Flask) -> None:
    make_glass(make_review().ref, "board.manager")
    current_session().commit()
    for change in ("reason = 'Another'", "reason = '[Redacted on 1 May 2017]', broken_on = '2017-03-01'"):
        with pytest.raises(DBAPIError, match="never changed"):
            current_session().execute(text(f"UPDATE broken_glass SET {change}"))
        current_session().rollback()
