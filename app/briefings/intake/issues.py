"""Issues of the briefing. Their words travel, and the mail is made of them anew where they are loaded.

An issue that went out comes back readable and unchangeable. What is of one installation does not travel: the
key that signs its links, and who was sent it.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import time
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.briefings.intake.checks import EARLIER, check_issue, check_unchanged, is_frozen
from app.briefings.intake.clicks import read_clicks, write_clicks
from app.briefings.intake.shape import FOLLOWED, ISSUE
from app.briefings.models import (
    BriefingIssue,
    BriefingItem,
    BriefingResult,
    Feedback,
    FindingKept,
    IssueAuthor,
    IssueState,
    LearningEvent,
)
from app.briefings.models.issues import (
    briefing_for_agency,
    briefing_for_area,
    briefing_for_audience,
    briefing_for_topic,
    briefing_item_audience,
)
from app.briefings.reading.freezing import freeze
from app.briefings.sending.operations import plan
from app.core.database import current_session
from app.core.intake import Child, Known, Link, Problem, Record, Rows, Section
from app.core.intake.section import batches
from app.outbox.operations.batches import hold, open_batch


class IssueSection(Section):
    """Issues of the briefing, with what stands in them and what came of them."""

    name = "briefings"
    kind = "briefing"
    model = BriefingIssue
    prefixes = ("B",)
    shape = ISSUE
    children = {  # noqa: RUF012 (never changed)
        "authors": Child(IssueAuthor, "issue_id"),
        "items": Child(BriefingItem, "issue_id", ("position",)),
        "findings_kept": Child(FindingKept, "issue_id"),
        "results": Child(BriefingResult, "issue_id"),
        "feedback": Child(Feedback, "issue_id"),
    }
    links = {  # noqa: RUF012 (never changed)
        "for_agencies": Link(briefing_for_agency, "issue_id", "agency_id"),
        "for_areas": Link(briefing_for_area, "issue_id", "area_id"),
        "for_audiences": Link(briefing_for_audience, "issue_id", "audience_id"),
        "for_topics": Link(briefing_for_topic, "issue_id", "topic_id"),
    }

    # Reading

    def _read(self, refs: Sequence[str] | None, reader: Any) -> dict[int, dict[str, Any]]:
        raw = super()._read(refs, reader)
        items: dict[int, dict[str, Any]] = {}
        for values in raw.values():
            if values["state"] == IssueState.SENDING:
                values["state"] = IssueState.PAUSED.value
            if values["state"] == IssueState.SCHEDULED:
                values["state"] = IssueState.CLEARED.value
                values |= dict.fromkeys(("scheduled_on", "scheduled_time", "scheduled_by"))
            if values["scheduled_time"] is not None:
                values["scheduled_time"] = values["scheduled_time"].strftime("%H:%M")
            if values["cascaded_on"] == values["sent_on"]:
                values["cascaded_on"] = None
            items |= {row["row_id"]: row for row in values.get("items", ())}
        _leave_out_what_events_say(items)
        owner, target = briefing_item_audience.c
        pairs = [
            row
            for batch in batches(sorted(items))
            for row in current_session().execute(
                select(owner, target).where(owner.in_(batch)).order_by(owner, target)
            )
        ]
        names = reader.refs("audiences", {row[1] for row in pairs})
        for item_id, audience_id in pairs:
            items[item_id].setdefault("audiences", []).append(names[audience_id])
        return raw

    def _read_rows(
        self, rows: Rows, raw: dict[int, dict[str, Any]], ids: list[int] | None, reader: Any
    ) -> None:
        if rows.name in FOLLOWED:
            read_clicks(rows.name, raw, ids, reader)
        else:
            super()._read_rows(rows, raw, ids, reader)

    # The rules

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """What an issue says of its life fits where it stands, and a month has one issue of a number."""
        taken = _months_here(known, {record["period"] for record in records if "period" in record})
        for record in records:
            if "period" in record:
                taken.setdefault((record["period"], record.get("number", 1)), record.ref)
        for record in records:
            month = record.get("period"), record.get("number", 1)
            if "period" in record and taken[month] != record.ref:
                yield record.problem("period", f"{taken[month]} has this number of the month already")
            yield from check_issue(record, known)

    def refused(self, here: Record, record: Record, known: Known) -> Iterator[Problem]:
        """What was cleared stays as it is: only what came of it is added."""
        yield from super().refused(here, record, known)
        yield from check_unchanged(here, record)

    # Writing

    def columns(self, record: Record, known: Known) -> dict[str, Any]:
        """Without other issues, which may not have been written yet."""
        columns = super().columns(Record({**record, **dict.fromkeys(EARLIER)}), known)
        said = record.get("scheduled_time")
        if "cascaded_on" not in record and record["state"] == IssueState.SENT:
            # Or every agency lead would be written to about an issue that comes from a file.
            columns["cascaded_on"] = columns["sent_on"]
        return columns | {"scheduled_time": time.fromisoformat(said) if said else None}

    def row_columns(self, rows: Rows, row: Record, record: Record, known: Known) -> dict[str, Any]:
        """Items have their place."""
        columns = super().row_columns(rows, row, record, known)
        if rows.name == "items":
            place = next(place for place, each in enumerate(record["items"], start=1) if each is row)
            return columns | {"position": place}
        return columns | {"kept_at": known.at} if rows.name == "findings_kept" else columns

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here."""
        return {"created_at": known.at}

    def write(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """Items are written anew as a whole, and so are the audiences each is for."""
        for batch in batches([record.row_id for _, record in changed]):
            items = select(BriefingItem.id).where(BriefingItem.issue_id.in_(batch))
            current_session().execute(
                delete(briefing_item_audience).where(briefing_item_audience.c.item_id.in_(items))
            )
        super().write(created, changed, known)

    def _write_rows(
        self, rows: Rows, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        # The links that were followed are made when the words are frozen.
        if rows.name not in FOLLOWED:
            super()._write_rows(rows, created, changed, known)

    def written(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """Join issues to the earlier ones they name and items to audiences, and freeze what was cleared."""
        records = [*created, *(record for _, record in changed)]
        for name in EARLIER:
            joined = [
                {"id": record.row_id, f"{name}_id": known.row_id(self.name, record[name])}
                for record in records
                if name in record
            ]
            for pairs in batches(joined):
                current_session().execute(update(BriefingIssue), pairs)
        _join_audiences(records, known)
        for record in _newly_frozen(created, changed):
            issue = current_session().get_one(BriefingIssue, record.row_id)
            freeze(issue)
            if issue.state == IssueState.CLEARED:
                # Whom it goes to is who gets the briefing where it is loaded.
                plan(issue=issue)
            elif issue.state == IssueState.PAUSED:
                # Who has it already stands in no file: whoever goes on with it here sends it to nobody.
                open_batch(name=issue.ref)
                hold(name=issue.ref, reason="Paused")
        for name in FOLLOWED:
            write_clicks(name, records, known)


def _leave_out_what_events_say(items: dict[int, dict[str, Any]]) -> None:
    """Leave out the day and place of a training that was told and has not changed since."""
    for batch in batches(sorted(items)):
        told = select(BriefingItem.id).join(BriefingItem.event)
        same = (
            BriefingItem.event_on.is_not_distinct_from(LearningEvent.held_on),
            BriefingItem.event_where == LearningEvent.where_and_when,
        )
        for item_id in current_session().scalars(told.where(BriefingItem.id.in_(batch), *same)):
            items[item_id]["event_on"] = items[item_id]["event_where"] = None


def _newly_frozen(created: Sequence[Record], changed: Sequence[tuple[Record, Record]]) -> Iterator[Record]:
    """The issues that come cleared, and whose words are not frozen here."""
    yield from (record for record in created if is_frozen(record))
    for here, record in changed:
        if not is_frozen(here) and is_frozen(record):
            yield record


def _join_audiences(records: Sequence[Record], known: Known) -> None:
    rows: dict[int | None, list[int]] = {record.row_id: [] for record in records}
    for batch in batches([record.row_id for record in records]):
        statement = select(BriefingItem.issue_id, BriefingItem.id).where(BriefingItem.issue_id.in_(batch))
        for issue_id, item_id in current_session().execute(
            statement.order_by(BriefingItem.position, BriefingItem.id)
        ):
            rows[issue_id].append(item_id)
    pairs = [
        {"item_id": item_id, "audience_id": known.row_id("audiences", audience)}
        for record in records
        for row, item_id in zip(record.get("items", ()), rows[record.row_id], strict=True)
        for audience in row.get("audiences", ())
    ]
    for some in batches(pairs):
        current_session().execute(insert(briefing_item_audience), some)


def _months_here(known: Known, periods: Collection[str]) -> dict[tuple[str | None, int], str]:
    """Which issue that the file does not hold has which number of these months."""
    taken: dict[tuple[str | None, int], str] = {}
    for batch in batches(sorted(periods)):
        for row in current_session().execute(
            select(BriefingIssue.period, BriefingIssue.number, BriefingIssue.ref).where(
                BriefingIssue.period.in_(batch)
            )
        ):
            if row.ref not in known.file["briefings"]:
                taken[row.period, row.number] = row.ref
    return taken
