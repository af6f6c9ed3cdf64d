"""Ports of the loopback interface, and the number of them one process may hold."""

import asyncio
import contextlib
import resource
import socket

HOST = "127.0.0.1"


def spare_ports(count: int) -> list[int]:
    """Return `count` TCP ports of the loopback interface that nobody holds at this moment.

    All are held together before any is released, so that the same one is never given twice in a call.
    """
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]


async def is_open(port: int) -> bool:
    """Tell whether something accepts connections on a loopback port."""
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def raise_file_limit() -> int:
    """Raise the soft limit of open files to the hard one, for this process and those it starts.

    Returns:
        The limit that holds now.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
