"""Certificates as openssl makes them: their dates and names as openssl shows them, their keys, and who may read them."""

import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doctor_pole import by_check
from hypothesis import given
from hypothesis import strategies as st
from support.authority import Authority, Issued

from agent.doctor.certificates import file_lines
from agent.doctor.eyes import Eyes
from agent.doctor.line import Line, Status
from agent.link.x509 import Certificate, NoCertificateError, certificates_in, read_certificate
from agent.settings.model import Broker

DAY_S = 86_400.0
NOW_S = (datetime.now(UTC) + timedelta(hours=1)).timestamp()  # after all that the tests issue


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def lamp(authority: Authority) -> Issued:
    made = authority.issue("lamp-0042")
    made.key.chmod(0o640)
    return made


def shown_by_openssl(file: Path, option: str) -> str:
    shown = subprocess.run(["openssl", "x509", "-in", file, "-noout", option], capture_output=True, text=True, check=True)
    return shown.stdout.strip().partition("=")[2]


def lines_of(eyes: Eyes, utc_s: float = NOW_S, **files: Path) -> dict[str, Line]:
    broker = Broker("mqtts://broker.example", **{key: str(path) for key, path in files.items()})  # type: ignore[arg-type]
    return dict(by_check(file_lines(broker, eyes, utc_s)))


# --- reading them


def test_dates_and_name_are_those_that_openssl_shows(authority: Authority, lamp: Issued) -> None:
    for file, name in ((authority.certificate, "Street CA"), (lamp.certificate, "lamp-0042")):
        (found,) = certificates_in(file.read_text())
        begins, ends = (
            datetime.strptime(shown_by_openssl(file, option), "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC).timestamp()
            for option in ("-startdate", "-enddate")
        )
        assert found == Certificate(name, begins, ends)


def test_a_certificate_for_longer_than_two_digits_of_a_year_reach_is_read(authority: Authority) -> None:
    issued = authority.issue("century", ends=timedelta(days=36500))
    (found,) = certificates_in(issued.certificate.read_text())
    assert found.ends_utc_s - NOW_S == pytest.approx(36500 * DAY_S, abs=7200)


def test_a_bundle_is_read_whole(authority: Authority, lamp: Issued) -> None:
    found = certificates_in(authority.certificate.read_text() + "\n# between\n" + lamp.certificate.read_text())
    assert [one.name for one in found] == ["Street CA", "lamp-0042"]


@given(st.binary(max_size=400))
def test_bytes_that_are_no_certificate_are_said_to_be_none(der: bytes) -> None:
    with pytest.raises(NoCertificateError):
        read_certificate(der)


def test_a_certificate_cut_off_anywhere_is_said_to_be_none(lamp: Issued) -> None:
    der = ssl.PEM_cert_to_DER_cert(lamp.certificate.read_text())
    for length in range(len(der)):
        with pytest.raises(NoCertificateError):
            read_certificate(der[:length])


# --- judging them


def test_a_broker_without_files_has_none_to_look_at(eyes: Eyes) -> None:
    assert not lines_of(eyes)


def test_all_is_well(authority: Authority, lamp: Issued, eyes: Eyes) -> None:
    lines = lines_of(eyes, ca_file=authority.certificate, cert_file=lamp.certificate, key_file=lamp.key)
    assert {line.status for line in lines.values()} == {Status.PASS}
    assert lines["ca_file"].what.startswith("Street CA, until 20")
    assert lines["key_file"].what == f"{lamp.key} belongs to the certificate"


@pytest.mark.parametrize(
    ("days", "status", "what"),
    [
        (-2, Status.FAIL, "lamp-0042 is not valid before "),
        (300, Status.PASS, "lamp-0042, until "),
        (336, Status.WARN, "lamp-0042 expires in 29 days, on "),
        (366, Status.FAIL, "lamp-0042 has expired on "),
    ],
)
def test_a_certificate_is_judged_by_its_dates(days: float, status: Status, what: str, lamp: Issued, eyes: Eyes) -> None:
    line = lines_of(eyes, NOW_S + days * DAY_S, cert_file=lamp.certificate)["cert_file"]
    assert line.status is status
    assert line.what.startswith(what)


def test_a_bundle_is_as_good_as_the_one_that_lasts_longest(
    authority: Authority, lamp: Issued, tmp_path: Path, eyes: Eyes
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(lamp.certificate.read_text() + authority.certificate.read_text())
    line = lines_of(eyes, NOW_S + 400 * DAY_S, ca_file=bundle)["ca_file"]
    assert line.status is Status.PASS
    assert line.what.startswith("Street CA and 1 more, until ")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("rubbish", "it holds no PEM certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "it is no X.509 certificate"),
        ("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "it is no X.509 certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAAA\n-----END CERTIFICATE-----\n", "it is no X.509 certificate"),
    ],
)
def test_a_file_that_is_no_certificate_is_told(text: str, what: str, tmp_path: Path, eyes: Eyes) -> None:
    (tmp_path / "ca.pem").write_text(text)
    assert lines_of(eyes, ca_file=tmp_path / "ca.pem")["ca_file"].what == f"{tmp_path}/ca.pem: {what}"


@pytest.mark.parametrize("key", ["ca_file", "cert_file", "key_file", "password_file"])
def test_a_missing_file_names_its_key(key: str, tmp_path: Path, eyes: Eyes) -> None:
    line = lines_of(eyes, **{key: tmp_path / "gone"})[key]
    assert (line.status, line.what) == (Status.FAIL, f"{tmp_path}/gone: No such file or directory")


def test_a_key_of_another_certificate_is_told(authority: Authority, lamp: Issued, eyes: Eyes) -> None:
    other = authority.issue("lamp-0043")
    line = lines_of(eyes, cert_file=lamp.certificate, key_file=other.key)["key_file"]
    assert (line.status, line.what) == (Status.FAIL, f"{other.key} is not the key of {lamp.certificate}")


def test_a_key_with_a_passphrase_is_told(lamp: Issued, tmp_path: Path, eyes: Eyes) -> None:
    locked = tmp_path / "locked.key"
    words = ["openssl", "ec", "-in", str(lamp.key), "-aes256", "-passout", "pass:x", "-out", str(locked)]
    subprocess.run(words, check=True, capture_output=True)
    locked.chmod(0o600)
    line = lines_of(eyes, cert_file=lamp.certificate, key_file=locked)["key_file"]
    assert (line.status, line.remedy) == (Status.FAIL, "it must be PEM, and have no passphrase")


@pytest.mark.parametrize("key", ["key_file", "password_file"])
def test_a_secret_that_everybody_reads_is_a_warning_with_the_command_that_mends_it(key: str, tmp_path: Path, eyes: Eyes) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x\n")
    secret.chmod(0o644)
    line = lines_of(eyes, **{key: secret})[key]
    assert (line.status, line.remedy) == (Status.WARN, f"`chmod o-rwx {secret}`")
    secret.chmod(0o640)
    assert lines_of(eyes, **{key: secret})[key].status is Status.PASS


def test_an_empty_password_file_is_none(tmp_path: Path, eyes: Eyes) -> None:
    (tmp_path / "password").write_text("\n")
    assert lines_of(eyes, password_file=tmp_path / "password")["password_file"].what == f"{tmp_path}/password is empty"
