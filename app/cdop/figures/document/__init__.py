"""The figures of a year as a document: what its page shows, its exports say and its papers print, alike.

Every table names its counting basis. A share stands only where none of the numbers it could be worked back to
is hidden.
"""

from app.cdop.figures.document.beside import open_reviews
from app.cdop.figures.document.parts import Document, FactLine, Line, Section, Table, in_words
from app.cdop.figures.document.whole import document

__all__ = ["Document", "FactLine", "Line", "Section", "Table", "document", "in_words", "open_reviews"]
