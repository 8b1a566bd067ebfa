"""The time of a panel is counted from the inquest that its review waits for; waits have their short names.

Clocks of open cases that this moves are written anew by the day's job, as the board sorts by them.
"""

from alembic import op

revision = "0011"
down_revision = "0010"

#: What guidance calls the review meeting and the inquest, whichever came later.
FROM_THE_MEETING, FROM_BOTH = "cdrm", "reported"
#: By code, the words as they were made, and as co-ordinators know them.
WORDS = {
    "psii": (
        "Patient safety incident investigation",
        "Patient safety incident investigation (PSII)",
    ),
    "pmrt": ("Perinatal mortality review", "Perinatal mortality review (PMRT)"),
    "leder": (
        "Review of the death of a person with a learning disability",
        "Review of the death of a person with a learning disability (LeDeR)",
    ),
    "lcspr": (
        "Serious case review or local practice review",
        "Serious case review or local practice review (LCSPR)",
    ),
    "dhr": ("Domestic homicide review", "Domestic homicide review (DHR)"),
}


def upgrade() -> None:
    """Count from both, and say the short names where nobody put the words otherwise."""
    _count_from(FROM_BOTH, instead_of=FROM_THE_MEETING)
    for code, (before, after) in WORDS.items():
        _reword(code, after, instead_of=before)


def downgrade() -> None:
    """Count from the meeting alone, and take the short names away."""
    _count_from(FROM_THE_MEETING, instead_of=FROM_BOTH)
    for code, (before, after) in WORDS.items():
        _reword(code, before, instead_of=after)


def _count_from(starts_from: str, *, instead_of: str) -> None:
    op.execute(
        f"UPDATE time_limit SET starts_from = '{starts_from}' WHERE code = 'panel' "
        f"AND starts_from = '{instead_of}'"
    )


def _reword(code: str, label: str, *, instead_of: str) -> None:
    op.execute(
        f"UPDATE cdop_term SET label = '{label}' WHERE vocabulary = 'waiting_on' AND code = '{code}' "
        f"AND label = '{instead_of}'"
    )
