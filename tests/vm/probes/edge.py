"""A motion sensor's line through gpiozero on lgpio: the board, the edges both ways, and an output read back."""

import json
import queue
import sys

from gpiozero import DigitalInputDevice, OutputDevice
from gpiozero.pins.lgpio import LGPIOFactory

MOTION, RELAY = 17, 23

factory = LGPIOFactory(chip=0)
edges: queue.SimpleQueue[str] = queue.SimpleQueue()
motion = DigitalInputDevice(MOTION, pull_up=None, active_state=True, pin_factory=factory)
motion.when_activated = lambda: edges.put("there")
motion.when_deactivated = lambda: edges.put("gone")
seen = [edges.get(timeout=20) for _ in range(4)]
relay = OutputDevice(RELAY, initial_value=None, pin_factory=factory)
before = relay.value
relay.on()
json.dump({"model": factory.board_info.model, "edges": seen, "relay": [before, relay.value]}, sys.stdout)
