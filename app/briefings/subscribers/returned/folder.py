"""The folder that returned mail is dropped in: files of one mail each, or the ``new`` of a Maildir.

A report names its reader and gives our mail back, with the links that are theirs alone: once it was read and
what it says is noted, it is removed. A mail that is no report goes to ``unread``, where somebody may look at
it for a week. Any number of nodes may read one folder: a report counts once.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from app.briefings.models import Delivery
from app.briefings.subscribers import bounces, queries, rules
from app.briefings.subscribers.bounces import Noted
from app.briefings.subscribers.returned import reports
from app.briefings.subscribers.returned.reports import Report
from app.core.acting import Actor, acting_as
from app.core.clock import today
from app.core.database import current_session
from app.core.patience import with_patience
from app.core.transactions import apart
from app.outbox.models import OutboxMessage

#: How many mails one tick reads.
MOST_AT_ONCE = 500
#: A file of the plain folder is read once nobody has written to it for so long; a Maildir needs no wait.
_SETTLED_SECONDS = 5
_KEPT_SECONDS = timedelta(days=7).total_seconds()

RETURNED_MAIL = Actor(None, "Returned mail")


def take_in(*, stopping: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """Read what was dropped; how many refusals were new, for how many an editor is asked, and how many
    mails were no report.

    Raises OSError where the folder cannot be used.
    """
    done = {"returned": 0, "unread": 0, "held": 0}
    if not current_app.config["BOUNCES_DIR"]:
        return done
    folder = Path(current_app.config["BOUNCES_DIR"])
    unread = folder / "unread"
    unread.mkdir(exist_ok=True)
    given_up: int | None = None
    with acting_as(RETURNED_MAIL):
        for place in _waiting(folder):
            if stopping():
                break
            content = _content(place)
            if content is None:
                continue
            report = reports.read(content)
            if report is None:
                done["unread"] += 1
                _move(place, unread, content)
                continue
            if report.is_final:
                if given_up is None:
                    # Asked once: it looks through what was refused, which is much just when much comes back.
                    with apart(reading=True):
                        given_up = queries.given_up_by_returned_mail(today())
                noted = with_patience(partial(note, report, may_give_up=given_up < rules.MOST_GIVEN_UP_A_DAY))
                given_up += noted is Noted.GIVEN_UP
                done["returned"] += noted is not Noted.KNOWN
                done["held"] += noted is Noted.HELD
            place.unlink(missing_ok=True)
        if done["held"]:
            with_patience(lambda: bounces.tell_of_held(on=today()))
    _clear(unread, older_than=_KEPT_SECONDS)
    # Where an earlier version of this product put what it had read.
    if (folder / "done").is_dir():
        _clear(folder / "done", older_than=0)
    return done


def note(report: Report, *, may_give_up: bool) -> Noted:
    """Note what a report says of a briefing of ours; what came of it.

    It must name our message by the Message-ID, which only who got it knows: an address alone, which anybody
    may know, would let anybody take its owner off the list.
    """
    delivery = _by_message(report.message_id)
    if delivery is None:
        return Noted.KNOWN
    return bounces.note_refusal(
        delivery=delivery,
        code=report.code,
        said=report.said,
        came_by="returned",
        report_id=report.report_id,
        named=report.addresses,
        may_give_up=may_give_up,
    )


def _by_message(message_id: str) -> Delivery | None:
    if not message_id:
        return None
    statement = (
        select(Delivery)
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(OutboxMessage.message_id == message_id)
    )
    return current_session().scalars(statement).one_or_none()


def _waiting(folder: Path) -> Iterator[Path]:
    """The files to read, those of a Maildir first; no more than a tick takes."""
    found: list[Path] = []
    for place, wait in ((folder / "new", 0), (folder, _SETTLED_SECONDS)):
        with suppress(FileNotFoundError), os.scandir(place) as entries:
            for entry in entries:
                if len(found) == MOST_AT_ONCE:
                    break
                if not entry.is_file(follow_symlinks=False) or entry.name.startswith("."):
                    continue
                if time.time() - entry.stat(follow_symlinks=False).st_mtime >= wait:
                    found.append(Path(entry.path))
    yield from sorted(found)


def _content(place: Path) -> bytes | None:
    """The beginning of a file; null where another node has it, or it is none."""
    try:
        number = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            return None
        return file.read(reports.LARGEST)


def _move(place: Path, into: Path, content: bytes) -> None:
    """Put a file away under a name that says nothing and that no other has."""
    with suppress(FileNotFoundError):
        target = into / f"{sha256(content).hexdigest()[:32]}.eml"
        os.replace(place, target)
        os.utime(target)


def _clear(folder: Path, *, older_than: float) -> None:
    before = time.time() - older_than
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_mtime < before:
                    os.unlink(entry.path)
