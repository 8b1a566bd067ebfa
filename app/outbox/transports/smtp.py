"""Speaking SMTP: one connection for a batch, and for every trouble how far the message had come."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from time import monotonic

from app.outbox.composing import Parcel
from app.outbox.rules import CLOSING, Stage
from app.outbox.transports.base import HeldBack, Trouble, nothing

#: The least time a wait is given once the message's own time has run out: zero would mean "do not wait".
LEAST_WAIT_SECONDS = 0.05
#: How much of an answer is read at once, and what no server's answer is longer than.
RECEIVED_AT_ONCE = 8192
LONGEST_ANSWER_LINE, LONGEST_ANSWER = 8192, 65536
#: How long a server may take over our goodbye.
GOODBYE_SECONDS = 5


@dataclass(frozen=True)
class Server:
    """A mail server, and how to sign in to it."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    encrypted_from_the_start: bool = False

    @property
    def is_on_this_machine(self) -> bool:
        """Whether what is said to it leaves this machine."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def tls(self) -> ssl.SSLContext:
        """How to encrypt the line; a server on this machine need not prove its name."""
        context = ssl.create_default_context()
        if self.is_on_this_machine:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class _Line(smtplib.SMTP):
    """A connection that sends at once: waiting to fill a packet costs 40 ms a message."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line


