"""What is at an address, for whoever sets a link up: listen first.

See docs/protocol/alarmdecoder.md#handshake-and-boot and
docs/architecture.md#nothing-before-proof.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from .alarmdecoder.codec import AlarmDecoderCodec
from .alarmdecoder.hindrance import Hindrance, hindrance
from .alarmdecoder.link import PROOF
from .alarmdecoder.messages import BridgeNotice, Config, Message, Version
from .base import Timing
from .commands import Ad2Command
from .connection import Address, Connection, LinkLost, Unproven, open_connection
from .family import FAMILIES, Family
from .vista.codec import VistaSerialCodec

# Bridges whose client sets the speed of the port behind them.
_SETS_THE_SPEED = {"rfc2217", "esphome", "esphome-hass"}
# So many lines that are none, and something else talks here.
_MAX_REFUSED = 10


class ProbeFailure(StrEnum):
    """Why nothing was found; each is a translation key."""

    CANNOT_OPEN = "cannot_open"
    SILENT = "silent"
    NOT_UNDERSTOOD = "not_understood"
    CLOSED = "closed"  # taken and ended at once, as where another program holds it
    ADAPTER_GONE = "adapter_gone"  # the bridge answers, its serial side does not
    OTHER_PANEL = "other_panel"  # each of these is a Hindrance
    NO_KEYPADS = "no_keypads"
    EXPANDERS_ONLY = "expanders_only"
    UNKNOWN_LINES = "unknown_lines"
    ALARMDECODER_HERE = "alarmdecoder_here"  # where a VISTA port was named
    VISTA_HERE = "vista_here"  # where an AlarmDecoder was named


@dataclass(frozen=True, slots=True)
class Found:
    """A panel's adapter. `version` is what it says of itself, where it does."""

    family: Family
    address: Address
    version: Version | None = None
    config: Config | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nothing that is understood, and why."""

    failure: ProbeFailure
    detail: str = ""


async def probe(
    url: str,
    family: Family | None = None,
    *,
    baudrate: int | None = None,
    ask_mute_port: bool = False,
    timing: Timing | None = None,
) -> Found | NotFound:
    """Return what is at a URL, or why nothing was found. Never raises.

    Listens about 12 s at each baud that fits; `family` and `baudrate` narrow that down.
    Writes only to an AlarmDecoder that was heard. `ask_mute_port` is a person's
    explicit yes to one query to a serial port of this machine that is named as a VISTA
    RS-232 port and has not said a byte: see `may_ask`.
    """
    timing = timing or Timing()
    answer: Found | NotFound = NotFound(ProbeFailure.SILENT)
    for candidate, address in _candidates(url, family, baudrate):
        try:
            connection = await open_connection(address)
        except LinkLost as error:
            return NotFound(ProbeFailure.CANNOT_OPEN, error.text)
        try:
            found = await _listen(
                connection,
                address,
                timing,
                ask=ask_mute_port and may_ask(url, family),
                only=candidate,
            )
        except LinkLost as error:
            found = NotFound(ProbeFailure.CLOSED, error.text)
        finally:
            await connection.close()
        if isinstance(found, Found):
            return found
        if found.failure is not ProbeFailure.SILENT:
            answer = found
    return answer


def may_ask(url: str, family: Family | None) -> bool:
    """Return whether a person may be asked for a yes to one query to a mute port.

    Never at a network address, behind which anything may be: an AlarmDecoder takes
    the query for key presses.
    """
    address = Address(url, FAMILIES[Family.VISTA_SERIAL].baudrates[0])
    return family is Family.VISTA_SERIAL and address.is_local_port


def _candidates(
    url: str, family: Family | None, baudrate: int | None
) -> list[tuple[Family | None, Address]]:
    scheme, _, rest = url.partition("://")
    if rest and scheme.lower() not in _SETS_THE_SPEED:
        # Behind other network addresses the speed is the bridge's own affair.
        rate = baudrate or FAMILIES[family or Family.ALARMDECODER].baudrates[0]
        return [(family, Address(url, rate))]
    return [
        (candidate, Address(url, rate))
        for candidate in ([family] if family else Family)
        for rate in ([baudrate] if baudrate else FAMILIES[candidate].baudrates)
    ]


async def _listen(
    connection: Connection,
    address: Address,
    timing: Timing,
    *,
    ask: bool,
    only: Family | None,
) -> Found | NotFound:
    loop = asyncio.get_running_loop()
    ad2, vista = AlarmDecoderCodec(), VistaSerialCodec()
    until = loop.time() + timing.listen
    failure = ProbeFailure.SILENT
    ad2_heard = False
    while (left := until - loop.time()) > 0:
        try:
            data = await connection.read(left)
        except LinkLost:
            if failure is ProbeFailure.SILENT:
                raise
            # What came before the end says more than the end.
            break
        messages = ad2.feed(data)
        vista.feed(data)
        ad2_heard = ad2_heard or any(isinstance(found, PROOF) for found in messages)
        if only is not Family.VISTA_SERIAL:
            if any(isinstance(message, PROOF) for message in messages):
                connection.prove(Ad2Command)
                return await _identify(connection, address, ad2, timing, messages)
            if BridgeNotice.SERIAL_DISCONNECTED in messages:
                failure = ProbeFailure.ADAPTER_GONE
        if only is not Family.ALARMDECODER and vista.proven:
            return Found(Family.VISTA_SERIAL, address)
        greeted = messages and all(
            isinstance(message, BridgeNotice) for message in messages
        )
        if data and failure is ProbeFailure.SILENT and not greeted:
            failure = ProbeFailure.NOT_UNDERSTOOD
        if ad2.counters.refused >= _MAX_REFUSED:
            break
        if not data and ask and until <= loop.time():
            ask, until = False, loop.time() + timing.response
            with suppress(Unproven):
                connection.ask_mute_port()
    if failure is ProbeFailure.NOT_UNDERSTOOD:
        if ad2_heard:
            failure = ProbeFailure.ALARMDECODER_HERE
        elif vista.proven:
            failure = ProbeFailure.VISTA_HERE
        elif (why := hindrance(ad2.counters, None)) is not None:
            failure = ProbeFailure(why)
    return NotFound(failure)


async def _identify(
    connection: Connection,
    address: Address,
    codec: AlarmDecoderCodec,
    timing: Timing,
    messages: tuple[Message, ...],
) -> Found | NotFound:
    """Ask an AlarmDecoder that was heard for its version and settings.

    Some of its settings leave nothing to be understood: then say which.
    """
    loop = asyncio.get_running_loop()
    version: Version | None = None
    config: Config | None = None
    for command in (Ad2Command.LEAVE_PROMPT, Ad2Command.VERSION, Ad2Command.CONFIG):
        connection.write(command)
    until = loop.time() + timing.handshake
    # A quiet panel repeats its line about every 10 s.
    latest = loop.time() + timing.listen
    while True:
        for message in messages:
            if isinstance(message, Version):
                version = message
            elif isinstance(message, Config):
                config = message
        why, now = hindrance(codec.counters, config), loop.time()
        if why in {Hindrance.OTHER_PANEL, Hindrance.NO_KEYPADS}:
            return NotFound(ProbeFailure(why))
        if why is None and (
            now >= until or (version is not None and config is not None)
        ):
            return Found(Family.ALARMDECODER, address, version, config)
        if why is not None and now >= latest:
            return NotFound(ProbeFailure(why))
        wait = (until if why is None else latest) - now
        messages = codec.feed(await connection.read(wait))
