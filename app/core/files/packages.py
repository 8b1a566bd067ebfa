"""Office files: packages in the ZIP format, looked through without ever unpacking more than the limits.

Every limit is held twice: by what the package declares before anything is unpacked, and by what is counted
while it is. Nothing is written, and of each part only the beginning is kept.
"""

import os
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from app.core.files.refusals import (
    NOT_READABLE,
    NOT_TAKEN,
    TOO_MUCH_INSIDE,
    TWO_IN_ONE,
    WITH_MACROS,
    FileRefused,
)

#: How much all parts together may unpack to, and how many there may be.
LARGEST_UNPACKED = 200_000_000
MOST_PARTS = 5_000
#: How long the list of parts may be, which is read as a whole.
LARGEST_LIST = 1_500_000
#: The list of types, the only part that is kept in memory as a whole.
LARGEST_TYPES = 1_000_000
_CHUNK = 65_536

#: The end of a package: signature, two disk numbers, two counts, size and place of the list, a note's length.
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LOCKED = 0x1

OOXML = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    ),
}
OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
    b"application/vnd.oasis.opendocument.spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
}
_MAIN_PART = {
    "wordprocessingml": "word/document",
    "spreadsheetml": "xl/workbook",
    "presentationml": "ppt/presentation",
}

#: Parts that hold programs, by what their names hold, in small letters.
_PROGRAMS = ("vbaproject", "vbadata", "macrosheets/", "activex/", "basic/", "scripts/", "ctrlprops/")
#: How the content of a part begins that is a program, or an older Office file, which may hold some.
_PROGRAM_BEGINNINGS = (b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0")
#: How the content of a part begins that is a package or archive itself.
_PACKAGE_BEGINNING = b"PK\x03\x04"
_ARCHIVE_BEGINNINGS = (_PACKAGE_BEGINNING, b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


@dataclass
class _Budget:
    """What may still be unpacked, of a package and of those inside it."""

    left: int = LARGEST_UNPACKED

    def spend(self, size: int) -> None:
        """Count what was unpacked. Raises FileRefused."""
        self.left -= size
        if self.left < 0:
            raise FileRefused(TOO_MUCH_INSIDE)


def type_of_package(file: IO[bytes]) -> str:
    """The media type of an Office or OpenDocument file. Raises FileRefused."""
    return _look_through(file, _Budget(), is_outer=True)


def _look_through(file: IO[bytes], budget: _Budget, *, is_outer: bool) -> str:
    _check_frame(file)
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
            _check_declared(parts, budget)
            types = b""
            for part in parts:
                types = _read_part(package, part, budget, is_outer=is_outer) or types
            return _type(types, {part.filename: part for part in parts})
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise FileRefused(NOT_READABLE) from error
    except (UnicodeDecodeError, ValueError, struct.error) as error:
        raise FileRefused(NOT_READABLE) from error


def _check_frame(file: IO[bytes]) -> None:
    """Check that the package is the whole file, and that its list is small enough to be read.

    What stands before or behind it would be another file in the same one.
    """
    size = file.seek(0, os.SEEK_END)
    if size < _END.size:
        raise FileRefused(NOT_READABLE)
    tail_at = max(0, size - _END.size - 0xFFFF)
    file.seek(tail_at)
    tail = file.read()
    place = tail.rfind(_END_SIGNATURE)
    if place < 0 or len(tail) - place < _END.size:
        raise FileRefused(NOT_READABLE)
    _, disk, first_disk, here, count, list_size, list_at, note = _END.unpack_from(tail, place)
    end_at = tail_at + place
    if end_at + _END.size + note != size or list_at + list_size != end_at:
        raise FileRefused(TWO_IN_ONE)
    if disk or first_disk or here != count or count > MOST_PARTS or list_size > LARGEST_LIST:
        raise FileRefused(TOO_MUCH_INSIDE)
    file.seek(0)
    if file.read(4) != _PACKAGE_BEGINNING:
        raise FileRefused(TWO_IN_ONE)
    file.seek(0)


def _check_declared(parts: list[zipfile.ZipInfo], budget: _Budget) -> None:
    """What the list says of the parts, before any is unpacked."""
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > budget.left:
        raise FileRefused(TOO_MUCH_INSIDE)
    names = [part.filename for part in parts]
    if len(set(names)) < len(names):
        raise FileRefused(NOT_READABLE)
    for part in parts:
        folders = part.filename.replace("\\", "/").split("/")
        if ".." in folders or not folders[0] or ":" in folders[0]:
            raise FileRefused(NOT_READABLE)
        if part.flag_bits & _LOCKED or part.compress_type not in _METHODS:
            raise FileRefused(NOT_READABLE)
        if any(word in part.filename.lower() for word in _PROGRAMS):
            raise FileRefused(WITH_MACROS)


def _read_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, budget: _Budget, *, is_outer: bool) -> bytes:
    """Unpack a part and count it; the content of the part that tells the types, and nothing of others."""
    tells = part.filename in {"[Content_Types].xml", "mimetype"}
    if tells and part.file_size > LARGEST_TYPES:
        raise FileRefused(TOO_MUCH_INSIDE)
    kept = b""
    with package.open(part) as content:
        beginning = content.read(_CHUNK)
        budget.spend(len(beginning))
        if beginning.startswith(_PROGRAM_BEGINNINGS):
            raise FileRefused(WITH_MACROS)
        if beginning.startswith(_ARCHIVE_BEGINNINGS):
            # The numbers behind a chart are an Excel file inside; nothing else is packed again.
            if not (
                is_outer and "/embeddings/" in part.filename and beginning.startswith(_PACKAGE_BEGINNING)
            ):
                raise FileRefused(TWO_IN_ONE)
            _look_inside(content, beginning, budget)
            return b""
        while chunk := content.read(_CHUNK):
            budget.spend(len(chunk))
            if tells:
                beginning += chunk
        kept = beginning
    return kept if tells else b""


def _look_inside(content: IO[bytes], beginning: bytes, budget: _Budget) -> None:
    with SpooledTemporaryFile(max_size=1_000_000) as inner:
        inner.write(beginning)
        while chunk := content.read(_CHUNK):
            budget.spend(len(chunk))
            inner.write(chunk)
        _look_through(inner, budget, is_outer=False)


def _type(types: bytes, parts: Mapping[str, zipfile.ZipInfo]) -> str:
    if "[Content_Types].xml" in parts:
        if b"macroenabled" in types.lower() or b"vbaproject" in types.lower():
            raise FileRefused(WITH_MACROS)
        found = {media_type for main, media_type in OOXML.items() if main in types}
        if len(found) == 1:
            (media_type,) = found
            main = next(place for word, place in _MAIN_PART.items() if word in media_type)
            if any(name.startswith(main) for name in parts):
                return media_type
    elif "mimetype" in parts and types in OPEN_DOCUMENT and "content.xml" in parts:
        return OPEN_DOCUMENT[types]
    raise FileRefused(NOT_TAKEN)
