"""The service's arming codes by what they mean.

See docs/protocol/total-connect.md#arming-states. The sets tell modes apart as finely as
the service does; `ARMING_STATES` says the same in Home Assistant's words.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .models import ArmingState

DISARMED: Final = frozenset({10200, 10211, 10214})
AWAY: Final = frozenset({10201, 10202})
AWAY_INSTANT: Final = frozenset({10205, 10206})
HOME: Final = frozenset({10203, 10204, 10226, 10230, 10231, 10232, 10233})
STAY_INSTANT: Final = frozenset({10209, 10210})
NIGHT: Final = frozenset({10218, 10219, 10220, 10221})
CUSTOM: Final = frozenset({10223})
ALARM: Final = frozenset({10207, 10212, 10213, 10215})
ARMING: Final = frozenset({10307})
DISARMING: Final = frozenset({10308})

ARMING_STATES: Final[Mapping[int, ArmingState]] = MappingProxyType(
    dict.fromkeys(DISARMED, ArmingState.DISARMED)
    | dict.fromkeys(AWAY | AWAY_INSTANT, ArmingState.ARMED_AWAY)
    | dict.fromkeys(HOME, ArmingState.ARMED_HOME)
    | dict.fromkeys(STAY_INSTANT | NIGHT, ArmingState.ARMED_NIGHT)
    | dict.fromkeys(CUSTOM, ArmingState.ARMED_CUSTOM_BYPASS)
    | dict.fromkeys(ALARM, ArmingState.TRIGGERED)
    | dict.fromkeys(ARMING, ArmingState.ARMING)
    | dict.fromkeys(DISARMING, ArmingState.DISARMING)
)
