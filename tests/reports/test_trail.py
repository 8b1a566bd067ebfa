"""The search of the audit trail: its filters, its pages, its file, and what it keeps from whom."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.accounts.models import CaseTeamMember, ConflictOfInterest
from app.accounts.policy.table import TABLE
from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.audit.operations import Subject, record
from app.audit.refusals import refusal_line
from app.core.acting import Actor, acting_as
from app.core.clock import today
from app.core.database import current_session, db
from app.reviews.models import Review
from tests.support.client import PageClient
from tests.support.trail import change, entries
from tests.support.world import make_action, make_lesson, make_review

SECRET = "Words that only the case may hold"


@pytest.fixture
def case(world: Flask) -> Review:
    """A case with entries: a change with a payload, a read, and a refusal that names no source."""
    review = make_review()
    action = make_action(make_lesson(review))
    person = person_by_ref("scr.chair")
    with acting_as(Actor(person.id, person.name)):
        record(
            verb="review.change",
            subject=review.audit_subject,
            line=f"Changed {review.ref}",
            before={"caption": "Before"},
            after={"caption": SECRET},
        )
        record(verb="action.read", subject=action.audit_subject, line=f"Opened {action.ref}", is_read=True)
        refused = Subject("action", action.ref)
        record(verb="action.read", subject=refused, line="Refused: action.read", is_read=True)
    record(verb="demo.step", subject=Subject("installation", "day"), line="=HYPERLINK(1) is no formula")
    current_session().commit()
    return review


def listed(client: PageClient, query: str = "") -> list[str]:
    """The lines of the page, without the page's own search."""
    page = client.get(f"/audit{query}").text
    found = re.findall(r'data-label="What happened"><div class="[^"]*">(.*?)</div>', page)
    return [line for line in found if "audit trail" not in line]


def test_each_filter_leaves_what_it_asks_for(case: Review, client_as: Callable[[str], PageClient]) -> None:
    client = client_as("board.manager")
    changed, opened, refused, formula = (
        "Changed R-0001",
        "Opened A-0001",
        "Refused: read (action)",
        "=HYPERLINK(1) is no formula",
    )
    assert listed(client) == [formula, refused, opened, changed]
    for query, lines in {
        "person=scr.chair": [refused, opened, changed],
        "person=system": [formula],
        "show=changes": [formula, changed],
        "show=reads": [opened],
        "show=refusals": [refused],
        "verb=action.read": [refused, opened],
        "kind=review": [changed],
        "ref=a-0001": [refused, opened],
        "source=R-0001": [opened, changed],
        "words=opened": [opened],
        "words=%25": [],
        "business_from=31&business_from=3&business_from=2017": [formula, refused, opened, changed],
        "business_to=30&business_to=3&business_to=2017": [],
        "recorded_to=1&recorded_to=1&recorded_to=2000": [],
        "person=scr.chair&show=changes": [changed],
    }.items():
        assert listed(client, f"?{query}") == lines, query


def test_a_filter_that_cannot_be_read_stands_open_with_what_is_wrong(
    case: Review, client_as: Callable[[str], PageClient]
) -> None:
    page = client_as("administrator").get("/audit?business_from=x&business_from=3&business_from=2017").text
    assert '<details class="filter-panel" open>' in page
    assert "govuk-error-message" in page


def test_a_number_beyond_every_row_is_no_page(case: Review, client_as: Callable[[str], PageClient]) -> None:
    client = client_as("administrator")
    client.get(f"/audit/{10**30}", status=404)
    client.get(f"/administration/people/board.manager/roles/{10**30}/end", status=404)


def test_what_was_searched_for_is_on_record_but_in_no_line(
    case: Review, client_as: Callable[[str], PageClient]
) -> None:
    client_as("board.manager").get("/audit?words=Tobias")
    assert change("audit.search")[1] == {"Words of the line": "Tobias"}
    assert "Tobias" not in entries("audit.search")[0].line


def test_payloads_are_for_oversight_and_never_for_administrators(
    case: Review, client_as: Callable[[str], PageClient]
) -> None:
    number = current_session().scalars(select(AuditEntry.id).where(AuditEntry.verb == "review.change")).one()
    assert SECRET in client_as("independent.chair").get(f"/audit/{number}").text
    page = client_as("administrator").get(f"/audit/{number}").text
    assert "Changed R-0001" in page
    assert SECRET not in page
    for ref in ("scr.chair", "staff.reader"):
        client_as(ref).get(f"/audit/{number}", status=404)
        client_as(ref).get("/audit", status=404)


def test_a_conflict_of_interest_hides_every_entry_of_the_case(
    case: Review, client_as: Callable[[str], PageClient]
) -> None:
    person = person_by_ref("board.manager")
    current_session().add(
        ConflictOfInterest(
            source_ref=case.ref, person_id=person.id, nature="Worked on it", declared_on=today()
        )
    )
    numbers = list(current_session().scalars(select(AuditEntry.id).order_by(AuditEntry.id)))
    client = client_as("board.manager")
    assert listed(client) == ["=HYPERLINK(1) is no formula"]
    assert "R-0001" not in client.get("/audit/export?format=csv").text
    for number in numbers[:3]:
        client.get(f"/audit/{number}", status=404)
    assert len(listed(client_as("independent.chair"))) >= 4


