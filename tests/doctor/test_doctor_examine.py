"""The whole examination: a pole where all is well, one where nothing is, and the order in which a technician mends."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from doctor_pole import Commands, FakeGpio

from agent.doctor.agent import Agent
from agent.doctor.examine import Tools, examine
from agent.doctor.eyes import Eyes
from agent.doctor.host import Host
from agent.doctor.line import Line, Status
from agent.doctor.readings import Pace
from agent.hardware.bus import BusError
from agent.records import Fault
from agent.settings.hardware import LightSensor, PowerMeter, Sensors, TemperatureSensor
from agent.simulation.fitting import Buses, Surroundings, plug_in
from agent.storage.ledger import Ledger
from agent.storage.shelf import Shelf

NOW_S = 1_790_000_000.0
CONFIG = """\
lamp: {{site: teststadt, id: lamp-7, location: {{latitude: 51.4344, longitude: 6.7623, time_zone: Europe/Berlin}}}}
output: {{driver: pwm, gpio: 18, relay: {{gpio: 23}}}}
sensors:
  light: {{driver: veml7700}}
  motion: {{gpio: 17}}
  power: {{driver: ina226, shunt_ohm: 0.02}}
  temperature: {{driver: tmp102}}
broker: {{url: "mqtt://127.0.0.1:9"}}
storage: {{directory: {state}}}
"""
UNIT = (
    "LoadState=loaded\nActiveState={state}\nUnitFileState=enabled\nResult=success\nNRestarts=0\nWatchdogUSec=30s\nUser={user}\n"
    "SupplementaryGroups=\nMainPID={pid}\nProtectSystem=no\n"
)
FITTED = Sensors(LightSensor("veml7700"), (), PowerMeter("ina226", shunt_ohm=0.02), TemperatureSensor("tmp102"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    state = tmp_path / "state"
    state.mkdir()
    Ledger(state, print).commit([], 0)
    Shelf(state, "boot", lambda _: None, print).open(0)
    path = tmp_path / "agent.yaml"
    path.write_text(CONFIG.format(state=state))
    return path


@pytest.fixture
def tools(host_of: Callable[..., Host], commands: Commands) -> Tools:
    """A Pi 4 with all its chips, the service stopped, the clock set by NTP."""
    now_s = [100.0]

    def wait(seconds: float) -> None:
        now_s[0] += seconds

    commands.said["systemctl"] = UNIT.format(state="inactive", user="no-such-user", pid=0)
    buses = Buses(lambda: now_s[0], wait)
    plug_in(FITTED, Surroundings(lambda _: 640.0, lambda _: 24.0, lambda _: 0.5, lambda _: 21.0), buses, now_s[0])
    pace = Pace(lambda: now_s[0], wait)
    return Tools(host_of("pi-4"), buses.bus, FakeGpio(), pace, lambda: NOW_S, lambda: True)


def bad(lines: list[Line]) -> list[str]:
    return [line.check for line in lines if line.status is Status.FAIL]


def test_a_pole_where_all_is_well_fails_nowhere_but_at_its_broker(file: Path, tools: Tools) -> None:
    lines = list(examine(file, Agent(silence="no agent is running"), tools))
    assert bad(lines) == ["broker"]  # nobody listens at port 9
    assert [line.check for line in lines] == [
        *("board", "supply", "soc", "memory", "service", "agent", "user", "config"),
        *("output", "gpio", "relay", "motion", "i2c-1", "light", "power", "temperature"),
        *("clock", "rtc", "place", "broker", "storage"),
        *[line.check for line in lines if line.check.endswith(".db")],
    ]


def test_every_line_that_does_not_pass_says_what_to_do(file: Path, tools: Tools, bare: Host) -> None:
    def nobody(number: int) -> "Silent":
        return Silent()

    broken = replace(tools, host=bare, bus=nobody, gpio=FakeGpio(broken="no pins"), ntp_synchronised=lambda: False)
    file.write_text(file.read_text().replace("tmp102", "tmp999"))
    lines = list(examine(file, Agent(silence="no agent is running"), broken))
    assert len(bad(lines)) >= 5
    assert all(line.remedy for line in lines if line.status is not Status.PASS)
    assert all(line.remedy is None for line in lines if line.status is Status.PASS)


class Silent:
    """A bus on which nobody is."""

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        raise BusError(Fault.NOT_THERE, f"0x{address:02x}: nobody")


def test_beside_a_service_that_runs_but_does_not_answer_pins_and_chips_are_left_to_it(
    file: Path, tools: Tools, commands: Commands
) -> None:
    commands.said["systemctl"] = UNIT.format(state="active", user="no-such-user", pid=612)
    lines = {line.check: line for line in examine(file, Agent(silence="it starts; wait"), tools)}
    assert lines["relay"].what == "the agent runs and does not hold GPIO23"
    assert lines["light"].what == "veml7700 at 0x10 on bus 1 answers"


def test_where_doctor_itself_stumbles_the_fields_after_it_are_looked_at_all_the_same(file: Path, tools: Tools) -> None:
    def stumble(number: int) -> Silent:
        raise ValueError("never seen before")

    lines = {line.check: line for line in examine(file, Agent(), replace(tools, bus=stumble))}
    assert (lines["i2c"].status, lines["i2c"].what) == (Status.FAIL, "doctor itself fails here: ValueError: never seen before")
    assert lines["clock"].status is Status.PASS


def test_whoever_may_not_read_the_brokers_files_does_not_try_it(
    file: Path, tools: Tools, tmp_path: Path, others_eyes: Eyes, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "password"
    monkeypatch.setattr("agent.doctor.examine.find_eyes", lambda unit: others_eyes)
    monkeypatch.setattr("agent.doctor.examine.looking", lambda eyes: nullcontext())
    monkeypatch.setattr("agent.doctor.certificates._read", lambda key, path, eyes: eyes.cannot(key, str(path), "read", "unused"))
    file.write_text(file.read_text().replace(':9"', f':9", username: lamp-7, password_file: {secret}'))
    lines = {line.check: line for line in examine(file, Agent(), tools)}
    assert lines["password_file"].status is Status.WARN
    assert lines["broker"].what == "not tried: its files come first"


def test_files_of_the_broker_that_are_not_there_come_before_the_broker(file: Path, tools: Tools, tmp_path: Path) -> None:
    text = file.read_text().replace('"mqtt://127.0.0.1:9"', f'"mqtts://127.0.0.1:9", ca_file: {tmp_path}/gone.pem')
    file.write_text(text)
    lines = {line.check: line for line in examine(file, Agent(), tools)}
    assert lines["ca_file"].status is Status.FAIL
    assert (lines["broker"].status, lines["broker"].what) == (Status.WARN, "not tried: its files come first")


def test_a_config_that_names_neither_output_nor_broker_is_told_of_both(file: Path, tools: Tools) -> None:
    file.write_text("lamp: {site: teststadt, id: lamp-7}\n")
    assert {"config", "output", "broker"} <= set(bad(list(examine(file, Agent(), tools))))
