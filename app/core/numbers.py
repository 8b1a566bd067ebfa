"""Numbers in addresses: none beyond what a database counts its rows to, so that a wild one finds nothing."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

#: The largest row number of any database here.
HIGHEST_ROW = 2**63 - 1


class RowNumber(IntegerConverter):
    """A whole number that a row can have."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=HIGHEST_ROW)


def install_numbers(app: Flask) -> None:
    """Read every number in an address so; before the first address is added."""
    app.url_map.converters["int"] = RowNumber
