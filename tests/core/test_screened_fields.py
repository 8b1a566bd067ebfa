"""A text that may identify somebody comes back with a warning; what its author did is on record."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from app.actions.models import ActionUpdate
from app.audit.models import AuditEntry, AuditPayload
from app.core.database import current_session
from app.core.screening.fields import TICK
from app.core.screening.rules import text_digest
from tests.support.client import PageClient
from tests.support.trail import entries
from tests.support.world import make_action, make_lesson, make_review

WORDS = "Ring the mother on 07700 900123, she lives at E8 1EA."


def an_update(words: str, **more: object) -> dict[str, object]:
    """The form of an update."""
    return {"words": words, "owner_view": "on_track", **more}


def test_a_finding_is_quoted_beside_its_field_and_nothing_is_lost_or_saved(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    path = f"/actions/{make_action(make_lesson(make_review())).ref}/update"
    page = client_as("homerton.owner").post(path, an_update(WORDS), status=422).text
    assert "There is a problem" in page
    assert "07700 900123" in page.split("looks like a phone number")[0]
    assert "looks like a postcode" in page
    assert TICK in page
    assert WORDS in page
    assert f'value="{text_digest(WORDS)}"' in page
    assert not current_session().scalars(select(ActionUpdate)).all()


def test_words_that_were_ticked_are_kept_and_that_is_on_record_without_them(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    action = make_action(make_lesson(make_review()))
    path, ref = f"/actions/{action.ref}/update", action.ref
    ticked = {"words-checked": text_digest(WORDS), "words-warned": ["phone", "postcode"]}
    client_as("homerton.owner").post(path, an_update(WORDS, **ticked))
    (kept,) = entries("screening.keep")
    assert (kept.subject_kind, kept.subject_ref, kept.source_ref) == ("action", ref, "R-0001")
    assert "a phone number and a postcode" in kept.line or "a postcode and a phone number" in kept.line
    assert "07700" not in kept.line
    assert kept.payload_digest is None
    assert not entries("screening.change")
    bodies = current_session().scalars(select(AuditPayload.body)).all()
    assert any("07700" in body for body in bodies)


def test_a_tick_for_one_text_does_not_pass_another(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    path = f"/actions/{make_action(make_lesson(make_review())).ref}/update"
    form = an_update(f"{WORDS} Or write to h@example.org", **{"words-checked": text_digest(WORDS)})
    client_as("homerton.owner").post(path, form, status=422)


def test_words_that_were_changed_after_the_warning_are_saved_and_that_is_on_record(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    path = f"/actions/{make_action(make_lesson(make_review())).ref}/update"
    form = an_update("Ring the mother.", **{"words-warned": ["phone", "postcode", "nonsense"]})
    client_as("homerton.owner").post(path, form)
    (changed,) = entries("screening.change")
    assert "a postcode" in changed.line
    assert not entries("screening.keep")


def test_what_stood_there_before_is_not_held_against_whoever_edits_the_rest(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    lesson = make_lesson(make_review(), what_we_learned=WORDS)
    form = {
        "heading": "Ask who lives there",
        "what_we_learned": WORDS,
        "what_you_should_do": "Ask.",
        "found_on": ["1", "9", "2016"],
    }
    client_as("scr.member").post(f"/lessons/{lesson.ref}/edit", form)
    lines = current_session().scalars(select(AuditEntry.verb)).all()
    assert "lesson.change" in lines
    assert not [verb for verb in lines if verb.startswith("screening.")]
