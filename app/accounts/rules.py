"""What nobody does for themselves."""

from app.core.errors import RuleBroken


class OwnAccess(RuleBroken):
    """Somebody would widen what they themselves may see or decide."""


def check_not_for_oneself(person_id: int, acting_id: int | None, *, field: str | None = None) -> None:
    """Refuse a role or seat that somebody gives to themselves; a second person has to. Raises OwnAccess.

    Who runs the system sees no cases, and would otherwise be one form away from them. The command line, where
    nobody is signed in, makes the first accounts.
    """
    if person_id == acting_id:
        raise OwnAccess(
            "This would widen what you may do yourself: somebody else has to give it to you", field
        )
