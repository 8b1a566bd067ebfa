"""The ways out: which address means which, encryption, signing in, and a folder in place of a server."""

import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from flask import Flask

from app.outbox import queries
from app.outbox.composing import Parcel
from app.outbox.models import State
from app.outbox.rules import Stage
from app.outbox.sender import send
from app.outbox.transports import FileTransport, HeldBack, SmtpTransport, Trouble, transport_for
from app.outbox.transports.smtp import Server
from tests.support.notes import note, write_notes
from tests.support.smtp_server import RunningServer, ordinary_server

PARCEL = Parcel(
    "<1@example.org>", "from@example.org", "to@example.org", b"Message-ID: <1@example.org>\r\n\r\nHi\r\n"
)
CERTIFICATE = Path(__file__).parent.parent / "support" / "loopback_certificate.pem"


class Elsewhere(Server):
    """A server that the product takes for one on another machine."""

    is_on_this_machine = False


def _encryption() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def _sign_in(
    _server: object, _session: object, _envelope: object, _mechanism: str, data: object
) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=(data.login, data.password) == (b"tracker", b"p@ss word"))


def smtp(server: Server, *, must_encrypt: bool = False) -> SmtpTransport:
    return SmtpTransport(server, timeout=5, greeting="example.org", must_encrypt=must_encrypt)


def deliver(transport: SmtpTransport) -> None:
    try:
        transport.open()
        transport.deliver(PARCEL, lambda: True)
    finally:
        transport.close()


@pytest.fixture
def plain() -> Iterator[RunningServer]:
    with ordinary_server() as server:
        yield server


@pytest.fixture
def encrypted() -> Iterator[RunningServer]:
    """A server that takes nothing before STARTTLS and a sign-in."""
    with ordinary_server(
        tls_context=_encryption(), require_starttls=True, authenticator=_sign_in, auth_required=True
    ) as server:
        yield server


def test_an_address_names_its_transport() -> None:
    def made(url: str) -> object:
        return transport_for(url, timeout=30, greeting="example.org", must_encrypt=True)

    files = made("file:instance/mail")
    assert isinstance(files, FileTransport)
    assert files.folder == Path("instance/mail")
    absolute = made("file:///var/mail%20box")
    assert isinstance(absolute, FileTransport)
    assert absolute.folder == Path("/var/mail box")
    signed_in = made("smtp://tracker:p%40ss@mail.example.org:587")
    assert isinstance(signed_in, SmtpTransport)
    assert signed_in.server == Server("mail.example.org", 587, "tracker", "p@ss")
    assert signed_in.must_encrypt
    secure = made("smtps://mail.example.org")
    assert isinstance(secure, SmtpTransport)
    assert secure.server == Server("mail.example.org", 465, encrypted_from_the_start=True)
    with pytest.raises(ValueError, match="smtp://"):
        made("http://mail.example.org")


def test_a_password_is_never_shown() -> None:
    assert "secret" not in repr(Server("mail.example.org", 587, "tracker", "secret"))


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("mail.example.org", False),
        ("10.0.0.1", False),
    ],
)
def test_only_loopback_is_this_machine(host: str, here: bool) -> None:
    assert Server(host, 25).is_on_this_machine is here


def test_the_line_is_encrypted_where_that_is_offered_and_then_signed_in(encrypted: RunningServer) -> None:
    deliver(smtp(Server("127.0.0.1", encrypted.port, "tracker", "p@ss word"), must_encrypt=True))
    assert encrypted.received.recipients == ["to@example.org"]


def test_a_wrong_password_is_trouble_of_the_server_and_does_not_repeat_it(encrypted: RunningServer) -> None:
    with pytest.raises(Trouble) as trouble:
        deliver(smtp(Server("127.0.0.1", encrypted.port, "tracker", "wrong word")))
    assert trouble.value.stage == Stage.SIGN_IN
    assert "wrong word" not in trouble.value.said


def test_a_server_elsewhere_must_prove_its_name(encrypted: RunningServer) -> None:
    with pytest.raises(Trouble) as trouble:
        deliver(smtp(Elsewhere("127.0.0.1", encrypted.port, "tracker", "p@ss word")))
    assert trouble.value.stage == Stage.TLS
    assert encrypted.received.envelopes == []


def test_nothing_goes_elsewhere_in_the_open_where_encryption_is_asked_for(plain: RunningServer) -> None:
    with pytest.raises(Trouble) as trouble:
        deliver(smtp(Elsewhere("127.0.0.1", plain.port), must_encrypt=True))
    assert trouble.value.stage == Stage.TLS
    deliver(smtp(Elsewhere("127.0.0.1", plain.port)))
    assert len(plain.received.envelopes) == 1


def test_no_password_goes_elsewhere_in_the_open(plain: RunningServer) -> None:
    with pytest.raises(Trouble) as trouble:
        deliver(smtp(Elsewhere("127.0.0.1", plain.port, "tracker", "p@ss word")))
    assert trouble.value.stage == Stage.TLS


def test_on_this_machine_the_line_may_stay_open(plain: RunningServer) -> None:
    deliver(smtp(Server("127.0.0.1", plain.port), must_encrypt=True))
    assert len(plain.received.envelopes) == 1


def test_what_is_no_longer_held_is_not_completed_and_the_line_serves_on(plain: RunningServer) -> None:
    transport = smtp(Server("127.0.0.1", plain.port))
    with pytest.raises(HeldBack):
        transport.deliver(PARCEL, lambda: False)
    transport.deliver(PARCEL, lambda: True)
    transport.close()
    assert len(plain.received.envelopes) == 1


def test_a_folder_gets_one_whole_file_for_each_message(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_URL", f"file:{tmp_path / 'new' / 'mail'}")
    write_notes("n:1", "n:2")
    assert send(until_empty=True).sent == 2
    files = sorted((tmp_path / "new" / "mail").iterdir())
    assert {file.suffix for file in files} == {".eml"}
    read = [message_from_bytes(file.read_bytes(), policy=SMTP) for file in files]
    assert {str(message["Message-ID"]) for message in read} == {
        note("n:1").message_id,
        note("n:2").message_id,
    }


def test_a_message_written_twice_is_one_file(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path)
    transport.open()
    for _time in range(2):
        transport.deliver(PARCEL, lambda: True)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [PARCEL.content]
    with pytest.raises(HeldBack):
        transport.deliver(PARCEL, lambda: False)


def test_a_folder_that_cannot_be_written_is_trouble_of_the_server(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mail").write_text("a file in the way")
    monkeypatch.setitem(app.config, "MAIL_URL", f"file:{tmp_path / 'mail'}")
    write_notes("n:1")
    assert send(until_empty=True).waiting == 1
    assert (note("n:1").state, note("n:1").attempts) == (State.QUEUED, 0)
    paused = queries.pause()
    assert paused is not None
    assert paused.error.startswith("The mail folder cannot be written")
