"""The command ``jitsi-supervisor``: arguments in, exit code out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from supervisor import __version__
from supervisor.bookings.watch import read_all
from supervisor.domain.events import BookingsUnreadable
from supervisor.settings import ConfigurationError, inert_keys, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from supervisor.domain.events import BookingsRead
    from supervisor.settings import Settings

FINE, USAGE = 0, 2  # 1 is a failure while running; argparse itself ends with 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name; those of the process if None.

    Returns:
        Exit code: 0 fine, 1 failed, 2 bad usage or configuration.
    """
    options = _parser().parse_args(arguments)
    if options.command == "demo":
        return _demo()
    try:
        settings = load_settings(options.config)
    except ConfigurationError as error:
        _complain(error.problems)
        return USAGE
    return _run(settings) if options.command == "run" else _check(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jitsi-supervisor", description="Supervises live Jitsi sessions.")
    parser.add_argument("--version", action="version", version=f"jitsi-supervisor {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in (
        ("run", "supervise the booked sessions until stopped"),
        ("check-config", "read the configuration and the bookings, and say what is wrong with them"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--config", type=Path, required=True, metavar="FILE", help="the TOML file")
    demo = "show the whole thing on this machine, with a server and people of its own"
    commands.add_parser("demo", help=demo, description=demo)
    return parser


def _run(settings: Settings) -> int:
    # Imported here so that a configuration can be checked without what only a daemon needs.
    from supervisor.app import run  # noqa: PLC0415

    _complain(_inert(settings))
    return run(settings)


def _demo() -> int:
    from supervisor.simulation.demo import main as demo  # noqa: PLC0415 - the daemon itself never needs it

    return demo()


def _check(settings: Settings) -> int:
    outcomes = read_all(settings.bookings.files, settings.all_kinds)
    problems = [text for outcome in outcomes if isinstance(outcome, BookingsUnreadable) for text in outcome.problems]
    if problems:
        _complain(problems)
        return USAGE
    read = [outcome for outcome in outcomes if not isinstance(outcome, BookingsUnreadable)]
    for line in (*_summary(settings, read), *_inert(settings)):
        sys.stdout.write(f"{line}\n")
    return FINE


def _summary(settings: Settings, outcomes: Iterable[BookingsRead]) -> Iterator[str]:
    first, *others = settings.xmpp.muc
    yield f"rooms are on {first}" + (f", breakout rooms on {', '.join(others)}" if others else "")
    for outcome in outcomes:
        count = len(outcome.bookings)
        yield f"{outcome.source}: {count} booking{'' if count == 1 else 's'}"
    if not settings.bookings.files:
        yield "bookings.files is empty: no session will be supervised"


def _inert(settings: Settings) -> list[str]:
    return [f"{key} is accepted but has no effect in version {__version__}" for key in inert_keys(settings)]


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")
