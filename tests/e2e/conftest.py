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
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.databases import Backend
from tests.support.smtp_server import Received, free_port, ordinary_server

ROOT = Path(__file__).resolve().parents[2]

#: How long the demonstration may take to migrate, load the record and answer, on a busy machine.
PATIENCE_SECONDS = 120

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Demonstration:
    """Where the demonstration answers, and what its mail server took on."""

    url: str
    received: Received


@contextmanager
def served(backend: Backend, environment: dict[str, str], name: str) -> Iterator[Demonstration]:
    """The demonstration on an empty database of its own, as two processes."""
    port = free_port()
    backend.blank(name)
    with ordinary_server() as mail:
        inherited = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.serve"],
            cwd=ROOT,
            env={
                **inherited,
                **environment,
                "DATABASE_URL": backend.address(name),
                "MAIL_URL": mail.url,
                "PORT": str(port),
                "BASE_URL": f"http://127.0.0.1:{port}",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: answers(url, process))
            yield Demonstration(url, mail.received)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def answers(url: str, process: "subprocess.Popen[str]") -> bool:
    """Whether the sign-in page opens; fails with what was printed when the process has ended."""
    if process.poll() is not None:
        pytest.fail(f"the demonstration stopped: {process.communicate()[0]}")
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
def demonstration(backend: Backend, environment: dict[str, str]) -> Iterator[Demonstration]:
    """A demonstration that tests only look at."""
    with served(backend, environment, "looked_at") as running:
        yield running


@pytest.fixture(scope="module")
def story(backend: Backend, environment: dict[str, str]) -> Iterator[Demonstration]:
    """A demonstration that the tests of one file act in."""
    with served(backend, environment, "acted_in") as running:
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


def violations(page: Page) -> list[str]:
    """What axe has against the page, one line each."""
    found = Axe().run(page, options={"runOnly": STANDARDS}).response["violations"]
    return [f"{item['id']}: {node['html'][:120]}" for item in found for node in item["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide
