"""Ports of the loopback interface, and the number of them one process may hold."""

import asyncio
import contextlib
import os
import random
import resource
import socket

HOST = "127.0.0.1"
FIRST, STRETCHES, LENGTH = 12_000, 20, 1_000
LOT = random.SystemRandom()
_given: set[int] = set()


def spare_ports(count: int) -> list[int]:
    """Return `count` TCP ports of the loopback interface that nobody holds at this moment.

    What is released here must not be taken by somebody else before it is used. So they are below those that the kernel
    gives to outgoing connections, in a stretch of this process's own (neighbours have other numbers), and none is given
    twice while there are others.
    """
    start = FIRST + os.getpid() % STRETCHES * LENGTH
    if len(_given) > LENGTH // 2:
        _given.clear()
    found: list[int] = []
    while len(found) < count:
        port = LOT.randrange(start, start + LENGTH)
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
            one.bind((HOST, port))
            found += [port] if port not in _given else []
            _given.add(port)
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
