"""Command line of the demo: `scripts/demo [--check]`."""

import argparse
import asyncio
import contextlib
import secrets
import signal
import sys

from scripts.loopback import choose

from .check import PROFILES, check
from .demo import run_demo
from .paths import HASS, HASS_NEXT
from .processes import DemoError


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="A real Home Assistant with PanelSync and a simulated service.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="press everything without a person and hold each outcome to the truth",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=0,
        help="of Home Assistant, if it is free; any free one where none is named",
    )
    parser.add_argument("--profile", choices=PROFILES, default="rest")
    parser.add_argument(
        "--seed",
        type=int,
        action="append",
        help="of the simulated world; with --check give it twice",
    )
    parser.add_argument(
        "--next",
        action="store_true",
        help="run the newest Home Assistant instead of the one the tests use",
    )
    return parser.parse_args()


async def _main(options: argparse.Namespace) -> bool:
    """Run until done or stopped; returns whether all was well."""
    task = asyncio.current_task()
    assert task is not None  # we are in one

    def stop() -> None:
        # Once: a second Ctrl-C must not break into the ending of the children.
        if not task.cancelling():
            print(flush=True)
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    if options.port:
        choose(options.port)
    hass = HASS_NEXT if options.next else HASS
    if options.check:
        seeds = options.seed or [secrets.randbelow(10**6) for _ in range(2)]
        return await check(seeds, hass)
    with contextlib.suppress(asyncio.CancelledError):
        seed = options.seed[0] if options.seed else 1
        await run_demo(port=options.port, profile=options.profile, seed=seed, hass=hass)
    return True


def main() -> int:
    """Return the exit code: 0 only if all was well."""
    try:
        return 0 if asyncio.run(_main(_arguments())) else 1
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except asyncio.CancelledError, KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return 130


sys.exit(main())
