"""Asking a question once a request: a page asks the policy about many things."""

from collections.abc import Callable
from typing import TypeVar

from flask import g, has_request_context

Answer = TypeVar("Answer")


def asked_once(question: str, ask: Callable[[], Answer]) -> Answer:
    """The answer, asked once a request, and every time outside of one."""
    if not has_request_context():
        return ask()
    known: dict[str, Answer] = g.setdefault("asked_once", {})
    if question not in known:
        known[question] = ask()
    return known[question]
