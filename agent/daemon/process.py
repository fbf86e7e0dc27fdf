"""The rest of the process: storage, link, sensing, pins and the control socket, started after the first light, ended in order."""

import random
import sys
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.clock import host_s
from agent.core.controller import Controller
from agent.daemon.answers import Identity, answer, birth, info
from agent.daemon.bootmark import BootMark, write_mark
from agent.daemon.carrier import Carrier
from agent.daemon.configuration import Configuration
from agent.daemon.control import Control
from agent.daemon.first import FirstLight, Trouble
from agent.daemon.inbox import Inbox, Reload, Stop
from agent.daemon.lock import take_lock
from agent.daemon.logs import LogWriter, logger
from agent.daemon.notify import Notifier
from agent.daemon.options import Options
from agent.daemon.places import socket_to_make
from agent.daemon.reload import Reloader
from agent.daemon.sampling import SamplingThread
from agent.daemon.signals import ENDING, Signals
from agent.daemon.socket import ControlSocket
from agent.daemon.supervise import Supervised
from agent.events import ConfigInvalid
from agent.hardware.pins import GpioError, MotionInput
from agent.hardware.senses import build_motion, build_samplers
from agent.link.link import Link, LinkView
from agent.link.topics import Retained
from agent.link.wire import encode
from agent.records import OutputFailed, Part
from agent.storage.outbox import Queued
from agent.storage.thread import StorageThread

ENDS_WITHIN_S = 4.0  # of the 5 s in which the agent must have ended
STORAGE_END_S = 1.5  # of these, kept for the disk
THREAD_END_S = 0.25  # a sampler may hang on its bus; nobody waits for it


