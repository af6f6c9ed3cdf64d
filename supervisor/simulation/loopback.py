"""Ports of the loopback interface, and the number of them one process may hold."""

import asyncio
import contextlib
import random
import resource
import socket

HOST = "127.0.0.1"
RANGE = (12_000, 32_000)
LOT = random.SystemRandom()


def spare_ports(count: int) -> list[int]:
    """Return `count` TCP ports of the loopback interface that nobody holds at this moment.

    They are below those that the kernel gives to outgoing connections, and drawn by lot: what is released here is not
    taken again by somebody else before it is used.
    """
    found: list[int] = []
    while len(found) < count:
        port = LOT.randrange(*RANGE)
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
            one.bind((HOST, port))
            found += [port] if port not in found else []
    return found


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
