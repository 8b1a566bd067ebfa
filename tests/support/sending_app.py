"""The product with the tests' own kind of message, for senders that are real processes."""

from app import create_app
from tests.support import notes  # noqa: F401

app = create_app()
