"""The table of alarms: all that there is to know of each, in the order of ``Alarm``. The page in the docs is made of it."""

from collections.abc import Mapping

from agent.core.alarms import Alarm, AlarmKind
from agent.core.kinds.control import CONTROL
from agent.core.kinds.lamp import LAMP
from agent.core.kinds.sensors import SENSORS
from agent.core.kinds.supply import SUPPLY
from agent.core.kinds.system import SYSTEM

KINDS: Mapping[Alarm, AlarmKind] = {**LAMP, **SUPPLY, **CONTROL, **SENSORS, **SYSTEM}
