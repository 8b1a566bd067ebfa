"""The demonstration as ``make run`` serves it, with a mail server to send to and a browser to open it in."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.e2e.deeds import make_busy
from tests.support.databases import Backend
from tests.support.smtp_server import Received, Script, free_port, stub_server

ROOT = Path(__file__).resolve().parents[2]

#: How long the demonstration may take to migrate, load the record and answer, on a busy machine.
PATIENCE_SECONDS = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares a demonstration, or each process of the tests would start one of its own.

    The walk of every page also shares which skeletons axe has been over.
    """
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "demonstration" in names:
            item.add_marker(pytest.mark.xdist_group("looked_at"))
        elif "story" in names:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@dataclass(frozen=True)
class Demonstration:
    """Where the demonstration answers, what its mail server took on, what it keeps and what it printed."""

    url: str
    received: Received
    database_url: str
    printed: Path


@pytest.fixture(scope="session")
def loaded(backend: Backend, environment: dict[str, str]) -> str:
    """The name of a database that holds the record, loaded into an empty one as ``make run`` does it."""
    name = "loaded"
    backend.blank(name)
    for arguments in (("flask", "db", "upgrade"), ("tools.record",)):
        subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env={**inherited(), **environment, "DATABASE_URL": backend.address(name)},
            capture_output=True,
            check=True,
        )
    return name


def inherited() -> dict[str, str]:
    """What a process needs of the environment that the tests run in."""
    return {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}


@contextmanager
def served(
    backend: Backend, environment: dict[str, str], loaded: str, name: str, folder: Path, *scripts: Script
) -> Iterator[Demonstration]:
    """The demonstration on a database of its own that holds the record, as two processes.

    ``scripts`` say where its mail server does something else than taking everything on.
    """
    port = free_port()
    backend.copy(loaded, name)
    printed = folder / f"{name}.log"
    with stub_server(*scripts) as mail, printed.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.serve"],
            cwd=ROOT,
            env={
                **inherited(),
                **environment,
                "DATABASE_URL": backend.address(name),
                "MAIL_URL": mail.url,
                "FILES_DIR": str(folder / f"{name}-files"),
                "PORT": str(port),
                "BASE_URL": f"http://127.0.0.1:{port}",
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: answers(url, process, printed))
            yield Demonstration(url, mail.received, backend.address(name), printed)
        finally:
            process.terminate()
            process.wait(timeout=30)


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
    loaded: str,
) -> Iterator[Demonstration]:
    """A demonstration that tests only look at, in which every kind of thing waits for somebody."""
    folder = tmp_path_factory.mktemp("looked_at")
    refusing = Script("recipient", "550 5.1.1 No such person here", lambda address: "ccg.owner" in address)
    with served(backend, environment, loaded, "looked_at", folder, refusing) as running:
        make_busy(playwright, running.url)
        yield running


@pytest.fixture(scope="module")
def story(
    backend: Backend, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory, loaded: str
) -> Iterator[Demonstration]:
    """A demonstration that the tests of one file act in."""
    folder = tmp_path_factory.mktemp("acted_in")
    with served(backend, environment, loaded, "acted_in", folder) as running:
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
