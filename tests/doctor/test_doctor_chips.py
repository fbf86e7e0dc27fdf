"""The chips on virtual buses: each is read, and who is there in the place of one that is not; beside the agent, never a write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pytest
from doctor_pole import by_check

from agent.core.explain_sources import SourceLine
from agent.doctor.bootconfig import read_boot_config
from agent.doctor.chips import Bench, chip_lines
from agent.doctor.eyes import Eyes
from agent.doctor.host import Host
from agent.doctor.line import Line, Status
from agent.doctor.pins import Holder
from agent.doctor.readings import Pace
from agent.doctor.recognise import answering, candidates
from agent.hardware.bus import BusError
from agent.hardware.drivers import LIGHT, POWER, TEMPERATURE
from agent.records import Fault
from agent.settings.hardware import LightSensor, Output, PowerMeter, Sensors, TemperatureSensor
from agent.settings.model import Luminaire, Settings, Supply
from agent.simulation.bus import VirtualBus
from agent.simulation.fitting import Buses, Surroundings, plug_in

METERS = {
    "ade7953": PowerMeter("ade7953", volt_scale=26000, amp_scale=100000, watt_scale=154),
    "ina219": PowerMeter("ina219", shunt_ohm=0.02),
    "ina226": PowerMeter("ina226", shunt_ohm=0.02),
}
ALL = Sensors(light=LightSensor("veml7700"), power=METERS["ina226"], temperature=TemperatureSensor("tmp102"))


@dataclass
class WatchedBus:
    """Passes on, and notes what was written beyond the number of a register."""

    bus: VirtualBus
    written: list[bytes] = field(default_factory=list)

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        if len(write) > 1 or (write and not read):
            self.written.append(write)
        return self.bus.transfer(address, write, read)


class Wiring:
    """Buses with the chips of some sensors, in a time that passes only while doctor waits."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.volts, self.amps, self.lux, self.celsius = 24.0, 0.5, 640.0, 21.0
        self._buses = Buses(lambda: self.now_s, self.wait)
        self._watched: dict[int, WatchedBus] = {}

    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    def bus(self, number: int) -> WatchedBus:
        return self._watched.setdefault(number, WatchedBus(self._buses.bus(number)))

    def plug(self, sensors: Sensors) -> None:
        around = Surroundings(lambda _: self.lux, lambda _: self.volts, lambda _: self.amps, lambda _: self.celsius)
        plug_in(sensors, around, self._buses, self.now_s)


Examine = Callable[..., Mapping[str, Line]]


@pytest.fixture
def wiring() -> Wiring:
    return Wiring()


@pytest.fixture
def host(host_of: Callable[..., Host]) -> Host:
    return host_of("pi-4")


@pytest.fixture
def examine(wiring: Wiring, host: Host, eyes: Eyes) -> Examine:
    """What doctor says of a config whose sensors are these; ``told``: by the running agent, None where none runs."""

    def run(sensors: Sensors, told: Mapping[str, SourceLine] | None = None, **more: object) -> Mapping[str, Line]:
        pace = Pace(lambda: wiring.now_s, wiring.wait)
        settings = replace(Settings(sensors=sensors), **more)  # type: ignore[arg-type]
        holder = Holder(told is not None, told or {})
        return by_check(chip_lines(Bench(settings, host, read_boot_config(host), eyes, wiring.bus, pace, holder)))

    return run


# --- all is well


@pytest.mark.parametrize("driver", LIGHT)
def test_each_light_sensor_is_read(driver: str, wiring: Wiring, examine: Examine) -> None:
    sensors = Sensors(light=LightSensor(driver))  # type: ignore[arg-type]
    wiring.plug(sensors)
    line = examine(sensors)["light"]
    assert line.status is Status.PASS
    lux = float(line.what.split(": ")[1].removesuffix(" lx"))
    assert lux == pytest.approx(640, rel=0.2)