class Process:
    """``run`` is the main thread's: it is the control thread."""

    def __init__(self, first: FirstLight, options: Options, signals: Signals) -> None:
        self._first = first
        self._options = options
        self._signals = signals
        self._inbox = Inbox()
        self._controller = Controller(first.configuration.settings, first.boot, first.ground.clock.now(), ZoneInfo)
        self._notifier = Notifier()
        self._lamp = None if first.rig is None else first.rig.lamp
        self._control = Control(self._controller, self._lamp, first.ground.clock, self._inbox, self._notifier)
        self._writer = LogWriter()
        self._log = logger(self._writer, readable=sys.stderr.isatty())
        self._settings = first.configuration.settings
        self._state = Path(self._settings.storage.directory)
        self._identity = Identity(first.configuration, first.boot, first.ground.board)
        self._threads: list[tuple[Supervised, Callable[[], None]]] = []
        self._link: Link | None = None
        self._link_thread: Supervised | None = None
        self._motion: list[MotionInput] = []

    def run(self) -> int:
        """Until asked to stop; the exit status."""
        self._writer.start()
        if not take_lock(self._state):
            self._log.error("another agent runs on this state directory; stop it first", directory=str(self._state))
            self._writer.stop()
            return 1
        self._control.light()
        self._signals.deliver_to(self._signalled)
        self._tell_troubles(self._first.configuration)
        self._mark(ended_well=False)
        storage = self._start_storage()
        self._start_link(storage)
        samplers = self._start_sampling()
        self._start_street_and_pins()
        self._start_socket()
        first = self._first
        carrier = Carrier(
            boot_id=first.boot.boot_id,
            lamp=self._lamp,
            sampling=samplers,
            storage=storage,
            link=self._link,
            present_all=self._present_all,
            host_delay_s=first.ground.clock.host_delay_s,
            log=self._log,
        )
        reply = answer(self._identity, self._controller, lambda: LinkView() if self._link is None else self._link.view)
        reloader = Reloader(self._options, first.configuration, self._inbox.put, self._adopt, self._log)
        self._control.attach(carrier, self._motion, reply, reloader.start, self._log)
        self._present_all()
        first.ground.started()
        self._notifier.ready(self._controller.summary())
        self._control.run()
        self._end(storage)
        return 0

    def _signalled(self, number: int) -> None:
        self._inbox.put(Stop() if number in ENDING else Reload())

    # --- start

    def _tell_troubles(self, configuration: Configuration) -> None:
        for problem in configuration.problems:
            self._log.warning("config", problem=problem)
        self._log.info(
            "started", config=configuration.origin.value, version=configuration.version, boot=self._first.boot.reason.value
        )
        if configuration.invalid:
            self._inbox.put(ConfigInvalid(configuration.problems))
        for trouble in self._first.troubles.hand_over(self._log_trouble):
            if trouble.part is Part.RELAY or self._lamp is None:
                self._inbox.put(OutputFailed(trouble.part, trouble.error.fault))

    def _log_trouble(self, trouble: Trouble) -> None:
        self._log.error("the lamp's hardware fails", part=trouble.part.value, why=str(trouble.error))

    def _mark(self, *, ended_well: bool) -> None:
        try:
            write_mark(self._state, BootMark(self._first.boot.kernel_boot_id, ended_well))
        except OSError as error:
            self._log.warning("the state directory cannot be written", directory=str(self._state), why=str(error))

    def _start_storage(self) -> StorageThread:
        storage = StorageThread(
            self._settings.storage,
            self._first.boot.boot_id,
            host_s,
            on_event=self._inbox.put,
            on_records=self._deliver,
            report=lambda text: self._log.warning("storage", what=text),
        )
        storage.start()
        storage.restore()
        return storage

    def _deliver(self, records: list[Queued]) -> None:
        if self._link is not None:
            self._link.deliver(records)

    def _start_link(self, storage: StorageThread) -> None:
        lamp, broker = self._settings.lamp, self._settings.broker
        if lamp is None or broker is None:
            self._log.error("no link: the config has no valid lamp or broker; the lamp is lit all the same")
            return
        self._link = Link(
            broker,
            lamp.site,
            lamp.id,
            lamp.groups,
            birth=birth(self._identity, self._controller),
            outbox=storage,
            inbox=self._inbox.put,
            host_s=host_s,
            rng=random.Random(),
            log=self._log.bind(part="link"),
        )
        self._link_thread = Supervised("link", self._link.run, self._log)
        self._link_thread.start()

    def _start_sampling(self) -> list[SamplingThread]:
        threads = []
        carried = None if self._first.rig is None else self._first.rig.carried
        samplers = build_samplers(self._settings, self._first.ground.bottom, self._sensor_bug, carried)
        for bus, sampler in samplers.items():
            cargo = carried if carried is not None and carried.bus == bus else None
            sampling = SamplingThread(sampler, self._first.ground.clock, self._inbox.put, cargo)
            threads.append(sampling)
            self._supervise("soc" if bus is None else f"i2c-{bus}", sampling.run, sampling.stop)
        return threads

    def _sensor_bug(self, part: Part, error: Exception) -> None:
        self._log.error("a sensor cannot be read", part=part.value, why=str(error), exc_info=error)

    def _start_street_and_pins(self) -> None:
        ground = self._first.ground
        try:
            self._motion = build_motion(self._settings, ground.bottom, self._inbox.put, lambda: ground.clock.now().mono_s)
        except GpioError as error:
            self._log.error("motion cannot be sensed", why=str(error))
        if ground.street is not None:
            self._supervise("street", ground.street, ground.stop_street)

    def _start_socket(self) -> None:
        path = socket_to_make(self._options.socket, self._state)
        control_socket = ControlSocket(path, self._inbox.ask, self._log)
        self._supervise("socket", control_socket.run, control_socket.stop)

    def _supervise(self, name: str, body: Callable[[], None], stop: Callable[[], None]) -> None:
        thread = Supervised(name, body, self._log)
        self._threads.append((thread, stop))
        thread.start()

    def _present_all(self) -> None:
        """Status and info, made anew."""
        if self._link is not None:
            self._link.present(Retained.INFO, encode(info(self._identity, self._controller.time.utc_s)))
            self._link.announce()

    def _adopt(self, configuration: Configuration) -> None:
        """Another config is in force: status and info say which."""
        self._identity.configuration = configuration
        self._present_all()

    # --- end

    def _end(self, storage: StorageThread) -> None:
        """The lamp stays as it is: PWM keeps its duty, the relay its level. Whoever could still speak says goodbye."""
        if self._first.rig is not None:
            self._first.rig.put_down()
        self._notifier.stopping()
        self._log.info("ending; the light stays as it is")
        until_s = host_s() + ENDS_WITHIN_S
        if self._link is not None:
            self._link.stop()
        for _, stop in self._threads:
            stop()
        for thread, _ in self._threads:
            thread.stop(THREAD_END_S)
        if self._link_thread is not None:
            self._link_thread.stop(max(THREAD_END_S, until_s - STORAGE_END_S - host_s()))
        storage.stop()
        storage.join(max(THREAD_END_S, until_s - host_s()))
        self._mark(ended_well=True)
        self._writer.stop()
