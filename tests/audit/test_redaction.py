"""A text that should never have been written: two people empty it, and the trail still verifies."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app.accounts.queries import person_by_ref
from app.actions import operations as actions
from app.actions.models import Action, ActionUpdate
from app.actions.operations import Part, Proof
from app.actions.rules import EvidenceKind, OwnerView
from app.audit import queries as audit
from app.audit.models import AuditEntry, RedactedPayload, Redaction
from app.audit.operations import seal
from app.audit.redaction import operations, queries, rules
from app.core.acting import Actor, acting_as
from app.core.database import Base, current_session
from app.core.errors import RuleBroken
from app.core.files.models import StoredFile
from app.core.files.operations import sweep_files
from app.core.files.receiving import receive, store
from app.core.files.store import FileMissing
from app.lessons import operations as lessons
from app.lessons.models import Lesson
from app.reminders.operations import nudge
from tests.audit.test_trail import _tamper
from tests.support.client import PageClient
from tests.support.world import by_ref, make_action, make_lesson, make_review

SECRET = "Tobias Quill of 12 Mare Street"
MARK = "[Redacted on 31 March 2017]"


def as_person(ref: str) -> Actor:
    """The cast's person as the author of what follows."""
    person = person_by_ref(ref)
    return Actor(person.id, person.name)


def everything() -> str:
    """Every value of every table, as one text."""
    session = current_session()
    session.flush()
    return "\n".join(
        str(value)
        for table in Base.metadata.sorted_tables
        for row in session.execute(select(table))
        for value in row
    )


def verified() -> audit.Verification:
    """What verifying finds once all is sealed."""
    while seal(session=current_session()):
        current_session().commit()
    return audit.verify(current_session())


def redact(kind: str, ref: str, field: str) -> Redaction:
    """Ask as the chair of the group and decide as the board manager."""
    with acting_as(as_person("scr.chair")):
        redaction = operations.ask(of=queries.record(kind, ref), field=field, reason="It names a child.")
        current_session().commit()
    with acting_as(as_person("board.manager")):
        operations.carry_out(redaction=redaction, of=queries.record(kind, ref))
        current_session().commit()
    current_session().expire_all()
    return redaction


def field_with(kind: str, ref: str, words: str) -> str:
    """The field of the record that holds the words."""
    return next(
        field for field, (_, held) in queries.texts(queries.record(kind, ref)).items() if words in held
    )


def test_present_and_earlier_wordings_are_nowhere_and_the_trail_is_intact(world: Flask) -> None:
    lesson = make_lesson(make_review())
    for learned in (SECRET, "A child was not seen.", f"{SECRET} was not seen."):
        with acting_as(as_person("scr.chair")):
            change_learned(lesson, learned)
    current_session().commit()
    assert verified().intact
    assert SECRET in everything()
    redact("lesson", lesson.ref, "what_we_learned")
    assert SECRET not in everything()
    assert "A child was not seen." not in everything()
    assert lesson.what_we_learned == MARK
    assert verified().intact


def change_learned(lesson: Lesson, learned: str) -> None:
    """Reword what was learned."""
    lessons.change_lesson(
        lesson=lesson,
        heading=lesson.heading,
        what_we_learned=learned,
        what_you_should_do=lesson.what_you_should_do,
        number="",
        found_on=lesson.found_on,
        audited_case=None,
        themes=[],
    )


def an_action_with_a_history(words: str) -> Action:
    """An action whose update, proof and sign-off say the words."""
    action = make_action(make_lesson(make_review()))
    with acting_as(as_person("homerton.owner")):
        proof = Proof(EvidenceKind.WORDS, f"Letter about {words}", None)
        actions.write_update(action=action, words=words, owner_view=OwnerView.ON_TRACK, proof=proof)
        actions.send_for_sign_off(action=action, what_is_different=f"Seen weekly: {words}")
        current_session().commit()
    return action


@given(
    words=st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=["C"]), min_size=4, max_size=60
    ).map(lambda found: f"Zq{found.strip()}qZ")
)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_written_is_nowhere_after_its_redaction(world: Flask, words: str) -> None:
    action = an_action_with_a_history(words)
    redact("action", action.ref, field_with("action", action.ref, words))
    left = everything()
    assert words not in left
    assert MARK in left
    assert verified().intact