@pytest.mark.parametrize("driver", POWER)
def test_each_meter_is_read(driver: str, wiring: Wiring, examine: Examine) -> None:
    wiring.volts = 230.0 if driver == "ade7953" else 24.0
    sensors = Sensors(power=METERS[driver])
    wiring.plug(sensors)
    line = examine(sensors)["power"]
    assert line.status is Status.PASS
    assert f": {wiring.volts:.3g} V, 0.5 A, {wiring.volts / 2:.3g} W" in line.what


@pytest.mark.parametrize("driver", TEMPERATURE)
def test_each_thermometer_is_read(driver: str, wiring: Wiring, examine: Examine) -> None:
    sensors = Sensors(temperature=TemperatureSensor(driver))  # type: ignore[arg-type]
    wiring.plug(sensors)
    assert examine(sensors)["temperature"].what == f"{driver} at 0x{TEMPERATURE[driver].address:02x} on bus 1: 21 °C"


def test_a_whole_pole_is_read_within_ten_seconds_in_the_dark_too(wiring: Wiring, examine: Examine) -> None:
    wiring.lux = 0.3
    wiring.plug(ALL)
    lines = examine(ALL)
    assert list(lines) == ["i2c-1", "light", "power", "temperature"]
    assert {line.status for line in lines.values()} == {Status.PASS}
    assert wiring.now_s < 110


def test_a_pole_without_chips_has_no_bus_to_look_at(examine: Examine) -> None:
    assert not examine(Sensors())


def test_each_bus_is_looked_at_by_itself(wiring: Wiring, host: Host, examine: Examine) -> None:
    sensors = replace(ALL, light=LightSensor("veml7700", bus=3))
    wiring.plug(sensors)
    lines = examine(sensors)
    assert lines["i2c-3"].status is Status.FAIL
    assert "light" not in lines
    assert lines["power"].status is Status.PASS
    (host.root / "dev/i2c-3").touch()
    assert examine(sensors)["light"].what.startswith("veml7700 at 0x10 on bus 3: ")


# --- who is there instead


def test_a_missing_chip_on_an_empty_bus_asks_for_its_wires(examine: Examine) -> None:
    line = examine(Sensors(light=LightSensor("veml7700")))["light"]
    assert (line.status, line.what) == (Status.FAIL, "no veml7700: nobody answers at 0x10 on bus 1")
    assert line.remedy is not None
    assert "SDA, SCL, 3.3 V, ground" in line.remedy


def test_another_light_sensor_at_its_own_address_is_named_and_how_to_write_it(wiring: Wiring, examine: Examine) -> None:
    wiring.plug(Sensors(light=LightSensor("bh1750")))
    line = examine(Sensors(light=LightSensor("veml7700")))["light"]
    assert line.what == "no veml7700: nobody answers at 0x10 on bus 1; 0x23 answers: a bh1750"
    assert line.remedy is not None
    assert line.remedy.startswith("if it is the bh1750, write driver: bh1750 and address: 0x23; else check its four wires")


def test_the_same_chip_at_another_address_is_found(wiring: Wiring, examine: Examine) -> None:
    wiring.plug(Sensors(power=replace(METERS["ina226"], address=0x45)))
    line = examine(Sensors(power=METERS["ina226"]))["power"]
    assert line.what == "no ina226: nobody answers at 0x40 on bus 1; 0x45 answers: an ina226"
    assert line.remedy is not None
    assert line.remedy.startswith("write address: 0x45")


def test_the_chips_of_other_parts_are_not_offered_in_its_place(wiring: Wiring, examine: Examine) -> None:
    wiring.plug(replace(ALL, light=None))
    assert examine(ALL)["light"].what == "no veml7700: nobody answers at 0x10 on bus 1"


@pytest.mark.parametrize("agent_runs", [False, True])
def test_another_chip_at_its_address_is_known_by_its_identity(agent_runs: bool, wiring: Wiring, examine: Examine) -> None:
    wiring.plug(Sensors(power=replace(METERS["ina226"], address=0x44)))
    line = examine(Sensors(light=LightSensor("opt3001")), {} if agent_runs else None)["light"]
    assert (line.status, line.what) == (Status.FAIL, "at 0x44 on bus 1 is an ina226, not the opt3001")
    assert line.remedy == "write driver: ina226, or plug in the opt3001"


