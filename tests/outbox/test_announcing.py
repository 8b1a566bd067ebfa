"""The envelope of the next message goes out with the last: it hands nothing over, loses and repeats none."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from app.outbox.composing import Parcel
from app.outbox.rules import Stage
from app.outbox.transports import HeldBack, SmtpTransport, Trouble
from app.outbox.transports.conversation import Conversation
from app.outbox.transports.smtp import Server
from tests.support.smtp_server import Script, StubServer, stub_server


def parcel(number: int) -> Parcel:
    lines = f"Message-ID: <{number}@example.org>\r\n\r\n..begins with a dot\r\n".encode()
    return Parcel(f"<{number}@example.org>", "from@example.org", f"r{number}@example.org", lines)


def second(recipient: str) -> bool:
    return recipient.startswith("r2@")


@contextmanager
def line_to(*scripts: Script, pipelining: bool = True) -> Iterator[tuple[StubServer, SmtpTransport]]:
    with stub_server(*scripts, pipelining=pipelining) as server:
        transport = SmtpTransport(
            Server("127.0.0.1", server.port), timeout=1, greeting="example.org", must_encrypt=False
        )
        try:
            yield server, transport
        finally:
            transport.close()


def deliver(transport: SmtpTransport, number: int, *, following: int | None = None) -> None:
    announced = None if following is None else parcel(following).recipient
    transport.deliver(parcel(number), lambda: True, following=announced)


def taken(server: StubServer) -> list[str]:
    return server.received.recipients


@pytest.mark.parametrize("pipelining", [False, True])
def test_each_message_arrives_once_as_it_was_on_one_connection(pipelining: bool) -> None:
    with line_to(pipelining=pipelining) as (server, transport):
        for number in (1, 2, 3):
            deliver(transport, number, following=number + 1 if number < 3 else None)
        assert taken(server) == ["r1@example.org", "r2@example.org", "r3@example.org"]
        assert {content for _sender, _to, content in server.received.envelopes} == {
            parcel(number).content for number in (1, 2, 3)
        }
        assert server.received.connections == 1
        assert server.received.commands.count("MAIL") == 3


def test_what_was_announced_and_does_not_go_is_not_handed_over_and_the_next_has_a_line_of_its_own() -> None:
    with line_to() as (server, transport):
        deliver(transport, 1, following=2)
        deliver(transport, 3, following=4)
        with pytest.raises(HeldBack):
            transport.deliver(parcel(4), lambda: False)
        deliver(transport, 5, following=6)
        began = monotonic()
        transport.close()
        assert monotonic() - began < 0.5, "a goodbye would be taken for the first words, and not answered"
        deliver(transport, 7)
    assert taken(server) == [f"r{number}@example.org" for number in (1, 3, 5, 7)]
    assert "RSET" not in server.received.commands


@pytest.mark.parametrize("does", ["550 no such person", "451 later"])
@pytest.mark.parametrize(("place", "stage"), [("recipient", Stage.RECIPIENT), ("data", Stage.DATA)])
def test_one_that_is_refused_as_it_is_announced_is_refused_by_itself(
    place: str, stage: Stage, does: str
) -> None:
    with line_to(Script(place, does, second)) as (server, transport):
        deliver(transport, 1, following=2)
        with pytest.raises(Trouble) as trouble:
            deliver(transport, 2, following=3)
        assert (trouble.value.stage, trouble.value.said) == (stage, does)
        deliver(transport, 3)
        assert taken(server) == ["r1@example.org", "r3@example.org"]
        assert server.received.connections == 1


def test_one_that_is_refused_whole_leaves_the_announced_one_as_it_is() -> None:
    with line_to(Script("end", "554 spam", lambda recipient: recipient.startswith("r1@"))) as (
        server,
        transport,
    ):
        with pytest.raises(Trouble) as trouble:
            deliver(transport, 1, following=2)
        assert (trouble.value.stage, trouble.value.code) == (Stage.ANSWER, 554)
        deliver(transport, 2)
        assert taken(server) == ["r2@example.org"]
        assert server.received.connections == 1


@pytest.mark.parametrize("does", ["421 enough", "close", "reset", "hang"])
def test_a_server_that_leaves_at_the_announcement_gets_it_again_on_a_new_line(does: str) -> None:
    with line_to() as (server, transport):
        script = Script("sender", does, lambda _recipient: len(server.received.envelopes) == 1, times=1)
        server.scripts.append(script)
        deliver(transport, 1, following=2)
        deliver(transport, 2)
        assert taken(server) == ["r1@example.org", "r2@example.org"]
        assert server.received.connections == 2


@pytest.mark.parametrize(("place", "code"), [("recipient", "421 bye"), ("data", "reset")])
def test_a_line_that_breaks_later_in_the_announcement_is_trouble_of_the_line(place: str, code: str) -> None:
    with line_to(Script(place, code, second, times=1)) as (server, transport):
        deliver(transport, 1, following=2)
        with pytest.raises(Trouble) as trouble:
            deliver(transport, 2)
        assert trouble.value.stage in {Stage.RECIPIENT, Stage.DATA}
        deliver(transport, 2)
        assert taken(server) == ["r1@example.org", "r2@example.org"]


class _Breaking:
    """A line that takes so many bytes and then breaks."""

    def __init__(self, bears: int) -> None:
        self.bears = bears

    def gettimeout(self) -> float:
        return 1.0

    def settimeout(self, _seconds: float) -> None:
        """As a socket."""

    def send(self, words: bytes) -> int:
        if not self.bears:
            raise ConnectionResetError
        sent = min(self.bears, len(words), 10)
        self.bears -= sent
        return sent


class _Line:
    def __init__(self, line: object) -> None:
        self.sock = line

    def has_extn(self, _name: str) -> bool:
        return True


@pytest.mark.parametrize("bears", [0, 5, 27])
def test_a_write_that_broke_before_the_final_dot_handed_nothing_over(bears: int) -> None:
    conversation = Conversation(_Line(_Breaking(bears)), timeout=1)  # type: ignore[arg-type]
    with pytest.raises(Trouble) as trouble:
        conversation._hand_over(b"words of a message\r\n.\r\n" + b"\r\n" * 3, b"MAIL")
    assert trouble.value.stage == Stage.BODY


def test_a_write_that_broke_after_the_final_dot_leaves_it_to_the_answer() -> None:
    line = _Breaking(25)
    conversation = Conversation(_Line(line), timeout=1)  # type: ignore[arg-type]
    conversation._hand_over(b"words of a message\r\n.\r\n", b"MAIL FROM")
    assert line.bears == 0


def test_an_answer_is_heard_from_a_server_that_left_without_reading_the_announcement() -> None:
    """Its kernel then breaks the line; were the answer lost, the message would go twice."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        taken: list[bytes] = []
        thread = threading.Thread(target=_take_two_and_leave_after_each, args=(listener, taken))
        thread.start()
        transport = SmtpTransport(
            Server("127.0.0.1", port), timeout=2, greeting="example.org", must_encrypt=False
        )
        deliver(transport, 1, following=2)
        deliver(transport, 2)
        thread.join(5)
        transport.close()
    assert [b"<1@example.org>" in content for content in taken] == [True, False]


def _take_two_and_leave_after_each(listener: socket.socket, taken: list[bytes]) -> None:
    for _ in range(2):
        line, _address = listener.accept()
        with line:
            line.sendall(b"220 here\r\n")
            line.recv(100)
            line.sendall(b"250-here\r\n250 PIPELINING\r\n")
            said = b""
            while not said.endswith(b"DATA\r\n"):
                said += line.recv(1)
            line.sendall(b"250 ok\r\n250 ok\r\n354 go on\r\n")
            content = b""
            while not content.endswith(b"\r\n.\r\n"):
                content += line.recv(1)
            taken.append(content)
            line.sendall(b"250 taken on\r\n")
