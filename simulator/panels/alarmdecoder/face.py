"""The panel as an AlarmDecoder AD2 adapter shows it: pages, RF, expander and long-range-radio lines. Simulated."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import override

from simulator.panels.alarmdecoder.adapter import Adapter, Firmware
from simulator.panels.alarmdecoder.display import Display
from simulator.panels.alarmdecoder.keys import Keypad
from simulator.panels.alarmdecoder.lines import (
    expander_line,
    keypad_line,
    mask_of,
    rf_line,
)
from simulator.panels.events import PanelEvent, lrr_line
from simulator.panels.face import Face, PortOptions
from simulator.panels.local import LocalPanel
from simulator.panels.pages import Page

# The invented site of docs/protocol/alarmdecoder.md#sample-lines; further partitions have one keypad each.
_FIRST_PARTITION = (1, 2, 16, 17, 18)
_BAUD = 115200


def addresses(partition: int) -> tuple[int, ...]:
    """Return the keypad addresses of a partition."""
    return _FIRST_PARTITION if partition == 1 else (17 + partition,)


class AlarmDecoderFace(Face):
    """An AD2 on a panel's keypad bus, over TCP or as a serial device."""

    def __init__(
        self,
        local: LocalPanel,
        *,
        firmware: Firmware | None = None,
        options: PortOptions | None = None,
        baud: int = _BAUD,
        seed: int = 1,
        keypads: Mapping[int, tuple[int, ...]] | None = None,
    ) -> None:
        """Put an adapter on the bus of a panel; 19200 baud is an AD2SERIAL.

        See docs/protocol/alarmdecoder.md#serial-settings.
        """
        super().__init__(local, baud=baud, options=options, seed=seed)
        self.adapter = Adapter(
            firmware or Firmware(),
            local.world.timeline,
            send=self.wire.send,
            press=self._press,
            special=self._special,
            random=self._random,
        )
        self._given = dict(keypads or {})
        self._displays: dict[int, Display] = {}
        self._keypads: dict[int, Keypad] = {}
        self._zones: dict[int, tuple[bool, bool, bool]] = {}

    @override
    def changed(self) -> None:
        """Let sensors and pages follow at once."""
        if not self._displays:
            return
        for zone in self.local.panel.zones.values():
            now = (zone.open, zone.trouble, zone.low_battery)
            if self._zones.get(zone.id, (False, False, False)) != now:
                self._say_zone(zone.id)
            self._zones[zone.id] = now
        self._show()

    @override
    def happened(self, event: PanelEvent) -> None:
        """Let the long-range radio report it."""
        line = lrr_line(event, version=self.adapter.firmware.lrr_version)
        if line is not None:
            self.adapter.say("lrr", line)

    @override
    def _begin(self) -> None:
        for display in self._displays.values():
            display.stop()
        self._displays.clear()
        self._zones = {
            zone.id: (zone.open, zone.trouble, zone.low_battery)
            for zone in self.local.panel.zones.values()
        }
        self._show()

    @override
    def _end(self) -> None:
        for display in self._displays.values():
            display.stop()
        self._displays.clear()

    @override
    def _power_up(self) -> None:
        self.adapter.power_up()
        self._begin()

    @override
    def _two_lines(self) -> list[bytes]:
        mask, layout = mask_of(self._addresses(1)), self.adapter.firmware.layout
        page = self.local.pages(1)[0]
        return [
            keypad_line(shown, mask, layout).encode() + b"\r\n"
            for shown in (page, replace(page, ready=not page.ready))
        ]

    @override
    def _feed(self, data: bytes) -> None:
        self.adapter.feed(data)

    def _show(self) -> None:
        for number in self._displays.keys() - self.local.panel.partitions:
            self._displays.pop(number).stop()
        for number in self.local.panel.partitions:
            if number not in self._displays:
                self._displays[number] = Display(
                    self.local, number, self._shower(number), self._random
                )
            self._displays[number].refresh()

    def _shower(self, partition: int) -> Callable[[Page], None]:
        mask = mask_of(self._addresses(partition))

        def show(page: Page) -> None:
            firmware = self.adapter.firmware
            line = keypad_line(
                page, mask, firmware.layout, two_digits=firmware.two_digits
            )
            shown = "00000000" if page.system_wide else mask
            self.adapter.say("keypad", line, shown)

        return show

    def _say_zone(self, zone_id: int) -> None:
        """Say how a zone is on the wire it hangs on: an expander, or else by radio."""
        zone = self.local.panel.zones[zone_id]
        value = 2 if zone.trouble else int(zone.open)
        line = expander_line(zone.id, value)
        if line is not None:
            self.adapter.say("expander", line)
        elif zone.serial:
            text = rf_line(zone.serial, is_open=zone.open, low_battery=zone.low_battery)
            self.adapter.say("rf", text)

    def _addresses(self, partition: int) -> tuple[int, ...]:
        """Return the keypads of a partition; two partitions may share one."""
        return self._given.get(partition, addresses(partition))

    def _partition_of(self, address: int) -> int | None:
        """Return the partition a keypad address belongs to; None if the panel has no such keypad."""
        return next(
            (
                number
                for number in self.local.panel.partitions
                if address in self._addresses(number)
            ),
            None,
        )

    def _keypad(self, address: int) -> Keypad | None:
        partition = self._partition_of(address)
        if partition is None:
            return None
        if address not in self._keypads:
            self._keypads[address] = Keypad(self.local, partition)
        return self._keypads[address]

    def _press(self, address: int, keys: str) -> None:
        self.local.press(address, keys)
        keypad = self._keypad(address)
        if keypad is not None:
            keypad.press(keys)
            partition = self._partition_of(address)
            if partition in self._displays:
                self._displays[partition].repeat()

    def _special(self, address: int, number: int) -> None:
        self.local.press(address, f"<S{number}>")
        keypad = self._keypad(address)
        if keypad is not None:
            keypad.special(number)
