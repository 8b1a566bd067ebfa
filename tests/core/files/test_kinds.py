"""Files by their content: what is taken, and what is refused however it is dressed up."""

import io
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from app.core.files import packages, refusals
from app.core.files.kinds import type_of
from app.core.files.names import clean_name
from app.core.files.refusals import FileRefused
from tests.support.files import EXCEL, JPEG, PDF, PNG, POWERPOINT, WORD, office, open_document, package

ODT, ODS = packages.OPEN_DOCUMENT.values()
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"

GOOD = {
    "a PDF": (PDF, "application/pdf"),
    "a PNG": (PNG, "image/png"),
    "a JPEG": (JPEG, "image/jpeg"),
    "a JPEG with a telephone's words behind it": (JPEG + b"SEFT" * 40_000, "image/jpeg"),
    "a Word file": (office(WORD), WORD),
    "an Excel file": (office(EXCEL), EXCEL),
    "a PowerPoint file": (office(POWERPOINT), POWERPOINT),
    "a chart's numbers inside": (office(POWERPOINT, ppt__embeddings__Sheet1=office(EXCEL)), POWERPOINT),
    "an OpenDocument text": (open_document(ODT), ODT),
    "an OpenDocument spreadsheet": (open_document(ODS), ODS),
    "a text": ("Every ward knows the plan – said the nurse.\n".encode(), "text/plain"),
    "a text with a mark at its head": ("Ärzte\r\n".encode("utf-8-sig"), "text/plain"),
    "a text of an old machine": ("Caf\xe9 \x96 12 \xa3\r\n".encode("latin-1"), "text/plain"),
    "a text in UTF-16": ("Said by a parent\n".encode("utf-16"), "text/plain"),
    "a table": (b"ward,plans\nStarlight,12\n", "text/csv"),
    "a table with semicolons": (b"ward;plans\nStarlight;12\n", "text/csv"),
}


