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

from app.core.errors import RuleBroken

_CHUNK = 65_536
#: How long the daemon may take to take what it is given, and to answer: longer than it looks at one file,
#: which is two minutes unless its ``MaxScanTime`` says otherwise.
PATIENCE_SECONDS = 150.0
_CONNECTING_SECONDS = 10.0
_LONGEST_ANSWER = 4_096
_LONGEST_NAME = 200
#: What the daemon finds in a file that it did not look at as a whole, where ``AlertExceedsMax`` is set.
_LIMITS = "Heuristics.Limits.Exceeded"


class ScannerAway(RuleBroken):
    """The scanner does not answer, or not as one."""


class NotScannable(RuleBroken):
    """The scanner does not look at the whole of this file, for example because it is too large for it."""


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
            raise ScannerAway(f"The scanner of files does not answer: {type(error).__name__}.") from error
        if answer == "stream: OK":
            return None
        found = answer.removeprefix("stream: ").removesuffix(" FOUND")[:_LONGEST_NAME]
        if "size limit exceeded" in answer or found.startswith(_LIMITS):
            raise NotScannable("A file is more than the scanner looks at: raise its limits.")
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return found
        raise ScannerAway("The scanner of files answered something else.")

    def _connect(self) -> socket.socket:
        scheme, _, path = self.address.partition(":")
        patience = min(self.patience, _CONNECTING_SECONDS)
        if scheme == "unix":
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(patience)
            try:
                line.connect(path)
            except OSError:
                line.close()
                raise
            return line
        parts = urlsplit(self.address)
        return socket.create_connection((str(parts.hostname), parts.port or 3310), timeout=patience)


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
