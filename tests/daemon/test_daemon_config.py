"""Which config lights the lamp when the file is broken, missing or changed, and a disk that cannot be written."""

import json
import signal
import subprocess
from pathlib import Path

import pytest
from support.agent import CONFIG, Agent, MakeAgent, eventually

pytestmark = pytest.mark.process
TYPO = CONFIG.replace("programmes:", "programs:")
DIMMER = CONFIG.replace("level: 60", "level: 35")


def settled(agent: Agent, level: float) -> None:
    eventually(lambda: agent.status["state"]["actual_level"] == level)


def test_a_broken_file_leaves_the_last_good_config_in_force_with_an_alarm_until_it_is_mended(make_agent: MakeAgent) -> None:
    lamp = make_agent().start()
    good = lamp.status["config_version"]
    assert lamp.stop() == 0
    lamp.config.write_text(TYPO)

    lamp.start()

    settled(lamp, 60)
    status = lamp.status
    assert (status["config_version"], status["state"]["alarms"]) == (good, ["invalidConfig"])
    assert any("programs" in problem and "agent.yaml:" in problem for problem in status["config_problems"])

    lamp.config.write_text(DIMMER)
    lamp.tell(signal.SIGHUP)
    settled(lamp, 35)
    eventually(lambda: lamp.alarms == [])
    fresh = lamp.status["config_version"]
    assert fresh != good

    lamp.config.write_text("lamp: [")
    lamp.tell(signal.SIGHUP)
    eventually(lambda: lamp.alarms == ["invalidConfig"])
    assert (lamp.level, lamp.status["config_version"]) == (35, fresh)
    assert lamp.status["config_problems"]

    lamp.config.write_text(DIMMER.replace("{driver: tmp102}", "{driver: tmp102, every: 10s}"))
    lamp.tell(signal.SIGHUP)
    eventually(lambda: lamp.alarms == [])
    assert lamp.status["config_problems"] == ["sensors: as the file has it from the agent's next start"]
    assert lamp.status["config_version"] not in (good, fresh)
    assert lamp.stop() == 0


def test_of_a_file_that_was_never_good_each_sound_section_is_used(make_agent: MakeAgent) -> None:
    lamp = make_agent(config=TYPO).start()
    status = lamp.status
    assert (status["site"], status["lamp"]) == ("teststadt", "lamp-7")
    eventually(lambda: lamp.alarms == ["invalidConfig"])
    settled(lamp, 100)  # no programme could be saved
    assert json.loads((lamp.state / "config.json").read_text())["salvaged"] is True


def test_without_any_file_it_runs_drives_nothing_and_says_so(make_agent: MakeAgent) -> None:
    lamp = make_agent(config=None).start()
    eventually(lambda: lamp.alarms == ["invalidConfig"])
    assert any("agent.yaml" in problem for problem in lamp.status["config_problems"])
    assert lamp.stop() == 0
    assert "no link" in lamp.log


def test_a_storage_directory_that_cannot_be_made_is_an_alarm_and_the_lamp_obeys_all_the_same(make_agent: MakeAgent) -> None:
    lamp = make_agent()
    lamp.state.write_text("a file where the directory should be")

    lamp.start("--state", str(lamp.state / "below"))

    settled(lamp, 60)
    eventually(lambda: lamp.alarms == ["storageDegraded"])
    assert lamp.ask("set", level=20)["status"]["state"]["feedback_level"] == 20
    assert lamp.stop() == 0
    assert "Traceback" not in lamp.log


def test_a_second_agent_on_the_same_state_directory_is_refused_and_the_first_is_left_alone(make_agent: MakeAgent) -> None:
    first = make_agent().start()
    settled(first, 60)
    second = subprocess.run(first.command, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode == 1
    assert "another agent runs on this state directory" in second.stderr
    assert first.status["state"]["actual_level"] == 60
    assert first.stop() == 0


def test_a_socket_on_which_another_agent_listens_is_not_taken_from_it(make_agent: MakeAgent, tmp_path: Path) -> None:
    first = make_agent().start()
    command = [part if part != str(first.state) else str(tmp_path / "elsewhere") for part in first.command]
    second = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert second.stderr is not None
        lines = iter(second.stderr.readline, "")
        assert any("another agent listens there" in line for line in lines)
    finally:
        second.terminate()
        second.communicate(timeout=10)
    assert first.status["lamp"] == "lamp-7"
