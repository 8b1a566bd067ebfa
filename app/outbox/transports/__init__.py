"""Ways for a message to leave, chosen by the address of the mail server in the settings."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.outbox.transports.base import HeldBack, Transport, Trouble
from app.outbox.transports.files import FileTransport
from app.outbox.transports.smtp import Server, SmtpTransport

__all__ = ["FileTransport", "HeldBack", "SmtpTransport", "Transport", "Trouble", "transport_for"]

DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


def transport_for(url: str, *, timeout: float, greeting: str, must_encrypt: bool) -> Transport:
    """The transport an address names: ``smtp://user:password@host:port``, ``smtps://`` or ``file:FOLDER``.

    ``greeting`` is the name by which we say hello; ``must_encrypt`` refuses an open line to anywhere but
    this machine. Raises ValueError for any other address.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FileTransport(Path(unquote(parts.path)))
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("the mail server's address must begin with smtp://, smtps:// or file:")
    server = Server(
        host=parts.hostname,
        port=parts.port or DEFAULT_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        encrypted_from_the_start=parts.scheme == "smtps",
    )
    return SmtpTransport(server, timeout=timeout, greeting=greeting, must_encrypt=must_encrypt)
