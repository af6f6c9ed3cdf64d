"""The command ``jitsi-supervisor``: arguments in, exit code out."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from supervisor import __version__
from supervisor.bookings.check import broken_rules, read_everything
from supervisor.domain.events import BookingsUnreadable
from supervisor.settings import ConfigurationError, load_settings, notices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from supervisor.domain.events import BookingsRead
    from supervisor.report.formats import Format
    from supervisor.settings import Settings

CONFIG = Path("/etc/jitsi-supervisor/jitsi-supervisor.toml")
"""Where the README has it put."""

FINE, FAILED, USAGE = 0, 1, 2  # argparse itself ends with 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name; those of the process if None.

    Returns:
        Exit code: 0 fine, 1 failed, 2 bad usage or configuration.
    """
    try:
        code = _main(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read what we write has read enough, as `head` does; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code


def _main(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments)
    if options.command in {"demo", "replay"}:
        return _replay(options) if options.command == "replay" else _demo()
    if options.command == "report" and options.verify and options.config is None and Path(options.what).is_file():
        return _report(options, None)
    try:
        settings = load_settings(options.config or CONFIG)
    except ConfigurationError as error:
        _complain(error.problems)
        return USAGE
    asked = {"report": _report, "export": _export, "bookings": _bookings, "erase": _erase}
    if options.command in asked:
        return asked[options.command](options, settings)
    return {"run": _run, "check-config": _check, "youtube": _login}[options.command](settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jitsi-supervisor", description="Supervises live Jitsi sessions.")
    parser.add_argument("--version", action="version", version=f"jitsi-supervisor {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in (
        ("run", "supervise the booked sessions until stopped"),
        ("check-config", "read the configuration and the bookings, and say what is wrong with them"),
    ):
        _add_config(commands.add_parser(name, help=text, description=text))
    youtube = commands.add_parser("youtube", help="YouTube's account").add_subparsers(required=True, metavar="COMMAND")
    login = "let the owner of the YouTube channel agree, and store the token"
    _add_config(youtube.add_parser("login", help=login, description=login))
    _add_report(commands)
    _add_event_log(commands)
    from supervisor.clerk import add_options  # noqa: PLC0415 - it needs the store

    text = "list, make, import and cancel bookings"
    add_options(commands.add_parser("bookings", help=text, description=text), _add_config)
    text = "delete all that is stored of a session that is over"
    erase = commands.add_parser("erase", help=text, description=text)
    erase.add_argument("id", metavar="BOOKING_ID", help="the booking's id; the session must be over")
    _add_config(erase)
    demo = "show the whole thing on this machine, with a server and people of its own"
    commands.add_parser("demo", help=demo, description=demo)
    return parser


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "write a session's report for the minutes, or check that its record is as it was written"
    report = commands.add_parser("report", help=text, description=text)
    report.add_argument(
        "what",
        metavar="ROOM_OR_ID",
        help="a booking's id, or a room for its latest session; to verify, also a FILE.json",
    )
    report.add_argument("--config", type=Path, metavar="FILE", help=f"the TOML file (default: {CONFIG})")
    report.add_argument("--format", choices=("html", "json", "csv"), help="default: as --output ends, else html")
    report.add_argument("--language", choices=("ca", "es", "en", "it"), default="", help="default: the booking's")
    report.add_argument("--output", type=Path, metavar="FILE", help="default: the standard output")
    report.add_argument("--verify", action="store_true", help="check the record, or an exported report in JSON")


def _add_event_log(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "write a session's event log into a file, without any person's data, for a replay"
    export = commands.add_parser("export", help=text, description=text)
    export.add_argument("what", metavar="ROOM_OR_ID", help="a booking's id, or a room for its latest session")
    export.add_argument("--config", type=Path, metavar="FILE", help=f"the TOML file (default: {CONFIG})")
    export.add_argument("--output", type=Path, metavar="FILE", help="default: the standard output")
    text = "play an exported event log again, and say whether the alerts come as they came"
    replay = commands.add_parser("replay", help=text, description=text)
    replay.add_argument("file", type=Path, metavar="FILE", help="as export writes it")
    replay.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def _add_config(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", type=Path, required=True, metavar="FILE", help="the TOML file")


def _run(settings: Settings) -> int:
    # Imported here so that a configuration can be checked without what only a daemon needs.
    from supervisor.app import run  # noqa: PLC0415

    _complain(notices(settings))
    return run(settings)


def _bookings(options: argparse.Namespace, settings: Settings) -> int:
    from supervisor.clerk import run  # noqa: PLC0415 - it needs the store

    return run(settings, options)


def _erase(options: argparse.Namespace, settings: Settings) -> int:
    from supervisor.eraser import run  # noqa: PLC0415 - it needs the store

    return run(settings, options.id)


def _demo() -> int:
    from supervisor.simulation.demo import main as demo  # noqa: PLC0415 - the daemon itself never needs it

    return demo()


def _login(settings: Settings) -> int:
    from supervisor.streams.youtube import Login, LoginError, oauth_client  # noqa: PLC0415 - a daemon's things

    section, client = settings.youtube, oauth_client(settings.youtube)
    if client is None or section.token_file is None:
        keys = ("client_id", "client_secret", "token_file")
        _complain(f"youtube.{key}: missing; add it" for key in keys if getattr(section, key) is None)
        return USAGE
    try:
        asyncio.run(Login(client, section.device_url, section.token_file, _say).run())
    except LoginError as error:
        _complain([str(error)])
        return FAILED
    return FINE


def _report(options: argparse.Namespace, settings: Settings | None) -> int:
    from supervisor.kept import place  # noqa: PLC0415 - a daemon's things
    from supervisor.report import command  # noqa: PLC0415 - the same

    address = None if settings is None else place(settings)
    suffix = options.output.suffix.lstrip(".") if options.output is not None else ""
    forms: dict[str, Format] = {"json": "json", "csv": "csv"}
    form: Format = options.format or forms.get(suffix, "html")
    try:
        if options.verify and Path(options.what).is_file():
            _say(command.verify_file(Path(options.what), address))
        elif address is not None and options.verify:
            _say(command.verify_stored(address, options.what))
        elif address is not None:
            command.write_report(address, command.Wanted(options.what, form, options.language, options.output))
    except command.ReportFailedError as error:
        _complain(str(error).splitlines())
        return FAILED
    return FINE


def _export(options: argparse.Namespace, settings: Settings) -> int:
    from supervisor.kept import place  # noqa: PLC0415 - a daemon's things
    from supervisor.replay.command import ExportFailedError, write_log  # noqa: PLC0415 - it needs the store
    from supervisor.store.failures import StoreUnusableError  # noqa: PLC0415 - the same

    try:
        write_log(place(settings), options.what, options.output)
    except (ExportFailedError, StoreUnusableError) as error:
        _complain([str(error)])
        return FAILED
    return FINE


def _replay(options: argparse.Namespace) -> int:
    from supervisor.replay.command import play_file  # noqa: PLC0415 - only this needs the engine
    from supervisor.replay.files import BadFileError  # noqa: PLC0415 - the same

    try:
        return FINE if play_file(options.file, options.format) else FAILED
    except BadFileError as error:
        _complain([str(error)])
    except BrokenPipeError:
        raise
    except OSError as error:
        _complain([f"{options.file}: {error.strerror or error}"])
    return USAGE


def _check(settings: Settings) -> int:
    now = time.time()
    outcomes = read_everything(settings, now)
    problems = [text for outcome in outcomes if isinstance(outcome, BookingsUnreadable) for text in outcome.problems]
    read = [outcome for outcome in outcomes if not isinstance(outcome, BookingsUnreadable)]
    refused, warned = broken_rules(settings, read, now)
    if problems or refused:
        _complain((*problems, *refused))
        return USAGE
    notes = [note for outcome in read for note in outcome.notes]
    for line in (*_summary(settings, read), *notes, *warned, *notices(settings)):
        sys.stdout.write(f"{line}\n")
    return FINE


def _summary(settings: Settings, outcomes: Iterable[BookingsRead]) -> Iterator[str]:
    first, *others = settings.xmpp.muc
    yield f"rooms are on {first}" + (f", breakout rooms on {', '.join(others)}" if others else "")
    for outcome in outcomes:
        count = len(outcome.bookings)
        yield f"{outcome.source}: {count} booking{'' if count == 1 else 's'}"
    remote = [calendar.name or "calendar" for calendar in settings.bookings.calendars if calendar.url]
    if remote:
        yield f"calendars that were not asked: {len(remote)}; run fetches them"
    if not settings.bookings.files and not settings.bookings.calendars:
        yield "bookings.files is empty: no session will be supervised"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()  # a person waits for it, perhaps behind a pipe


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")
