"""The whole daemon inside the test, on a simulated pole that can be touched: its threads, its disk and its broker are real."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from agent.clock import ScaledClock
from agent.daemon import entry
from agent.daemon.bottom import Ground
from agent.daemon.inbox import Stop
from agent.daemon.options import Options, parse_options
from agent.daemon.process import Process
from agent.daemon.protocol import Request, Status
from agent.daemon.signals import Signals
from agent.hardware.board import read_board
from agent.hardware.rig import Bottom
from agent.settings.model import Settings
from agent.simulation.world import World

ENDS_WITHIN_S = 10.0


class Pole:
    """Nobody passes by but whom the test lets pass. ``options`` are those of ``run``."""

    world: World

    def __init__(self, folder: Path, config: str, monkeypatch: pytest.MonkeyPatch, options: Mapping[str, str]) -> None:
        (folder / "agent.yaml").write_text(config)
        monkeypatch.setattr(entry, "make_ground", self._ground)
        self.hangs = threading.Event()  # a transfer is stuck on the bus now
        self._let_go = threading.Event()
        self._let_go.set()
        places = {"--config": folder / "agent.yaml", "--state": folder / "state", "--socket": folder / "agent.sock"}
        (folder / "state").mkdir()
        said = parse_options(["--simulate", *(f"{name}={value}" for name, value in {**places, **options}.items())])
        self._process = Process(entry.first_light(said), said, Signals())
        self._thread = threading.Thread(target=self._process.run, daemon=True)
        self._thread.start()

    def _ground(self, options: Options, settings: Settings) -> Ground:
        assert isinstance(options.start_utc_s, float)
        clock = ScaledClock(options.start_utc_s)
        self.world = World.build(settings, lambda: clock.now().mono_s, clock.now(), traffic="none", spend_s=self._spend)
        bottom = Bottom(self.world.bus, self.world.sysfs, lambda: self.world.pin_factory)
        return Ground(bottom, clock, read_board(), None, lambda: None, lambda: clock.accelerate(options.speed))

    # --- the bus

    def hang(self) -> None:
        """From now on every transfer takes the second after which Linux gives up, however fast lamp time runs, and fails."""
        self.world.bus(1).hung = True

    def hold(self) -> None:
        """As ``hang``, but no transfer comes back before ``let_go``: who waits for the bus then waits as long."""
        self._let_go.clear()
        self.hang()

    def let_go(self) -> None:
        self._let_go.set()

    def _spend(self, seconds: float) -> None:
        self.hangs.set()
        self._let_go.wait()
        time.sleep(seconds)
        self.hangs.clear()

    # --- what can be seen

    @property
    def light(self) -> float:
        """What the lamp gives, in percent."""
        return self.world.lamp.emitted_percent()

    @property
    def status(self) -> Status:
        status = self._process._inbox.ask(Request("status")).status
        assert isinstance(status, Status)
        return status

    def ends(self) -> bool:
        """Whether it does, when it is asked to."""
        self._process._inbox.put(Stop())
        self._thread.join(ENDS_WITHIN_S)
        return not self._thread.is_alive()
