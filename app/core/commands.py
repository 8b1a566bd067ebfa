"""What our commands share: ``--json``, exit statuses, and a database that is the right one.

With ``--json`` a command prints one JSON document and nothing else. The status is 0 when it was done, 1 when
it was refused or found something wrong, 2 when it was called wrongly.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from app.core.clock import today
from app.core.errors import RuleBroken
from app.core.installation import Mode, WrongMode, check_mode
from app.core.patience import CannotRecord, passes
from app.core.transactions import apart

NO_ANSWER = "The database does not answer just now; try again in a moment."


@dataclass(frozen=True)
class Answer:
    """What a command found: the document for scripts, the words for people, and whether all is well."""

    document: dict[str, Any]
    words: Sequence[str] = field(default=())
    is_well: bool = True


def command(group: click.Group, name: str) -> Callable[[Callable[..., Answer]], click.Command]:
    """Make a function that returns an Answer a command of a group, with ``--json``.

    A refusal is one sentence; a database without tables, or of the other mode, is one too.
    """

    def decorate(work: Callable[..., Answer]) -> click.Command:
        @click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
        @with_appcontext
        @wraps(work)
        def run(*, as_json: bool, **arguments: Any) -> None:
            try:
                check_database()
                answer = work(**arguments)
            except (RuleBroken, WrongMode, CannotRecord) as refusal:
                answer = _refused(str(refusal))
            except DBAPIError as error:
                if not passes(error):
                    raise
                answer = _refused(NO_ANSWER)
            if as_json:
                click.echo(json.dumps(answer.document, ensure_ascii=False, default=_written))
            for line in () if as_json else answer.words:
                click.echo(line, err=not answer.is_well)
            sys.exit(0 if answer.is_well else 1)

        return group.command(name)(run)

    return decorate


def _refused(sentence: str) -> Answer:
    return Answer({"problem": sentence}, [sentence], is_well=False)


def check_database() -> None:
    """Raise WrongMode, in a sentence that says what to do, unless the database is made and of our mode."""
    try:
        with apart(reading=True) as session:
            check_mode(session, Mode(current_app.config["TRACKER_MODE"]))
    except DBAPIError as error:
        if passes(error):
            raise CannotRecord(NO_ANSWER) from error
        raise WrongMode("The database has no tables yet; run ‘flask db upgrade’ first.") from error


def business_day(given: datetime | None) -> date:
    """The day a command was asked to work for; without one, today."""
    if given is not None:
        return given.date()
    with apart(reading=True):
        return today()


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float], None] | None]:
    """A bar on standard error, moved by the share that is done, up to 1; None where nobody would see it.

    That is with ``--json``, and where standard error is no terminal.
    """
    if click.get_current_context().params.get("as_json") or not sys.stderr.isatty():
        yield None
        return
    whole = 1000
    with click.progressbar(length=whole, label=label, file=sys.stderr) as bar:
        yield lambda share: bar.update(int(share * whole) - bar.pos)


on_option = click.option(
    "--on", "given", type=click.DateTime(["%Y-%m-%d"]), help="Work for this day instead of today."
)


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Rows as lines of aligned columns, under their headings."""
    cells = [[str(heading) for heading in headings]]
    cells += [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(headings))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _written(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a command printed a {type(value).__name__}")
