"""Thin commands over operations and queries."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from app.accounts import queries as accounts
from app.accounts.policy import ROLE_LABELS, Role
from app.accounts.signing_in import operations as signing_in
from app.accounts.signing_in import queries as signing_in_queries
from app.audit import operations as audit
from app.audit import queries as audit_queries
from app.briefings.composing import operations as composing
from app.briefings.sending import feeding
from app.cdop.figures import report as figures
from app.core import job_runs
from app.core.commands import Answer, business_day, command, on_option, progress_bar, table
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.filters import plural
from app.core.patience import with_patience
from app.core.report_year import ReportYear
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
cdop = AppGroup("cdop", help="Child death reviews.")
briefings = AppGroup("briefings", help="The monthly briefing.")

#: Commands about the whole installation, which stand beside the groups.
whole_commands = AppGroup("whole")

FILE = click.Path(dir_okay=False, path_type=Path)


@command(data, "load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> Answer:
    """Load an interchange file: all of it, or nothing and every fault in it."""
    # Imported here: what reads and checks files is slow to start, and no other command needs it.
    from app.transfer import operations as transfer

    with progress_bar("Loading") as move:
        told = (lambda reached: move(reached.share)) if move else None
        outcome = transfer.load_file(file, told=told)
    return _loaded(outcome.as_json())


@command(data, "dump")
@click.argument("file", type=FILE)
def dump(file: Path) -> Answer:
    """Write what the partnership recorded into an interchange file, replacing it whole."""
    from app.transfer import operations as transfer

    return _loaded(transfer.dump_file(file).as_json())


def _loaded(document: dict[str, Any]) -> Answer:
    problems = document["problems"]
    words = [_told(problem) for problem in problems]
    if problems:
        words.append(f"Nothing was loaded: {plural(len(problems), 'problem')}.")
    for deed in ("created", "updated", "unchanged"):
        words += [f"{deed} {number} in {name}" for name, number in document[deed].items() if number]
    return Answer(document, words or ["Nothing to do."], is_well=not problems)


def _told(problem: dict[str, Any]) -> str:
    """One fault of a file in words: where, what is wrong, and what stands there, if that says anything."""
    where, found = problem["path"], problem["value"]
    sentence = f"{where}: {problem['problem']}" if where else str(problem["problem"])
    return sentence if found is None else f"{sentence} (found {found!r})"


@command(cdop, "import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--take-good-rows", is_flag=True, help="Take the good rows where others are refused.")
@click.option("--group", help="The group that reviews the deaths, by its reference, where several do.")
def import_deaths(file: Path, dry_run: bool, take_good_rows: bool, group: str | None) -> Answer:
    """Import child deaths from a CSV that a national system exports; what identifies is left out."""
    from app.transfer.child_deaths import operations as child_deaths

    with progress_bar("Importing") as move:
        told = (lambda reached: move(reached.share)) if move else None
        outcome = child_deaths.import_file(
            file, group=group, dry_run=dry_run, take_good_rows=take_good_rows, told=told
        )
    words = [_of_a_row(each) for each in (*outcome.rejected, *outcome.doubts)]
    words += [f"Left out: column {left.place}, {left.what} ({left.values})" for left in outcome.left]
    done = f"{outcome.created} new, {outcome.updated} changed, {outcome.unchanged} as they were"
    words.append(
        f"{plural(outcome.rows, 'row')}: {done}" + (" (a trial: nothing was written)." if dry_run else ".")
    )
    is_well = not outcome.rejected or take_good_rows
    if not is_well:
        words.append("Nothing was imported: mend the rows, or take the good ones with --take-good-rows.")
    return Answer(outcome.as_json(), words, is_well=is_well)


def _of_a_row(told: dict[str, Any]) -> str:
    """What is wrong with a row, or to be looked at in it, in one line."""
    place = f"Row {told['row']}" if told["row"] else "The file"
    return (
        f"{place}, {told['column']}: {told['problem']}." if told["column"] else f"{place}: {told['problem']}."
    )


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


@command(briefings, "prepare")
@on_option
def prepare_briefing(given: datetime | None) -> Answer:
    """Draft the month's issue from its first working day on. A second run finds the same draft."""
    on = business_day(given)
    with job_runs.job_run("briefings", on=on):
        done = with_patience(lambda: composing.prepare_for(on=on))
    words = f"The issue of {done.period} is {done.state or 'not drafted'}, with {plural(done.items, 'item')}"
    document = {"period": done.period, "state": done.state, "items": done.items}
    return Answer(document, [f"{words}: {done.skipped}." if done.skipped else f"{words}."])


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


