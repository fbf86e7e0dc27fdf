"""A pilot as its owner makes it: certificates and ACL by scripts/pilot-ca, and the broker as configs/mosquitto has it."""

import shutil
import subprocess
from pathlib import Path

from support.authority import Authority, Issued
from support.broker import Mosquitto

ROOT = Path(__file__).parents[2]
SITE = "teststadt"
SCRIPT, CONFIG = ROOT / "scripts/pilot-ca", ROOT / "configs/mosquitto/mosquitto.conf"


class Pilot:
    """The folder of the authority, and beside it that of a broker on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "pilot"
        self._installed = folder / "etc"
        self._data = folder / "broker"

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([SCRIPT, self.folder, *words], capture_output=True, text=True, check=False)

    def make(self, *words: str) -> str:
        """What the script says, which has to succeed."""
        done = self.call(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def ca(self) -> Path:
        return self.folder / "ca/ca.pem"

    @property
    def authority(self) -> Authority:
        """The same, for certificates that the script does not make."""
        return Authority(self.folder / "ca")

    def lamp(self, site: str, name: str) -> Issued:
        return _issued(self.folder / "lamps" / site / name, "lamp")

    def operator(self, name: str) -> Issued:
        return _issued(self.folder / "operators" / name, "operator")

    @property
    def broker_certificate(self) -> Issued:
        return _issued(self.folder / "broker", "broker")

    def keep(self, issued: Issued) -> Issued:
        """A copy, as a thief has one."""
        kept = Issued(self.folder.with_name("kept.pem"), self.folder.with_name("kept.key"))
        shutil.copy(issued.certificate, kept.certificate)
        shutil.copy(issued.key, kept.key)
        return kept

    def install(self, server: Issued | None = None) -> None:
        """Copy to the broker what the script says, and under the broker's names ``server`` instead of its own certificate."""
        own = server or self.broker_certificate
        self._installed.mkdir(exist_ok=True)
        for source, name in (
            *((self.ca, "ca.pem"), (self.folder / "ca/crl.pem", "crl.pem"), (self.folder / "acl", "acl")),
            *((own.certificate, "broker.pem"), (own.key, "broker.key")),
        ):
            shutil.copy(source, self._installed / name)

    def broker(self) -> Mosquitto:
        """Not yet started. Nothing of the config is changed but port and folders; see ``_config``."""
        return Mosquitto(self._data, config=self._config)

    def _config(self, port: int) -> str:
        text = CONFIG.read_text()
        for shipped, ours in (
            ("listener 8883\n", f"listener {port} 127.0.0.1\n"),
            ("/etc/mosquitto/streetlight/", f"{self._installed}/"),
            ("/var/lib/mosquitto/", f"{self._data}/"),
            ("/var/log/mosquitto/mosquitto.log", f"{self._data}/mosquitto.log"),
            ("/run/mosquitto/mosquitto.pid", f"{self._data}/mosquitto.pid"),
        ):
            assert shipped in text, f"{CONFIG} has no {shipped!r}"
            text = text.replace(shipped, ours)
        return text


def _issued(folder: Path, name: str) -> Issued:
    return Issued(folder / f"{name}.pem", folder / f"{name}.key")
