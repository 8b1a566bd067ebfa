"""The words that child death reviews are recorded in, as dated data: forms and guidance change often."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clocks.models import Regime
from app.core.database import Base, Identified


class Vocabulary(StrEnum):
    """What a term is a term for."""

    AGE_BAND = "age_band"
    SEX = "sex"
    ETHNICITY_GROUP = "ethnicity_group"
    PLACE = "place"
    #: Why a death is not reviewed here at all.
    EXCLUSION = "exclusion"
    #: What a review waits on, or runs beside it.
    WAITING_ON = "waiting_on"
    #: Reporting forms, the general one and the supplementary ones.
    FORM = "form"
    #: Categories of death, in their order of precedence.
    CATEGORY = "category"
    DOMAIN = "domain"
    FACTOR = "factor"
    #: How far a factor bore on the death.
    RELEVANCE = "relevance"
    #: The panel's conclusion on modifiable factors.
    CONCLUSION = "conclusion"


class Term(Identified, Base):
    """One term of a vocabulary, offered from a day until another; records that use it keep it."""

    __tablename__ = "cdop_term"
    __table_args__ = (
        UniqueConstraint("vocabulary", "code", "regime_id"),
        Index("ix_cdop_term_vocabulary", "vocabulary", "position", "id"),
    )

    #: One of ``Vocabulary``.
    vocabulary: Mapped[str] = mapped_column(String(24))
    code: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(200))
    #: The place in its vocabulary; of categories the precedence, the first before all others.
    position: Mapped[int]
    #: What is meant, in a sentence that stands beside the field.
    definition: Mapped[str] = mapped_column(Text, default="")
    #: For a factor: the code of the domain it belongs to.
    domain_code: Mapped[str | None] = mapped_column(String(40))
    #: The regime whose cases use it; null where every regime's do.
    regime_id: Mapped[int | None] = mapped_column(ForeignKey("regime.id"))
    in_force_from: Mapped[date]
    #: The last day on which it is offered; null while it is.
    in_force_until: Mapped[date | None]

    regime: Mapped[Regime | None] = relationship()
