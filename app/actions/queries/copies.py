"""Where the words and files of an action may have been copied."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from app.actions.models import Action, Evidence
from app.actions.models.evidence import EvidenceFile
from app.actions.models.history import Succession
from app.core.database import current_session


def copies_of(action: Action) -> Sequence[tuple[str, str]]:
    """The kind and reference of every other action that may hold a copy.

    These are the whole and the parts of an action for all agencies, what was split from it and from them,
    and every action that the same file stands as evidence of.
    """
    session = current_session()
    found, new = {action.id}, {action.id}
    while new:
        parents = select(Action.parent_id).where(Action.id.in_(new), Action.parent_id.is_not(None))
        family = select(Action.id).where(or_(Action.id.in_(parents), Action.parent_id.in_(new)))
        split = select(Succession.action_id, Succession.successor_id).where(
            Succession.kind == "split",
            or_(Succession.action_id.in_(new), Succession.successor_id.in_(new)),
        )
        reached = set(session.scalars(family)) | {each for row in session.execute(split) for each in row}
        new = reached - found
        found |= new
    files = (
        select(EvidenceFile.stored_file_id).join(EvidenceFile.evidence).where(Evidence.action_id == action.id)
    )
    same_file = select(Evidence.action_id).join(Evidence.files).where(EvidenceFile.stored_file_id.in_(files))
    others = select(Action.ref).where(
        or_(Action.id.in_(found), Action.id.in_(same_file)), Action.id != action.id
    )
    return [("action", ref) for ref in session.scalars(others.order_by(Action.id))]
