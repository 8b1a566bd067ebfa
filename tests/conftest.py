"""Fixtures: a fresh migrated database for each test, on the backend under test, and a client a person."""

import gc
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask

import config
from tests.support.client import PageClient
from tests.support.databases import Backend, PostgresqlBackend, SqliteBackend, quick_folder
from tests.support.forks import Command

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium")

# How long an example takes says more about what else the machine does than about the product.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

#: Where the longest tests stand. They begin first: at the end no process of the tests is left alone with one.
LONGEST_FIRST = (
    "tests/e2e/test_every_page.py",
    "tests/gates/test_access.py",
    "tests/e2e",
    "tests/jobs",
    "tests/transfer/test_minimal_file.py",
    "tests/actions/test_role_matrix.py",
    "tests/actions/test_whole_life.py",
    "tests/transfer/test_any_mutation.py",
    "tests/accounts/test_late_forms.py",
    "tests/gates",
    "tests/briefings/test_sending_when_killed.py",
)

#: Without a browser on the machine the browser tests are not collected; the CI script installs one.
collect_ignore = [] if CHROMIUM else ["e2e"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which database the suite runs on."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring files that take long to the front: the processes of the tests take them in this order."""

    def place(item: pytest.Item) -> int:
        places = (at for at, path in enumerate(LONGEST_FIRST) if item.nodeid.startswith(path))
        return next(places, len(LONGEST_FIRST))

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def _nothing_leaves_the_machine() -> Iterator[None]:
    """Any connection but to this machine itself is a fault of the product."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host not in {None, "127.0.0.1", "localhost", "::1"}:
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)

    socket.socket.connect = only_here  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings the product runs under in tests, as its environment."""
    folder = tmp_path_factory.mktemp("instance")
    return {
        "TRACKER_MODE": "demo",
        "SECRET_KEY": "only-for-tests-" * 4,
        "MAIL_URL": f"file:{folder / 'mail'}",
        "FILES_DIR": str(folder / "files"),
        "BASE_URL": "http://127.0.0.1:5000",
    }


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[Backend]:
    """The database server under test, holding an empty migrated database and one with the cast."""
    folder = quick_folder("tracker-database-")
    chosen: type[Backend] = (
        PostgresqlBackend if request.config.getoption("--database") == "postgresql" else SqliteBackend
    )
    backend = chosen(folder, environment)
    backend.prepare()
    yield backend
    backend.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_app(backend: Backend, environment: dict[str, str]) -> Flask:
    """One application for the whole session; its database is made anew for each test."""
    from app import create_app

    app = create_app(config.settings({**environment, "DATABASE_URL": backend.url}))
    app.testing = True
    # What stays until the session ends is not looked through for garbage over and over.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    return app


def _fresh(backend: Backend, app: Flask, template: str) -> Iterator[Flask]:
    from app.core.database import db

    with app.app_context():
        db.engine.dispose()
        backend.reset(template)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(backend: Backend, shared_app: Flask) -> Iterator[Flask]:
    """The application on an empty migrated database, with an application context pushed."""
    yield from _fresh(backend, shared_app, "empty")


@pytest.fixture
def world(backend: Backend, shared_app: Flask) -> Iterator[Flask]:
    """The application on a database that holds the cast; see ``tests.support.world``."""
    yield from _fresh(backend, shared_app, "world")


@pytest.fixture
def database_url(backend: Backend) -> str:
    """The address of the database of the test, for other processes."""
    return backend.url


@pytest.fixture
def client_as(shared_app: Flask) -> Callable[[str], PageClient]:
    """A strict page client signed in as a person of the cast."""

    def sign_in(ref: str) -> PageClient:
        return PageClient(shared_app).sign_in(ref)

    return sign_in


@pytest.fixture
def stranger(shared_app: Flask) -> PageClient:
    """A strict page client that nobody signed in with."""
    return PageClient(shared_app)


@pytest.fixture
def process_environment(environment: dict[str, str], database_url: str) -> dict[str, str]:
    """The environment of a real process that works on the test's database."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**inherited, **environment, "DATABASE_URL": database_url}


@pytest.fixture
def flask_command(process_environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``flask …`` as a real process and hand back what it printed."""

    def run(*words: str, **extra: str) -> subprocess.CompletedProcess[str]:
        command = Command(*words, environment={**process_environment, **extra})
        printed, complained = command.communicate(timeout=120)
        return subprocess.CompletedProcess(words, command.wait(0), printed, complained)

    return run


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, quiet about the network it does not have."""
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }
