"""The control thread: it answers, ends when asked, and feeds the watchdog only as long as it gets on."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from zoneinfo import ZoneInfo

import pytest

from agent.clock import ScaledClock
from agent.core.controller import Controller
from agent.daemon.control import LEAST_WAIT_S, Control
from agent.daemon.inbox import Inbox, Inquiry, Stop
from agent.daemon.notify import Notifier
from agent.daemon.protocol import Reply, Request
from agent.effects import Step
from agent.events import Event, LinkChanged, TechnicianSet
from agent.records import Boot, BootReason, Fault, Instant, OutputFailed, OutputWorks, Part, Ramp
from agent.settings.model import Settings

WATCHDOG_S = 0.4


class Systemd:
    """Listens as systemd does."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": str(int(WATCHDOG_S * 1e6))}

    def hears(self, wanted: str, within_s: float) -> bool:
        until_s = time.monotonic() + within_s
        while (left_s := until_s - time.monotonic()) > 0:
            self._socket.settimeout(left_s)
            try:
                if wanted in self._socket.recv(4096).decode().splitlines():
                    return True
            except TimeoutError:
                return False
        return False

    def forget(self) -> None:
        self._socket.setblocking(False)
        try:
            while True:
                self._socket.recv(4096)
        except BlockingIOError:
            return

    def close(self) -> None:
        self._socket.close()


class Lamp:
    """Its output can hang, as one that is not to be blocked on must never do, and fail."""

    def __init__(self) -> None:
        self.ramps: list[Ramp] = []
        self.moved_s: list[float] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.events: list[OutputFailed | OutputWorks] = []

    def drive(self, ramp: Ramp) -> None:
        self.ramps.append(ramp)

    def advance(self, now_s: float) -> float | None:
        self.may_go_on.wait(10)
        self.moved_s.append(now_s)
        return None

    def take_events(self) -> Sequence[OutputFailed | OutputWorks]:
        events, self.events = self.events, []
        return events


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    listener = Systemd(tmp_path / "notify")
    yield listener
    listener.close()


@pytest.fixture
def lamp() -> Lamp:
    return Lamp()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def made(lamp: Lamp, inbox: Inbox, notifier: Notifier) -> Control:
    clock = ScaledClock(1_800_000_000.0)
    controller = Controller(Settings(), Boot("b", BootReason.POWER_ON, found_level=None), clock.now(), ZoneInfo)
    control = Control(controller, lamp, clock, inbox, notifier)
    control.light()
    return control


@pytest.fixture
def control(systemd: Systemd, lamp: Lamp, inbox: Inbox) -> Iterator[Control]:
    """Running, without the rest of a process."""
    control = made(lamp, inbox, Notifier(systemd.environment))
    thread = threading.Thread(target=control.run, daemon=True)
    thread.start()
    yield control
    lamp.may_go_on.set()
    inbox.put(Stop())
    thread.join(5)
    assert not thread.is_alive()


def test_the_first_light_is_driven_before_anything_else_is_there(lamp: Lamp, inbox: Inbox) -> None:
    made(lamp, inbox, Notifier({}))
    assert [ramp.end_level for ramp in lamp.ramps] == [100]
    assert len(lamp.moved_s) == 1


def test_a_level_that_the_output_cannot_tell_is_not_driven_over_at_the_start(lamp: Lamp, inbox: Inbox) -> None:
    clock = ScaledClock(1_800_000_000.0)
    boot = Boot("b", BootReason.RESTART, found_level=None, untold=True)
    Control(Controller(Settings(), boot, clock.now(), ZoneInfo), lamp, clock, inbox, Notifier({})).light()
    assert not lamp.ramps


@pytest.mark.usefixtures("control")
def test_the_watchdog_is_fed_while_the_control_thread_gets_on_and_no_longer(systemd: Systemd, lamp: Lamp) -> None:
    assert systemd.hears("WATCHDOG=1", within_s=WATCHDOG_S)
    assert systemd.hears("WATCHDOG=1", within_s=WATCHDOG_S)

    lamp.may_go_on.clear()  # the control thread hangs, and every other thread goes on
    time.sleep(WATCHDOG_S / 2)
    systemd.forget()

    assert not systemd.hears("WATCHDOG=1", within_s=2 * WATCHDOG_S)
    lamp.may_go_on.set()
    assert systemd.hears("WATCHDOG=1", within_s=WATCHDOG_S)


@pytest.mark.usefixtures("control")
def test_many_events_do_not_keep_the_watchdog_from_being_fed(systemd: Systemd, inbox: Inbox) -> None:
    for number in range(2000):
        inbox.put(TechnicianSet(number % 100, 60))
    assert systemd.hears("WATCHDOG=1", within_s=2 * WATCHDOG_S)


@pytest.mark.usefixtures("control")
def test_who_asks_while_the_process_is_still_starting_is_told_so(inbox: Inbox) -> None:
    assert "still starting" in (inbox.ask(Request("status")).error or "")


class HandClock:
    """Lamp time moved by hand."""

    mono_s = 0.0

    def now(self) -> Instant:
        return Instant(self.mono_s, 1_800_000_000.0 + self.mono_s)

    def host_delay_s(self, lamp_s: float) -> float:
        return lamp_s


def test_who_asks_is_shown_the_lamp_as_it_is_now_and_not_as_of_the_last_event(lamp: Lamp, inbox: Inbox) -> None:
    clock = HandClock()
    controller = Controller(Settings(), Boot("b", BootReason.POWER_ON, found_level=None), clock.now(), ZoneInfo)
    control = Control(controller, lamp, clock, inbox, Notifier({}))
    control.light()
    for moment_s, do in ((3.0, "status"), (4.0, "explain")):
        clock.mono_s = moment_s
        control._handle(Inquiry(Request(do), SimpleQueue()))  # type: ignore[arg-type]
        assert controller.uptime_s == moment_s


def test_a_control_thread_that_hangs_leaves_who_asks_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.daemon.inbox.ANSWER_S", 0.01)
    assert Inbox().ask(Request("status")) == Reply(error="the control thread has not answered within 0.01 s; see the journal")


def test_a_lamp_that_tells_of_itself_is_moved_again_at_once(lamp: Lamp, inbox: Inbox) -> None:
    control = made(lamp, inbox, Notifier({}))
    lamp.events.append(OutputFailed(Part.OUTPUT, Fault.FAILED))
    control._handle(TechnicianSet(50, 60))
    assert control._wait_s() == LEAST_WAIT_S  # the step on what it told may have brought another ramp


@pytest.mark.parametrize("microseconds", ["", "0", "soon", "-5"])
def test_without_a_watchdog_nobody_is_fed(microseconds: str) -> None:
    assert Notifier({"WATCHDOG_USEC": microseconds}).watchdog_s is None


def test_an_abstract_socket_is_spoken_to_as_well() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0streetlight-test-notify")
        listener.settimeout(5)
        notifier = Notifier({"NOTIFY_SOCKET": "@streetlight-test-notify"})
        notifier.ready("60 %: programme even")
        assert listener.recv(4096) == b"READY=1\nSTATUS=60 %: programme even"
    notifier.alive()  # nobody is there any more, and nobody minds


class BuggyCore(Controller):
    """Cannot bear a technician's hand."""

    heard: list[Event]

    def step(self, event: Event, now: Instant) -> Step:
        if isinstance(event, TechnicianSet):
            raise ZeroDivisionError("a bug")
        self.heard.append(event)
        return super().step(event, now)


def with_a_bug(lamp: Lamp, inbox: Inbox) -> tuple[Control, BuggyCore]:
    clock = ScaledClock(1_800_000_000.0)
    core = BuggyCore(Settings(), Boot("b", BootReason.POWER_ON, found_level=None), clock.now(), ZoneInfo)
    core.heard = []
    control = Control(core, lamp, clock, inbox, Notifier({}))
    control.light()
    return control, core


def test_an_event_that_the_core_has_a_bug_for_is_dropped_and_the_next_is_heard(lamp: Lamp, inbox: Inbox) -> None:
    control, core = with_a_bug(lamp, inbox)
    inbox.put(TechnicianSet(20.0, 60.0))
    inbox.put(LinkChanged(connected=True))
    inbox.put(Stop())

    control.run()

    assert core.heard == [LinkChanged(connected=True)]


def test_a_core_that_keeps_failing_ends_the_process_so_that_it_is_begun_anew(lamp: Lamp, inbox: Inbox) -> None:
    control, _ = with_a_bug(lamp, inbox)
    for _ in range(10):
        inbox.put(TechnicianSet(20.0, 60.0))
    inbox.put(Stop())

    with pytest.raises(ZeroDivisionError):
        control.run()
