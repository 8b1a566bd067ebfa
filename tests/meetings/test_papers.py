"""The papers of a panel: frozen as sent, anonymised, and never of what somebody has a conflict in."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.core.files.models import Scan
from app.core.files.receiving import store
from app.meetings import mail, operations, papers, queries
from app.meetings.models import PaperKind
from app.meetings.rules.agenda import AgendaEmpty, AgendaFrozen, NotAsked, NotSent
from app.outbox.models import OutboxMessage
from tests.support.cases import make_conflict
from tests.support.client import PageClient
from tests.support.panels import MET_ON, hold, invite, make_panel, make_ready, meeting_of
from tests.support.world import DAY

Client = Callable[[str], PageClient]


def said(ref: str, *, without: frozenset[str] = frozenset(), kind: PaperKind = PaperKind.PAPERS) -> str:
    """Everything a paper says, in one string."""
    return json.dumps(papers.content(queries.sitting(ref), kind, without=without))


def test_papers_tell_of_a_death_by_reference_and_by_nothing_that_says_whose(world: Flask) -> None:
    case = make_ready(ecdop_ref="ECDOP-77", place="abroad", ethnicity_group="mixed")
    panel = make_panel(case)
    operations.send_papers(panel=panel)
    words = said(panel.ref)
    for there in (case.ref, "1 to 4 years", "Female", "Perinatal", "Delayed recognition", "Somebody could"):
        assert there in words
    for never in (case.cdop_number, "ECDOP-77", 'Hackney"', "Abroad", "Mixed", "2017/01", "January"):
        assert never not in words, never


def test_a_paper_says_what_was_missing_when_it_was_sent(world: Flask) -> None:
    case = make_ready()
    case.returns[0].is_open, case.returns[0].returned_on = True, None
    panel = make_panel(case)
    operations.send_papers(panel=panel)
    case.returns[0].is_open = False
    current_session().flush()
    assert "Not returned yet" in said(panel.ref)
    assert (
        "Not returned yet"
        in queries.lines(queries.sitting(panel.ref), person_by_ref("cdop.chair").facts)[0].lacks[0]
    )


def test_what_is_written_in_a_record_is_set_as_words_and_never_as_markup() -> None:
    markup = '#panic("no") #eval("1") *bold* [x] \\ £ é ŵ <a> @x `raw` $'
    plain = ("kind", "title", "marking", "partnership", "group", "panel_kind", "theme", "meets_on", "where")
    also = ("made_for", "made_by", "made_at", "length", "illustrative", "quorate", "without_quorum")
    lists = {"items": [], "people": [], "lacks": [markup], "notes": [markup]}
    content = dict.fromkeys((*plain, *also), markup) | lists | {"kind": "minutes", "version": 1}
    made = papers.as_pdf(content)
    assert made.startswith(b"%PDF")
    # Tagged, with a title and a language, as the standard for accessible documents asks.
    assert b"pdfuaid" in made
    assert b"/StructTreeRoot" in made or b"ObjStm" in made


def test_whoever_has_a_conflict_gets_papers_without_that_death_and_never_the_others(
    world: Flask, client_as: Client
) -> None:
    first, second = make_ready(), make_ready()
    make_conflict(second.ref, "cdop.chair")
    panel = make_panel(first, second)
    operations.send_papers(panel=panel)
    general, own = meeting_of(panel).papers
    assert general.person is None
    assert general.tells_of == {first.ref, second.ref}
    assert own.person == person_by_ref("cdop.chair")
    assert own.tells_of == {first.ref}
    assert second.ref not in said(panel.ref, without=frozenset({second.ref}))
    current_session().commit()
    chair, coordinator = client_as("cdop.chair"), client_as("cdop.coordinator")
    agenda = chair.get(f"/panels/{panel.ref}/agenda").get_data(as_text=True)
    assert second.ref not in agenda
    assert "Closed to you" in agenda
    assert f"/panels/{panel.ref}/papers/2" in agenda
    chair.get(f"/panels/{panel.ref}/papers/1", status=404)
    chair.get(f"/panels/{panel.ref}/papers/2")
    coordinator.get(f"/panels/{panel.ref}/papers/1")
    chair.get(f"/panels/{panel.ref}/agenda/{second.ref}/minutes", status=404)


def test_who_sends_papers_for_the_first_time_sees_who_gets_others(world: Flask, client_as: Client) -> None:
    case = make_ready()
    make_conflict(case.ref, "cdop.chair")
    panel = make_panel(case)
    current_session().commit()
    page = client_as("cdop.coordinator")
    for path in (f"/panels/{panel.ref}/send", f"/panels/{panel.ref}/agenda"):
        told = page.get(path).get_data(as_text=True)
        assert "Cdop chair, Chair of CDOP" in told.split("Who is asked")[0]


def test_a_conflict_declared_after_the_sending_closes_the_papers_until_others_are_made(
    world: Flask, client_as: Client
) -> None:
    first, second = make_ready(), make_ready()
    panel = make_panel(first, second)
    operations.send_papers(panel=panel)
    make_conflict(second.ref, "cdop.chair")
    current_session().commit()
    chair, coordinator = client_as("cdop.chair"), client_as("cdop.coordinator")
    chair.get(f"/panels/{panel.ref}/papers/1", status=404)
    assert "Read the papers" not in chair.get(f"/panels/{panel.ref}/agenda").get_data(as_text=True)
    assert "Make papers for" in coordinator.get(f"/panels/{panel.ref}/agenda").get_data(as_text=True)
    coordinator.post(f"/panels/{panel.ref}/papers/for/cdop.chair")
    chair.get(f"/panels/{panel.ref}/papers/2")
    assert "Make papers for" not in coordinator.get(f"/panels/{panel.ref}/agenda").get_data(as_text=True)


def test_an_agenda_that_was_sent_is_frozen_and_reopening_it_keeps_what_was_sent(world: Flask) -> None:
    first, second = make_ready(), make_ready()
    panel = make_panel(first)
    operations.send_papers(panel=panel)
    with pytest.raises(AgendaFrozen):
        operations.add_cases(panel=panel, cases=[second])
    with pytest.raises(AgendaFrozen):
        operations.remove_item(item=meeting_of(panel).items[0])
    with pytest.raises(AgendaFrozen):
        operations.send_papers(panel=panel)
    sent = meeting_of(panel).papers[0].stored_file.digest
    operations.reopen_agenda(panel=panel, reason="Another death is ready.")
    assert meeting_of(panel).notes[0].words.endswith("Another death is ready.")
    operations.add_cases(panel=panel, cases=[second])
    operations.send_papers(panel=panel)
    versions = [(paper.version, set(paper.tells_of)) for paper in meeting_of(panel).papers]
    assert versions == [(1, {first.ref}), (2, {first.ref, second.ref})]
    with store().open(sent) as kept:
        assert kept.read(4) == b"%PDF"


def test_whoever_moves_or_cancels_a_panel_whose_papers_were_sent_is_told_what_nobody_is_told(
    world: Flask, client_as: Client
) -> None:
    panel = make_panel(make_ready())
    operations.send_papers(panel=panel)
    current_session().commit()
    page = client_as("cdop.coordinator")
    page.get(f"/panels/{panel.ref}/edit")
    form = {"panel_kind": "general", "where_and_when": "", "theme": ""}
    page.post(f"/panels/{panel.ref}/edit", {**form, "meets_on": ["3", "5", "2017"]})
    assert "The papers say another day" in page.get(f"/panels/{panel.ref}").get_data(as_text=True)
    page.post(f"/panels/{panel.ref}/cancel", {"reason": "The chair is away."})
    assert "tell those asked" in page.get("/panels").get_data(as_text=True)


def test_an_empty_agenda_is_not_sent_and_papers_are_made_only_for_those_asked(world: Flask) -> None:
    panel = make_panel()
    with pytest.raises(AgendaEmpty):
        operations.send_papers(panel=panel)
    case = make_ready()
    operations.add_cases(panel=panel, cases=[case])
    with pytest.raises(NotSent):
        operations.make_paper_for(panel=panel, person=person_by_ref("cdop.chair"))
    operations.send_papers(panel=panel)
    with pytest.raises(NotAsked):
        operations.make_paper_for(panel=panel, person=person_by_ref("scr.chair"))


def test_each_reading_of_a_paper_is_recorded_for_the_panel_and_for_each_death_it_tells_of(
    world: Flask, client_as: Client
) -> None:
    first, second = make_ready(), make_ready()
    panel = make_panel(first, second)
    operations.send_papers(panel=panel)
    current_session().commit()
    answer = client_as("cdop.chair").get(f"/panels/{panel.ref}/papers/1")
    assert answer.headers["Content-Disposition"] == "attachment; filename=P-0001-papers-v1.pdf"
    reads = current_session().scalars(
        select(AuditEntry).where(AuditEntry.is_read, AuditEntry.line.contains("Downloaded"))
    )
    assert {(entry.subject_ref, entry.source_ref) for entry in reads} == {
        (ref, ref) for ref in (panel.ref, first.ref, second.ref)
    }


def messages() -> list[OutboxMessage]:
    """The notices that papers are ready."""
    statement = select(OutboxMessage).where(OutboxMessage.kind == "panel_papers").order_by(OutboxMessage.id)
    return list(current_session().scalars(statement))


def test_everybody_asked_who_has_an_account_is_told_once_a_version_by_reference_and_day(world: Flask) -> None:
    case = make_ready()
    panel = make_panel(case)
    invite(panel)
    operations.send_papers(panel=panel)
    assert [message.address for message in messages()] == [
        "cdop.chair@example.org",
        "cdop.coordinator@example.org",
    ]
    told = mail.message_text(messages()[0].id, DAY)
    assert told.subject == "The papers of P-0001 are ready"
    assert "26 April 2017" in told.text
    for never in (case.ref, case.cdop_number, "neonat", "death"):
        assert never not in (told.subject + told.text + told.html).replace("Child Death", "")


def test_a_notice_is_wanted_only_for_the_papers_that_stand_and_somebody_who_may_read_them(
    world: Flask,
) -> None:
    case = make_ready()
    panel = make_panel(case)
    operations.send_papers(panel=panel)
    chair, coordinator = messages()
    # The scanner of viruses looks at the papers later than the notice may leave.
    meeting_of(panel).papers[0].stored_file.scan = Scan.WAITING
    current_session().flush()
    assert mail.still_wanted(chair.id, DAY)
    make_conflict(case.ref, "cdop.chair")
    current_session().expire_all()
    assert not mail.still_wanted(chair.id, DAY)
    assert mail.still_wanted(coordinator.id, DAY)
    operations.reopen_agenda(panel=panel, reason="Another is ready.")
    assert not mail.still_wanted(coordinator.id, DAY)


def test_everybody_downloads_the_minutes_that_were_made_for_them(world: Flask, client_as: Client) -> None:
    first, second = make_ready(), make_ready()
    make_conflict(second.ref, "cdop.chair")
    panel = make_panel(first, second, meets_on=MET_ON)
    hold(panel)
    for item in meeting_of(panel).items:
        operations.defer(item=item, reason="It waits.")
    operations.close_minutes(panel=panel)
    current_session().commit()
    general, own = (f"/panels/{panel.ref}/papers/{number}" for number in (1, 2))
    coordinator, chair = (
        client_as(ref).get(f"/panels/{panel.ref}/minutes").get_data(as_text=True)
        for ref in ("cdop.coordinator", "cdop.chair")
    )
    assert (general in coordinator, own in coordinator) == (True, False)
    assert (general in chair, own in chair) == (False, True)
    assert "You left for it" not in chair
