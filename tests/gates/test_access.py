"""Every address × every person: the answers follow the policy; nothing else opens a page or changes a record.

The addresses come from the URL map. A new address fails here until somebody says which records to try.
"""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts.guard import ONE_CLICK_ENDPOINTS, OPEN_ENDPOINTS
from app.accounts.policy import TABLE, PersonFacts, can
from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.audit.refusals import refusal_line
from app.core.access import Access
from app.core.database import Base, current_session
from tests.support.briefing_results import make_feedback, make_receipt
from tests.support.briefings import make_event, make_issue, make_subscriber
from tests.support.client import PageClient
from tests.support.deaths import make_death, make_return
from tests.support.panels import build_panel
from tests.support.statements import statements
from tests.support.thread import build_thread
from tests.support.world import DAY

#: One of each way to open a case or to be kept out of it; the table itself is held by hand in tests/rules.
PEOPLE = ("executive.member", "scr.chair", "city.owner", "csc.lead", "administrator", "cdop.coordinator")

#: One of each compartment, and the restricted one.
ACTIONS = ("A-0001", "A-0005", "A-0006")

#: How an address begins, and the records it is tried on: their values in the address.
EXAMPLES: tuple[tuple[str, tuple[dict[str, Any], ...]], ...] = (
    ("/reviews/figures/<ref>", ({"ref": "figure-one"},)),
    (
        "/child-deaths/figures/<year>",
        ({"year": "2016-17", "name": "by-year"}, {"year": "16-17", "name": "other"}),
    ),
    ("/child-deaths/figures/issues/<ref>", ({"ref": "FI-0001", "name": "by-year"},)),
    ("/child-deaths/figures/overrides/<ref>", ({"ref": "FO-0001"},)),
    ("/child-deaths/figures/sources/figures/<ref>", ({"ref": "SF-0001"},)),
    ("/child-deaths/figures/sources/populations/<ref>", ({"ref": "PO-0001"},)),
    (
        "/reviews/<ref>/access",
        (
            {"ref": "R-0001", "person_ref": "executive.member"},
            {"ref": "R-0003", "person_ref": "csc.lead"},
            {"ref": "R-0003", "person_ref": "scr.member"},
        ),
    ),
    ("/panels/<ref>", ({"ref": "P-0001", "case_ref": "D-0001", "number": 1, "person_ref": "cdop.chair"},)),
    ("/sources/<ref>", tuple({"ref": f"R-000{number}"} for number in (1, 2, 3))),
    ("/child-deaths/<ref>/returns", ({"ref": "D-0001"},)),
    ("/child-deaths/<ref>/analysis", ({"ref": "D-0001", "domain": "A", "number": 1},)),
    (
        "/child-deaths/<ref>",
        (
            {"ref": "D-0001", "number": 1, "person_ref": "csc.lead"},
            {"ref": "D-0002", "number": 1, "person_ref": "csc.lead"},
        ),
    ),
    ("/returns/<ref>", ({"ref": "N-0001"},)),
    ("/reviews/<ref>", tuple({"ref": f"R-000{number}", "number": 1} for number in (1, 2, 3))),
    ("/lessons/<ref>", tuple({"ref": f"L-000{number}"} for number in range(1, 6))),
    ("/recommendations/<ref>", ({"ref": "C-0001"},)),
    ("/actions/<ref>", tuple({"ref": ref, "evidence_ref": f"{ref}-E1", "version": 1} for ref in ACTIONS)),
    ("/themes/<ref>", ({"ref": "neglect"},)),
    ("/administration/clocks/versions/<int:number>", ({"number": 1},)),
    ("/administration/clocks/<ref>", ({"ref": "CDR2008", "code": "panel"},)),
    ("/administration/words/terms/<int:number>", ({"number": 1},)),
    ("/administration/words/<ref>", ({"ref": "factor"},)),
    ("/administration/areas/<ref>", ({"ref": "hackney"},)),
    ("/administration/agencies/<ref>", ({"ref": "homerton"},)),
    ("/administration/groups/<ref>", ({"ref": "scr", "person_ref": "scr.member"},)),
    (
        "/administration/people/<ref>",
        ({"ref": "homerton.owner", "number": 1}, {"ref": "left.owner", "number": 1}),
    ),
    ("/people/<ref>/deputy", ({"ref": "homerton.owner", "number": 1}, {"ref": "scr.member", "number": 2})),
    ("/audit/<int:number>", ({"number": 1},)),
    (
        "/redactions/ask/<kind>/<ref>",
        tuple(
            {"kind": kind, "ref": ref}
            for kind, ref in (
                ("review", "R-0002"),
                ("child_death", "D-0001"),
                ("lesson", "L-0003"),
                ("action", "A-0005"),
                ("rumour", "A-0001"),
            )
        ),
    ),
    ("/redactions/<ref>", ({"ref": "RD-0001"},)),
    ("/challenges/<ref>", ({"ref": "H-0001"}, {"ref": "H-0002"})),
    ("/ratify/<ref>", ({"ref": "scr"}, {"ref": "qa"})),
    ("/demo/mailbox/<int:number>", ({"number": 1},)),
    ("/messages/<int:number>", ({"number": 1},)),
    ("/rules/ladder/<day>", ({"day": "2017-05-01"},)),
    ("/rules/colours/<day>", ({"day": "2017-05-01"},)),
    ("/rules/holidays/<int:number>", ({"number": 1},)),
    ("/rules/quiet-periods/<int:number>", ({"number": 1},)),
    ("/addresses/<int:number>", ({"number": 1},)),
    ("/briefings/audiences/<ref>", ({"ref": "schools"},)),
    ("/training/<ref>", ({"ref": "E-0001"},)),
    ("/briefings/receipts/<ref>", ({"ref": "T-0001"},)),
    ("/briefings/questions/<int:number>", ({"number": 1},)),
    #: One that is out, and one that is being written.
    ("/briefings/<ref>", ({"ref": "B-0001", "number": 1}, {"ref": "B-0002", "number": 2})),
    ("/subscribers/<ref>", ({"ref": "S-0001"},)),
)
#: Addresses of Flask-Security and Flask that are not ours: refused to everybody but through the allow-list.
UNSTAMPED = frozenset({"security.static", "security.verify"})


