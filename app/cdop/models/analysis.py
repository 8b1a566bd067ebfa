"""What the analysis of a death found: its factors, each in a domain, with how far it bore on the death."""

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.policy import Facts
from app.core.database import Base, Identified

if TYPE_CHECKING:
    from app.cdop.models.cases import ChildDeathCase


class CaseFactor(Identified, Base):
    """A contributory factor of a death; set anew with each analysis, and the trail keeps the rest."""

    __tablename__ = "child_death_factor"
    __table_args__ = (UniqueConstraint("case_id", "factor"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("child_death_case.id"))
    #: Codes of the domain's, the factor's and the relevance's terms.
    domain_code: Mapped[str] = mapped_column(String(40))
    factor: Mapped[str] = mapped_column(String(40))
    relevance: Mapped[str] = mapped_column(String(40))
    #: Whether something locally or nationally achievable could change it and so reduce the risk of future
    #: deaths; no judgement of preventability or blame.
    is_modifiable: Mapped[bool] = mapped_column(default=False)
    #: What was seen, anonymised. Case material.
    note: Mapped[str] = mapped_column(Text, default="")

    case: Mapped["ChildDeathCase"] = relationship("ChildDeathCase", back_populates="factors")

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its case."""
        return self.case.facts
