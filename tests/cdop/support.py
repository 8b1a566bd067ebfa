"""What the tests of child deaths share: reading pages, what a case says, and the published year computed."""

from collections.abc import Callable
from typing import Any

from app.cdop.figures import operations
from app.cdop.models import ChildDeathCase
from app.core.database import current_session
from tests.support.client import PageClient
from tests.support.deaths import add_deaths, year_of_the_record
from tests.support.world import by_ref

ClientAs = Callable[[str], PageClient]


def words(client: PageClient, path: str, data: dict[str, Any] | None = None, status: int = 200) -> str:
    """What a page says, or what a form that was sent answers."""
    answer = client.get(path, status=status) if data is None else client.post(path, data, status=status)
    return answer.get_data(as_text=True)


def held(ref: str = "D-0001") -> ChildDeathCase:
    """The case as it stands in the database now."""
    current_session().rollback()
    current_session().expire_all()
    case: ChildDeathCase = by_ref(ChildDeathCase, ref)
    return case


#: What the annual report states, with the line: code, report year, value.
STATED = (
    ("deaths_in_year", "2015/16", "21", "L3759"),
    ("reviewed_since_2008", "2016/17", "253", "L3758"),
    ("infant_mortality_rate", "2016/17", "5.4", "L3762"),
    ("infant_mortality_rate", "2015/16", "5.6", "L3762"),
    ("child_mortality_rate", "2016/17", "14.4", "L3764"),
    ("child_mortality_rate", "2015/16", "15.6", "L3764"),
    ("child_mortality_rate_national", "2016/17", "11.9", "L3764"),
    ("modifiable_percent_national", "2016/17", "27", "L3768"),
)


def build_record() -> None:
    """The cases and stated figures of 2016/17, and what is computed of them."""
    add_deaths(year_of_the_record())
    for code, year, value, line in STATED:
        operations.add_stated(code=code, report_year=year, value=value, source_line=line)
    current_session().commit()
    compute()


def compute() -> None:
    """Compute what waits, and fail where there is nothing that may be shown."""
    current_session().rollback()
    assert operations.compute().problem is None
    current_session().rollback()
