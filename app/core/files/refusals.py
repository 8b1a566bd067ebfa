"""Why a file is not taken, in sentences for whoever handed it in."""

from app.core.errors import RuleBroken

#: The form field that files are handed in by.
FIELD = "file"


class FileRefused(RuleBroken):
    """A file that is not taken: too large, empty, of a type that is not, or not what it seems."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, FIELD)


NOT_TAKEN = (
    "This file is none of the types we take. Choose a PDF, a Word, Excel or PowerPoint file, an OpenDocument "
    "text or spreadsheet, a PNG or JPEG picture, or plain text"
)
WITH_MACROS = "This file holds macros or programs. Save it without them, or as a PDF, then choose it again"
TWO_IN_ONE = "This file holds a second file behind the first. Save or print it as a PDF, then choose it again"
TOO_MUCH_INSIDE = "This file unpacks to more than we take. Save or print it as a PDF, then choose it again"
NOT_READABLE = "This file is damaged, or locked by a password. Save it again without, then choose it again"
EMPTY = "This file is empty. Choose one that holds something"