def test_a_closed_record_and_a_reason_that_only_the_trail_holds_can_be_redacted(world: Flask) -> None:
    action = make_action(make_lesson(make_review()), status="draft")
    with acting_as(as_person("board.manager")):
        actions.withdraw_draft(action=action, reason=f"Entered twice, see {SECRET}")
        current_session().commit()
    assert action.status == "withdrawn"
    redact("action", action.ref, field_with("action", action.ref, SECRET))
    assert SECRET not in everything()
    assert verified().intact


def test_what_an_owner_was_asked_by_hand_can_be_redacted(world: Flask) -> None:
    action = make_action(make_lesson(make_review()))
    with acting_as(as_person("board.manager")):
        nudge(action=action, note=f"How is {SECRET} now?")
        current_session().commit()
    redact("action", action.ref, "nudge.1.note")
    assert SECRET not in everything()
    assert verified().intact


def test_two_redactions_of_one_payload_leave_it_verified(world: Flask) -> None:
    action = an_action_with_a_history(SECRET)
    for words in ("Letter about", SECRET):
        redact("action", action.ref, field_with("action", action.ref, words))
    assert SECRET not in everything()
    assert verified().intact
    per_entry = select(func.count()).select_from(RedactedPayload).group_by(RedactedPayload.entry_id)
    assert max(current_session().scalars(per_entry)) >= 1


def test_two_people_stand_behind_a_redaction_and_it_is_decided_once(world: Flask) -> None:
    lesson = make_lesson(make_review(), what_we_learned=SECRET)
    record = queries.record("lesson", lesson.ref)
    with acting_as(as_person("board.manager")):
        redaction = operations.ask(of=record, field="what_we_learned", reason="It names a child.")
        current_session().commit()
        with pytest.raises(rules.SamePerson):
            operations.carry_out(redaction=redaction, of=record)
        with pytest.raises(rules.SamePerson):
            operations.refuse(redaction=redaction, reason="It stays.")
        with pytest.raises(rules.AskedAlready):
            operations.ask(of=record, field="what_we_learned", reason="Again.")
    with acting_as(as_person("independent.chair")):
        with pytest.raises(RuleBroken):
            operations.refuse(redaction=redaction, reason=" ")
        operations.refuse(redaction=redaction, reason="The name is the pseudonym.")
        current_session().commit()
        with pytest.raises(rules.DecidedAlready):
            operations.carry_out(redaction=redaction, of=record)
    assert lesson.what_we_learned == SECRET
    offered = [told for _, told in queries.texts(queries.record("lesson", lesson.ref)).values()]
    assert SECRET in offered
    assert not [told for told in offered if "names a child" in told or "pseudonym" in told]


def test_the_reason_must_not_repeat_the_text(world: Flask) -> None:
    lesson = make_lesson(make_review(), what_we_learned=SECRET)
    with acting_as(as_person("scr.chair")), pytest.raises(rules.ReasonRepeatsText):
        operations.ask(
            of=queries.record("lesson", lesson.ref),
            field="what_we_learned",
            reason=f"It names {SECRET.lower()}",
        )


def test_neither_reason_repeats_a_part_of_a_longer_text(world: Flask) -> None:
    words = f"Nobody had written down before that {SECRET} knew the lodger well."
    lesson = make_lesson(make_review(), what_we_learned=words)
    of = queries.record("lesson", lesson.ref)
    with acting_as(as_person("scr.chair")):
        for part in ("it says “Quill of 12  mare street, knew”", SECRET):
            with pytest.raises(rules.ReasonRepeatsText):
                operations.ask(of=of, field="what_we_learned", reason=part)
        redaction = operations.ask(of=of, field="what_we_learned", reason="It says who knew the lodger")
        current_session().commit()
    with acting_as(as_person("board.manager")):
        with pytest.raises(rules.ReasonRepeatsText):
            operations.carry_out(redaction=redaction, of=of, reason=f"Indeed: {SECRET}")
        current_session().rollback()
        operations.carry_out(redaction=redaction, of=queries.record("lesson", lesson.ref), reason="Indeed")
    assert SECRET not in everything()


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE audit_payload SET body = \'{{"after": {{}}, "before": {{}}}}\' WHERE entry_id = {id}',
        "UPDATE redacted_payload SET digest_after = 'forged' WHERE entry_id = {id}",
        "DELETE FROM redacted_payload WHERE entry_id = {id}",
        "UPDATE redaction SET decided_by_id = asked_by_id",
        "UPDATE redaction SET decision = 'refused'",
    ],
)
def test_tampering_with_what_was_redacted_is_found(world: Flask, statement: str) -> None:
    action = an_action_with_a_history(SECRET)
    redact("action", action.ref, field_with("action", action.ref, SECRET))
    assert verified().intact
    target = current_session().scalars(select(func.min(RedactedPayload.entry_id))).one()
    _tamper(statement.format(id=target))
    found = audit.verify(current_session())
    assert (found.intact, found.first_bad) == (False, target)


