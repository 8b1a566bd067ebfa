"""What a file is, by its content alone: neither its name nor what the browser says of it is asked.

Few types are taken, and each is held to its whole form, so that a file is not two things at once.
"""

import codecs
import csv
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import IO

from app.core.files.packages import OOXML, OPEN_DOCUMENT, type_of_package
from app.core.files.refusals import EMPTY, NOT_READABLE, NOT_TAKEN, TWO_IN_ONE, FileRefused

_WORD, _EXCEL, _POWERPOINT = OOXML.values()
_TEXT_DOCUMENT, _SPREADSHEET = OPEN_DOCUMENT.values()

#: Every type that is taken: the ending that a download of it has, and what it is called.
TAKEN = {
    "application/pdf": ("pdf", "PDF"),
    "image/png": ("png", "PNG picture"),
    "image/jpeg": ("jpg", "JPEG picture"),
    _WORD: ("docx", "Word"),
    _EXCEL: ("xlsx", "Excel"),
    _POWERPOINT: ("pptx", "PowerPoint"),
    _TEXT_DOCUMENT: ("odt", "OpenDocument text"),
    _SPREADSHEET: ("ods", "OpenDocument spreadsheet"),
    "text/csv": ("csv", "CSV"),
    "text/plain": ("txt", "Plain text"),
}

_CHUNK = 65_536
_TAIL = 65_557
_PACKAGE_END = b"PK\x05\x06"
_PNG = b"\x89PNG\r\n\x1a\n"
#: The marker of a JPEG behind which the picture stands.
_PICTURE = 0xDA
#: How a text begins that is a page, a program or another format written in letters.
_NOT_PLAIN = re.compile(
    rb"\s*(<!doctype|<html|<head|<body|<script|<svg|<\?xml|<\?php|<!--|<iframe|#!|\{\\rtf|%!|MIME-Version:)",
    re.I,
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def type_of(path: Path) -> str:
    """The media type of a file. Raises FileRefused for one that is not taken."""
    with path.open("rb") as file:
        beginning = file.read(16)
        if not beginning:
            raise FileRefused(EMPTY)
        for signature, check in _BY_SIGNATURE:
            if beginning.startswith(signature):
                return check(file)
        return _text(file)


def _pdf(file: IO[bytes]) -> str:
    tail = _tail(file)
    if b"%%EOF" not in tail[-1_024:]:
        raise FileRefused(NOT_READABLE)
    return _only("application/pdf", tail)


def _png(file: IO[bytes]) -> str:
    """A PNG is a row of chunks that ends with IEND, and with it the file."""
    size = file.seek(0, os.SEEK_END)
    place, name = len(_PNG), b""
    while place < size and name != b"IEND":
        file.seek(place)
        head = file.read(8)
        if len(head) < 8 or (place == len(_PNG) and head[4:] != b"IHDR"):
            raise FileRefused(NOT_READABLE)
        length, name = struct.unpack(">L4s", head)
        place += 12 + length
    if name != b"IEND" or place > size:
        raise FileRefused(NOT_READABLE)
    if place != size:
        raise FileRefused(TWO_IN_ONE)
    return "image/png"


def _jpeg(file: IO[bytes]) -> str:
    """A JPEG is a row of segments up to the picture itself; telephones write their own things behind it."""
    size = file.seek(0, os.SEEK_END)
    place, marker = 2, 0
    while marker != _PICTURE:
        file.seek(place)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or place > size:
            raise FileRefused(NOT_READABLE)
        if head[1] == 0xFF:
            # Any number of these may fill up before a marker.
            place += 1
            continue
        marker = head[1]
        place += 2 + max(2, int.from_bytes(head[2:], "big"))
    return _only("image/jpeg", _tail(file))


def _only(media_type: str, tail: bytes) -> str:
    """The type, unless a package ends where the file does, which would open as one."""
    place = tail.rfind(_PACKAGE_END)
    if place >= 0 and place + 22 + int.from_bytes(tail[place + 20 : place + 22], "little") <= len(tail):
        raise FileRefused(TWO_IN_ONE)
    return media_type


def _tail(file: IO[bytes]) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    return file.read()


def _text(file: IO[bytes]) -> str:
    """Plain text: every byte of it is a letter of some encoding, and none steers a machine."""
    file.seek(0)
    beginning = file.read(4_096)
    encoding = _encoding(beginning)
    plain = beginning
    if encoding == "utf-16":
        plain = beginning[: len(beginning) // 2 * 2].decode("utf-16", "replace").encode()
    if _NOT_PLAIN.match(plain.removeprefix(codecs.BOM_UTF8)):
        raise FileRefused(NOT_TAKEN)
    for candidate in (encoding, "cp1252") if encoding == "utf-8-sig" else (encoding,):
        sample = _letters(file, candidate)
        if sample is not None:
            return "text/csv" if _is_table(sample) else "text/plain"
    raise FileRefused(NOT_TAKEN)


def _encoding(beginning: bytes) -> str:
    return "utf-16" if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _letters(file: IO[bytes], encoding: str) -> str | None:
    """The first of the text, where all of it is text in that encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    sample = ""
    try:
        while chunk := file.read(_CHUNK):
            words = decoder.decode(chunk)
            if _CONTROLS.search(words):
                return None
            sample = sample or words
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return sample if sample.strip() else None


def _is_table(sample: str) -> bool:
    """Whether the first lines have the same number of cells, and more than one."""
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    for separator in (",", ";", "\t"):
        try:
            widths = {len(row) for row in csv.reader(lines, delimiter=separator)}
        except csv.Error:
            continue
        if len(lines) > 1 and len(widths) == 1 and widths != {1}:
            return True
    return False


_BY_SIGNATURE: tuple[tuple[bytes, Callable[[IO[bytes]], str]], ...] = (
    (b"%PDF-", _pdf),
    (_PNG, _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"PK\x03\x04", type_of_package),
)
