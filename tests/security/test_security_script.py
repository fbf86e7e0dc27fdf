"""scripts/pilot-ca: what it makes is sound and secret, what is there it leaves alone, and what it cannot do it says."""

import ssl
import stat
import subprocess
import time
from pathlib import Path

import pytest
from support.authority import Issued
from support.pilot import SITE, Pilot

from agent.link.x509 import certificates_in

DAY_S = 86_400.0


def verifies(pilot: Pilot, issued: Issued, purpose: str) -> bool:
    """By OpenSSL's strict rules, which Python applies from 3.13 on."""
    words = ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", pilot.ca, issued.certificate]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- what it makes


def test_nobody_but_the_owner_can_read_what_it_makes(pilot: Pilot) -> None:
    made = list(pilot.folder.rglob("*"))
    assert len([path for path in made if path.suffix == ".key"]) == 6
    assert all(stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600) for path in made)


def test_each_certificate_serves_its_purpose_and_no_other(pilot: Pilot) -> None:
    lamp, operator, broker = pilot.lamp(SITE, "lamp-7"), pilot.operator("anna"), pilot.broker_certificate
    assert all(verifies(pilot, issued, "sslclient") for issued in (lamp, operator))
    assert verifies(pilot, broker, "sslserver")
    assert not any(verifies(pilot, issued, "sslserver") for issued in (lamp, operator))
    assert not verifies(pilot, broker, "sslclient")


def test_they_are_named_as_the_acl_needs_it_and_last_as_long_as_is_said(pilot: Pilot) -> None:
    expected = {
        pilot.ca: ("Streetlight pilot CA", 3650),
        pilot.broker_certificate.certificate: ("127.0.0.1", 825),
        pilot.lamp(SITE, "lamp-7").certificate: (f"{SITE}/lamp/lamp-7", 1095),
        pilot.operator("anna").certificate: ("operator/anna", 365),
    }
    for path, (name, days) in expected.items():
        (found,) = certificates_in(path.read_text())
        assert found.name.startswith(name)
        assert found.ends_utc_s - time.time() == pytest.approx(days * DAY_S, abs=DAY_S)
        assert found.begins_utc_s <= time.time()


def test_key_and_certificate_belong_together(pilot: Pilot) -> None:
    lamp = pilot.lamp(SITE, "lamp-7")
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(lamp.certificate, lamp.key)


# --- what is there


def test_the_same_again_changes_nothing_and_says_so(pilot: Pilot) -> None:
    before = files(pilot.folder)
    again = (("broker", "127.0.0.1"), ("lamp", SITE, "lamp-7", "east"), ("operator", "anna"))
    said = [pilot.make(*words) for words in again]
    assert files(pilot.folder) == before
    assert all("is there already, until " in text for text in said)


def test_a_broker_by_other_names_does_not_replace_the_one_that_is_there(pilot: Pilot) -> None:
    before = files(pilot.folder)
    done = pilot.call("broker", "broker.example")
    assert done.returncode == 1
    assert "is for other names (IP:127.0.0.1): remove " in done.stderr
    assert files(pilot.folder) == before


def test_other_groups_change_the_acl_and_no_certificate(tmp_path: Path) -> None:
    pilot = Pilot(tmp_path)
    pilot.make("lamp", SITE, "lamp-7", "east")
    before = files(pilot.folder)
    pilot.make("lamp", SITE, "lamp-7", "north", "west")
    changed = {path.name for path, content in files(pilot.folder).items() if before[path] != content}
    assert changed == {"acl", "groups"}
    block = f"user {SITE}/lamp/lamp-7\n" + "".join(
        f"topic read streetlight/v1/{SITE}/{whose}/command/+\n" for whose in ("all", "group/north", "group/west")
    )
    assert (pilot.folder / "acl").read_text().endswith(block)


def test_who_is_revoked_is_in_the_list_and_no_longer_in_the_acl(tmp_path: Path) -> None:
    pilot = Pilot(tmp_path)
    pilot.make("operator", "anna")
    pilot.make("lamp", SITE, "lamp-7")
    thief = pilot.keep(pilot.operator("anna"))
    said = pilot.make("revoke", "operator", "anna")

    words = ["openssl", "verify", "-crl_check", "-CRLfile", pilot.folder / "ca/crl.pem", "-CAfile", pilot.ca, thief.certificate]
    assert "certificate revoked" in subprocess.run(words, capture_output=True, text=True, check=False).stderr
    users = [line for line in (pilot.folder / "acl").read_text().splitlines() if line.startswith("user ")]
    assert users == [f"user {SITE}/lamp/lamp-7"]
    assert "restart mosquitto" in said


# --- what it cannot do


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("lamp", SITE, "Lamp-7"), "ID 'Lamp-7': use a-z, 0-9 and - alone"),
        (("lamp", "../../etc", "lamp-7"), "SITE '../../etc': use a-z"),
        (("lamp", SITE, "+"), "ID '+': use a-z"),
        (("lamp", SITE, "lamp-7", "east/command"), "GROUP 'east/command': use a-z"),
        (("lamp", "s" * 30, "l" * 29), "over 58 characters together"),
        (("broker", "mqtts://broker.example"), "'mqtts://broker.example' is no host"),
        (("operator", "Anna B"), "NAME 'Anna B': use a-z"),
        (("revoke", "lamp", SITE, "lamp-7"), "lamp-7/lamp.pem"),
    ],
)
def test_what_it_cannot_do_it_says_and_makes_nothing(words: tuple[str, ...], what: str, tmp_path: Path) -> None:
    pilot = Pilot(tmp_path)
    done = pilot.call(*words)
    assert done.returncode == 1
    assert what in done.stderr
    assert not pilot.folder.exists()


@pytest.mark.parametrize("words", [(), ("lamp",), ("lamp", SITE), ("bulb", "x"), ("revoke", "broker", "x")])
def test_misuse_shows_how_it_is_used(words: tuple[str, ...], tmp_path: Path) -> None:
    done = Pilot(tmp_path).call(*words)
    assert done.returncode == 2
    assert "usage: scripts/pilot-ca FOLDER broker NAME..." in done.stderr
