"""What is said and heard on one connection to a mail server, message after message.

Where the server takes commands before it has answered the last (RFC 2920), the envelope of the message that
is likely next goes out in one write with the message at hand. That hands nothing over: a server takes a
message on at the final dot, and that leaves us only once the message is marked as begun.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable
from time import monotonic

from app.outbox.composing import Parcel
from app.outbox.rules import Stage
from app.outbox.transports.base import HeldBack, Trouble

#: The least time a wait is given once the message's own time has run out: zero would mean "do not wait".
LEAST_WAIT_SECONDS = 0.05
#: How much of an answer is read at once, and what no server's answer is longer than.
RECEIVED_AT_ONCE = 8192
LONGEST_ANSWER_LINE, LONGEST_ANSWER = 8192, 65536


class Conversation:
    """One connection, once it is greeted, encrypted and signed in. Each message must be over in time."""

    def __init__(self, line: smtplib.SMTP, *, timeout: float) -> None:
        self.line = line
        self.timeout = timeout
        self.ends_at = 0.0
        #: So much longer or shorter a wait may be than what is left: a fiftieth of the whole.
        self.slack = timeout / 50
        #: Whether the server takes the next command before it has answered the last.
        self.pipelines = line.has_extn("pipelining")
        #: What was received and not read yet: the answers to what was said at once come at once.
        self.heard = bytearray()
        #: Sender and recipient of a message whose envelope is said, and whose answers are not read.
        self.announced: tuple[str, str] | None = None
        #: How many messages it has carried.
        self.carried = 0
        #: Whether the server has forgotten the message at hand by itself.
        self.is_over = False

    def fits(self, parcel: Parcel) -> bool:
        """Whether this may be the next message: no other was announced."""
        return self.announced is None or self.announced == (parcel.sender, parcel.recipient)

    def deliver(
        self,
        parcel: Parcel,
        still_held: Callable[[], bool],
        following: str | None,
        meanwhile: Callable[[], None],
    ) -> None:
        """Walk through the stages. Raises Trouble at the first that fails, or HeldBack."""
        self.ends_at = monotonic() + self.timeout
        self.is_over = False
        self._agree_on_envelope(parcel)
        if not still_held():
            raise HeldBack
        announcement = b""
        if following is not None and self.pipelines:
            self.announced = (parcel.sender, following)
            announcement = b"".join(_envelope(parcel.sender, following))
        self._hand_over(parcel.on_the_line + b".\r\n", announcement)
        meanwhile()
        answer = self._hear(Stage.ANSWER)
        self.is_over = True
        self._expect(Stage.ANSWER, answer)
        self.carried += 1

    def _agree_on_envelope(self, parcel: Parcel) -> None:
        commands = _envelope(parcel.sender, parcel.recipient)
        if self.pipelines:
            if self.announced is None:
                self._say(Stage.SENDER, b"".join(commands))
            self.announced = None
            self._hear_envelope_at_once()
            return
        for stage, command in zip((Stage.SENDER, Stage.RECIPIENT, Stage.DATA), commands, strict=True):
            self._say(stage, command)
            self._expect(stage, self._hear(stage))

    def _hear_envelope_at_once(self) -> None:
        """Hear the three answers to a pipelined envelope.

        A server may ask for the content although it refused the recipient; it then gets an empty one, as
        RFC 2920 has it, and refuses that.
        """
        self._expect(Stage.SENDER, self._hear(Stage.SENDER))
        recipient = self._hear(Stage.RECIPIENT)
        data = self._hear(Stage.DATA)
        if not _accepts(Stage.RECIPIENT, recipient[0]) and _accepts(Stage.DATA, data[0]):
            self._say(Stage.RECIPIENT, b".\r\n")
            self._hear(Stage.RECIPIENT)
            self.is_over = True
        self._expect(Stage.RECIPIENT, recipient)
        self._expect(Stage.DATA, data)

    def _hand_over(self, content: bytes, announcement: bytes) -> None:
        """Send the content, which ends in the final dot, and the next envelope with it.

        Where that fails before the dot has left us, the end of the message never did. Where it fails after,
        the answer tells: what is wrong with the line shows at the next message. Of an encrypted write that
        failed nobody can say how much has left, so there the two go apart.
        """
        at_once = content + announcement
        if isinstance(self.line.sock, ssl.SSLSocket):
            at_once = content
        left = 0
        try:
            while left < len(at_once):
                left += self._limited_socket().send(at_once[left:] if left else at_once)
            if announcement and len(at_once) == len(content):
                self._limited_socket().sendall(announcement)
        except (smtplib.SMTPException, OSError) as error:
            if left < len(content):
                raise silence(Stage.BODY, error) from error

    def _say(self, stage: Stage, words: bytes) -> None:
        try:
            self._limited_socket().sendall(words)
        except (smtplib.SMTPException, OSError) as error:
            raise silence(stage, error) from error

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
            raise silence(stage, error) from error

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
    def _expect(stage: Stage, answer: tuple[int, str]) -> None:
        code, said = answer
        if not _accepts(stage, code):
            raise Trouble(stage, code if code >= 0 else None, f"{code} {said}")


def _envelope(sender: str, recipient: str) -> tuple[bytes, bytes, bytes]:
    """What is said before a message: from whom, to whom, and that it comes."""
    return (
        f"MAIL FROM:<{sender}>\r\n".encode("ascii"),
        f"RCPT TO:<{recipient}>\r\n".encode("ascii"),
        b"DATA\r\n",
    )


def _accepts(stage: Stage, code: int) -> bool:
    return code == 354 if stage == Stage.DATA else 200 <= code < 300


def silence(stage: Stage, error: Exception) -> Trouble:
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
