"""A mail server of a process of its own that takes everything on as fast as Python can, and counts it.

``python -m tests.support.fast_sink`` prints its port, then answers to lines on standard input: ``times`` with
how many messages it took, how many of those twice, and how many bytes; the end of the input ends it.
"""

import asyncio
import json
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_MESSAGE_ID = re.compile(rb"^Message-ID: (<[^>\r\n]*>)", re.MULTILINE)
_HELLO = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


class _Conversation(asyncio.Protocol):
    """One connection: commands one after the other, several in one packet or not."""

    def __init__(self, times: Counter[bytes]) -> None:
        self.times = times
        self.waiting = bytearray()
        self.is_content = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        line = transport.get_extra_info("socket")
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer everything that is whole, in one packet."""
        waiting = self.waiting
        waiting += data
        answers: list[bytes] = []
        while True:
            if self.is_content:
                end = waiting.find(b"\r\n.\r\n")
                if end < 0:
                    break
                found = _MESSAGE_ID.search(waiting, 0, end)
                self.times[found[1] if found else b""] += 1
                del waiting[: end + 5]
                self.is_content = False
                answers.append(b"250 taken on\r\n")
                continue
            end = waiting.find(b"\r\n")
            if end < 0:
                break
            command = bytes(waiting[:4]).upper()
            del waiting[: end + 2]
            if command == b"DATA":
                self.is_content = True
                answers.append(b"354 go on\r\n")
            elif command == b"EHLO":
                answers.append(_HELLO)
            elif command == b"QUIT":
                self.transport.write(b"".join([*answers, b"221 bye\r\n"]))
                self.transport.close()
                return
            else:
                answers.append(b"250 ok\r\n")
        if answers:
            self.transport.write(b"".join(answers))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _serve() -> None:
    times: Counter[bytes] = Counter()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Conversation(times), "127.0.0.1", 0)
    _say(str(server.sockets[0].getsockname()[1]))
    asked = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while (line := await asked.readline()).strip():
        if line.strip() == b"times":
            twice = sum(1 for number in times.values() if number > 1)
            told = {"taken": sum(times.values()), "different": len(times), "twice": twice}
            _say(json.dumps(told))
        elif line.strip() == b"forget":
            times.clear()
            _say("{}")
    server.close()


class Sink:
    """The process, and what it counted."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.fast_sink"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    @property
    def url(self) -> str:
        """Its address, as the product's setting has it."""
        return f"smtp://127.0.0.1:{self.port}"

    def ask(self, word: str) -> dict[str, int]:
        """``times`` or ``forget``."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        told: dict[str, int] = json.loads(self.process.stdout.readline())
        return told

    def stop(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def fast_sink() -> Iterator[Sink]:
    """A sink while the block lasts."""
    sink = Sink()
    try:
        yield sink
    finally:
        sink.stop()


if __name__ == "__main__":
    asyncio.run(_serve())
