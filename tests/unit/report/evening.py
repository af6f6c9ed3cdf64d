"""A plenary of two hours as it may happen: what the engine writes down, sealed as the store would.

``python -m tests.unit.report.evening FILE`` renews docs/report-example.html, for the eyes of readers.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.bookings import Language
from supervisor.domain.chronicle import Chronicle, Head, Link, append
from supervisor.domain.commands import Command, Keep
from supervisor.domain.records import ChronicleEntry
from supervisor.engine import XMPP
from supervisor.report.account import account
from supervisor.report.page import page
from tests.unit.builders import ROOM, START, Play, booking, focus, off, on, person, recorder

PATIENCE = {
    "ParticipantLimit": Rule(wait=60.0, keep=60.0),
    "StreamInterrupted": Rule(keep=5.0),
    "SourceLost": Rule(wait=10.0),
}
MODERATOR, SECOND = "a1b2c3d4", "0f1e2d3c"
EXAMPLE = Path(__file__).parents[3] / "docs" / "report-example.html"


def sealed(commands: Iterable[Command]) -> Chronicle:
    """The chain of what the commands say, without a store."""
    links: list[Link] = []
    head: Head | None = None
    for command in commands:
        if isinstance(command, Keep) and isinstance(command.change, ChronicleEntry):
            link, head = append(head, links[-1] if links else None, command.change)
            links.append(link)
    return Chronicle("almatret-1", tuple(links), head)


def evening() -> Play:
    """Two interruptions with a pause each, too many people for a while, half a minute of blindness."""
    words = {
        "title": "Ple ordinari de setembre",
        "organisation": "Ajuntament d'Almatret",
        "room": "sala1",
        "language": Language.CATALAN,
        "limit": 30,
    }
    play = Play(booking(start=START + 600.0, **words), rules=PATIENCE).room()
    play.at(95.0).come(person(MODERATOR, "moderator"), focus())
    play.at(140.0).come(person(SECOND, "moderator"))
    count = 0

    def come(until: int, seconds: float) -> None:
        nonlocal count
        while count < until:
            play.at(play.now - START + seconds).come(person(f"p{count:07x}"))
            count += 1

    def go(until: int, seconds: float) -> None:
        nonlocal count
        while count > until:
            count -= 1
            play.at(play.now - START + seconds).go(f"p{count:07x}")

    come(9, 41.0)
    play.at(590.0).come(recorder(), focus(on()))
    come(17, 33.0)
    play.at(1984.0).come(focus(off(failure="error"))).go("jibri1")
    play.at(2011.0).feed(ev.CommandGiven(ROOM, MODERATOR, "!pausa"))
    play.at(2153.0).come(recorder("s2", "jibri2"), focus(on("s2")))
    play.at(2171.0).feed(ev.CommandGiven(ROOM, MODERATOR, "!reprèn"))
    come(31, 52.0)
    play.at(3290.0)
    go(24, 58.0)
    play.at(4395.0).feed(ev.SourceLost(XMPP, "connection lost"))
    play.at(4429.0).feed(ev.SourceSynced(XMPP)).room(
        focus(on("s2")),
        recorder("s2", "jibri2"),
        *(person(nick, "moderator") for nick in (MODERATOR, SECOND)),
        *(person(f"p{n:07x}") for n in range(count)),
    )
    play.at(5105.0).go("jibri2")
    play.at(5140.0).feed(ev.CommandGiven(ROOM, SECOND, "!pausa"))
    play.at(5420.0).come(recorder("s3", "jibri3"), focus(on("s3")))
    play.at(5433.0).feed(ev.CommandGiven(ROOM, SECOND, "!reprèn"))
    play.at(7610.0).come(focus(off("s3", initiator="a1b2c3d4"))).go("jibri3")
    go(0, 9.0)
    play.at(7960.0).go(MODERATOR)
    return play.at(7979.0).go(SECOND)


if __name__ == "__main__":
    held = sealed(evening().at(8000.0).commands)
    Path(sys.argv[1]).write_text(page(account(held.session, held.links), ()))
