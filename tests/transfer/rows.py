"""The pieces that documents are made of."""

from typing import Any

Document = dict[str, Any]


def person(ref: str, agency: str | None, **more: Any) -> Document:
    """Somebody of an agency."""
    held = {"agency": agency} if agency else {}
    return {
        "ref": ref,
        "name": ref.title(),
        "role_title": "Post",
        "email": f"{ref}@example.org",
        **held,
        **more,
    }


def step(move: str, frm: str, to: str, on: str, by: str, **more: Any) -> Document:
    """One move of an action."""
    return {"move": move, "from_status": frm, "to_status": to, "taken_on": on, "taken_by": by, **more}


def action(ref: str, **more: Any) -> Document:
    """An action agreed on 3 October 2016 and due on 31 May 2017."""
    return {
        "ref": ref,
        "source": "R-0001",
        "title": f"Check the plans ({ref})",
        "agency": "homerton",
        "owner": "nurse",
        "owner_role": "Named nurse",
        "group": "scr",
        "status": "agreed",
        "created_on": "2016-09-15",
        "agreed_on": "2016-10-03",
        "first_due_on": "2017-05-31",
        "due_on": "2017-05-31",
        "lessons": ["L-0001"],
        "steps": [step("agree", "draft", "agreed", "2016-10-03", "chair")],
        **more,
    }
