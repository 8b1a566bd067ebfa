"""Thin commands over operations and queries."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from app.accounts import queries as accounts
from app.accounts import sign_in
from app.audit import operations as audit
from app.audit import queries as audit_queries
from app.core import job_runs
from app.core.commands import Answer, business_day, command, on_option, table
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.filters import plural
from app.core.patience import with_patience
from app.core.transactions import apart
from app.outbox import queries as outbox_queries
from app.outbox import sender
from app.outbox.models import State
from app.reminders import operations as reminders

data = AppGroup("data", help="Interchange files, in and out.")
reminder_commands = AppGroup("reminders", help="The ladder of reminders.")
outbox = AppGroup("outbox", help="Messages out.")
audit_commands = AppGroup("audit", help="The audit trail.")
account_commands = AppGroup("accounts", help="People with an account.")

FILE = click.Path(dir_okay=False, path_type=Path)


@command(data, "load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> Answer:
    """Load an interchange file: all of it, or nothing and every fault in it."""
    # Imported here: what reads and checks files is slow to start, and no other command needs it.
    from app.transfer import operations as transfer

    return _loaded(transfer.load_file(file).as_json())


@command(data, "dump")
@click.argument("file", type=FILE)
def dump(file: Path) -> Answer:
    """Write what the partnership recorded into an interchange file, replacing it whole."""
    from app.transfer import operations as transfer

    return _loaded(transfer.dump_file(file).as_json())


def _loaded(document: dict[str, Any]) -> Answer:
    problems = document["problems"]
    words = [f"{problem['path']}: {problem['problem']} (found {problem['value']!r})" for problem in problems]
    if problems:
        words.append(f"Nothing was loaded: {plural(len(problems), 'problem')}.")
    for deed in ("created", "updated", "unchanged"):
        words += [f"{deed} {number} in {name}" for name, number in document[deed].items() if number]
    return Answer(document, words or ["Nothing to do."], is_well=not problems)


@command(reminder_commands, "run")
@on_option
def run_reminders(given: datetime | None) -> Answer:
    """Queue what everybody is owed on the day. A second run adds nothing."""
    on = business_day(given)
    with job_runs.job_run("reminders", on=on):
        done = reminders.run(on=on)
    words = f"{plural(done.queued, 'reminder')} for {plural(done.recipients, 'person', 'people')} queued, "
    words += f"{done.already_sent} sent before; {plural(done.open_actions, 'open action')}."
    return Answer(asdict(done), [f"Nothing is queued: {done.skipped}." if done.skipped else words])


@command(reminder_commands, "preview")
@click.option("--days", type=click.IntRange(1, 366), required=True, help="How many days to look ahead.")
@on_option
def preview_reminders(days: int, given: datetime | None) -> Answer:
    """Show what would be queued on the day and those that follow; nothing is written."""
    forecasts = reminders.preview(days=days, on=business_day(given))
    messages = [
        {
            "on": forecast.on,
            "recipient": forecast.recipient,
            "items": [{"ref": item.ref, "rung": item.rung, "due_on": item.due_on} for item in forecast.items],
        }
        for forecast in forecasts
    ]
    rows = [
        (forecast.on, forecast.recipient, item.ref, item.rung, item.due_on)
        for forecast in forecasts
        for item in forecast.items
    ]
    words = table(("On", "To", "Action", "Rung", "Due"), rows) if rows else ["Nobody would be reminded."]
    return Answer({"messages": messages}, words)


@command(outbox, "send")
@click.option("--until-empty", is_flag=True, help="Send all that can be claimed now.")
def send(until_empty: bool) -> Answer:
    """Send what is due."""
    done = asdict(sender.send(until_empty=until_empty))
    return Answer(done, [", ".join(f"{name} {number}" for name, number in done.items())])


@command(outbox, "list")
@click.option(
    "--state", type=click.Choice([state.value for state in State]), help="Only those in this state."
)
def list_messages(state: str | None) -> Answer:
    """List the messages of the outbox."""
    with apart(reading=True):
        messages = [
            {
                "id": message.id,
                "message_id": message.message_id,
                "kind": message.kind,
                "recipient": message.address,
                "state": message.state,
                "attempts": message.attempts,
                "doubtful": message.doubtful,
                "error": message.error,
            }
            for message in outbox_queries.all_messages(State(state) if state else None)
        ]
    shown = ("id", "kind", "recipient", "state", "attempts", "doubtful", "error")
    rows = [[message[name] for name in shown] for message in messages]
    return Answer({"messages": messages}, table(shown, rows) if rows else ["No messages."])


@command(audit_commands, "verify")
def verify() -> Answer:
    """Seal what is left and walk the chain: whether any entry was changed or removed."""
    while with_patience(lambda: audit.seal(session=current_session())):
        pass
    with apart(reading=True) as session:
        found = audit_queries.verify(session)
    words = f"{plural(found.entries, 'entry', 'entries')}, {found.sealed} sealed, head {found.head}: "
    words += "intact." if found.intact else f"not intact from entry {found.first_bad} on."
    return Answer(asdict(found), [words], is_well=found.intact)


@command(account_commands, "set-password")
@click.argument("email")
@click.password_option(help="Asked for, and not shown, unless given here.")
def set_password(email: str, password: str) -> Answer:
    """Give a person a password; every session opened with the old one ends."""
    person = accounts.person_by_email(email)
    if person is None:
        raise RuleBroken("There is no account with that address.")
    sign_in.set_password(person=person, password=password)
    ref = person.ref
    current_session().commit()
    return Answer({"person": ref}, [f"{ref} has a new password."])


def join(app: Flask) -> None:
    """Add the commands to ``flask``."""
    for group in (data, reminder_commands, outbox, audit_commands, account_commands):
        app.cli.add_command(group)
