"""Small files of every type, good and bad, and a scanner that speaks the protocol."""

import io
import socket
import struct
import threading
import zipfile
import zlib
from pathlib import Path

from app.core.files.packages import OOXML

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\x34\xff\xd9"
)
_MAIN = {media_type: main.decode() for main, media_type in OOXML.items()}
WORD, EXCEL, POWERPOINT = _MAIN
_PART = {WORD: "word/document.xml", EXCEL: "xl/workbook.xml", POWERPOINT: "ppt/presentation.xml"}


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">2L5B", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)


def package(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def office(media_type: str, main: str | None = None, **more: bytes) -> bytes:
    """An Office file as small as can be; ``more`` are further parts, with ``__`` for ``/``."""
    types = f'<Types><Override PartName="/x" ContentType="{main or _MAIN[media_type]}"/></Types>'
    parts = {"[Content_Types].xml": types.encode(), _PART[media_type]: b"<w/>"}
    return package(parts | {name.replace("__", "/"): content for name, content in more.items()})


def open_document(media_type: str, **more: bytes) -> bytes:
    """An OpenDocument file as small as can be."""
    parts = {"mimetype": media_type.encode(), "content.xml": b"<office/>"}
    return package(parts | {name.replace("__", "/"): content for name, content in more.items()})


class ScannerServer:
    """A scanner on a Unix socket: finds EICAR's test string, and misbehaves when told to."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clamd"
        self.behaviour = "works"
        self.scanned = 0
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self.path))
        self._socket.listen()
        self._held: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """As the setting writes it."""
        return f"unix:{self.path}"

    def close(self) -> None:
        """Stop listening."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for line in self._held:
            line.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            if self.behaviour == "hangs":
                self._held.append(line)
                continue
            with line:
                self._answer(line)

    def _answer(self, line: socket.socket) -> None:
        if self.behaviour == "hangs up":
            return
        if self.behaviour == "too large":
            line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            return
        if self.behaviour == "nonsense":
            line.sendall(b"HTTP/1.1 400 Bad Request\0")
            return
        with line.makefile("rb") as received:
            assert received.read(10) == b"zINSTREAM\0"
            content = b""
            while length := struct.unpack(">L", received.read(4))[0]:
                content += received.read(length)
        if self.behaviour == "chokes" and EICAR in content:
            return
        if self.behaviour == "gives up" and EICAR in content:
            line.sendall(b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0")
            return
        self.scanned += 1
        line.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")
