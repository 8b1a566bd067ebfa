"""Actions of the small partnership that passed on, wait, were split, or are for every agency."""

from tests.transfer.rows import Document, action, step

_AGREED = step("agree", "draft", "agreed", "2016-10-03", "chair")


def course_actions() -> list[Document]:
    """A whole and its two parts, one of them on hold; one that was split, and the two it was split into."""
    return [_whole(), _part(), _part_on_hold(), _split(), _split_off(), _moved()]


def _whole() -> Document:
    return action(
        "A-0005",
        agency="ccg",
        owner="manager",
        is_all_agency=True,
        acknowledged_on="2016-10-05",
        priority="high",
    )


def _part() -> Document:
    return action(
        "A-0006",
        parent="A-0005",
        first_due_on="2017-03-24",
        due_on="2017-03-24",
        owner_changes=[
            {
                "cause": "left",
                "from_agency": "homerton",
                "to_agency": "homerton",
                "from_owner": "left",
                "changed_on": "2016-11-30",
            },
            {
                "cause": "reassigned",
                "from_agency": "homerton",
                "to_agency": "homerton",
                "to_owner": "nurse",
                "reason": "Nobody had it.",
                "changed_on": "2016-12-05",
                "changed_by": "manager",
            },
        ],
        acknowledged_on="2016-12-06",
    )


def _part_on_hold() -> Document:
    return action(
        "A-0007",
        agency="ccg",
        owner="manager",
        parent="A-0005",
        status="on_hold",
        review_on="2017-05-03",
        steps=[
            _AGREED,
            step("hold", "agreed", "on_hold", "2017-03-08", "independent", reason="Waits for money."),
        ],
    )


def _split() -> Document:
    return action(
        "A-0008",
        status="superseded",
        closed_on="2017-03-15",
        first_due_on="2017-01-31",
        due_on="2017-02-28",
        steps=[
            _AGREED,
            step("supersede", "agreed", "superseded", "2017-03-15", "chair", reason="Two wards, two plans."),
        ],
        extension_requests=[
            {
                "ref": "A-0008-X1",
                "asked_on": "2017-01-10",
                "asked_by": "nurse",
                "from_due_on": "2017-01-31",
                "new_due_on": "2017-02-28",
                "reason_code": "funding",
                "interim_safeguard": "Each plan is read aloud at handover.",
                "decider": "board_manager",
                "decision": "granted",
                "decided_on": "2017-01-12",
                "decided_by": "manager",
            }
        ],
        date_changes=[
            {
                "from_on": "2017-01-31",
                "to_on": "2017-02-28",
                "cause": "extension",
                "reason_code": "funding",
                "decided_on": "2017-01-12",
                "decided_by": "manager",
            }
        ],
        successions=[
            {"successor": ref, "kind": "split", "decided_on": "2017-03-15", "decided_by": "chair"}
            for ref in ("A-0009", "A-0010")
        ],
    )


def _of_split(ref: str, **more: object) -> Document:
    return action(
        ref,
        created_on="2017-03-15",
        agreed_on="2017-03-15",
        first_due_on="2017-01-31",
        due_on="2017-02-28",
        steps=[step("agree", "draft", "agreed", "2017-03-15", "chair", reason="Split from A-0008")],
        date_changes=[
            {
                "from_on": "2017-01-31",
                "to_on": "2017-02-28",
                "cause": "split",
                "reason_code": "funding",
                "decided_on": "2017-03-15",
                "decided_by": "chair",
            }
        ],
        **more,
    )


def _split_off() -> Document:
    return _of_split(
        "A-0009",
        colour_overrides=[
            {
                "calculated": "R",
                "declared": "A",
                "reason": "The ward is closed until April.",
                "declared_on": on,
                "declared_by": "chair",
                "lapses_on": lapses_on,
            }
            for on, lapses_on in (("2017-03-15", "2017-04-15"), ("2017-03-20", "2017-04-20"))
        ],
    )


def _moved() -> Document:
    return _of_split(
        "A-0010",
        agency="ccg",
        owner="manager",
        not_for_us=[
            {
                "ref": "A-0010-N1",
                "said_on": "2017-03-16",
                "said_by": "nurse",
                "reason": "The CCG writes the plans.",
                "suggested_agency": "ccg",
                "decision": "moved",
                "decided_on": "2017-03-20",
                "decided_by": "chair",
                "decision_reason": "It does.",
            },
            {"ref": "A-0010-N2", "said_on": "2017-03-22", "said_by": "manager", "reason": "Not any more."},
        ],
        owner_changes=[
            {
                "cause": "not_for_us",
                "from_agency": "homerton",
                "to_agency": "ccg",
                "from_owner": "nurse",
                "to_owner": "manager",
                "reason": "It does.",
                "changed_on": "2017-03-20",
                "changed_by": "chair",
            }
        ],
    )