def test_a_chip_without_identity_in_the_place_of_one_that_has_it_is_what_it_can_be(wiring: Wiring, examine: Examine) -> None:
    wiring.plug(Sensors(power=replace(METERS["ina219"], address=0x44)))
    sensors = Sensors(light=LightSensor("opt3001"))
    line = examine(sensors)["light"]
    assert line.status is Status.FAIL
    assert line.what == "opt3001: every register reads 0x0000; it may be an ina219 or pca9685"
    assert examine(sensors, {})["light"].what == "at 0x44 on bus 1 is an ina219 or pca9685, not the opt3001"


def test_a_chip_that_answers_nonsense_is_told_as_its_driver_tells_it(wiring: Wiring, examine: Examine) -> None:
    wiring.plug(Sensors(temperature=TemperatureSensor("tmp102")))
    wiring.bus(1).bus.disturb(0x48, Fault.GARBAGE)
    line = examine(Sensors(temperature=TemperatureSensor("tmp102")))["temperature"]
    assert line.status is Status.FAIL
    assert "tmp102: CONFIGURATION reads 0xffff" in line.what


def test_what_no_chip_of_ours_can_be_is_said_to_be_none(wiring: Wiring) -> None:
    wiring.plug(Sensors(temperature=TemperatureSensor("tmp102", address=0x77)))
    assert answering(wiring.bus(1)) == (0x77,)
    assert candidates(wiring.bus(1), 0x77) == ()


# --- the bus


def test_a_hanging_bus_speaks_for_all_its_chips_and_is_waited_for_once(wiring: Wiring, examine: Examine) -> None:
    wiring.plug(ALL)
    wiring.bus(1).bus.hung = True
    lines = examine(ALL)
    assert list(lines) == ["i2c-1"]
    assert (lines["i2c-1"].status, lines["i2c-1"].what) == (Status.FAIL, "the bus hangs")
    assert wiring.now_s == 101


def test_a_bus_that_is_not_enabled_asks_for_the_line_in_config_txt(host: Host, examine: Examine) -> None:
    (host.root / "dev/i2c-1").unlink()
    (host.root / "boot/firmware/config.txt").write_text("#dtparam=i2c_arm=on\n")
    (host.root / "sys/bus/i2c/devices/i2c-1/name").unlink()
    (host.root / "sys/bus/i2c/devices/i2c-1").rmdir()
    line = examine(ALL)["i2c-1"]
    assert line.what == "there is no /dev/i2c-1: I2C is not enabled"
    assert line.remedy == "write dtparam=i2c_arm=on in /boot/firmware/config.txt, and restart the Pi"


def test_a_bus_without_its_device_file_asks_for_the_module(host: Host, examine: Examine) -> None:
    (host.root / "dev/i2c-1").unlink()
    line = examine(ALL)["i2c-1"]
    assert line.remedy is not None
    assert "modprobe i2c-dev" in line.remedy


def test_a_chip_in_the_hands_of_the_kernel_is_a_failure_though_it_answers(wiring: Wiring, host: Host, examine: Examine) -> None:
    wiring.plug(ALL)
    client = host.root / "sys/bus/i2c/devices/1-0040"
    (client / "driver").mkdir(parents=True)
    (client / "name").write_text("ina226\n")
    line = examine(ALL)["power"]
    assert line.status is Status.FAIL
    assert line.what.startswith("the kernel's driver ina226 has the ina226 at 0x40 on bus 1")
    assert line.remedy is not None
    assert "remove its dtoverlay= from /boot/firmware/config.txt" in line.remedy


