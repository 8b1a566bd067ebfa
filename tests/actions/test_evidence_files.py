"""Files as evidence: handed in on the pages, downloaded, made better, returned; and attacks on that way."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.actions.models import Action, Evidence
from app.actions.models.evidence import EvidenceFile
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.core.files.models import Scan, StoredFile
from app.core.files.receiving import store
from tests.actions.support import a_submitted_action, acting, an_action
from tests.support.client import PageClient
from tests.support.files import PDF, PNG, WORD, office
from tests.support.world import make_evidence

ClientAs = Callable[[str], PageClient]


def upload(content: bytes, name: str, media_type: str = "application/octet-stream") -> tuple[Any, str, str]:
    """A file as a browser sends it."""
    return (io.BytesIO(content), name, media_type)


def proof(content: bytes, name: str = "minutes.pdf", **values: Any) -> dict[str, Any]:
    """The form of a piece of proof with a file."""
    return {"shows": "The plan was agreed.", "nature": "document", "file": upload(content, name), **values}


def send(client: PageClient, path: str, content: bytes) -> TestResponse:
    """Send a large file, without the temporary file that a test client would leave open."""
    form = {"csrf_token": client.token(), **proof(b"")}
    form["file"] = FileStorage(io.BytesIO(content), "minutes.pdf", "file")
    boundary, body = encode_multipart(form)
    return client._open("POST", path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def files() -> list[EvidenceFile]:
    """Every file of every piece of evidence."""
    return list(current_session().scalars(select(EvidenceFile).order_by(EvidenceFile.id)))


def last_line() -> str:
    """The newest line of the trail."""
    entry = current_session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    line = entry.line
    current_session().rollback()
    return line


@pytest.fixture
def owner(world: Flask, client_as: ClientAs) -> PageClient:
    """The owner of the action A-0001."""
    an_action()
    return client_as("homerton.owner")


def test_an_update_carries_a_file_and_its_download_is_neutral_and_recorded(
    owner: PageClient, client_as: ClientAs
) -> None:
    owner.post(
        "/actions/A-0001/update",
        {
            "words": "The board agreed the plan.",
            "owner_view": "on_track",
            **proof(PDF, "Plan of Child Z.pdf", nature="audit"),
        },
    )
    page = owner.get("/actions/A-0001").get_data(as_text=True)
    assert "Plan of Child Z.pdf" in page
    assert "Not checked for viruses" in page
    chair = client_as("scr.chair")
    answer = chair.get("/actions/A-0001/evidence/A-0001-E1/files/1")
    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=A-0001-E1-v1.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    assert last_line() == "Downloaded version 1 of evidence A-0001-E1"
    piece = current_session().query(Evidence).one()
    assert (piece.nature, piece.kind, piece.files[0].version) == ("audit", "words", 1)


def test_who_may_not_read_the_action_gets_no_file_of_it(owner: PageClient, client_as: ClientAs) -> None:
    owner.post("/actions/A-0001/evidence", proof(PDF))
    for ref in ("staff.reader", "qa.chair", "police.owner"):
        client_as(ref).get("/actions/A-0001/evidence/A-0001-E1/files/1", status=404)
    for path in ("A-0001-E1/files/2", "A-0001-E2/files/1", "A-0001-E1/files/0", "A-0001-E1/files/..%2f1"):
        owner.get(f"/actions/A-0001/evidence/{path}", status=404)
    an_action()
    owner.get("/actions/A-0002/evidence/A-0001-E1/files/1", status=404)


def test_a_better_file_stands_beside_the_first(owner: PageClient) -> None:
    owner.post("/actions/A-0001/evidence", proof(PDF))
    owner.post("/actions/A-0001/evidence/A-0001-E1/file", {"file": upload(office(WORD), "plan v2.docx")})
    assert last_line() == "Added version 2 of evidence A-0001-E1"
    assert owner.get("/actions/A-0001/evidence/A-0001-E1/files/1").data == PDF
    second = owner.get("/actions/A-0001/evidence/A-0001-E1/files/2")
    assert second.headers["Content-Disposition"].endswith("A-0001-E1-v2.docx")
    page = owner.get("/actions/A-0001/evidence").get_data(as_text=True)
    assert page.index("plan v2.docx") < page.index("minutes.pdf")
    again = owner.post("/actions/A-0001/evidence/A-0001-E1/file", {}, status=422)
    assert "Choose a file" in again.get_data(as_text=True)


def test_the_same_file_is_no_better_one(owner: PageClient) -> None:
    owner.post("/actions/A-0001/evidence", proof(PDF))
    path = "/actions/A-0001/evidence/A-0001-E1/file"
    same = owner.post(path, {"file": upload(PDF, "minutes again.pdf")}, status=422)
    assert "This very file stands already" in same.get_data(as_text=True)
    assert [file.version for file in files()] == [1]
    owner.post(path, {"file": upload(PNG, "picture.png")})
    # What was there before the newest may come back.
    owner.post(path, {"file": upload(PDF, "minutes.pdf")})
    assert [file.version for file in files()] == [1, 2, 3]


def test_an_update_says_when_proof_needs_words_and_offers_only_what_is_taken(owner: PageClient) -> None:
    page = owner.get("/actions/A-0001/update").get_data(as_text=True)
    assert "Needed with a file or a link." in page
    assert 'accept=".pdf,.png,.jpg,' in page


def test_evidence_is_given_back_by_whoever_decides_and_the_sign_off_still_waits(
    world: Flask, client_as: ClientAs
) -> None:
    action = a_submitted_action()
    current_session().commit()
    address = f"/actions/{action.ref}/evidence/{action.ref}-E1"
    client_as("homerton.owner").get(f"{address}/return", status=404)
    chair = client_as("scr.chair")
    page = chair.get(f"/actions/{action.ref}/sign-off").get_data(as_text=True)
    assert f"{address}/return" in page
    chair.post(f"{address}/return", {"reason": "  "}, status=422)
    chair.post(f"{address}/return", {"reason": "The minutes are not signed."})
    assert last_line() == f"Returned evidence {action.ref}-E1"
    assert action.status == "submitted"
    owner = client_as("homerton.owner")
    assert "The minutes are not signed." in owner.get(f"/actions/{action.ref}").get_data(as_text=True)
    owner.post(f"{address}/file", {"file": upload(PNG, "signed.png")})
    assert [file.version for file in files()] == [1]


def test_nothing_is_given_back_while_nothing_waits_nor_twice_withdrawn(
    world: Flask, client_as: ClientAs
) -> None:
    action = an_action()
    make_evidence(action)
    current_session().commit()
    address = f"/actions/{action.ref}/evidence/{action.ref}-E1/return"
    answer = client_as("scr.chair").post(address, {"reason": "Not signed."}, status=422)
    assert "so no decision about its evidence waits" in answer.get_data(as_text=True)


def test_withdrawn_and_closed_evidence_takes_no_file(world: Flask, client_as: ClientAs) -> None:
    withdrawn, closed = an_action(), an_action(status="complete")
    make_evidence(withdrawn, withdrawn_on=withdrawn.created_on, withdrawn_reason="A double")
    make_evidence(closed)
    current_session().commit()
    owner = client_as("homerton.owner")
    for action in (withdrawn, closed):
        path = f"/actions/{action.ref}/evidence/{action.ref}-E1/file"
        owner.post(path, {"file": upload(PDF, "a.pdf")}, status=422)
    assert files() == []


def test_a_file_waiting_or_harmful_is_downloaded_by_nobody(owner: PageClient) -> None:
    owner.post("/actions/A-0001/evidence", proof(PDF))
    for scan, words in (
        (Scan.WAITING, "Waiting to be checked for viruses"),
        (Scan.INFECTED, "Something harmful was found"),
    ):
        current_session().query(StoredFile).one().scan = scan
        current_session().commit()
        owner.get("/actions/A-0001/evidence/A-0001-E1/files/1", status=404)
        page = owner.get("/actions/A-0001").get_data(as_text=True)
        assert words in page
        assert "/files/1" not in page


# Attacks


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"MZ\x90\x00" + bytes(100), "minutes.pdf", "none of the types we take"),
        (b"<script>alert(1)</script>", "minutes.txt", "none of the types we take"),
        (b"", "minutes.pdf", "This file is empty"),
        (office(WORD, word__vbaProject=b"x"), "minutes.docx", "macros"),
    ],
)
def test_a_bad_file_is_refused_beside_its_field_and_the_words_stay(
    owner: PageClient, content: bytes, name: str, sentence: str
) -> None:
    answer = owner.post(
        "/actions/A-0001/update",
        {"words": "Typed on a phone.", "owner_view": "at_risk", **proof(content, name)},
        status=422,
    ).get_data(as_text=True)
    assert sentence in answer
    assert "Typed on a phone." in answer
    assert "The plan was agreed." in answer
    assert files() == []
    assert current_session().query(Action).one().updates == []


def test_a_form_that_comes_back_says_that_the_file_is_to_be_chosen_again(owner: PageClient) -> None:
    answer = owner.post("/actions/A-0001/evidence", proof(PDF, shows=""), status=422).get_data(as_text=True)
    assert "Choose the file again" in answer


def test_a_file_over_the_limit_is_refused_beside_its_field_and_a_huge_one_unread(
    owner: PageClient, world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.config, "FILES_LARGEST_MEGABYTES", 2)
    big = PDF[:-7] + b" " * 1_999_990 + b"\n%%EOF\n"
    answer = send(owner, "/actions/A-0001/evidence", big)
    assert answer.status_code == 422
    assert "This file is larger than 2 MB" in answer.get_data(as_text=True)
    assert send(owner, "/actions/A-0001/evidence", b"x" * 6_000_000).status_code == 413
    assert send(owner, "/actions/A-0001/evidence", big[:-600_000] + b"\n%%EOF\n").status_code == 302
    assert files()[0].stored_file.size_bytes > 1_000_000


def test_other_pages_and_strangers_may_not_send_as_much(owner: PageClient, stranger: PageClient) -> None:
    large = b"x" * 1_200_000
    assert send(owner, "/actions/A-0001/send-for-sign-off", large).status_code == 413
    assert send(stranger, "/actions/A-0001/evidence", large).status_code == 413


def test_many_parts_and_many_files_are_refused(owner: PageClient) -> None:
    many = {f"part{number}": "x" for number in range(300)}
    owner.post("/actions/A-0001/evidence", {"shows": "Minutes", **many, "file": upload(b"", "")}, status=413)
    two = proof(PDF) | {"file": [upload(PDF, "a.pdf"), upload(PNG, "b.png")]}
    answer = owner.post("/actions/A-0001/evidence", two, status=422)
    assert "Choose one file" in answer.get_data(as_text=True)
    assert files() == []


def test_a_name_reaches_neither_the_disk_nor_an_address(owner: PageClient) -> None:
    owner.post("/actions/A-0001/evidence", proof(PDF, "../../../\u202efdp.exe"))
    (file,) = files()
    assert file.file_name == "fdp.exe"
    assert list(store().folder.rglob("*fdp*")) == []
    page = owner.get("/actions/A-0001/evidence").get_data(as_text=True)
    assert "\u202e" not in page


def test_a_name_that_is_markup_is_shown_as_letters(owner: PageClient) -> None:
    owner.post("/actions/A-0001/evidence", proof(PDF, "x' onmouseover='alert(1).pdf"))
    page = owner.get("/actions/A-0001/evidence").get_data(as_text=True)
    assert "onmouseover=&#39;" in page


def test_a_file_whose_row_was_not_kept_is_an_orphan_and_no_row_lacks_its_file(
    owner: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.actions.operations import change

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(change, "record", crash)
        with pytest.raises(RuntimeError, match="power cut"):
            owner.post("/actions/A-0001/evidence", proof(PDF))
    assert current_session().query(StoredFile).count() == 0
    with acting("homerton.owner"):
        owner.post("/actions/A-0001/evidence", proof(PDF))
    with store().open(files()[0].stored_file.digest) as content:
        assert content.read() == PDF
