"""What keys do at the panel (docs/protocol/alarmdecoder.md#commands)."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from simulator.panels.alarmdecoder.keys import Keypad
from simulator.panels.local import LocalPanel
from simulator.world.panel import ARMING
from tests.simulator.panels.house import House


@dataclass(frozen=True)
class Case:
    """Keys after a code, and what must then hold."""

    name: str
    keys: str
    holds: Callable[[LocalPanel], object]
    code: bool = True
    before: Callable[[LocalPanel], object] = lambda _: None


def mode(local: LocalPanel) -> int:
    return local.panel.partitions[1].mode


def bypassed(local: LocalPanel) -> list[int]:
    return [zone.id for zone in local.panel.zones.values() if zone.bypassed]


CASES = [
    Case("away", "2", lambda local: mode(local) == 10201),
    Case("stay", "3", lambda local: mode(local) == 10203),
    Case("night", "33", lambda local: mode(local) == 10218),
    Case("maximum", "4", lambda local: mode(local) == 10205),
    Case("instant", "7", lambda local: mode(local) == 10209),
    Case("quick", "#2", lambda local: mode(local) == 10201, code=False),
    Case("quick nothing", "#5", lambda local: mode(local) == 10200, code=False),
    Case("no command", "5", lambda local: mode(local) == 10200),
    Case("disarm", "1", lambda local: mode(local) == 10200, before=lambda local: local.arm("stay")),
    Case("chime", "9", lambda local: local.panel.chime),
    Case("bypass", "602", lambda local: bypassed(local) == [2]),
    Case("bypass shown", "602", lambda local: any("BYPAS 02" in page.text for page in local.pages(1))),
    Case("no such zone", "699", lambda local: not bypassed(local)),
    Case("quick bypass", "6#", lambda local: bypassed(local) == [3] and local.panel.partitions[1].arming == 10200,
         before=lambda local: local.set_zone(3, is_open=True)),
    Case("not ready", "2", lambda local: mode(local) == 10200, before=lambda local: local.set_zone(3, is_open=True)),
    Case("programming", "2", lambda local: mode(local) == 10200, before=lambda local: local.set_panel(programming=True)),
    Case("wrong code", "00002", lambda local: local.events[-1].kind == "wrong_code", code=False),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_keys(case: Case) -> None:
    local = House().local
    case.before(local)
    code = local.panel.user_code if case.code else ""
    Keypad(local, 1).press(code + case.keys)
    assert case.holds(local)


def test_a_pause_forgets_what_was_begun() -> None:
    house = House()
    keypad, code = Keypad(house.local, 1), house.local.panel.user_code
    keypad.press(code)
    house.forward(4)
    keypad.press("2")
    assert mode(house.local) == 10200
    house.forward(4)
    keypad.press(code[:2])
    house.forward(2)
    keypad.press(code[2:] + "2")
    assert house.local.panel.partitions[1].arming == ARMING


def test_another_persons_number() -> None:
    local = House().local
    (code,) = local.panel.others
    Keypad(local, 1).press(code + "7")
    assert (local.events[-1].kind, local.events[-1].number) == ("arm_stay", 3)


@pytest.mark.parametrize(
    ("number", "kind"), [(1, "fire"), (2, "panic"), (3, "medical")]
)
def test_special_keys(number: int, kind: str) -> None:
    local = House().local
    Keypad(local, 1).special(number)
    assert local.events[-1].kind == kind


def test_fourth_special_key_does_nothing() -> None:
    local = House().local
    Keypad(local, 1).special(4)
    assert not local.events
