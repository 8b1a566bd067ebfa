"""Evidence with its files."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.actions.models import Action, Evidence
from app.actions.models.evidence import EvidenceFile, EvidenceReturn
from app.actions.queries.one import who_and_where
from app.actions.queries.visible import may_know_of
from app.core.access import behind
from app.core.database import current_session


def with_evidence() -> Any:
    """The evidence of an action with its files and what was given back, in as many queries however much."""
    return selectinload(Action.evidence).options(
        joinedload(Evidence.added_by),
        selectinload(Evidence.files).options(
            joinedload(EvidenceFile.stored_file), joinedload(EvidenceFile.added_by)
        ),
        selectinload(Evidence.returns).joinedload(EvidenceReturn.returned_by),
    )


@behind(may_know_of)
def action_with_evidence(ref: str) -> Action:
    """The action with its evidence and the files of it. Raises NoResultFound."""
    statement = select(Action).where(Action.ref == ref).options(*who_and_where(), with_evidence())
    return current_session().scalars(statement).one()


@behind(may_know_of)
def evidence_file(ref: str, evidence_ref: str, version: int) -> EvidenceFile:
    """One file of a piece of evidence of an action. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(EvidenceFile)
            .join(EvidenceFile.evidence)
            .join(Evidence.action)
            .where(EvidenceFile.version == version, Evidence.ref == evidence_ref, Action.ref == ref)
            .options(
                joinedload(EvidenceFile.stored_file),
                joinedload(EvidenceFile.evidence).joinedload(Evidence.action).options(*who_and_where()),
            )
        )
        .one()
    )
