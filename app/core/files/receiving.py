"""Files as they come in: written, weighed and looked at before anything names them."""

from dataclasses import dataclass
from typing import IO

from flask import Flask, current_app

from app.core.files.kinds import TAKEN, type_of
from app.core.files.names import clean_name
from app.core.files.refusals import FileRefused
from app.core.files.store import Store, TooLarge

_KEY = "file_store"
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Received:
    """A file that is in its place on the disk; no row names it yet."""

    file_name: str
    digest: str
    size_bytes: int
    media_type: str


def store(app: Flask | None = None) -> Store:
    """The folder of files of this installation."""
    found: Store = (app or current_app).extensions[_KEY]
    return found


def use_folder(app: Flask, folder: Store) -> None:
    """Let this be the application's folder of files."""
    app.extensions[_KEY] = folder


def receive(stream: IO[bytes], name: str | None) -> Received:
    """Take a file in: onto the disk, under the limit, of a type that is taken. Raises FileRefused.

    The content never stands in memory as a whole. Should nothing come to name it, it is swept later.
    """
    limit = current_app.config["FILES_LARGEST_MEGABYTES"]
    folder = store()
    try:
        incoming = folder.receive(stream, largest=limit * MEGABYTE)
    except TooLarge:
        raise FileRefused(
            f"This file is larger than {limit} MB. Choose a smaller one, or add a link to where it is kept"
        ) from None
    except OSError as error:
        current_app.logger.error("a file could not be kept: %s", type(error).__name__)
        raise FileRefused("The file could not be kept just now. Nothing was saved; try again later") from None
    try:
        media_type = type_of(incoming.path)
        folder.keep(incoming)
    finally:
        folder.discard(incoming)
    return Received(clean_name(name), incoming.digest, incoming.size, media_type)


def ending_of(media_type: str) -> str:
    """The ending that a download of this type has."""
    return TAKEN[media_type][0] if media_type in TAKEN else "bin"


def size_in_words(size: int) -> str:
    """A size in bytes as people write it: ``1.4 MB``."""
    if size < MEGABYTE:
        return f"{max(1, round(size / 1_000))} KB"
    return f"{size / MEGABYTE:.1f} MB"


def label_of(media_type: str) -> str:
    """What a type is called on screen."""
    return TAKEN[media_type][1] if media_type in TAKEN else "File"
