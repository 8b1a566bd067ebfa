"""The demonstration as ``make run`` serves it, with a mail server to send to and a browser to open it in."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import IO

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright

from app.core.database import db
from app.transfer.operations import load_file
from tests.e2e.deeds import make_busy
from tests.support.databases import Backend
from tests.support.forks import Command
from tests.support.smtp_server import Received, Script, free_port, stub_server

ROOT = Path(__file__).resolve().parents[2]

#: How long the demonstration may take to migrate, load the record and answer, on a busy machine.
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Demonstration:
    """Where the demonstration answers, what its mail server took on, what it keeps and what it printed."""

    url: str
    received: Received
    database_url: str
    printed: Path


@pytest.fixture(scope="session")
def loaded(backend: Backend, shared_app: Flask) -> str:
    """The name of a database that holds the record."""
    with shared_app.app_context():
        db.engine.dispose()
        backend.reset("empty")
        for file in sorted((ROOT / "app" / "demo").glob("*.json")):
            assert load_file(file).problems == []
        db.session.remove()
        db.engine.dispose()
    backend.copy("test", "loaded")
    return "loaded"


@contextmanager
def served(
    backend: Backend,
    environment: dict[str, str],
    name: str,
    folder: Path,
    serve: Callable[[dict[str, str], IO[str]], AbstractContextManager["subprocess.Popen[bytes]"]],
    *scripts: Script,
) -> Iterator[Demonstration]:
    """The demonstration on the database of that name, served in one of the ways below.

    ``scripts`` say where its mail server does something else than taking everything on.
    """
    port = free_port()
    url, printed = f"http://127.0.0.1:{port}", folder / f"{name}.log"
    with stub_server(*scripts) as mail, printed.open("w") as log:
        settings = {
            **{key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ},
            **environment,
            "DATABASE_URL": backend.address(name),
            "MAIL_URL": mail.url,
            "FILES_DIR": str(folder / f"{name}-files"),
            "PORT": str(port),
            "BASE_URL": url,
        }
        with serve(settings, log) as process:
            wait_for(lambda: answers(url, process, printed))
            yield Demonstration(url, mail.received, backend.address(name), printed)


@contextmanager
def as_by_make_run(settings: dict[str, str], log: IO[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Migrated, filled with the record, served and ended as by ``make run``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.serve"], cwd=ROOT, env=settings, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def at_once(settings: dict[str, str], log: IO[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """The same processes on a database that holds the record, without imports for each, and ended at once."""
    bind = f"127.0.0.1:{settings['PORT']}"
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--preload", "--bind", bind, "--log-level", "warning"],
        cwd=ROOT,
        env=settings,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    scheduler = Command("scheduler", environment=settings, printed=log)
    try:
        yield web
    finally:
        for leader in (scheduler.pid, web.pid):
            with suppress(ProcessLookupError):
                os.killpg(leader, signal.SIGKILL)
        web.wait(timeout=30)
        scheduler.wait(timeout=30)


def answers(url: str, process: "subprocess.Popen[bytes]", printed: Path) -> bool:
    """Whether the sign-in page opens; fails with what was printed when the process has ended."""
    if process.poll() is not None:
        pytest.fail(f"the demonstration stopped: {printed.read_text()}")
    try:
        with urllib.request.urlopen(f"{url}/sign-in", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_for(happened: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something happened; fail when it takes too long."""
    until = monotonic() + seconds
    while not happened():
        if monotonic() > until:
            pytest.fail("waited too long")
        sleep(0.2)


@pytest.fixture(scope="session")
def demonstration(
    backend: Backend,
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    playwright: Playwright,
) -> Iterator[Demonstration]:
    """A demonstration that tests only look at, in which every kind of thing waits for somebody.

    It began with an empty database, as on a new machine.
    """
    folder = tmp_path_factory.mktemp("looked_at")
    refusing = Script("recipient", "550 5.1.1 No such person here", lambda address: "ccg.owner" in address)
    backend.blank("looked_at")
    with served(backend, environment, "looked_at", folder, as_by_make_run, refusing) as running:
        make_busy(playwright, running.url)
        yield running


@pytest.fixture(scope="module")
def story(
    backend: Backend, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory, loaded: str
) -> Iterator[Demonstration]:
    """A demonstration that the tests of one file act in."""
    backend.copy(loaded, "acted_in")
    folder = tmp_path_factory.mktemp("acted_in")
    with served(backend, environment, "acted_in", folder, at_once) as running:
        yield running


@pytest.fixture
def open_as(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open the demonstration in a browser of one's own, signed in with one click as a person of the cast."""
    contexts = []

    def open_page(running: Demonstration, ref: str, *, width: int = 1280, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, base_url=running.url
        )
        contexts.append(context)
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.faults = faults  # type: ignore[attr-defined]
        page.goto("/sign-in")
        page.locator(f'form[action$="/demo/sign-in-as/{ref}"] button').click()
        page.wait_for_url(f"{running.url}/")
        return page

    yield open_page
    for context in contexts:
        context.close()
