"""Files on forms: which views take them, how large a request may then be, and the field itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import Flask, current_app, request, session
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from werkzeug.datastructures import FileStorage
from wtforms import Field

from app.core.files.kinds import TAKEN
from app.core.files.receiving import MEGABYTE, Received, label_of, receive, size_in_words, use_folder
from app.core.files.refusals import FileRefused
from app.core.files.store import Store

View = TypeVar("View", bound=Callable[..., Any])

#: A file that is a little too large is refused beside its field, with the words kept; one larger than this
#: many times the limit is not even read.
READ_UP_TO = 2


class FilesFolderWrong(click.ClickException):
    """The folder of files cannot be used; the sentence says why and what to set."""


def takes_files(view: View) -> View:
    """Stamp a view whose form may carry a file: its requests may be larger than others."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def install_files(app: Flask) -> None:
    """Give an application its folder of files. Call before anything reads a form. Raises FilesFolderWrong."""
    folder = Path(app.config["FILES_DIR"]).resolve()
    for shown in (app.static_folder, app.template_folder):
        if shown and folder.is_relative_to(Path(app.root_path, shown).resolve()):
            raise FilesFolderWrong("FILES_DIR lies in a folder that is served to browsers; choose another.")
    try:
        place = Store(folder)
        place.check()
    except OSError as error:
        raise FilesFolderWrong(
            f"The folder of files cannot be written to: {error.strerror}. Set FILES_DIR to one that can."
        ) from error
    use_folder(app, place)
    app.jinja_env.filters.update(file_kind=label_of, file_size=size_in_words)

    @app.before_request
    def let_in() -> None:
        view = app.view_functions.get(request.endpoint or "")
        # Strangers send nothing worth reading.
        if getattr(view, "takes_files", False) and "_user_id" in session:
            limit = app.config["FILES_LARGEST_MEGABYTES"] * MEGABYTE
            request.max_content_length = READ_UP_TO * limit + app.config["MAX_CONTENT_LENGTH"]


class FileField(Field):
    """One file, chosen on the person's machine. Its data is what the browser sent, or None.

    A browser does not keep a chosen file when a form comes back, which the field then says. In the
    description, ``{limit}`` is how many megabytes a file may have.
    """

    widget = GovFileInput()
    errors: Any
    #: What a browser offers to choose from, and a telephone turns its pictures into; nothing relies on it.
    offered = ",".join(f".{ending}" for ending in (*(ending for ending, _ in TAKEN.values()), "jpeg"))

    def __init__(self, label: str, *, description: str = "", **kwargs: Any) -> None:
        limit = current_app.config["FILES_LARGEST_MEGABYTES"]
        super().__init__(
            label, description=description.format(limit=limit), render_kw={"accept": self.offered}, **kwargs
        )

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the file that was chosen. Raises ValueError for more than one."""
        chosen = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        if len(chosen) > 1:
            raise ValueError("Choose one file")
        self.data = chosen[0] if chosen else None

    def _value(self) -> bool:
        return False

    def received(self) -> Received | None:
        """Take the file in; None where none was chosen. Raises FileRefused."""
        if self.data is None:
            return None
        try:
            return receive(self.data.stream, self.data.filename)
        except FileRefused as refused:
            refused.field = self.name
            raise

    def ask_again(self) -> None:
        """Say, on a form that comes back, that the file is to be chosen again."""
        if self.data is not None and not self.errors:
            self.errors = ["Choose the file again: a browser forgets it when a form comes back"]
