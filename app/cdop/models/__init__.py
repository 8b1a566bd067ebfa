"""Child death reviews: the case without anything identifying, what agencies return, the analysis, panels.

No column here holds a name, a date of birth or of death, an address or an NHS number; those stay in eCDOP.
"""

from app.cdop.models.analysis import CaseFactor
from app.cdop.models.cases import CaseStage, ChildDeathCase, Referral, Wait
from app.cdop.models.panels import Panel, PanelKind, PanelStatus
from app.cdop.models.returns import AgencyReturn, AgencyReturnForm, AgencyReturnStep, ReturnMove
from app.cdop.models.vocabulary import Term, Vocabulary

__all__ = [
    "AgencyReturn",
    "AgencyReturnForm",
    "AgencyReturnStep",
    "CaseFactor",
    "CaseStage",
    "ChildDeathCase",
    "Panel",
    "PanelKind",
    "PanelStatus",
    "Referral",
    "ReturnMove",
    "Term",
    "Vocabulary",
    "Wait",
]
