"""How a fault of an interchange file is written down, and what must come of it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Person
from app.core.database import current_session
from app.transfer.operations import LoadOutcome
from tests.transfer.documents import Document, whole

Load = Callable[[Any], LoadOutcome]
Change = Callable[[Document], Any]
#: What is changed in the document, and the path, value and part of the sentence that must come of it.
Fault = tuple[Change, str, str | None, str]


def must_be_told(fault: Fault, load: Load, *, of: Callable[[], Document] = whole) -> None:
    """A fault is named by path, value and problem, and nothing is loaded; it is one of the document."""
    change, path, value, sentence = fault
    document = of()
    change(document)
    outcome = load(document)
    found = [problem for problem in outcome.problems if problem.path == path]
    assert found, [problem.as_json() for problem in outcome.problems]
    assert any(problem.value == value and sentence in problem.problem for problem in found), found
    assert outcome.created == outcome.updated == outcome.unchanged == {}
    assert current_session().scalar(select(func.count()).select_from(Person)) == 0
