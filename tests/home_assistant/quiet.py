"""Waiting until nothing is under way any more, with no clock at all.

The clock is frozen and the wires are real: what one side sends is readable at once (see
`carried`), and whoever reads it runs in this event loop. So all has been carried as soon
as the loop has nothing to run, nothing to read, and no thread at work.
"""

import asyncio
from collections.abc import Callable
import os
import select
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

# A turn of the loop reads what came, the next runs who waited for it.
_TURNS = 3


async def quiet() -> None:
    """Return when the loop stood still for some turns, whatever that takes."""
    loop: Any = asyncio.get_running_loop()
    turns = 0
    while turns < _TURNS:
        # One turn: its selector is asked without waiting, since this is to be run again.
        await asyncio.sleep(0)
        if loop._ready or at_work(loop._default_executor) or carried(loop._selector):
            turns = 0
            # A thread that is to end needs a core to do so.
            os.sched_yield()
        else:
            turns += 1


async def until(come_true: Callable[[], object]) -> None:
    """Return when something is true that needs no time, whatever that takes."""
    while not come_true():
        # A thread is given a turn, and so is whoever reads the wires.
        await asyncio.to_thread(lambda: None)


def carried(selector: Any) -> bool:
    """Return whether something came of what a selector waits for.

    What is written to a terminal is carried by a thread of the kernel, later than it was
    written. A poll that begins now waits for that thread, which `epoll` does not: it only
    hears of what was carried already.
    """
    poll = select.poll()
    for key in tuple(selector.get_map().values()):
        poll.register(
            key.fd,
            (select.POLLIN if key.events & EVENT_READ else 0)
            | (select.POLLOUT if key.events & EVENT_WRITE else 0),
        )
    return bool(poll.poll(0))


def at_work(executor: Any) -> bool:
    """Return whether a thread of the loop's pool has something to do."""
    return executor is not None and not (
        executor._work_queue.empty()
        and executor._idle_semaphore._value >= len(executor._threads)
    )