def rules(app: Flask) -> list[Rule]:
    """Every address but the allow-list."""
    return sorted(
        (rule for rule in app.url_map.iter_rules() if rule.endpoint not in OPEN_ENDPOINTS | UNSTAMPED),
        key=lambda rule: rule.rule,
    )


def stamp(app: Flask, rule: Rule) -> Access | None:
    """What the address asks of the person."""
    found: Access | None = getattr(app.view_functions[rule.endpoint], "access", None)
    return found


def examples(rule: Rule) -> Iterator[dict[str, Any]]:
    """The records an address is tried on; fails for an address that nobody listed."""
    if not rule.arguments:
        yield {}
        return
    for beginning, values in EXAMPLES:
        if rule.rule.startswith(beginning):
            yield from ({name: value[name] for name in rule.arguments} for value in values)
            return
    pytest.fail(f"say in EXAMPLES which records {rule.rule} is to be tried on")


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    """The address with the values filled in."""
    return app.url_map.bind("127.0.0.1").build(rule.endpoint, values)


def policy_allows(asked: Access, person: PersonFacts, values: dict[str, Any]) -> bool:
    """What the policy says; what does not exist is allowed to nobody."""
    if asked.load is None:
        return can(person, asked.verb)
    try:
        return can(person, asked.verb, asked.load(**values).facts)
    except NoResultFound:
        return False


def state() -> str:
    """A digest of every record there is, the audit trail and what a sign-in leaves apart."""
    digest = sha256()
    session = current_session()
    for table in Base.metadata.sorted_tables:
        if not table.name.startswith("audit_"):
            rows = sorted(repr(tuple(row)) for row in session.execute(select(table)))
            digest.update("\n".join([table.name, *rows]).encode())
    session.rollback()
    return digest.hexdigest()


