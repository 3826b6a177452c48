"""The panel as the VISTA-128/250 RS-232 automation port shows it: queries, answers, events. Simulated.

Packets and rules: docs/protocol/vista-rs232.md#packets. The port also takes arming commands: they work here, so that a
test can see that a client sent one. The order of acknowledgement and data is a reading: the slow answers are
acknowledged first.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import override

from simulator.panels.events import FIRST_OTHER_USER, PERSON, PanelEvent
from simulator.panels.face import Face, PortOptions
from simulator.panels.local import LocalPanel
from simulator.panels.vista import packets
from simulator.panels.vista.packets import Model
from simulator.world.panel import Panel

_BAUD = 9600
_LONGEST = 256


class VistaSerialFace(Face):
    """The automation port of a commercial panel, over TCP or as a serial device.

    `answer_seconds` is how long an answer takes in the world's time.
    """

    def __init__(
        self,
        local: LocalPanel,
        *,
        model: Model = "bpt",
        answer_seconds: float = 0.0,
        options: PortOptions | None = None,
        seed: int = 1,
    ) -> None:
        """Connect the port of a panel."""
        super().__init__(
            local,
            baud=_BAUD,
            options=options or PortOptions(raw=True),
            seed=seed,
        )
        self._model = model
        self.answer_seconds = answer_seconds
        self._buffer = bytearray()
        self._powered = True
        self._programming = local.panel.programming
        self._answers: dict[str, Callable[[str], list[bytes]]] = {
            "as": lambda _: [packets.arming(self._panel), packets.ACKNOWLEDGED],
            "zs": lambda _: [
                *packets.zone_status(self._panel, model),
                packets.ACKNOWLEDGED,
            ],
            "zp": lambda _: [
                *packets.zone_partitions(self._panel, model),
                packets.ACKNOWLEDGED,
            ],
            "zd": lambda _: [
                packets.ACKNOWLEDGED,
                *packets.descriptors(self._panel.zones.values()),
            ],
            "ld": lambda _: [packets.ACKNOWLEDGED, *packets.event_log(self._log())],
            "kd": self._keypad,
            "aa": lambda data: self._command(data, "away"),
            "ah": lambda data: self._command(data, "stay"),
            "ad": lambda data: self._command(data, "disarm"),
        }

    @property
    def _panel(self) -> Panel:
        return self.local.panel

    @override
    def changed(self) -> None:
        """Cut off communication while somebody programs."""
        if self._powered and self._programming != self._panel.programming:
            self._programming = self._panel.programming
            self._send(
                packets.COMMUNICATION_OFF
                if self._programming
                else packets.COMMUNICATION_ON
            )

    @override
    def happened(self, event: PanelEvent) -> None:
        """Report an event as it happens."""
        raw = packets.event(event, event.time + self._offset, self._model)
        if raw is not None and self._powered:
            self._send(raw)

    @override
    def _begin(self) -> None:
        self._powered = True

    @override
    def _end(self) -> None:
        self._powered = False
        self._buffer.clear()

    @override
    def _power_up(self) -> None:
        self._powered = True
        self.local.emit("power_up")

    @override
    def _two_lines(self) -> list[bytes]:
        return [
            packets.packet("AS", letters + "D" * 7) + packets.END for letters in "DN"
        ]

    @override
    def _feed(self, data: bytes) -> None:
        for byte in data:
            if byte not in b"\r\n":
                self._buffer.append(byte)
                if len(self._buffer) > _LONGEST:
                    self._buffer.clear()
            elif self._buffer:
                raw = bytes(self._buffer)
                self._buffer.clear()
                self._take(raw)

    @property
    def _offset(self) -> timedelta:
        """Return how far the panel's own clock is from UTC."""
        return timedelta(hours=self.local.location.offset_hours)

    def _take(self, raw: bytes) -> None:
        """Answer one packet; what is damaged or unknown, or comes while programming, gets no answer."""
        found = packets.unpack(raw)
        if found is None or not self._powered or self._panel.programming:
            return
        kind, data = found
        answer = self._answers.get(kind.lower())
        if answer is None:
            return

        def reply() -> None:
            for piece in answer(data):
                self._send(piece)

        if self.answer_seconds:
            self.local.world.timeline.after(self.answer_seconds, reply)
        else:
            reply()

    def _keypad(self, data: str) -> list[bytes]:
        if not data.isdigit() or int(data) not in self._panel.partitions:
            return []
        page = self.local.pages(int(data))[0]
        return [*packets.keypad_display(page), packets.ACKNOWLEDGED]

    def _log(self) -> list[str]:
        bodies = (
            packets.event_body(event, event.time + self._offset)
            for event in self.local.events
        )
        return [body for body in bodies if body is not None]

    def _command(self, data: str, verb: str) -> list[bytes]:
        """Arm or disarm with a user number and a code; a wrong code only makes an event."""
        user, code = data[:2], data[2:6]
        known = [self._panel.user_code, *self._panel.others]
        if not user.isdigit() or code not in known:
            self.local.emit("wrong_code")
            return [packets.ACKNOWLEDGED]
        index = known.index(code)
        number = PERSON if index == 0 else FIRST_OTHER_USER + index - 1
        if verb == "disarm":
            self.local.disarm(user=number)
        else:
            self.local.arm("away" if verb == "away" else "stay", user=number)
        return [packets.ACKNOWLEDGED]

    def _send(self, raw: bytes) -> None:
        self.wire.send(raw + packets.END)
