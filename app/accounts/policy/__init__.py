"""The policy: who may do what, as one table that a person can read.

``can(person, verb, facts)`` is the only decision there is. It takes plain values, so that the same table
serves views, templates, list filters and tests. What the table does not allow is refused. Nobody ranks
above the conditions written here; an administrator sees no case content.
"""

from app.accounts.policy.conditions import (
    READS_ALL_CASES,
    WITHIN_RESTRICTED,
    Condition,
)
from app.accounts.policy.facts import (
    NOTHING,
    ROLE_LABELS,
    ExtensionDecider,
    Facts,
    PersonFacts,
    Role,
    Sharing,
)
from app.accounts.policy.table import TABLE, can, is_behind_glass

__all__ = [
    "NOTHING",
    "READS_ALL_CASES",
    "ROLE_LABELS",
    "TABLE",
    "WITHIN_RESTRICTED",
    "Condition",
    "ExtensionDecider",
    "Facts",
    "PersonFacts",
    "Role",
    "Sharing",
    "can",
    "is_behind_glass",
]
