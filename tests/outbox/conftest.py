"""A mailbox for each test of the outbox: a real server, and the product pointed at it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support import notes
from tests.support.smtp_server import RunningServer, ordinary_server


@pytest.fixture(autouse=True)
def _fresh_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was asked of the tests' own kind of message yet."""
    notes.asked.clear()
    notes.told.clear()
    monkeypatch.setattr(notes, "words", notes.words)


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    """An ordinary mail server, which the product sends to."""
    with ordinary_server() as running:
        monkeypatch.setitem(app.config, "MAIL_URL", running.url)
        yield running