def test_a_forged_redaction_does_not_excuse_a_changed_payload(world: Flask) -> None:
    action = an_action_with_a_history(SECRET)
    lesson = make_lesson(make_review(), what_we_learned="Something else")
    with acting_as(as_person("scr.chair")):
        redaction = operations.ask(
            of=queries.record("lesson", lesson.ref), field="what_we_learned", reason="It names a child."
        )
        current_session().commit()
    assert verified().intact
    entry = (
        current_session()
        .scalars(
            select(AuditEntry).where(
                AuditEntry.subject_ref == action.ref, AuditEntry.payload_digest.is_not(None)
            )
        )
        .first()
    )
    assert entry is not None
    target = entry.id
    # The database itself lets the payload change now; the trail does not.
    current_session().add(
        RedactedPayload(redaction_id=redaction.id, entry_id=target, digest_after="whatever")
    )
    current_session().commit()
    unfounded = audit.verify(current_session())
    assert (unfounded.intact, unfounded.first_bad) == (False, target)
    current_session().execute(
        text("UPDATE audit_payload SET body = '{}' WHERE entry_id = :id"), {"id": target}
    )
    current_session().commit()
    found = audit.verify(current_session())
    assert (found.intact, found.first_bad) == (False, target)


def test_one_person_asks_and_another_decides_on_their_pages(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    lesson = make_lesson(make_review(), what_we_learned=SECRET)
    ref = lesson.ref
    asking = client_as("scr.member")
    assert "Mare Street" in asking.get(f"/redactions/ask/lesson/{ref}").text
    asking.post(f"/redactions/ask/lesson/{ref}", {"field": "what_we_learned"}, status=422)
    asking.post(f"/redactions/ask/lesson/{ref}", {"field": "what_we_learned", "reason": "It names a child."})
    assert "RD-0001" in asking.get("/redactions").text
    asking.get("/redactions/RD-0001", status=404)
    client_as("qa.chair").get("/redactions/RD-0001", status=404)
    assert "RD-0001" not in client_as("qa.chair").get("/redactions").text
    deciding = client_as("scr.chair")
    assert "Mare Street" in deciding.get("/redactions/RD-0001").text
    deciding.post("/redactions/RD-0001", {"decision": "refused"}, status=422)
    deciding.post("/redactions/RD-0001", {"decision": "carried_out"})
    assert MARK in deciding.get(f"/lessons/{ref}").text
    assert "Mare Street" not in everything()


def test_whoever_asked_reads_on_the_page_that_another_decides(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    lesson = make_lesson(make_review(), what_we_learned=SECRET)
    client = client_as("board.manager")
    form = {"field": "what_we_learned", "reason": "It names a child."}
    client.post(f"/redactions/ask/lesson/{lesson.ref}", form)
    assert "another person decides" in client.get("/redactions/RD-0001").text
    client.post("/redactions/RD-0001", {"decision": "carried_out"}, status=422)
    assert SECRET in everything()


def test_an_update_keeps_its_row_with_the_mark(world: Flask) -> None:
    action = an_action_with_a_history(SECRET)
    redact("action", action.ref, field_with("action", action.ref, SECRET))
    update = current_session().scalars(select(ActionUpdate)).one()
    assert update.words == MARK


def handed_in(ref: str, content: bytes, *, shows: str = "What it shows.") -> None:
    """Let the owner hand in a file as proof of the action."""
    with acting_as(as_person("homerton.owner")):
        proof = Proof(EvidenceKind.WORDS, shows, file=receive(io.BytesIO(content), "letter.txt"))
        actions.add_evidence(action=by_ref(Action, ref), proof=proof)
        current_session().commit()


def test_the_content_of_a_file_goes_wherever_the_same_file_stands_and_is_not_taken_again(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    review = make_review()
    first, second = (make_action(make_lesson(review)) for _ in range(2))
    content = f"A letter about {SECRET}.\n".encode()
    for ref in (first.ref, second.ref):
        handed_in(ref, content)
    handed_in(second.ref, b"Another letter, which stays.\n")
    stored, other = current_session().scalars(select(StoredFile).order_by(StoredFile.id)).all()
    digest, kept = stored.digest, other.digest
    owner = client_as("homerton.owner")
    where = f"/actions/{first.ref}/evidence/{first.ref}-E1/files/1"
    owner.get(where)
    redact("action", first.ref, f"evidence.{first.ref}-E1.file.1.content")
    with pytest.raises(FileMissing):
        store().open(digest)
    store().open(kept).close()
    owner.get(where, status=404)
    for ref in (first.ref, second.ref):
        assert "The file is gone for good" in owner.get(f"/actions/{ref}").text
        redacted = select(AuditEntry).where(
            AuditEntry.subject_ref == ref, AuditEntry.verb == "redaction.carry_out"
        )
        assert len(current_session().scalars(redacted).all()) == 1
    with pytest.raises(RuleBroken, match="was redacted"):
        handed_in(first.ref, content, shows="Once more.")
    with pytest.raises(FileMissing):
        store().open(digest)
    assert verified().intact


def test_a_redacted_file_that_stayed_on_the_disk_is_swept_at_once(world: Flask) -> None:
    action = make_action(make_lesson(make_review()))
    handed_in(action.ref, SECRET.encode())
    redact("action", action.ref, f"evidence.{action.ref}-E1.file.1.content")
    # As when the machine stopped between the commit and the removal.
    digest = receive(io.BytesIO(SECRET.encode()), "letter.txt").digest
    sweep_files()
    with pytest.raises(FileMissing):
        store().open(digest)


def test_copies_in_the_parts_of_a_split_action_go_too_and_chance_likeness_stays(world: Flask) -> None:
    action = make_action(make_lesson(make_review()), details=f"See {SECRET}.", owner_role="Named nurse")
    with acting_as(as_person("scr.chair")):
        owner = person_by_ref("homerton.owner")
        assert owner.agency is not None
        parts = [
            Part(title=f"Part {number}", agency=owner.agency, owner=owner, owner_role="Named nurse")
            for number in (1, 2)
        ]
        made = actions.split(action=action, parts=parts, reason="Two agencies")
        refs = [each.ref for each in made]
        current_session().commit()
    # The copy was changed since, and still holds the sentence.
    by_ref(Action, refs[1]).details = f"Begun. See {SECRET}. Go on."
    current_session().commit()
    redact("action", action.ref, "details")
    assert SECRET not in everything()
    assert by_ref(Action, refs[0]).details == MARK
    assert by_ref(Action, refs[1]).details == f"Begun. {MARK} Go on."
    redact("action", action.ref, "title")
    assert by_ref(Action, refs[0]).title == "Part 1"
    assert verified().intact


def test_the_note_on_the_source_of_a_part_can_be_redacted(world: Flask) -> None:
    action = an_action_with_a_history("the visit")
    update = current_session().scalars(select(ActionUpdate)).one()
    update.source_note = SECRET
    current_session().commit()
    redact("action", action.ref, field_with("action", action.ref, SECRET))
    assert SECRET not in everything()


def test_what_was_looked_for_in_the_trail_goes_with_the_text(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    lesson = make_lesson(make_review(), what_we_learned=f"{SECRET} was seen late.")
    current_session().commit()
    client_as("board.manager").get("/audit", query_string={"words": f"{SECRET} was seen late."})
    assert SECRET in everything()
    redact("lesson", lesson.ref, "what_we_learned")
    assert SECRET not in everything()
    assert verified().intact