def test_a_bus_that_fails_between_is_a_failure_and_no_crash(wiring: Wiring, examine: Examine) -> None:
    wiring.plug(ALL)
    real = wiring.bus(1).bus.transfer

    def failing(address: int, write: bytes, read: int) -> bytes:
        if write:
            raise BusError(Fault.FAILED, "/dev/i2c-1: fails (arbitration lost)")
        return real(address, write, read)

    wiring.bus(1).bus.transfer = failing  # type: ignore[method-assign]
    lines = examine(ALL)
    assert lines["i2c-1"].status is Status.PASS
    assert {lines[name].status for name in ("light", "power", "temperature")} == {Status.FAIL}


# --- the wiring


def test_a_shunt_the_wrong_way_round_is_told(wiring: Wiring, examine: Examine) -> None:
    wiring.amps = -0.5
    sensors = Sensors(power=METERS["ina226"])
    wiring.plug(sensors)
    assert examine(sensors)["power"].remedy == "the current flows backwards: swap the two wires at the shunt"


def test_a_meter_without_its_voltage_is_told(wiring: Wiring, examine: Examine) -> None:
    wiring.volts = 0.4
    sensors = Sensors(power=METERS["ina226"])
    wiring.plug(sensors)
    line = examine(sensors, luminaire=Luminaire(supply=Supply("dc", 24)))["power"]
    assert line.status is Status.WARN
    assert line.remedy == "the lamp's supply should be 24 V: check the meter's wires and the relay"
    assert examine(sensors)["power"].status is Status.PASS  # nobody has said what it should be


def test_a_temperature_that_no_luminaire_has_is_told(wiring: Wiring, examine: Examine) -> None:
    wiring.celsius = 127.0
    sensors = Sensors(temperature=TemperatureSensor("tmp102"))
    wiring.plug(sensors)
    assert examine(sensors)["temperature"].status is Status.WARN


def test_a_meter_without_the_setting_that_it_needs_says_which(wiring: Wiring, examine: Examine) -> None:
    wiring.plug(Sensors(power=METERS["ina226"]))
    line = examine(Sensors(power=PowerMeter("ina226")))["power"]
    assert line == Line(
        "power", Status.FAIL, "sensors.power.shunt_ohm: an ina226 needs it", "write the shunt's resistance in ohm"
    )


# --- beside the running agent


def test_beside_the_agent_nothing_is_written_and_the_agent_says_what_it_reads(wiring: Wiring, examine: Examine) -> None:
    wiring.plug(ALL)
    told = {
        "light": SourceLine("light", good=True, words="640 lx, bright since 09:12:00"),
        "power": SourceLine("power", good=False, words="silent since 09:12: answers nonsense; check its wires and its supply"),
    }
    lines = examine(ALL, told)
    assert not wiring.bus(1).written
    assert lines["light"].what == "veml7700 at 0x10 on bus 1 answers; the agent: 640 lx, bright since 09:12:00"
    assert lines["power"] == Line(
        "power",
        Status.WARN,
        "ina226 at 0x40 on bus 1 answers; the agent: silent since 09:12: answers nonsense",
        "check its wires and its supply",
    )
    assert lines["temperature"] == Line("temperature", Status.PASS, "tmp102 at 0x48 on bus 1 answers")


def test_beside_the_agent_a_missing_chip_is_still_found_missing(wiring: Wiring, examine: Examine) -> None:
    wiring.plug(Sensors(light=LightSensor("bh1750")))
    line = examine(Sensors(light=LightSensor("veml7700")), {})["light"]
    assert line.what == "no veml7700: nobody answers at 0x10 on bus 1; 0x23 answers: a bh1750"
    assert not wiring.bus(1).written


def test_an_output_on_the_bus_is_asked_for_and_never_driven(wiring: Wiring, examine: Examine) -> None:
    output = Output("mcp4725", bus=1, address=0x62)
    assert examine(Sensors(), output=output)["output"].status is Status.FAIL
    wiring.plug(Sensors(temperature=TemperatureSensor("tmp102", address=0x62)))  # somebody who acknowledges
    assert examine(Sensors(), output=output)["output"] == Line("output", Status.PASS, "mcp4725 at 0x62 on bus 1 answers")
    assert not wiring.bus(1).written
