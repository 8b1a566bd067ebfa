"""The list of readers: narrowed, counted by agency, exported; one reader and what can be done."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Agency
from app.briefings.models import Subscriber
from app.briefings.subscribers import digests, operations, queries
from app.briefings.subscribers.queries import SubscriberFilter
from app.core.database import current_session
from tests.accounts.support import lines
from tests.support.briefings import make_subscriber
from tests.support.client import PageClient
from tests.support.statements import statements

Sign = Callable[[str], PageClient]


@pytest.fixture
def readers(world: Flask) -> list[Subscriber]:
    """Three readers of two agencies."""
    ids = [
        current_session().scalars(select(Agency.id).where(Agency.ref == ref)).one()
        for ref in ("homerton", "ccg")
    ]
    found = [
        make_subscriber(email="ann_b@example.org", name="Ann <b>", agency_id=ids[0]),
        make_subscriber(
            email="bob@other.example.org", agency_id=ids[0], basis="imported", basis_stated="A list"
        ),
        make_subscriber(email="annxb@example.org", state="left", agency_id=ids[1]),
    ]
    current_session().commit()
    return found


def refs(**narrowed: str) -> list[str]:
    """The references that a filter leaves."""
    page, count = queries.listed(SubscriberFilter(**narrowed))
    assert count == len(page.rows)
    assert [one.ref for one in queries.in_full(SubscriberFilter(**narrowed))] == [
        one.ref for one in page.rows
    ]
    return [one.ref for one in page.rows]


def test_each_filter_narrows_the_list(readers: list[Subscriber]) -> None:
    assert refs() == ["S-0003", "S-0002", "S-0001"]
    assert refs(state="left") == ["S-0003"]
    assert refs(basis="imported") == ["S-0002"]
    assert refs(agency="homerton") == ["S-0002", "S-0001"]
    assert refs(agency="-") == []
    assert refs(audience="-") == ["S-0003", "S-0002", "S-0001"]
    assert refs(text="ann_b") == ["S-0001"]
    assert refs(text="bob@other.example.org") == ["S-0002"]
    assert refs(text="bob@other.ex") == refs(text="ob@other.example.org") == ["S-0002"]
    assert refs(text="bob@nowhere") == []
    assert refs(text="s-0003") == ["S-0003"]


def test_the_list_pages_and_exports_with_as_many_questions_for_many_as_for_few(
    readers: list[Subscriber], client_as: Sign
) -> None:
    client = client_as("tusk.editor")
    with statements() as few:
        page = client.get("/subscribers").get_data(as_text=True)
    assert "Ann &lt;b&gt;" in page
    assert "2 readers get the briefing. The list below has 3 readers" in page
    assert "2 readers of the list match" in client.get("/subscribers?agency=homerton").text
    for _ in range(60):
        make_subscriber()
    with statements() as many:
        page = client.get("/subscribers").get_data(as_text=True)
    assert len(many) <= len(few)
    assert "63 readers" in page
    assert "after=S-0014" in page
    file = client.get("/subscribers/export?format=csv&state=left").get_data(as_text=True)
    assert "OFFICIAL-SENSITIVE: PERSONAL DATA" in file
    assert "annxb@example.org" in file
    assert "bob@" not in file


def test_readers_are_counted_by_agency(readers: list[Subscriber], client_as: Sign) -> None:
    make_subscriber()
    assert [tuple(row)[0:1] + tuple(row)[2:] for row in queries.by_agency()] == [
        ("ccg", 0, 1, 0),
        ("homerton", 2, 0, 0),
        (None, 1, 0, 0),
    ]
    assert "3 readers get the briefing" in client_as("administrator").get("/subscribers/agencies").text


def test_an_editor_adds_changes_and_ends_with_a_reason(readers: list[Subscriber], client_as: Sign) -> None:
    client = client_as("tusk.editor")
    form = {"email": "Cat@example.org", "basis_stated": "Telephone, 3 April", "agency": "homerton"}
    answer = client.post("/subscribers/new", form)
    assert answer.headers["Location"] == "/subscribers/S-0004"
    client.post("/subscribers/new", form | {"basis_stated": ""}, status=422)
    page = client.post("/subscribers/new", form, status=422).get_data(as_text=True)
    assert "S-0004 gets the briefing at this address already" in page
    page = client.post("/subscribers/new", form | {"email": "annxb@example.org"}, status=422).text
    assert "can sign up by themselves" in page
    client.post("/subscribers/S-0004/edit", {"name": "Cat", "area": "hackney"})
    client.post("/subscribers/S-0004/suppress", {"reason": ""}, status=422)
    for what in ("suppress", "put-back", "leave", "erase"):
        page = client.post(
            f"/subscribers/S-0004/{what}", {"reason": "Cat@example.org wrote"}, status=422
        ).text
        assert "must not say who it is" in page
    client.post("/subscribers/S-0004/suppress", {"reason": "Wrong person"})
    client.post("/subscribers/S-0004/suppress", {"reason": "Wrong person"}, status=422)
    client.post("/subscribers/S-0004/put-back", {"reason": "Right after all"})
    client.post("/subscribers/S-0004/leave", {"reason": "By letter"})
    assert "taken off by an editor" in client.get("/subscribers/S-0004").get_data(as_text=True)
    client.post("/subscribers/S-0004/erase", {"reason": "Asked by letter"})
    page = client.get("/subscribers/S-0004").get_data(as_text=True)
    assert "Erased" in page
    assert digests.suppressed(["cat@example.org"]) == {"cat@example.org"}
    assert [line for _, line in lines("subscriber.suppress")] == [
        "S-0004 is written to no more, by hand",
        "S-0004 is written to again, after its address was refused",
    ]


def test_digests_are_keyed_and_outlive_a_change_of_the_secret(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations.erase(subscriber=make_subscriber(email="ann@example.org"))
    monkeypatch.setitem(world.config, "SECRET_KEY", "another-secret-" * 4)
    assert digests.suppressed(["ann@example.org", "bob@example.org"]) == {"ann@example.org"}
    from hashlib import sha256

    assert digests.digest_of("ann@example.org") != sha256(b"ann@example.org").hexdigest()
