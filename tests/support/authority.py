"""A private certificate authority, by the command openssl: certificates with any dates, keys, and TLS lines for mosquitto."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

CONFIG = """\
[ca]
default_ca = ours
[ours]
dir = {folder}
database = $dir/index
new_certs_dir = $dir
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*words: str | Path) -> None:
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


@dataclass(frozen=True)
class Issued:
    certificate: Path
    key: Path


class Authority:
    """Begun anew, or gone on with where the folder has one: its ca.pem and ca.key."""

    def __init__(self, folder: Path, name: str = "Street CA") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.certificate, self._key = folder / "ca.pem", folder / "ca.key"
        (folder / "index").touch()
        (folder / "ca.conf").write_text(CONFIG.format(folder=folder))
        if self.certificate.exists():
            return
        subject = f"/CN={name}"
        _openssl("req", "-x509", *KEY, "-keyout", self._key, "-out", self.certificate, "-days", "3650", "-subj", subject)

    def issue(
        self, name: str, *, subject: str = "", begins: timedelta = timedelta(days=-1), ends: timedelta = timedelta(days=365)
    ) -> Issued:
        """A certificate for 127.0.0.1 or whatever else ``name`` is, from now on as given; ``subject``: under another name."""
        made = Issued(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        request, extensions = self._folder / f"{name}.csr", self._folder / f"{name}.ext"
        kind = "IP" if name[0].isdigit() else "DNS"
        extensions.write_text(f"subjectAltName={kind}:{name}\n")
        _openssl(
            "req", "-new", *KEY, "-keyout", made.key, "-out", request, "-subj", "/CN=" + (subject or name).replace("/", r"\/")
        )
        now = datetime.now(UTC)
        _openssl(
            "ca", "-batch", "-config", self._folder / "ca.conf", "-cert", self.certificate, "-keyfile", self._key, "-notext",
            "-startdate", _stamp(now + begins), "-enddate", _stamp(now + ends),
            "-extfile", extensions, "-in", request, "-out", made.certificate,
        )  # fmt: skip
        return made

    def tls(self, server: Issued, *, require_certificate: bool = False) -> str:
        """The lines of mosquitto.conf."""
        lines = [f"cafile {self.certificate}", f"certfile {server.certificate}", f"keyfile {server.key}"]
        return "\n".join([*lines, f"require_certificate {str(require_certificate).lower()}"])
