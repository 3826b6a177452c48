"""From a keypad line on the wire to a state in Home Assistant, and lines a second.

    .venv/bin/python -m benchmarks.lines [--toggles 200] [--minutes 10]

Three measurements. A wire of our own, over TCP, opens and shuts a zone with a keypad
line, and waits for the state of the open zones. Our codec and the vendor's library take
the same lines in turn, alone and with all that either makes of them. At last 200 lines a
second flow for minutes, and the memory of this process is read before and after.
"""

import argparse
import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import gc
from pathlib import Path
from statistics import median
import time
import tracemalloc

from alarmdecoder import AlarmDecoder
from alarmdecoder.devices import SocketDevice
from alarmdecoder.messages import Message as VendorMessage
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.panelsync.client import Ad2Settings
from custom_components.panelsync.client.local.alarmdecoder.codec import (
    AlarmDecoderCodec,
)
from custom_components.panelsync.client.local.alarmdecoder.state import apply, start
from custom_components.panelsync.const import DOMAIN

from .home import home_assistant

VERSION = b"!VER:ffffffff,V2.2a.8.8,TX;RX;SM;VZ;RF;ZX;RE;AU;3X;CG;DD;MF;LR;KE;MK;CB\r\n"
CONFIG = b"!CONFIG>MODE=A&CONFIGBITS=ff04&ADDRESS=18&LRR=N&COM=N&EXP=NNNNN\r\n"
READY = (
    b"[10000001000000003A--],008,[f70600070008001c08020000000000],"
    b'"****DISARMED****  Ready to Arm  "\r\n'
)
RATE = 200


def fault(zone: int) -> bytes:
    """Return the keypad line of one open zone."""
    return (
        b"[00000001000000000A--],%03d,[f706000700%02d000008020000000000],"
        b'"FAULT %02d KITCHENWINDOW          "\r\n' % (zone, zone, zone)
    )


# Four doors and windows stand open by turns, between times at which all is shut.
LIFE = [
    line.strip()
    for turn in range(300)
    for line in [READY] * 8 + [fault(5 + (turn + zone) % 40) for zone in range(4)] * 6
]


class Adapter:
    """An adapter on TCP that says what it is told to, and answers V and C."""

    def __init__(self) -> None:
        """Wait for somebody to listen."""
        self._writer: asyncio.StreamWriter | None = None

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one listener until it goes."""
        self._writer = writer
        writer.write(READY)
        with suppress(ConnectionResetError):
            while data := await reader.read(64):
                if b"V" in data:
                    writer.write(VERSION)
                if b"C" in data:
                    writer.write(CONFIG)

    def say(self, line: bytes) -> None:
        """Put a line on the wire."""
        assert self._writer is not None
        self._writer.write(line)


async def add_panel(hass: HomeAssistant, port: int) -> str:
    """Set up the adapter's entry; returns the entity that counts open zones."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="AlarmDecoder",
        data={
            "device": f"socket://127.0.0.1:{port}",
            "family": "alarmdecoder",
            "baudrate": 115200,
            "partitions": {},
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id), entry.reason
    await hass.async_block_till_done()
    entity_id = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, f"{entry.entry_id}_open_zones"
    )
    assert entity_id is not None
    return entity_id


async def delays(
    hass: HomeAssistant, adapter: Adapter, entity_id: str, count: int
) -> list[float]:
    """Open and shut a zone; return the seconds from each line to its state."""
    changed = asyncio.Event()

    @callback
    def note(_: Event[EventStateChangedData]) -> None:
        changed.set()

    stop = async_track_state_change_event(hass, entity_id, note)
    took = []
    for number in range(count):
        changed.clear()
        begun = time.perf_counter()
        adapter.say(fault(5) if number % 2 == 0 else READY)
        await asyncio.wait_for(changed.wait(), 5)
        took.append(time.perf_counter() - begun)
        await asyncio.sleep(0.02)
    stop()
    return took


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


async def flow(adapter: Adapter, minutes: float) -> tuple[int, int]:
    """Let lines flow; return by how many bytes Python's heap and the process grew."""
    lines = [fault(zone) for zone in range(5, 25)] + [READY]

    async def seconds(count: float) -> None:
        begun = time.perf_counter()
        for number in range(int(count * RATE)):
            adapter.say(lines[number % len(lines)])
            ahead = begun + number / RATE - time.perf_counter()
            if ahead > 0:
                await asyncio.sleep(ahead)

    await seconds(20)
    gc.collect()
    tracemalloc.start()
    heap, process = tracemalloc.get_traced_memory()[0], resident()
    await seconds(minutes * 60)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - heap
    tracemalloc.stop()
    return grown, resident() - process


def lines_a_second(read: Callable[[], object]) -> float:
    """Return how many lines a second of processor time one reading handles."""
    begun = time.process_time()
    read()
    return len(LIFE) / (time.process_time() - begun)


def codec() -> None:
    """Decode with our codec."""
    read = AlarmDecoderCodec()
    assert sum(len(read.feed(line + b"\r\n")) for line in LIFE) == len(LIFE)


def state() -> None:
    """Decode with our codec, and derive everything it tells of the panel."""
    read, known = AlarmDecoderCodec(), start(Ad2Settings())
    at = datetime(2026, 11, 22, tzinfo=UTC)
    for line in LIFE:
        at += timedelta(seconds=3)
        for message in read.feed(line + b"\r\n"):
            known, _ = apply(known, message, at)


def library_parsing() -> None:
    """Make the library's message of each line, and nothing of it."""
    for line in LIFE:
        VendorMessage(line.decode())


def library() -> None:
    """Let the library handle each line as when it comes from its device."""
    peer = AlarmDecoder(SocketDevice(("localhost", 1)))
    for line in LIFE:
        peer._handle_message(line)  # noqa: SLF001


def rates(rounds: int) -> dict[str, float]:
    """Return the median rate of each reading, all taken in turn."""
    readings = (codec, state, library, library_parsing)
    taken = [[lines_a_second(read) for read in readings] for _ in range(rounds)]
    return {
        read.__name__: median(row[index] for row in taken)
        for index, read in enumerate(readings)
    }


async def measure(toggles: int, minutes: float) -> None:
    """Measure and print."""
    adapter = Adapter()
    server = await asyncio.start_server(adapter.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with home_assistant() as hass:
        entity_id = await add_panel(hass, port)
        while (state := hass.states.get(entity_id)) is None or state.state != "0":
            await asyncio.sleep(0.1)
        took = sorted(await delays(hass, adapter, entity_id, toggles))
        print(f"{'line to state, median':26} {1000 * median(took):9.2f} ms  (under 5)")
        print(
            f"{'line to state, 99 %':26} {1000 * took[int(0.99 * len(took))]:9.2f} ms"
        )
        for name, rate in (found := rates(5)).items():
            print(f"{name.replace('_', ' '):26} {rate:9.0f} lines/s")
        ratio = found["codec"] / found["library"]
        print(f"{'codec / library':26} {ratio:9.1f}     (at least 5)")
        heap, process = await flow(adapter, minutes)
        print(f"{f'{minutes:g} min at {RATE}/s, heap':26} {heap / 1024:9.0f} KiB")
        print(f"{'resident memory':26} {process / 1024:9.0f} KiB")
    server.close()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--toggles", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    asyncio.run(measure(options.toggles, options.minutes))


if __name__ == "__main__":
    main()
