"""The partnership and everybody in it."""

from app.accounts.models.compartments import (
    BrokenGlass,
    CaseTeamMember,
    ConflictOfInterest,
    Source,
    SourceKind,
)
from app.accounts.models.people import Deputy, Person, RoleAssignment, Seat
from app.accounts.models.provenance import HasProvenance, Provenance
from app.accounts.models.signing_in import ConfidentialityStatement, FailedSignIn
from app.accounts.models.structures import (
    SECTOR_LABELS,
    Agency,
    AgencyName,
    Area,
    Group,
    Partnership,
    Sector,
    Withdrawable,
)

__all__ = [
    "SECTOR_LABELS",
    "Agency",
    "AgencyName",
    "Area",
    "BrokenGlass",
    "CaseTeamMember",
    "ConfidentialityStatement",
    "ConflictOfInterest",
    "Deputy",
    "FailedSignIn",
    "Group",
    "HasProvenance",
    "Partnership",
    "Person",
    "Provenance",
    "RoleAssignment",
    "Seat",
    "Sector",
    "Source",
    "SourceKind",
    "Withdrawable",
]