def without_tokens(answer: TestResponse) -> str:
    """The page less the tokens of its forms, which carry the second they were made in."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.get_data(as_text=True))


def last_entry() -> AuditEntry:
    """The newest entry of the audit trail."""
    entry = current_session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    current_session().expunge(entry)
    current_session().rollback()
    return entry


@pytest.fixture
def thread(world: Flask) -> Flask:
    """The cast, and records of every kind in two compartments."""
    build_thread()
    make_return(make_death(ecdop_ref="EC-1"), owner=person_by_ref("city.owner"))
    build_panel()
    sent = make_issue(items=1, state="sent", sent_on=DAY)
    make_receipt(sent, "hackney-cyps")
    make_feedback(sent)
    make_issue(items=1, number=2)
    make_event()
    make_subscriber()
    current_session().commit()
    return world


def test_no_command_but_ours_changes_accounts(shared_app: Flask) -> None:
    ours = {
        "accounts",
        "audit",
        "backup",
        "briefings",
        "cdop",
        "data",
        "jobs",
        "outbox",
        "reminders",
        "restore",
        "scheduler",
    }
    assert set(shared_app.cli.commands) - {"db"} == ours


def test_every_address_of_ours_is_stamped_with_a_verb_of_the_policy(app: Flask) -> None:
    for rule in rules(app):
        found = stamp(app, rule)
        assert found is not None, f"{rule.rule} has no @access"
        assert found.verb in TABLE, f"{rule.rule} asks for {found.verb}, which the policy does not know"
        assert (found.load is not None) == bool(rule.arguments), f"{rule.rule} must load what it names"


def test_strangers_reach_the_allow_list_and_nothing_else(thread: Flask, stranger: PageClient) -> None:
    before = state()
    for rule in rules(thread):
        for values in examples(rule):
            path = address(thread, rule, values)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                send = stranger.get if method == "GET" else stranger.post
                answer = send(path, status=302)
                assert answer.headers["Location"] == "/sign-in", f"{method} {path}"
    assert state() == before


@pytest.mark.parametrize("ref", PEOPLE)
def test_each_person_opens_exactly_what_the_policy_allows(
    thread: Flask, client_as: Callable[[str], PageClient], ref: str
) -> None:
    client = client_as(ref)
    person = person_by_ref(ref).facts
    absent = without_tokens(client.get("/reviews/R-9999/edit", status=404))
    before = state()
    for rule in rules(thread):
        asked = stamp(thread, rule)
        assert asked is not None
        for values in examples(rule):
            allowed = policy_allows(asked, person, values)
            path = address(thread, rule, values)
            current_session().rollback()
            if "GET" in (rule.methods or ()):
                answer = client.client.get(path)
                reached = answer.status_code in {200, 302, 303}
                assert reached == allowed, f"{ref}: GET {path} answered {answer.status}"
                if answer.status_code in {302, 303}:
                    with client.client.session_transaction() as session:
                        session.pop("_flashes", None)
                if not allowed:
                    assert answer.status_code == 404
                    assert without_tokens(answer) == absent, f"{path} differs from what does not exist"
                    assert last_entry().line == refusal_line(asked.verb)
            if not allowed and "POST" in (rule.methods or ()):
                client.post(path, status=404)
    assert state() == before, "a page that was only opened, or a refused one, changed a record"


@pytest.mark.parametrize(
    ("closed", "absent"),
    [
        ("/reviews/R-0001", "/reviews/R-9999"),
        ("/lessons/L-0001", "/lessons/L-9999"),
        ("/actions/A-0001", "/actions/A-9999"),
        ("/actions/A-0001/edit", "/actions/A-9999/edit"),
        ("/actions/A-0001/sign-off", "/actions/A-9999/sign-off"),
        ("/actions/A-0001/evidence", "/actions/A-9999/evidence"),
    ],
)
def test_a_refusal_asks_no_more_of_the_database_than_an_absence(
    thread: Flask, client_as: Callable[[str], PageClient], closed: str, absent: str
) -> None:
    client = client_as("staff.reader")
    asked = []
    for path in (absent, closed, absent, closed):
        with statements() as sent:
            client.get(path, status=404)
        asked.append(len(sent))
    assert asked[2] == asked[3], "the time of the answer tells what there is"


@pytest.mark.parametrize("sign", ["%00", "A-0001%00", "a%00b"])
def test_a_character_that_no_database_keeps_is_a_wrong_request_and_no_fault_of_ours(
    thread: Flask, client_as: Callable[[str], PageClient], sign: str
) -> None:
    client = client_as("board.manager")
    for path in ("/actions/{}", "/reviews/{}/edit", "/administration/people/{}", "/redactions/ask/action/{}"):
        client.get(path.format(sign), status=404)
    for path in ("/actions?after={}", "/lessons?before={}", "/sign-offs?group={}", "/messages?address={}"):
        client.get(path.format(sign), status=400)


def test_a_stranger_may_type_such_a_character_too(world: Flask, stranger: PageClient) -> None:
    form = {"email": "scr.chair\0@example.org", "password": "wrong wrong", "csrf_token": stranger.token()}
    assert stranger.client.post("/sign-in", data=form).status_code == 200


def test_every_form_refuses_a_missing_token_and_one_of_another_session(
    thread: Flask, client_as: Callable[[str], PageClient]
) -> None:
    client, other = client_as("board.manager"), PageClient(thread)
    with other.client.session_transaction() as session:
        session["csrf_token"] = "of-another-session"
    from itsdangerous import URLSafeTimedSerializer

    foreign = URLSafeTimedSerializer(thread.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(
        "of-another-session"
    )
    before = state()
    for rule in thread.url_map.iter_rules():
        if not (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            continue
        # Mail programs send these without a session; tests/briefings holds that nothing else does.
        if rule.endpoint in ONE_CLICK_ENDPOINTS:
            continue
        tried = [{"ref": "scr.chair"}] if rule.endpoint == "demo.sign_in_as" else examples(rule)
        for values in tried:
            path = address(thread, rule, values)
            for data in ({}, {"csrf_token": foreign}, {"csrf_token": "nonsense"}):
                answer = client.client.post(path, data=data)
                assert answer.status_code in {400, 403}, f"POST {path} answered {answer.status}"
    assert state() == before


def test_a_view_without_a_stamp_is_refused_to_everybody(
    thread: Flask, client_as: Callable[[str], PageClient]
) -> None:
    for ref in ("board.manager", "administrator"):
        client_as(ref).get("/verify", status=404)


def test_a_page_that_cannot_record_its_reading_does_not_leave(
    thread: Flask, client_as: Callable[[str], PageClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    from app.accounts import guard

    def full(**_: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    client = client_as("board.manager")
    client.get("/reviews/R-0001")
    monkeypatch.setattr(guard, "record", full)
    client.get("/reviews/R-0001", status=503)
