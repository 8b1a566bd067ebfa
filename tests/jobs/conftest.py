"""Workers for the tests of jobs."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.workers import Workers


@pytest.fixture
def workers(world: Flask, process_environment: dict[str, str]) -> Iterator[Workers]:
    """Processes that begin at once, on the test's database."""
    found = Workers(process_environment)
    yield found
    found.close()
