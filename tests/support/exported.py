"""A file of child deaths as a national system exports it: invented, and full of what identifies."""

import csv
import io
from collections.abc import Iterable
from typing import Any

#: Everything in the rows below that says whose death it was; none of it may be found anywhere afterwards.
IDENTIFIERS = (
    "Zebediah",
    "Quillfeather",
    "Araminta",
    "Okonkwo-Trelawney",
    "943 476 5919",
    "9434765919",
    "401 023 2137",
    "4010232137",
    "14/03/2009",
    "2009-03-14",
    "02/06/2016",
    "2016-06-02",
    "11/07/2016",
    "2016-07-11",
    "17/08/2016",
    "2016-08-17",
    "Marzipan Crescent",
    "E8 4RU",
    "E84RU",
    "Dr Wintergreen",
    "Larkspur Surgery",
    "Dandelion Primary",
    "Petronella",
    "07700 900123",
    "petronella@example.org",
    "MRN5550123",
    "sepsis after the swimming gala",
    "the lifeguard on duty",
)

ROWS: tuple[dict[str, str], ...] = (
    {
        "Child First Name": "Zebediah",
        "Child Surname": "Quillfeather",
        "NHS Number": "943 476 5919",
        "Date of Birth": "14/03/2009",
        "Date of Death": "17/08/2016 14:05",
        "Address Line 1": "7 Marzipan Crescent",
        "Postcode": "E8 4RU",
        "GP": "Dr Wintergreen, Larkspur Surgery",
        "School or Nursery": "Dandelion Primary",
        "Mother's Name": "Petronella",
        "Contact": "07700 900123, petronella@example.org",
        "Hospital Number": "MRN5550123",
        "Circumstances": "Found by the lifeguard on duty; sepsis after the swimming gala.",
        "eCDOP Reference": "EX-77001",
        "CDOP Number": "hc16/71",
        "Age at Death": "7 years",
        "Sex": "Male",
        "Ethnicity": "White and Black Caribbean",
        "Place of Death": "Homerton University Hospital, Emergency Department",
        "Local Authority": "London Borough of Hackney",
        "Expected / Unexpected": "Unexpected",
        "JAR": "Yes",
        "Date Notified": "18/08/2016",
        "Date of CDOP Meeting": "",
        "Category of Death": "",
        "Modifiable Factors": "",
    },
    {
        "Child First Name": "Araminta",
        "Child Surname": "Okonkwo-Trelawney",
        "NHS Number": "4010232137",
        "Date of Birth": "2016-06-02",
        "Date of Death": "2016-07-11",
        "eCDOP Reference": "EX-77002",
        "CDOP Number": "HC16/72",
        "Sex": "F",
        "Ethnicity": "Any other Asian background",
        "Place of Death": "Home",
        "Local Authority": "Hackney",
        "Expected / Unexpected": "Unexpected",
        "JAR": "Y",
        "Date Notified": "12/07/2016",
        "Date of CDOP Meeting": "21 February 2017",
        "Category of Death": "10 - Sudden unexpected, unexplained death",
        "Modifiable Factors": "Modifiable factors identified",
    },
)

NAMES = tuple(ROWS[0])


def as_csv(
    rows: Iterable[dict[str, str]] = ROWS, *, names: Iterable[str] = NAMES, delimiter: str = ","
) -> bytes:
    """The rows as a file."""
    written = io.StringIO(newline="")
    writer: Any = csv.DictWriter(written, list(names), delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def changed(number: int, **values: str) -> tuple[dict[str, str], ...]:
    """The rows, one of them with other values; names are written with ``_`` for a blank."""
    rows = [dict(row) for row in ROWS]
    rows[number] |= {name.replace("_", " "): value for name, value in values.items()}
    return tuple(rows)
