"""Waiting until nothing is under way any more, with no clock at all.

The clock is frozen and the wires are real: what one side sends over loopback is readable
at once, and whoever reads it runs in this event loop. So all has been carried as soon as
the loop has nothing to run, nothing to read, and no thread at work.
"""

import asyncio
import os
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
        if loop._ready or at_work(loop._default_executor):
            turns = 0
            # A thread that is to end needs a core to do so.
            os.sched_yield()
        else:
            turns += 1


def at_work(executor: Any) -> bool:
    """Return whether a thread of the loop's pool has something to do."""
    return executor is not None and not (
        executor._work_queue.empty()
        and executor._idle_semaphore._value >= len(executor._threads)
    )