def test_a_restricted_case_is_hidden_from_all_but_its_team(
    case: Review, client_as: Callable[[str], PageClient]
) -> None:
    case.is_restricted = True
    number = current_session().scalars(select(AuditEntry.id).where(AuditEntry.verb == "review.change")).one()
    for ref in ("board.manager", "administrator"):
        assert not [line for line in listed(client_as(ref)) if "R-0001" in line or "A-0001" in line]
        client_as(ref).get(f"/audit/{number}", status=404)
    person = person_by_ref("board.manager")
    current_session().add(
        CaseTeamMember(source_ref=case.ref, person_id=person.id, is_lead=True, joined_on=today())
    )
    assert SECRET in client_as("board.manager").get(f"/audit/{number}").text


def test_the_file_says_what_it_is_and_holds_no_formula_and_no_payload(
    case: Review, client_as: Callable[[str], PageClient]
) -> None:
    answer = client_as("board.manager").get("/audit/export?format=csv&show=changes")
    page = answer.data.decode("utf-8-sig")
    assert "OFFICIAL-SENSITIVE" in page
    assert "Board manager" in page
    assert "Changes" in page
    assert "'=HYPERLINK(1) is no formula" in page
    assert "2017-03-31" in page
    assert SECRET not in page
    exported = current_session().scalars(
        select(AuditEntry.line).where(AuditEntry.line.startswith("Exported"))
    )
    assert "Audit trail as CSV" in exported.one()


def test_pages_of_a_long_trail_follow_one_another_and_read_no_more_than_a_page(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    for number in range(120):
        record(verb="demo.step", subject=Subject("installation", "day"), line=f"Step {number}")
    current_session().commit()
    client = client_as("administrator")
    first = listed(client)
    assert first[0] == "Step 119"
    numbers = dict(current_session().execute(select(AuditEntry.line, AuditEntry.id)).all())
    following = listed(client, f"?after={numbers[first[-1]]}")
    assert following[0] == f"Step {119 - len(first)}"
    assert listed(client, f"?before={numbers[following[0]]}")[-1] == first[-1]
    assert listed(client, "?after=nonsense")


def test_each_filter_has_its_index(world: Flask) -> None:
    from app.reports.queries import trail

    person = person_by_ref("board.manager").facts
    statements: list[str] = []
    session = current_session()
    for narrowed in (
        trail.TrailFilter(person="board.manager"),
        trail.TrailFilter(verb="action.read"),
        trail.TrailFilter(kind="action"),
        trail.TrailFilter(ref="A-0001"),
        trail.TrailFilter(source="R-0001"),
        trail.TrailFilter(business_from=today()),
        trail.TrailFilter(recorded_from=today()),
    ):
        statements.append(_plan(lambda narrowed=narrowed: trail.search(person, narrowed)))  # type: ignore[misc]
    session.rollback()
    if db.engine.dialect.name == "sqlite":
        for plan in statements:
            assert "USING INDEX ix_audit_entry_" in plan, plan
            assert "TEMP B-TREE" not in plan, plan


def _plan(ask: Callable[[], object]) -> str:
    """How the database answers the last statement of what is asked."""
    kept: list[tuple[str, object]] = []

    def keep(_c: object, _k: object, statement: str, parameters: object, *_: object) -> None:
        kept.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", keep)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", keep)
    if db.engine.dialect.name != "sqlite":
        return ""
    statement, parameters = kept[-1]
    connection = current_session().connection()
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
    return "\n".join(str(row[-1]) for row in rows)


def test_a_refusal_reads_as_words_on_every_page_and_in_the_file(
    case: Review, client_as: Callable[[str], PageClient]
) -> None:
    client_as("homerton.owner").get("/actions/A-0001/agree", status=404)
    client_as("staff.reader").get("/reviews", status=404)
    client = client_as("board.manager")
    lines = listed(client, "?show=refusals")
    assert lines == [
        "Refused: see the list of reviews",
        "Refused: agree (action)",
        "Refused: read (action)",
    ]
    number = (
        current_session()
        .scalars(select(AuditEntry.id).where(AuditEntry.line == "Refused: action.read"))
        .one()
    )
    assert "Refused: read (action)" in client.get(f"/audit/{number}").text
    text = client.get("/audit/export?show=refusals&format=csv").text
    assert "Refused: read (action)" in text
    assert "Refused: action.read" not in text


def test_every_verb_of_the_policy_has_words_for_its_refusal() -> None:
    for verb in TABLE:
        line = refusal_line(verb)
        assert line.startswith("Refused: ")
        assert not {".", "_"} & set(line), verb


def test_what_somebody_did_who_left_since_is_found_by_name(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    person = person_by_ref("left.owner")
    with acting_as(Actor(person.id, person.name)):
        record(verb="action.update", subject=Subject("action", "A-0001"), line="Updated A-0001")
    current_session().commit()
    client = client_as("board.manager")
    assert '<option value="left.owner">Left owner, ' in client.get("/audit").text
    assert listed(client, "?person=left.owner") == ["Updated A-0001"]
