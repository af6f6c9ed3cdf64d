"""The store as a command reads it beside the daemon, or after it: nothing is written, nothing is migrated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from sqlalchemy.exc import DBAPIError

from supervisor.domain.room_names import parse_room, room_node
from supervisor.store import chain, queries
from supervisor.store.engine import file_of, read_url, reading
from supervisor.store.failures import StoreUnusableError, permanent, temporary
from supervisor.store.migrate import version
from supervisor.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import TypeVar

    from sqlalchemy.engine import URL, Connection, Engine

    from supervisor.domain.chronicle import Chronicle
    from supervisor.domain.retention import Erasure

    Result = TypeVar("Result")


NO_SESSION = "{what}: no session and no room of this name has a record; rooms that are always open have none"
"""What to say where `Archive.session` finds none."""


class Archive:
    """Reads the sessions' records. To be used with ``with``; every call raises StoreUnusableError as `open` does."""

    def __init__(self, url: URL, engine: Engine) -> None:
        self._url = url
        self._engine = engine

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back what is held open."""
        self._engine.dispose()

    @classmethod
    def open(cls, address: str) -> Archive:
        """Open a database that a daemon has made.

        Raises:
            StoreUnusableError: There is none, or it is another version's.
        """
        url = read_url(address)
        path = file_of(url)
        if path is not None and not path.exists():
            raise StoreUnusableError(
                f"{path}: there is no such file; check store.url, the daemon makes it at its start"
            )
        archive = cls(url, reading(url))
        found = archive._ask(version)
        if found != len(MIGRATIONS):
            archive._engine.dispose()
            place = path or url.render_as_string(hide_password=True)
            raise StoreUnusableError(
                f"{place}: has schema {found}, this version reads {len(MIGRATIONS)}; start its daemon first"
            )
        return archive

    def chronicle(self, session: str) -> Chronicle:
        """A session's record; without entries where there is none."""
        return self._ask(lambda connection: chain.read(connection, session))

    def latest(self, room: str) -> str | None:
        """The session of a room (its node) that was booked to begin last."""
        return self._ask(lambda connection: chain.latest(connection, room))

    def session(self, what: str) -> str | None:
        """The session of that id, else the latest one of that room; None without either."""
        found = self.chronicle(what)
        return what if found.links or found.head is not None else self.latest(_node(what))

    def gone(self, what: str) -> Erasure | None:
        """The last deletion of what was stored of the session of that id, else of that room's sessions."""
        found = self._ask(lambda connection: queries.erasure(connection, session=what))
        return found or self._ask(lambda connection: queries.erasure(connection, room=_node(what)))

    def event_log(self, session: str) -> list[str]:
        """The parts of a session's event log, in their order."""
        return self._ask(lambda connection: queries.event_log(connection, session))

    def _ask(self, question: Callable[[Connection], Result]) -> Result:
        try:
            with self._engine.connect() as connection:
                return question(connection)
        except DBAPIError as error:
            place = file_of(self._url) or self._url.render_as_string(hide_password=True)
            raise StoreUnusableError(f"{place}: {temporary(error) or permanent(error)}") from None


def _node(room: str) -> str:
    try:
        return room_node(*parse_room(room.partition("@")[0]))
    except ValueError:
        return ""
