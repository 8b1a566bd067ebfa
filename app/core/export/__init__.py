"""Lists as files that other programs open: Excel with typed dates, and CSV with dates as ISO writes them.

Every file says what may be done with it, who made it, when, and what it was narrowed to.
"""

from app.core.export.answers import Format, download
from app.core.export.sheet import LONGEST, Column, Sheet, TooMany

__all__ = ["LONGEST", "Column", "Format", "Sheet", "TooMany", "download"]
