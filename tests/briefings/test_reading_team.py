"""The team version: one page, whatever the issue, with what was left out said on it."""

import io
import json
from collections.abc import Callable
from typing import Any

import docx
import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.briefings.queries import settings
from app.briefings.reading import addresses, team
from app.briefings.reading.content import content
from app.briefings.results import links
from app.core.database import current_session
from tests.support.briefings import make_event, make_issue, make_item
from tests.support.client import PageClient
from tests.support.world import DAY, by_ref

Sign = Callable[[str], PageClient]

SECTIONS = ("learning", "policy", "training", "resources", "feedback")


def issue_of(number: int, words: str, **values: Any) -> Any:
    """An issue with so many items in each section, each of these words."""
    issue = make_issue(headline=words[:200], **values)
    issue.items = [
        make_item(
            section=section,
            position=place,
            heading=words[:300],
            what_we_learned=words,
            what_you_should_do="\n".join(f"- {words}" for _ in range(3)),
        )
        for section in SECTIONS
        for place in range(number)
    ]
    return issue


def test_a_short_issue_is_told_with_what_was_learned_and_three_questions(world: Flask) -> None:
    issue = make_issue(items=2, questions="Who do we never speak to?\n\nWhat helps?")
    issue.items.append(
        make_item(section="training", position=9, heading="Routine enquiry", event=make_event())
    )
    paper = team.fitting(issue)
    assert [topic.heading for topic in paper.topics] == ["Item 1", "Item 2"]
    assert paper.topics[0].learned == ("Adult services hold what children's services need.",)
    assert paper.questions[:2] == ("Who do we never speak to?", "What helps?")
    assert len(paper.questions) == 3
    assert paper.others == (
        "Training: Routine enquiry (20 April 2017, 9:30am to 12:30pm, Hackney Town Hall)",
    )
    assert paper.topics[0].happened == ("Services knew parts of a family.",)
    assert paper.left_out == ""
    assert paper.read_at.endswith("/briefings/B-0001")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (4, "Adult services hold what children's services need. " * 6),
        (4, "Ask who else lives in the home. " * 3),
        (30, "W" * 290 + " " + "W " * 300),
        (30, "\u1e84" * 400),
    ],
)
def test_a_long_issue_fits_one_page_and_says_what_was_left_out(world: Flask, number: int, words: str) -> None:
    paper = team.fitting(issue_of(number, words, questions=f"{words[:900]}\n" * 3))
    assert team._pages(team._data(paper)) == 1
    assert "Left out here" in paper.left_out


def test_what_is_left_out_goes_a_step_at_a_time(world: Flask) -> None:
    full, with_learning, with_deeds, first_deed, headings = team.shortenings(
        content(issue_of(10, "Ask who else lives in the home.")), "http://example.org"
    )
    assert full.topics[0].happened
    assert not with_learning.topics[0].happened
    assert with_learning.topics[0].learned
    assert not with_deeds.topics[0].learned
    assert len(with_deeds.topics[0].do) == 3
    assert len(first_deed.topics[0].do) == 1
    assert not headings.topics[0].do
    assert "28 more of those" in headings.left_out


def test_the_word_document_has_headings_lists_and_the_language(world: Flask) -> None:
    issue = make_issue(items=2, provenance="illustrative")
    paper = team.fitting(issue, tell_at="http://example.org/discussed?link=x", draft="Not cleared.")
    document = docx.Document(io.BytesIO(team.as_word(paper)))
    styles = [getattr(paragraph.style, "name", "") for paragraph in document.paragraphs]
    assert styles.count("Heading 1") == 1
    assert styles.count("List Number") == 3
    assert "List Bullet" in styles
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "http://example.org/discussed?link=x" in text
    assert "Illustrative: made up" in text
    assert text.startswith("Not cleared.")
    assert document.sections[0].header.paragraphs[0].text == "OFFICIAL-SENSITIVE"
    assert document.core_properties.language == "en-GB"
    assert len(document.tables) == 1


def test_the_pdf_is_tagged_and_says_its_title_and_language(world: Flask) -> None:
    made = team.as_pdf(team.fitting(make_issue(items=1), draft="Not cleared."))
    assert b"/MarkInfo" in made or b"/StructTreeRoot" in made
    said = json.loads(team._data(team.fitting(make_issue(items=1, number=2))))
    assert said["title"] == "TUSK team version: What we learned this month"


def test_what_is_not_cleared_says_so_and_who_took_it_is_on_record(world: Flask, client_as: Sign) -> None:
    issue = make_issue(items=1)
    answer = client_as("tusk.editor").get("/briefings/B-0001/preview/team.docx")
    text = "\n".join(each.text for each in docx.Document(io.BytesIO(answer.data)).paragraphs)
    assert "Draft for" in text
    assert "do not pass it on" in text
    assert "B-0001-team-draft.docx" in answer.headers["Content-Disposition"]
    reads = select(AuditEntry.line).where(AuditEntry.is_read, AuditEntry.subject_ref == issue.ref)
    assert "Downloaded the team version" in str(current_session().scalars(reads).one())


def test_the_copy_of_an_agencys_lead_carries_the_link_for_its_teams(world: Flask, client_as: Sign) -> None:
    issue = make_issue(items=1, state="sent", link_key="k")
    for ref, address in (
        ("hlt.lead", links.discussed(issue, next(iter(by_ref(Person, "hlt.lead").facts.leads)))),
        ("tusk.editor", "http://127.0.0.1:5000/briefings/B-0001/discussed"),
    ):
        answer = client_as(ref).get("/briefings/B-0001/team.docx")
        page = docx.Document(io.BytesIO(answer.data))
        assert address in "\n".join(each.text for each in page.paragraphs)


def test_the_copy_behind_a_mailed_link_carries_it_also_for_who_is_not_signed_in(
    world: Flask, stranger: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue, other = (make_issue(number=n, items=1, state="sent", sent_on=DAY, link_key=str(n)) for n in (1, 2))
    settings().archive_is_public = True
    told: list[str] = []

    def as_pdf(paper: team.Paper) -> bytes:
        told.append(paper.tell_at)
        return b""

    monkeypatch.setattr(team, "as_pdf", as_pdf)
    mailed = links.team_version(issue, 7).partition("5000")[2]
    link = mailed.partition("=")[2]
    for path in (mailed, f"{mailed}x", f"/briefings/{other.ref}/team.pdf?link={link}"):
        stranger.get(path)
    assert told == [links.discussed(issue, 7), addresses.discuss(issue), addresses.discuss(other)]


def test_what_was_made_up_is_marked_where_it_stands(world: Flask) -> None:
    issue = make_issue(items=1, provenance="published")
    issue.items.append(make_item(heading="Made up", provenance="illustrative", position=2))
    paper = team.fitting(issue)
    assert [topic.mark for topic in paper.topics] == ["", " (illustrative)"]
    assert "What is marked illustrative was made up" in paper.illustrative
