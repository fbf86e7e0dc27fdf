"""``preview`` as people and programs call it: table, JSON, pictures, what is refused, and that it says the same each time."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from matplotlib.image import imread

from agent.cli import preview as command
from agent.cli.main import cli
from agent.cli.nights import HEAD, Title, table
from agent.cli.picture import draw
from agent.simulation.preview.report import NightSummary

CONFIGS = Path(__file__).parents[2] / "configs"
RESIDENTIAL = str(CONFIGS / "residential.yaml")
WINTER = ("--date", "2026-12-21", "--traffic", "none")
# fmt: off
NIGHT_FIELDS = [
    "date", "sunset", "sunrise", "first_on", "last_off", "lit_hours", "energy_wh", "energy_full_wh", "saved_percent",
    "passers_by", "passers_by_lit_1s", "switchings", "dark_minutes", "daylight_lit_minutes", "alarms",
]
ROW_FIELDS = [
    "at", "clock_at", "time_quality", "sun_elevation_deg", "daylight_lx", "light_level_lx", "passers_by", "presence", "night",
    "slot", "reason", "target_level", "feedback_level", "actual_level", "output_level", "measured_level", "emitted_percent",
    "active_power_w", "alarms",
]
# fmt: on


def preview(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["preview", *arguments], catch_exceptions=False)


def test_the_document_has_the_fields_of_the_contract_and_is_the_same_each_time() -> None:
    arguments = (RESIDENTIAL, "--date", "2026-12-21", "--weather", "storm", "--seed", "7", "--json")
    first, again = preview(*arguments), preview(*arguments)
    assert first.exit_code == 0
    assert first.stdout_bytes == again.stdout_bytes
    document = json.loads(first.stdout)
    assert list(document) == ["seed", "nights", "timeline"]
    assert document["seed"] == 7
    assert [list(night) for night in document["nights"]] == [NIGHT_FIELDS]
    assert {tuple(row) for row in document["timeline"]} == {tuple(ROW_FIELDS)}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["at"]) for row in document["timeline"])


def test_beyond_a_week_the_timeline_is_there_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "TIMELINE_NIGHTS", 1)  # eight nights take longer
    arguments = (RESIDENTIAL, *WINTER, "--nights", "2", "--json")
    assert "timeline" not in json.loads(preview(*arguments).stdout)
    assert len(json.loads(preview(*arguments, "--timeline").stdout)["timeline"]) > 2 * 1440


def test_the_table_is_aligned_in_80_columns_with_totals_and_the_same_each_time() -> None:
    arguments = (RESIDENTIAL, *WINTER, "--nights", "2", "--inject", "light.dead@22:00+1h")
    first, again = preview(*arguments), preview(*arguments)
    assert first.exit_code == 0
    assert first.stdout == again.stdout
    lines = first.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "2026-12-21  16:26" in first.stdout
    assert "alarms: lightSensorFault" in first.stdout
    nights = [line for line in lines if line.startswith("2026-12-2")]
    (total,) = [line for line in lines if line.startswith("2 nights")]
    head = next(line for line in lines if line.startswith("night"))
    assert {len(line) for line in (*nights, total, head)} == {80}
    used = [float(line.split()[6]) for line in nights]
    assert float(total.split()[3]) == pytest.approx(sum(used), abs=0.15)
    assert re.search(r"Wh at full light while the sun is down: \d\d\.\d % saved", first.stdout)


def test_a_broken_lamp_has_no_dark_minutes_and_the_table_says_why() -> None:
    lines = preview(RESIDENTIAL, *WINTER, "--inject", "lamp.open").stdout.splitlines()
    (night,) = (dict(zip(HEAD, line.split(), strict=True)) for line in lines if line.startswith("2026-12-21"))
    assert night["dark"] == "0.0"
    assert "dark: minutes without light, the sun below -6 degrees and the lamp able to light;" in " ".join(lines)


def test_a_year_s_totals_stand_apart() -> None:
    night = NightSummary("2026-12-21", None, None, None, None, 11.1, 12345.6, 20000, 38.3, 170, 169, 2, 0.4, 0.0, ())
    title = Title("a lamp", "a street", ZoneInfo("Europe/Berlin"))
    total = next(line for line in table([night] * 365, title) if line.startswith("365 nights"))
    assert total.split() == ["365", "nights", "4052", "4506k", "38.3%", "62050", "99%", "730", "146", "0.0"]


def test_a_polar_day_has_a_table_too(tmp_path: Path) -> None:
    file = tmp_path / "tromso.yaml"
    text = Path(RESIDENTIAL).read_text()
    file.write_text(text.replace("51.4344", "69.65").replace("6.7623", "18.96").replace("Berlin", "Oslo"))
    shown = preview(str(file), "--date", "2026-06-21").stdout
    assert re.search(r"2026-06-21\s+-\s+-\s+-\s+-\s+0\.0\s+0\.0\s+-", shown)
    assert "the sun did not set" in shown


def test_today_is_the_day_at_the_lamp() -> None:
    shown = json.loads(preview(RESIDENTIAL, "--traffic", "none", "--json").stdout)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", shown["nights"][0]["date"])


def test_errors_of_the_file_are_told_as_by_check(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text((CONFIGS / "residential.yaml").read_text().replace("hold: 45s", "hold: 45"))
    shown = preview(str(file))
    assert shown.exit_code == 1
    assert f"{file}:" in shown.stdout
    assert "45 has no unit" in shown.stdout
    assert shown.stdout == CliRunner().invoke(cli, ["check", str(file)]).stdout
    (problem,) = json.loads(preview(str(file), "--json").stdout)
    assert problem["key"] == "motion.hold"
    assert preview(str(tmp_path / "none.yaml")).exit_code == 1


def test_faults_never_change_the_exit_status() -> None:
    shown = preview(RESIDENTIAL, *WINTER, "--inject", "relay.open", "--json")
    assert shown.exit_code == 0
    night = json.loads(shown.stdout)["nights"][0]
    assert (night["lit_hours"], night["dark_minutes"]) == (0, 0)
    assert "relayFailure" in night["alarms"] or "lampFailure" in night["alarms"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--date", "21.12.2026"), "write YYYY-MM-DD"),
        (("--nights", "0"), "0 is not in the range"),
        (("--weather", "foggy"), "'foggy' is not one of"),
        (("--inject", "light.dark"), "there is no fault 'light.dark'"),
        (("--inject", "light.stuck"), "needs a value"),
        (("--command", "dim 40"), "no time is said"),
        (("--plot", "night.pdf"), "a .png or a .svg file"),
        (("--plot", "no/such/folder/night.png"), "no such folder"),
    ],
)
def test_misuse_is_status_2_and_says_what_to_write(arguments: tuple[str, ...], says: str) -> None:
    shown = preview(RESIDENTIAL, *arguments)
    assert shown.exit_code == 2
    assert says in " ".join(shown.stderr.split())


def test_without_matplotlib_a_picture_is_refused_before_anything_is_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _name: None)
    shown = preview(RESIDENTIAL, "--nights", "3660", "--plot", "night.png")
    assert shown.exit_code == 1
    assert "streetlight-agent[plot]" in shown.stderr


@pytest.fixture
def _calendars_of_two_nights(monkeypatch: pytest.MonkeyPatch) -> None:
    """More take longer."""
    monkeypatch.setattr(draw, "IN_A_ROW", 1)


@pytest.mark.usefixtures("_calendars_of_two_nights")
@pytest.mark.parametrize("nights", ["1", "2"])
def test_a_vector_picture_says_what_it_shows_and_is_the_same_each_time(tmp_path: Path, nights: str) -> None:
    faults = ("--inject", "light.dead@22:00+1h", "--inject", "agent.restart@01:00", "--command", "dim 20 for=1h@23:00")
    night = ("--date", "2026-10-23", "--nights", nights, "--traffic", "none")
    for name in ("first.svg", "again.svg"):
        shown = preview(RESIDENTIAL, *night, *faults, "--plot", str(tmp_path / name))
        assert shown.exit_code == 0
    first = (tmp_path / "first.svg").read_bytes()
    assert first == (tmp_path / "again.svg").read_bytes()
    assert b"<dc:date>" not in first
    assert ET.fromstring(first).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  our own
    comments = first.decode()  # matplotlib writes each text beside its outlines
    assert "lamp-0042 in duisburg-altstadt" in comments
    assert "23 October 2026" in comments
    assert "light.dead@22:00+1h" in comments
    assert "lightSensorFault" in comments


@pytest.mark.usefixtures("_calendars_of_two_nights")
@pytest.mark.parametrize("nights", ["1", "2"])
def test_a_bitmap_is_a_real_one_of_a_size_to_look_at(tmp_path: Path, nights: str) -> None:
    file = tmp_path / "night.png"
    assert preview(RESIDENTIAL, *WINTER, "--nights", nights, "--plot", str(file)).exit_code == 0
    pixels = imread(file)
    assert pixels.shape[1] >= 1400
    assert pixels.shape[0] >= 400
    assert pixels[..., :3].std() > 0.05


def test_a_picture_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "night.png").mkdir()
    shown = preview(RESIDENTIAL, *WINTER, "--plot", str(tmp_path / "night.png"))
    assert shown.exit_code == 2
    assert "is a directory" in shown.stderr
