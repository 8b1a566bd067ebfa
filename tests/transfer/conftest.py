"""What the tests of the interchange file share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core.database import db
from app.transfer.operations import LoadOutcome
from tests.support.databases import Backend
from tests.transfer.documents import load_into, whole


@pytest.fixture
def load(app: Flask, tmp_path: Path) -> Callable[[Any], LoadOutcome]:
    """Load a document from a file."""
    return lambda document: load_into(tmp_path, document)


@pytest.fixture
def loaded(load: Callable[[Any], LoadOutcome]) -> Callable[[Any], LoadOutcome]:
    """The same, into a database that holds the small partnership."""
    assert load(whole()).problems == []
    return load


@pytest.fixture
def start_afresh(backend: Backend, app: Flask) -> Callable[[], None]:
    """Make the database empty again."""

    def reset() -> None:
        db.session.remove()
        db.engine.dispose()
        backend.reset("empty")

    return reset
