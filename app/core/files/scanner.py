"""The scanner: ClamAV's daemon, asked over its socket by its command INSTREAM.

The command is followed by chunks, each behind its length in four bytes, and a length of zero; the daemon
answers with one line: ``stream: OK``, ``stream: NAME FOUND`` or what went wrong (clamd's manual, section
COMMANDS).
"""

import socket
import struct
import time
from typing import IO
from urllib.parse import urlsplit

_CHUNK = 65_536
#: How long the daemon may take to take what it is given, and to answer.
PATIENCE_SECONDS = 30.0
_LONGEST_ANSWER = 4_096
_LONGEST_NAME = 200


class ScannerAway(Exception):
    """The scanner does not answer, or not as one."""


class NotScannable(Exception):
    """The scanner does not look at this file, for example because it is too large for it."""


class Scanner:
    """The scanner at an address: ``unix:/run/clamav/clamd.ctl`` or ``tcp://127.0.0.1:3310``."""

    def __init__(self, address: str, *, patience: float = PATIENCE_SECONDS) -> None:
        self.address = address
        self.patience = patience

    def found_in(self, content: IO[bytes]) -> str | None:
        """What harmful thing the scanner finds; None where it finds none.

        Raises ScannerAway and NotScannable.
        """
        until = time.monotonic() + self.patience
        try:
            with self._connect() as line:
                answer = _ask(line, content, until)
        except (OSError, ValueError) as error:
            raise ScannerAway(type(error).__name__) from error
        if answer == "stream: OK":
            return None
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")[:_LONGEST_NAME]
        if "size limit exceeded" in answer:
            raise NotScannable(answer)
        raise ScannerAway("it answered something else")

    def _connect(self) -> socket.socket:
        scheme, _, path = self.address.partition(":")
        if scheme == "unix":
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(self.patience)
            try:
                line.connect(path)
            except OSError:
                line.close()
                raise
            return line
        parts = urlsplit(self.address)
        return socket.create_connection((str(parts.hostname), parts.port or 3310), timeout=self.patience)


def _ask(line: socket.socket, content: IO[bytes], until: float) -> str:
    answer = b""
    try:
        line.sendall(b"zINSTREAM\0")
        while chunk := content.read(_CHUNK):
            _limit(line, until)
            line.sendall(struct.pack(">L", len(chunk)) + chunk)
        line.sendall(struct.pack(">L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # It may have stopped listening because it has an answer already, for example to a file too large.
        pass
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        _limit(line, until)
        more = line.recv(_LONGEST_ANSWER)
        if not more:
            break
        answer += more
    if not answer.endswith(b"\0"):
        raise ValueError("half an answer")
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _limit(line: socket.socket, until: float) -> None:
    """Let the next step take no longer than is left of the whole. Raises TimeoutError."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)
