"""Real SMTP servers on loopback for tests: an ordinary one, and one that misbehaves on command.

Both run in threads of the test's own process, count what they took on by Message-ID, and are never told
anything by the product: what they hold is what a receiver would have.
"""

import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as SmtpProtocol
from aiosmtpd.smtp import Envelope, Session

HOST = "127.0.0.1"


@dataclass
class Received:
    """What a server took on, one entry for each time."""

    envelopes: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    #: How many connections were opened, and what was said in them, the first word of each line.
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, sender: str, recipients: list[str], content: bytes) -> None:
        """Keep one message."""
        with self.lock:
            self.envelopes.append((sender, recipients, content))

    @property
    def times(self) -> Counter[str]:
        """How often each message arrived, by its Message-ID."""
        with self.lock:
            contents = [content for _sender, _recipients, content in self.envelopes]
        return Counter(str(message_from_bytes(content)["Message-ID"]) for content in contents)

    @property
    def recipients(self) -> list[str]:
        """Every recipient, in the order of arrival."""
        with self.lock:
            return [recipient for _sender, recipients, _content in self.envelopes for recipient in recipients]

    @property
    def messages(self) -> list[EmailMessage]:
        """Every message, read."""
        with self.lock:
            contents = [content for _sender, _recipients, content in self.envelopes]
        return [message_from_bytes(content, policy=SMTP) for content in contents]


