"""Settings, read from the environment and nowhere else.

A wrong, weak or half-set value stops the start with one sentence that says what to set. A default stands
here only where it is both right for a demonstration and unable to harm in production.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click import ClickException

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"

#: A secret shorter than this is refused in production.
SHORTEST_SECRET = 32
DEFAULT_LEASE_SECONDS = 60
#: How long a session may stand unused, and how long it may last at all: a break, and a working day.
DEFAULT_IDLE_MINUTES = 30
DEFAULT_SESSION_HOURS = 12
MAIL_SCHEMES = frozenset({"smtp", "smtps", "file"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class WrongSetting(ClickException):
    """A setting is missing or wrong; the sentence says which, and what to do.

    A command prints the sentence and nothing else; a web server that meets it does not start.
    """


def settings(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Every setting of the product, checked. Raises WrongSetting."""
    given = os.environ if environment is None else environment
    mode = given.get("TRACKER_MODE", "")
    if mode not in {"demo", "production"}:
        raise WrongSetting("Set TRACKER_MODE to demo or production; there is no default.")
    production = mode == "production"
    base_url = _base_url(given, production=production)
    lease = _positive(given, "OUTBOX_LEASE_SECONDS", DEFAULT_LEASE_SECONDS)
    smtp_timeout = _positive(given, "SMTP_TIMEOUT_SECONDS", 30)
    if production and lease <= smtp_timeout:
        raise WrongSetting(
            "OUTBOX_LEASE_SECONDS must be more than SMTP_TIMEOUT_SECONDS, "
            "or a slow mail server makes two senders send one message."
        )
    return {
        "TRACKER_MODE": mode,
        "SECRET_KEY": _secret_key(given, production=production),
        "SQLALCHEMY_DATABASE_URI": _database_url(given, production=production),
        "MAIL_URL": _mail_url(given, production=production),
        "MAIL_FROM": given.get("MAIL_FROM") or f"case-learning-tracker@{urlsplit(base_url).hostname}",
        "BASE_URL": base_url,
        "FILES_DIR": _files_dir(given, production=production),
        "FILES_LARGEST_MEGABYTES": _positive(given, "FILES_LARGEST_MEGABYTES", 20),
        "CLAMAV_SOCKET": _clamav_socket(given),
        "BOUNCES_DIR": _bounces_dir(given),
        "OUTBOX_LEASE_SECONDS": lease,
        "SMTP_TIMEOUT_SECONDS": smtp_timeout,
        "MAX_CONTENT_LENGTH": 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 200,
        "SESSION_IDLE_MINUTES": _positive(given, "SESSION_IDLE_MINUTES", DEFAULT_IDLE_MINUTES, least=3),
        "SESSION_HOURS": _positive(given, "SESSION_HOURS", DEFAULT_SESSION_HOURS, least=1),
        "SESSION_COOKIE_SECURE": base_url.startswith("https://"),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "case_learning_tracker",
        "WTF_CSRF_TIME_LIMIT": None,
        # Our pages let browsers send no referrer, so over https there is none to compare; the token decides.
        "WTF_CSRF_SSL_STRICT": False,
        "TRUSTED_PROXIES": _positive(given, "TRUSTED_PROXIES", 0),
    }


def _secret_key(given: Mapping[str, str], *, production: bool) -> str:
    key = given.get("SECRET_KEY", "")
    if production and len(key) < SHORTEST_SECRET:
        raise WrongSetting(
            f"Set SECRET_KEY to at least {SHORTEST_SECRET} random characters; "
            "`python3 -c 'import secrets; print(secrets.token_hex(32))'` makes one."
        )
    return key or _demo_secret()


def _demo_secret() -> str:
    """A secret of this copy's own, so that web workers agree and sessions outlive a restart."""
    path = INSTANCE / "demo-secret"
    INSTANCE.mkdir(exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()


def _database_url(given: Mapping[str, str], *, production: bool) -> str:
    url = given.get("DATABASE_URL", "")
    if not url:
        if production:
            raise WrongSetting(
                "Set DATABASE_URL, for example sqlite:////var/lib/tracker/tracker.sqlite "
                "or postgresql://tracker@localhost/tracker."
            )
        INSTANCE.mkdir(exist_ok=True)
        return f"sqlite:///{INSTANCE / 'tracker.sqlite'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise WrongSetting("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return url


def _files_dir(given: Mapping[str, str], *, production: bool) -> str:
    """The folder of files that people hand in; in a demonstration beside its SQLite file."""
    folder = given.get("FILES_DIR", "")
    if folder:
        return folder
    if production:
        raise WrongSetting("Set FILES_DIR to a folder for files, for example /var/lib/tracker/files.")
    scheme, _, path = given.get("DATABASE_URL", "").partition("///")
    if scheme == "sqlite:" and path and path != ":memory:":
        file = Path(path.partition("?")[0])
        return str(file.with_name(f"{file.stem}-files"))
    return str(INSTANCE / "files")


def _bounces_dir(given: Mapping[str, str]) -> str | None:
    """The folder that mail which comes back is dropped in; None where it is not."""
    folder = given.get("BOUNCES_DIR", "")
    if folder and not (Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise WrongSetting("BOUNCES_DIR must be a folder that exists and can be written to, or nothing.")
    return folder or None


def _clamav_socket(given: Mapping[str, str]) -> str | None:
    """Where the scanner of files listens; None where there is none."""
    address = given.get("CLAMAV_SOCKET", "")
    if not address:
        return None
    parts = urlsplit(address)
    if not (parts.scheme == "unix" and parts.path) and not (parts.scheme == "tcp" and parts.hostname):
        raise WrongSetting(
            "CLAMAV_SOCKET must be unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310, or nothing."
        )
    return address


def _mail_url(given: Mapping[str, str], *, production: bool) -> str:
    url = given.get("MAIL_URL", "")
    if not url:
        if production:
            raise WrongSetting("Set MAIL_URL, for example smtp://user:password@mail.example.org:587.")
        return f"file:{INSTANCE / 'mail'}"
    parts = urlsplit(url)
    if parts.scheme not in MAIL_SCHEMES:
        raise WrongSetting("MAIL_URL must begin with smtp://, smtps:// or file:.")
    if parts.scheme == "file" and not parts.path:
        raise WrongSetting("MAIL_URL names no folder; write file:/path/to/folder.")
    if parts.scheme != "file" and not parts.hostname:
        raise WrongSetting("MAIL_URL names no server; write smtp://mail.example.org:587.")
    return url


def _base_url(given: Mapping[str, str], *, production: bool) -> str:
    url = given.get("BASE_URL", "").rstrip("/")
    if not url:
        if production:
            raise WrongSetting(
                "Set BASE_URL to the address people open, for example https://tracker.example.org."
            )
        return f"http://127.0.0.1:{given.get('PORT') or 5000}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise WrongSetting("BASE_URL must be a whole address, for example https://tracker.example.org.")
    if production and parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise WrongSetting("BASE_URL must begin with https:// in production.")
    return url


def _positive(given: Mapping[str, str], name: str, default: int, *, least: int = 0) -> int:
    text = given.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise WrongSetting(f"{name} must be a whole number, for example {default}.")
    if int(text) < least:
        raise WrongSetting(f"{name} must be at least {least}, for example {default}.")
    return int(text)
