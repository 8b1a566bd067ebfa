"""The folder of files: each content once, under its digest, for this user alone.

A file comes into its place in one move, complete and on the disk; whoever meets it meets all of it. It comes
before the row that names it, so a row without a file cannot be. A file without a row is harmless, and swept.
"""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_CHUNK = 65_536
_DIGEST = re.compile(r"[0-9a-f]{64}")
#: Where files lie until they are known to be good, and where orphans go before they are gone.
_INCOMING, _LEAVING = "incoming", "leaving"
#: A file without a row is an orphan only after this time: its row may be on its way.
ORPHAN_AFTER_SECONDS = 7 * 24 * 60 * 60


class TooLarge(Exception):
    """What is coming in is larger than it may be."""


class FileMissing(Exception):
    """A file that a row names is not in the folder."""


@dataclass(frozen=True)
class Incoming:
    """A file that has come in, and is not in its place yet."""

    path: Path
    digest: str
    size: int


class Store:
    """The folder of files. Made where it is missing; raises OSError where that is impossible."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("", _INCOMING, _LEAVING):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def check(self) -> None:
        """Write and remove a file. Raises OSError where the folder is not ours to write to."""
        handle, name = tempfile.mkstemp(dir=self.folder / _INCOMING)
        os.close(handle)
        os.unlink(name)

    def receive(self, stream: IO[bytes], *, largest: int | None = None) -> Incoming:
        """Write what comes in to the disk, counting it and taking its digest. Raises TooLarge."""
        digest, size = hashlib.sha256(), 0
        # Its owner alone reads and writes what mkstemp makes.
        handle, name = tempfile.mkstemp(dir=self.folder / _INCOMING)
        try:
            with os.fdopen(handle, "wb") as file:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if largest is not None and size > largest:
                        raise TooLarge
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return Incoming(Path(name), digest.hexdigest(), size)

    def keep(self, incoming: Incoming) -> None:
        """Put a file in its place. One that is there already holds the same, and is renewed."""
        place = self._place(incoming.digest)
        for folder in (place.parent.parent, place.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        os.replace(incoming.path, place)
        for folder in (place.parent, place.parent.parent, self.folder):
            _to_disk(folder)

    def discard(self, incoming: Incoming) -> None:
        """Let go of a file that is not to be kept."""
        incoming.path.unlink(missing_ok=True)

    def open(self, digest: str) -> IO[bytes]:
        """The content. Raises FileMissing."""
        try:
            return self._place(digest).open("rb")
        except FileNotFoundError:
            raise FileMissing(digest) from None

    def leave_after(self, digest: str, seconds: float) -> None:
        """Have the sweep take a content that no row names once so many seconds are over."""
        with suppress(FileNotFoundError):
            os.utime(self._place(digest), (time.time() - ORPHAN_AFTER_SECONDS + seconds,) * 2)

    def remove(self, digest: str) -> None:
        """Take a content away for good, wherever in the folder it lies."""
        for path in (self._place(digest), self.folder / _LEAVING / digest):
            path.unlink(missing_ok=True)

    def sweep(self, is_known: Callable[[str], bool], *, older_than: float = ORPHAN_AFTER_SECONDS) -> int:
        """Remove what no row names, and uploads that were broken off, once they are old; how many went."""
        before = time.time() - older_than
        swept = 0
        for path in self._old(self.folder / _INCOMING, before):
            path.unlink(missing_ok=True)
            swept += 1
        for path in self._old(self.folder / _LEAVING, before):
            swept += self._leave(path, is_known, before)
        for path in self._contents():
            if _modified(path) < before and not is_known(path.name):
                # Out of its place first: should the same content come in just now, it takes the place anew.
                leaving = self.folder / _LEAVING / path.name
                with suppress(FileNotFoundError):
                    os.replace(path, leaving)
                    swept += self._leave(leaving, is_known, before)
        return swept

    def _leave(self, leaving: Path, is_known: Callable[[str], bool], before: float) -> int:
        """Remove a file that is out of its place, unless it was renewed or named in the meantime."""
        if _modified(leaving) >= before or is_known(leaving.name):
            os.replace(leaving, self._place(leaving.name))
            return 0
        leaving.unlink(missing_ok=True)
        return 1

    def _contents(self) -> Iterator[Path]:
        for first in sorted(self.folder.iterdir()):
            if len(first.name) == 2:
                for second in sorted(first.iterdir()):
                    yield from (path for path in sorted(second.iterdir()) if _DIGEST.fullmatch(path.name))

    def _old(self, folder: Path, before: float) -> Iterator[Path]:
        yield from (path for path in sorted(folder.iterdir()) if _modified(path) < before)

    def _place(self, digest: str) -> Path:
        # A digest from anywhere else than our own table could lead out of the folder.
        if not _DIGEST.fullmatch(digest):
            raise FileMissing(digest)
        return self.folder / digest[:2] / digest[2:4] / digest


def in_chunks(content: IO[bytes]) -> Iterator[bytes]:
    """A content piece by piece, let go of at its end."""
    with content:
        while chunk := content.read(_CHUNK):
            yield chunk


def digest_of(stream: IO[bytes]) -> tuple[str, int]:
    """The digest and size of what a stream holds."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