class _Keeper:
    """Takes on everything it is sent."""

    def __init__(self, received: Received) -> None:
        self.received = received

    async def handle_EHLO(
        self, server: SmtpProtocol, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """The name is the server's; called when a connection greets."""
        session.host_name = hostname
        with self.received.lock:
            self.received.connections += 1
        return responses

    async def handle_DATA(self, server: SmtpProtocol, session: Session, envelope: Envelope) -> str:
        """The name is the server's; called once a message is whole."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.take(str(envelope.mail_from), [str(address) for address in envelope.rcpt_tos], content)
        return "250 Taken on"


@dataclass(frozen=True)
class RunningServer:
    """A server and where it listens."""

    port: int
    received: Received

    @property
    def url(self) -> str:
        """Its address, as the product's setting has it."""
        return f"smtp://{HOST}:{self.port}"


@contextmanager
def ordinary_server(**settings: Any) -> Iterator[RunningServer]:
    """A real server that takes everything on; ``settings`` are aiosmtpd's."""
    received = Received()
    controller = Controller(_Keeper(received), hostname=HOST, port=free_port(), **settings)
    controller.start()
    try:
        yield RunningServer(controller.port, received)
    finally:
        controller.stop()


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


#: Where in the conversation a misbehaving server does something else than usual.
PLACES = ("connect", "hello", "sender", "recipient", "data", "body", "end")


@dataclass
class Script:
    """What a misbehaving server does at a place: an answer, or ``hang``, ``reset``, ``close``, ``wait``.

    One that waits says so, and goes on as usual once it is told to.

    ``when`` looks at the recipient (empty before there is one) and says whether it happens to this message;
    ``times`` is how often it happens, None for ever. A message is counted as taken on only where the usual
    answer, or one beginning with 2, was meant for it; with ``takes_on`` also where the line then fails.
    """

    place: str
    does: str
    when: Callable[[str], bool] = lambda recipient: True
    times: int | None = None
    takes_on: bool = False

    def __post_init__(self) -> None:
        if self.place not in PLACES:
            raise ValueError(f"unknown place: {self.place}")

    def applies(self, place: str, recipient: str) -> bool:
        """Whether it is its turn, which is then counted."""
        if place != self.place or self.times == 0 or not self.when(recipient):
            return False
        if self.times is not None:
            self.times -= 1
        return True


class _Gone(Exception):
    """This connection is over."""


class _StubConversation:
    """One connection to the misbehaving server."""

    def __init__(self, line: socket.socket, server: "StubServer") -> None:
        self.line = line
        self.server = server
        self.file = line.makefile("rb")
        self.recipient = ""
        self.sender = ""

    def run(self) -> None:
        """Talk until the other side leaves or the script ends it."""
        with suppress(_Gone, OSError):
            self.at("connect", "220 stub")
            while line := self.file.readline():
                self.hear(line.strip())

    def hear(self, line: bytes) -> None:
        """Answer one command."""
        words = line.decode("ascii", "replace")
        command = words[:4].upper()
        with self.server.received.lock:
            self.server.received.commands.append(command)
        if command == "EHLO":
            extensions = (
                "250-stub\r\n250-PIPELINING\r\n250 8BITMIME" if self.server.pipelining else "250 stub"
            )
            self.at("hello", extensions)
        elif command == "HELO":
            self.at("hello", "250 stub")
        elif command == "MAIL":
            self.sender, self.recipient = words[11:-1], ""
            self.at("sender", "250 ok")
        elif command == "RCPT":
            self.recipient = words[9:-1]
            if not self.at("recipient", "250 ok"):
                self.recipient = ""
        elif command == "DATA":
            if not self.recipient:
                self.say("554 no valid recipients")
            elif self.at("data", "354 go on"):
                self.content()
        elif command == "QUIT":
            self.say("221 bye")
            raise _Gone
        else:
            self.say("250 ok")

    def content(self) -> None:
        """Read a message to its final dot, and answer."""
        if script := self.server.script_for("body", self.recipient):
            self.file.read(64)
            self.perform(script)
        lines = []
        while (line := self.file.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
        if line == b"":
            raise _Gone
        script = self.server.script_for("end", self.recipient)
        if script is None or script.takes_on or script.does.startswith("2"):
            self.server.received.take(self.sender, [self.recipient], b"".join(lines))
        if script is None:
            self.say("250 taken on")
        else:
            self.perform(script)

    def at(self, place: str, usual: str) -> bool:
        """Answer as usual, or as the script says; whether it was as usual."""
        script = self.server.script_for(place, self.recipient)
        if script is not None and script.does == "wait":
            self.server.waiting.set()
            self.server.go_on.wait(60)
            script = None
        if script is None:
            self.say(usual)
            return True
        self.perform(script)
        return False

    def perform(self, script: Script) -> None:
        """Do what the script says."""
        if script.does == "hang":
            self.server.stopped.wait(60)
            raise _Gone
        if script.does == "reset":
            # Lingering for no time makes the kernel break the line instead of closing it.
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise _Gone
        if script.does == "close":
            raise _Gone
        self.say(script.does)
        if script.does.startswith("421") or script.place == "connect":
            raise _Gone

    def say(self, words: str) -> None:
        """Send an answer."""
        self.line.sendall(words.encode() + b"\r\n")


class StubServer:
    """Takes everything on, except where its scripts say otherwise. The scripts may change while it runs."""

    def __init__(self, scripts: list[Script], *, pipelining: bool = False) -> None:
        self.scripts = scripts
        self.pipelining = pipelining
        self.received = Received()
        self.stopped = threading.Event()
        #: That a script waits, and that it may go on.
        self.waiting = threading.Event()
        self.go_on = threading.Event()
        self._listener = socket.create_server((HOST, 0), backlog=50)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Its address, as the product's setting has it."""
        return f"smtp://{HOST}:{self.port}"

    def script_for(self, place: str, recipient: str) -> Script | None:
        """The script whose turn it is."""
        with self.received.lock:
            return next((script for script in self.scripts if script.applies(place, recipient)), None)

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                line, _address = self._listener.accept()
            except OSError:
                return
            # Without this each of several short answers in a row waits 40 ms for the one before.
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.received.lock:
                self.received.connections += 1
            thread = threading.Thread(target=self._talk, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, line: socket.socket) -> None:
        conversation = _StubConversation(line, self)
        try:
            conversation.run()
        finally:
            # The file first: the line is only closed, or broken, once nothing holds it.
            conversation.file.close()
            line.close()

    def stop(self) -> None:
        """Stop listening, wake what hangs, and wait for every conversation to end."""
        self.stopped.set()
        self.go_on.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=5)


@contextmanager
def stub_server(*scripts: Script, pipelining: bool = False) -> Iterator[StubServer]:
    """A server that misbehaves as the scripts say."""
    server = StubServer(list(scripts), pipelining=pipelining)
    try:
        yield server
    finally:
        server.stop()