@command(briefings, "send")
@click.argument("period")
def send_briefing(period: str) -> Answer:
    """Begin to send the issue of a month, such as 2017-04; what waits in the outbox then leaves with it."""
    done = feeding.send_month(period)
    words = (
        f"{done['period']}: {plural(done['deliveries'], 'delivery', 'deliveries')}, {done['queued']} queued."
    )
    return Answer(done, [words])


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
    signing_in.set_password(person=person, password=password)
    ref = person.ref
    current_session().commit()
    return Answer({"person": ref}, [f"{ref} has a new password."])


@command(account_commands, "invite")
@click.argument("email")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="What the person is to the partnership; may be repeated.",
)
@click.option("--name", help="The person's name; without it, made from the address.")
@click.option("--title", help="The post the person holds; without it, the first role.")
@click.option("--agency", help="The agency the person works for, by its reference.")
def invite(
    email: str, roles: tuple[str, ...], name: str | None, title: str | None, agency: str | None
) -> Answer:
    """Give somebody an account and send them a link to choose a password by, for the next sending."""
    held = [Role(role) for role in roles]
    works_for = signing_in_queries.agency(agency) if agency else None
    if agency and works_for is None:
        raise RuleBroken(f"There is no agency {agency}.")
    person = signing_in.invite(
        email=email,
        name=name or email.partition("@")[0].replace(".", " ").replace("_", " ").title(),
        role_title=title or (ROLE_LABELS[held[0]] if held else "Member"),
        agency=works_for,
        roles=held,
    )
    document = {"person": person.ref, "email": person.email}
    current_session().commit()
    words = f"{document['person']} is invited; the link goes to {document['email']} with the next mail."
    return Answer(document, [words])


@command(cdop, "figures")
@click.argument("year", callback=lambda _context, _parameter, text: _report_year(text))
def cdop_figures(year: ReportYear) -> Answer:
    """Print the facts of a report year, such as 2016/17, as they may be shown."""
    with progress_bar("Computing") as move:
        facts = figures.facts_of(year, progress=move)
    rows = [(fact.label, fact.value, fact.words, fact.source) for fact in facts.lines]
    return Answer(facts.document, table(("Fact", "Figure", "What is counted", "Source"), rows))


def _report_year(text: str) -> ReportYear:
    try:
        return ReportYear.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@command(whole_commands, "backup")
@click.argument("file", type=FILE)
def backup(file: Path) -> Answer:
    """Write every row and every file into one archive, replacing it whole; others may go on working."""
    from app.transfer import backup as backups

    return _backed_up(backups.backup(file), "Nothing was written")


@command(whole_commands, "restore")
@click.argument("file", type=FILE)
def restore(file: Path) -> Answer:
    """Put a backup back into an empty database and its folder of files: all of it, or nothing."""
    from app.transfer import backup as backups

    return _backed_up(backups.restore(file), "Nothing was restored")


def _backed_up(outcome: Any, nothing: str) -> Answer:
    problems = outcome.problems
    words = [f"{problem['file']}: {problem['problem']}" for problem in problems]
    if problems:
        words.append(f"{nothing}: {plural(len(problems), 'problem')}.")
    done = f"{plural(outcome.rows, 'row')} and {plural(outcome.files, 'file')}."
    return Answer(outcome.as_json(), words or [done], is_well=not problems)


def join(app: Flask) -> None:
    """Add the commands to ``flask``."""
    for group in (data, reminder_commands, outbox, audit_commands, account_commands, cdop, briefings):
        app.cli.add_command(group)
    for whole in whole_commands.commands.values():
        app.cli.add_command(whole)
