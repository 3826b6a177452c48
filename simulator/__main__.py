"""Starts a simulator from the command line: `python -m simulator`."""

from argparse import ArgumentParser
import asyncio
import signal
import sys

from simulator.options import PROFILES, FaceOption, SimulatorOptions
from simulator.server import Simulator


def options_from(arguments: list[str]) -> SimulatorOptions:
    """Return the options of a command line. Ends the program with a message if they make no sense."""
    default = SimulatorOptions()
    parser = ArgumentParser(
        prog="python -m simulator",
        description="A stand-in for the Remote Service and its panels.",
    )
    for name, kind, what in (
        ("host", str, "address to listen on (default: %(default)s)"),
        ("port", int, "port to listen on (default: any free one)"),
        ("locations", int, "how many (default: %(default)s)"),
        ("seed", int, "the world's seed (default: %(default)s)"),
        ("user", str, "name to sign in with (default: %(default)s)"),
        ("password", str, "password to sign in with (default: %(default)s)"),
        ("latency", float, "seconds a request takes"),
        ("speed", float, "how much faster than real the world runs"),
    ):
        parser.add_argument(
            f"--{name}", type=kind, default=getattr(default, name), help=what
        )
    parser.add_argument(
        "--profile",
        choices=PROFILES,
        default=default.profile,
        help="what the service offers",
    )
    for name, what in (("--ad2", "AD2 adapter"), ("--vista", "RS-232 port")):
        parser.add_argument(
            name,
            action="append",
            default=[],
            metavar="INDEX[:tcp[:PORT]|:pty[:PATH]]",
            help=f"open an {what} at the panel of a location, 0 is the first; may come more than once",
        )
    chosen = vars(parser.parse_args(arguments))
    try:
        for name in ("ad2", "vista"):
            chosen[name] = tuple(FaceOption.parse(text) for text in chosen[name])
        return SimulatorOptions(**chosen)
    except ValueError as error:
        parser.error(str(error))


async def serve(options: SimulatorOptions) -> None:
    """Serve until a signal ends the process."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with Simulator(options) as simulator:
        url = simulator.url
        sys.stdout.write(f"Simulated Remote Service at {url}, page at {url}/control\n")
        for location, name, address in simulator.local.listening():
            sys.stdout.write(f"Local face {name} of {location} at {address}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> int:
    """Run; returns the exit code."""
    options = options_from(sys.argv[1:])
    try:
        asyncio.run(serve(options))
    except OSError as error:
        sys.stderr.write(
            f"Cannot listen: {error.strerror}. Choose another --port, or another place for a local face.\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
