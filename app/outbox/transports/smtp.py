"""The way out by SMTP: one connection for many messages, made anew where the server closes it."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address

from app.outbox.composing import Parcel
from app.outbox.rules import CLOSING, Stage
from app.outbox.transports.base import HeldBack, Trouble, nothing
from app.outbox.transports.conversation import Conversation, silence

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
        self._conversation: Conversation | None = None

    def open(self) -> None:
        """Connect, greet, encrypt where that is offered, sign in. Raises Trouble."""
        self._opened()

    def _opened(self) -> Conversation:
        if self._conversation is None:
            with _at(Stage.CONNECT):
                line = self._connect()
            try:
                self._prepare(line)
            except Trouble:
                line.close()
                raise
            self._conversation = Conversation(line, timeout=self.timeout)
        return self._conversation

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
        self,
        parcel: Parcel,
        still_held: Callable[[], bool],
        *,
        following: str | None = None,
        meanwhile: Callable[[], None] = nothing,
    ) -> None:
        """Hand one message on. Raises Trouble or HeldBack.

        A server may close a connection after so many messages or so long a silence: then one new
        connection is tried before that counts as trouble.
        """
        conversation = self._opened()
        if not conversation.fits(parcel):
            # Without the final dot the server forgets what was announced to it.
            self._hang_up()
            conversation = self._opened()
        try:
            self._deliver(conversation, parcel, still_held, following, meanwhile)
        except Trouble as trouble:
            closed = trouble.stage == Stage.SENDER and trouble.code in {None, CLOSING}
            if not closed or conversation.carried == 0:
                raise
            self._hang_up()
            self._deliver(self._opened(), parcel, still_held, following, meanwhile)

    def _deliver(
        self,
        conversation: Conversation,
        parcel: Parcel,
        still_held: Callable[[], bool],
        following: str | None,
        meanwhile: Callable[[], None],
    ) -> None:
        try:
            conversation.deliver(parcel, still_held, following, meanwhile)
        except HeldBack:
            self._hang_up()
            raise
        except Trouble as trouble:
            if trouble.code is None or trouble.code == CLOSING or trouble.stage <= Stage.SENDER:
                self._hang_up()
            elif not conversation.is_over:
                self._forget_the_message(conversation.line)
            raise

    def _forget_the_message(self, line: smtplib.SMTP) -> None:
        """Have the server drop what it holds of a refused message; a line that cannot is given up."""
        try:
            with _at(Stage.SENDER):
                line.rset()
        except Trouble:
            self._hang_up()

    def _hang_up(self) -> None:
        """Drop the line without a word."""
        if self._conversation is not None:
            self._conversation.line.close()
            self._conversation = None

    def close(self) -> None:
        """Say goodbye, and do not insist on an answer."""
        conversation, self._conversation = self._conversation, None
        if conversation is None:
            return
        line = conversation.line
        # To whom a message was announced a goodbye would be its first words.
        if conversation.announced is None:
            with suppress(smtplib.SMTPException, OSError):
                if line.sock is not None:
                    line.sock.settimeout(min(self.timeout, GOODBYE_SECONDS))
                line.quit()
        line.close()


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
        raise silence(stage, error) from error