class _EncryptedLine(smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line


class SmtpTransport:
    """Delivers over SMTP. Each wait ends after ``timeout`` seconds, and so does each message as a whole."""

    def __init__(self, server: Server, *, timeout: float, greeting: str, must_encrypt: bool) -> None:
        self.server = server
        self.timeout = timeout
        self.greeting = greeting
        self.must_encrypt = must_encrypt
        self._line: smtplib.SMTP | None = None
        #: How many messages this connection has carried.
        self._carried = 0

    def open(self) -> None:
        """Connect, greet, encrypt where that is offered, sign in. Raises Trouble."""
        if self._line is not None:
            return
        self._carried = 0
        with _at(Stage.CONNECT):
            line = self._connect()
        try:
            self._prepare(line)
        except Trouble:
            line.close()
            raise
        self._line = line

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        if server.encrypted_from_the_start:
            return _EncryptedLine(
                server.host, server.port, self.greeting, timeout=self.timeout, context=server.tls
            )
        return _Line(server.host, server.port, self.greeting, timeout=self.timeout)

    def _prepare(self, line: smtplib.SMTP) -> None:
        server = self.server
        encrypted = server.encrypted_from_the_start
        with _at(Stage.HELLO):
            line.ehlo_or_helo_if_needed()
        with _at(Stage.TLS):
            if not encrypted and line.has_extn("starttls"):
                line.starttls(context=server.tls)
                encrypted = True
                line.ehlo_or_helo_if_needed()
        if not encrypted and not server.is_on_this_machine and (self.must_encrypt or server.user):
            raise Trouble(
                Stage.TLS, None, "The mail server offers no encryption; nothing is sent in the open."
            )
        if server.user:
            with _at(Stage.SIGN_IN):
                line.login(server.user, server.password)

    def deliver(
        self, parcel: Parcel, still_held: Callable[[], bool], meanwhile: Callable[[], None] = nothing
    ) -> None:
        """Hand one message on. Raises Trouble or HeldBack.

        A server may close a connection after so many messages or so long a silence: then one new
        connection is tried before that counts as trouble.
        """
        self.open()
        try:
            self._deliver(parcel, still_held, meanwhile)
        except Trouble as trouble:
            closed = trouble.stage == Stage.SENDER and trouble.code in {None, CLOSING}
            if not closed or self._carried == 0:
                raise
            self._hang_up()
            self.open()
            self._deliver(parcel, still_held, meanwhile)
        self._carried += 1

    def _deliver(self, parcel: Parcel, still_held: Callable[[], bool], meanwhile: Callable[[], None]) -> None:
        if self._line is None:
            raise Trouble(Stage.CONNECT, None, "The line is not open.")
        conversation = _Conversation(self._line, ends_at=monotonic() + self.timeout)
        try:
            conversation.deliver(parcel, still_held, meanwhile)
        except HeldBack:
            self._hang_up()
            raise
        except Trouble as trouble:
            if trouble.code is None or trouble.code == CLOSING or trouble.stage <= Stage.SENDER:
                self._hang_up()
            elif not conversation.is_over:
                self._forget_the_message()
            raise

    def _forget_the_message(self) -> None:
        """Have the server drop what it holds of a refused message; a line that cannot is given up."""
        try:
            with _at(Stage.SENDER):
                if self._line is not None:
                    self._line.rset()
        except Trouble:
            self._hang_up()

    def _hang_up(self) -> None:
        """Drop the line without a word."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def close(self) -> None:
        """Say goodbye, and do not insist on an answer."""
        line, self._line = self._line, None
        if line is None:
            return
        with suppress(smtplib.SMTPException, OSError):
            if line.sock is not None:
                line.sock.settimeout(min(self.timeout, GOODBYE_SECONDS))
            line.quit()
        line.close()


class _Conversation:
    """One message's part of a connection, from MAIL to the answer after the final dot."""

    def __init__(self, line: smtplib.SMTP, *, ends_at: float) -> None:
        self.line = line
        self.ends_at = ends_at
        #: So much longer or shorter a wait may be than what is left: a fiftieth of the whole.
        self.slack = (ends_at - monotonic()) / 50
        #: What was received and not read yet: the answers to what was said at once come at once.
        self.heard = bytearray()
        #: Whether the server has forgotten this message by itself.
        self.is_over = False

    def deliver(self, parcel: Parcel, still_held: Callable[[], bool], meanwhile: Callable[[], None]) -> None:
        """Walk through the stages. Raises Trouble at the first that fails."""
        commands = (
            (Stage.SENDER, f"MAIL FROM:<{parcel.sender}>\r\n".encode("ascii")),
            (Stage.RECIPIENT, f"RCPT TO:<{parcel.recipient}>\r\n".encode("ascii")),
            (Stage.DATA, b"DATA\r\n"),
        )
        if self.line.has_extn("pipelining"):
            self._say(Stage.SENDER, b"".join(command for _stage, command in commands))
            self._hear_envelope_at_once()
        else:
            for stage, command in commands:
                self._say(stage, command)
                self._expect(stage, *self._hear(stage))
        if not still_held():
            raise HeldBack
        # In one write that ends in the final dot: where it fails, the end of the message never left us.
        # A dot that begins a line is doubled (RFC 5321, 4.5.2).
        content = parcel.content.replace(b"\n.", b"\n..")
        if content.startswith(b"."):
            content = b"." + content
        self._say(Stage.BODY, content + b".\r\n")
        meanwhile()
        answer = self._hear(Stage.ANSWER)
        self.is_over = True
        self._expect(Stage.ANSWER, *answer)

    def _hear_envelope_at_once(self) -> None:
        """Hear the three answers to a pipelined envelope.

        A server may ask for the content although it refused the recipient; it then gets an empty one, as
        RFC 2920 has it, and refuses that.
        """
        self._expect(Stage.SENDER, *self._hear(Stage.SENDER))
        recipient = self._hear(Stage.RECIPIENT)
        data = self._hear(Stage.DATA)
        if not _accepts(Stage.RECIPIENT, recipient[0]) and _accepts(Stage.DATA, data[0]):
            self._say(Stage.RECIPIENT, b".\r\n")
            self._hear(Stage.RECIPIENT)
            self.is_over = True
        self._expect(Stage.RECIPIENT, *recipient)
        self._expect(Stage.DATA, *data)

    def _say(self, stage: Stage, words: bytes) -> None:
        try:
            self._limited_socket().sendall(words)
        except (smtplib.SMTPException, OSError) as error:
            raise _silence(stage, error) from error

    def _hear(self, stage: Stage) -> tuple[int, str]:
        """The next answer, which may stand in several lines."""
        heard = self.heard
        said = b""
        try:
            while True:
                end = heard.find(b"\n")
                if end < 0:
                    if len(heard) > LONGEST_ANSWER_LINE:
                        raise smtplib.SMTPServerDisconnected("Its answer is too long")
                    more = self._limited_socket().recv(RECEIVED_AT_ONCE)
                    if not more:
                        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
                    heard += more
                    continue
                line = bytes(heard[:end]).strip()
                del heard[: end + 1]
                said = b"\n".join((said, line[4:])) if said else line[4:]
                if line[3:4] != b"-":
                    code = int(line[:3]) if line[:3].isdigit() else -1
                    return code, said.decode("utf-8", "replace")
                if len(said) > LONGEST_ANSWER:
                    raise smtplib.SMTPServerDisconnected("Its answer is too long")
        except (smtplib.SMTPException, OSError) as error:
            raise _silence(stage, error) from error

    def _limited_socket(self) -> socket.socket:
        """The line, waited for no longer than the message may still take."""
        line = self.line.sock
        if line is None:
            raise smtplib.SMTPServerDisconnected("The line is closed")
        left = max(self.ends_at - monotonic(), LEAST_WAIT_SECONDS)
        present = line.gettimeout()
        # To set it asks the system each time, and most messages are over in a thousandth of a second.
        if present is None or abs(present - left) > self.slack:
            line.settimeout(left)
        return line

    @staticmethod
    def _expect(stage: Stage, code: int, said: str) -> None:
        if not _accepts(stage, code):
            raise Trouble(stage, code if code >= 0 else None, f"{code} {said}")


def _accepts(stage: Stage, code: int) -> bool:
    return code == 354 if stage == Stage.DATA else 200 <= code < 300


@contextmanager
def _at(stage: Stage) -> Iterator[None]:
    """Say of every error inside the block how far the message had come."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        text = error.smtp_error
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        code = error.smtp_code if error.smtp_code > 0 else None
        raise Trouble(stage, code, f"{error.smtp_code} {said}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise _silence(stage, error) from error


def _silence(stage: Stage, error: Exception) -> Trouble:
    """The trouble that the line broke or stayed silent."""
    return Trouble(stage, None, f"{_SILENCE[stage]} ({str(error) or type(error).__name__}).")


_SILENCE = {
    Stage.CONNECT: "The mail server could not be reached",
    Stage.HELLO: "The mail server did not greet us",
    Stage.TLS: "The line could not be encrypted",
    Stage.SIGN_IN: "The mail server did not sign us in",
    Stage.SENDER: "The mail server did not take a message",
    Stage.RECIPIENT: "The line broke at the recipient",
    Stage.DATA: "The line broke before the message",
    Stage.BODY: "The line broke within the message",
    Stage.ANSWER: "The line broke while the answer was awaited",
}