def bomb(*, ratio: int = 2_500) -> bytes:
    """A Word file of some hundred kilobytes that unpacks to more than is taken."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", b"")
        with file.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(ratio):
                part.write(b"\0" * 100_000)
    return out.getvalue()


def lying_bomb() -> bytes:
    """The same, declaring that it unpacks to little."""
    content, place = bytearray(bomb()), -1
    size = (2_500 * 100_000).to_bytes(4, "little")
    while (place := content.find(size, place + 1)) >= 0:
        content[place : place + 4] = (1_000).to_bytes(4, "little")
    return bytes(content)


def quine_like() -> bytes:
    """Packages within packages."""
    inner = office(EXCEL)
    for _ in range(3):
        inner = office(POWERPOINT, ppt__embeddings__next=inner)
    return inner


def locked() -> bytes:
    """A Word file whose list says that it is encrypted."""
    content = bytearray(office(WORD))
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def many_parts() -> bytes:
    """A package of more parts than any document has."""
    return package({f"word/{number}": b"" for number in range(packages.MOST_PARTS + 1)}, method=0)


BAD = {
    "nothing": (b"", refusals.EMPTY),
    "blanks": (b" \r\n\t", refusals.NOT_TAKEN),
    "a program": (b"MZ\x90\x00" + bytes(60), refusals.NOT_TAKEN),
    "a text with a zero in it": (b"minutes\0of the meeting", refusals.NOT_TAKEN),
    "a page": (b"<!DOCTYPE html><script>alert(1)</script>", refusals.NOT_TAKEN),
    "a page behind blanks": (b"\n\n  <HTML><body>", refusals.NOT_TAKEN),
    "a page in UTF-16": ("<html><script>".encode("utf-16"), refusals.NOT_TAKEN),
    "a drawing with a script": (
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        refusals.NOT_TAKEN,
    ),
    "a script": (b"#!/bin/sh\nrm -rf /\n", refusals.NOT_TAKEN),
    "rich text": (b"{\\rtf1\\ansi hello}", refusals.NOT_TAKEN),
    "an older Office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), refusals.NOT_TAKEN),
    "an archive": (package({"minutes.txt": b"x"}), refusals.NOT_TAKEN),
    "a GIF": (b"GIF89a" + bytes(20), refusals.NOT_TAKEN),
    "half a PDF": (PDF[:-8], refusals.NOT_READABLE),
    "a PDF that is an archive too": (PDF + package({"run.js": b"x"}), refusals.TWO_IN_ONE),
    "a PNG with more behind it": (PNG + b"<script>", refusals.TWO_IN_ONE),
    "half a PNG": (PNG[:-6], refusals.NOT_READABLE),
    "a JPEG that is words": (b"\xff\xd8\xff" + b"hello" * 20, refusals.NOT_READABLE),
    "a JPEG that is an archive too": (JPEG + package({"run.js": b"x"}), refusals.TWO_IN_ONE),
    "a Word file behind a picture": (b"PK\x03\x04" + PNG + office(WORD), refusals.TWO_IN_ONE),
    "a Word file with more behind it": (office(WORD) + b"tail", refusals.TWO_IN_ONE),
    "half a Word file": (office(WORD)[:-30], refusals.NOT_READABLE),
    "a Word file with a password": (locked(), refusals.NOT_READABLE),
    "a Word file with macros": (office(WORD, main=MACRO_WORD), refusals.WITH_MACROS),
    "a macro part under a harmless list": (office(WORD, word__vbaProject=b"x"), refusals.WITH_MACROS),
    "old macro sheets": (office(EXCEL, xl__macrosheets__sheet1=b"x"), refusals.WITH_MACROS),
    "controls that run": (office(WORD, word__activeX__activeX1=b"x"), refusals.WITH_MACROS),
    "a program inside": (office(WORD, word__embeddings__a=b"MZ\x90\x00"), refusals.WITH_MACROS),
    "an object with macros inside": (
        office(WORD, word__embeddings__a=b"\xd0\xcf\x11\xe0" + bytes(64)),
        refusals.WITH_MACROS,
    ),
    "OpenDocument with macros": (open_document(ODT, Basic__Standard__Module1=b"x"), refusals.WITH_MACROS),
    "a way out of the folder": (package({"../../etc/passwd": b"x"}), refusals.NOT_READABLE),
    "an archive inside": (office(WORD, word__media__a=package({"a": b"x"})), refusals.TWO_IN_ONE),
    "packages within packages": (quine_like(), refusals.TWO_IN_ONE),
    "an archive of another kind inside": (office(WORD, word__media__a=b"Rar!\x1a\x07"), refusals.TWO_IN_ONE),
    "more parts than any document": (many_parts(), refusals.TOO_MUCH_INSIDE),
}


def _type(content: bytes, folder: Path) -> str:
    path = folder / "lies.docx"
    path.write_bytes(content)
    return type_of(path)


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_known_by_its_content(name: str, tmp_path: Path) -> None:
    content, media_type = GOOD[name]
    assert _type(content, tmp_path) == media_type


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    content, sentence = BAD[name]
    with pytest.raises(FileRefused) as refused:
        _type(content, tmp_path)
    assert refused.value.sentence == sentence


@pytest.mark.parametrize("made", [bomb, lying_bomb])
def test_a_bomb_is_refused_in_bounded_time_and_memory(made: object, tmp_path: Path) -> None:
    content = made()  # type: ignore[operator]
    assert len(content) < 1_000_000
    tracemalloc.start()
    began = time.process_time()
    try:
        with pytest.raises(FileRefused):
            _type(content, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert time.process_time() - began < 10


def test_a_long_list_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "LARGEST_LIST", 50)
    with pytest.raises(FileRefused) as refused:
        _type(office(WORD), tmp_path)
    assert refused.value.sentence == refusals.TOO_MUCH_INSIDE


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("minutes.pdf", "minutes.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\nurse\\plan v2.docx", "plan v2.docx"),
        ("plan\r\nSet-Cookie: a=b.pdf", "planSet-Cookie_ a=b.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u200e\u200bplan\ufeff.pdf", "plan.pdf"),
        ("...", "file"),
        ("", "file"),
        (None, "file"),
        ("a/", "file"),
        ("nul\0l.txt", "null.txt"),
        ("x" * 400 + ".docx", "x" * 145 + ".docx"),
        ("x" * 400, "x" * 150),
        ('a<b>"c"|d?*.txt', "a_b__c__d__.txt"),
    ],
)
def test_names_lose_what_misleads(given: str | None, kept: str) -> None:
    assert clean_name(given) == kept
