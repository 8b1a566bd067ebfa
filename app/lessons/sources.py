"""The sources that lessons come from, whichever kind they are of: loading, holding and leading to them."""

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectin_polymorphic

from app.accounts.guard import may
from app.accounts.models import Source, SourceKind
from app.cdop.models import ChildDeathCase, Panel
from app.core.database import current_session, keep_for_change
from app.reviews.models import AuditedCase, Review

#: Where each kind of source has its page, and its list with the words for it.
_PAGES = {
    SourceKind.REVIEW: ("reports.review_thread", "Reviews", "reviews.index"),
    SourceKind.CHILD_DEATH: ("child_deaths.show", "Child deaths", "child_deaths.index"),
    SourceKind.PANEL: ("panels.show", "Panels", "panels.index"),
}


def source(ref: str) -> Source:
    """The source with that reference, as what it is. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(Source)
            .where(Source.ref == ref)
            .options(
                joinedload(Source.group),
                selectin_polymorphic(Source, [Review, ChildDeathCase, Panel]),
            )
        )
        .one()
    )


def hold(thing: Source, *parts: object) -> None:
    """Keep every other writer from a source and what hangs on it, until the transaction ends.

    Whoever waited here for somebody else sees what the other did: the source and the parts named are read
    again.
    """
    keep_for_change(thing, *parts)


def audited_cases(thing: Source) -> list[AuditedCase]:
    """The audited cases of a case audit; none of any other source."""
    return thing.audited_cases if isinstance(thing, Review) else []


def href(thing: Source) -> str:
    """The page of a source."""
    page, _, _ = _PAGES[SourceKind(thing.kind)]
    return url_for(page, ref=thing.ref)


def list_around(thing: Source) -> tuple[str, str]:
    """The list that the source stands in: its words and its address, for breadcrumbs."""
    _, words, index = _PAGES[SourceKind(thing.kind)]
    return words, url_for(index)


def may_open(thing: Source) -> bool:
    """Whether the person signed in may open the source."""
    return may(thing.read_verb, thing)
