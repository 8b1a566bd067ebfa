"""Errors that a person can act on."""


class RuleBroken(Exception):
    """A rule of the domain refuses what was asked, in a sentence a person can act on.

    ``field`` names the form field the sentence belongs beside, where there is one.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
