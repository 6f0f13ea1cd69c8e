"""APT with folders of its own: needs no root and does not see the host's packages."""

import os
import re
import shutil
import threading
from pathlib import Path

from pcapra_lab.i18n import _
from pcapra_lab.lab.images.room import room_watched
from pcapra_lab.lab.images.store import Artifact
from pcapra_lab.lab.process import run

APT_TIMEOUT = 900.0
# Inst name [version replaced] (version archives [architecture]) [what is broken meanwhile]
_INSTALLED = re.compile(r"^Inst (\S+)(?: \[[^]]*])? \((\S+) [^()]*\[(\w+)]\)", re.MULTILINE)


class Apt:
    """APT for the guests made of one system: what it holds, and where it came from.

    Args:
        root: a scratch folder.
        archives: where packages are downloaded; those already there are not fetched again.
    """

    def __init__(
        self, root: Path, archives: Path, system: Artifact, cancel: threading.Event | None
    ) -> None:
        self.cancel = cancel
        self.archives = archives
        for folder in ("state/lists/partial", "etc/preferences.d", "etc/apt.conf.d", "log"):
            (root / folder).mkdir(parents=True)
        shutil.copyfile(system.file("dpkg-status"), root / "state" / "status")
        # Packages of a « file: » mirror are not fetched, those of « copy: » are (sources.list(5)).
        sources = re.sub(r"\bfile:/", "copy:/", system.file("sources.list").read_text())
        (root / "etc" / "sources.list").write_text(sources)
        options = {
            "Dir::Etc": root / "etc",
            "Dir::Etc::Parts": root / "etc" / "apt.conf.d",
            "Dir::Etc::SourceParts": "-",
            "Dir::Etc::Trusted": "/usr/share/keyrings/debian-archive-keyring.gpg",
            "Dir::Etc::TrustedParts": "/usr/share/keyrings/",
            "Dir::State": root / "state",
            "Dir::State::status": root / "state" / "status",
            "Dir::Cache": root / "state",
            "Dir::Cache::archives": archives,
            "Dir::Log": root / "log",
            "APT::Architecture": "amd64",
            "APT::Architectures": "amd64",
            "APT::Install-Recommends": "true",
            "APT::Sandbox::User": "",
            "APT::Get::Assume-Yes": "true",
            "APT::Keep-Downloaded-Packages": "true",
            "Debug::NoLocking": "true",
        }
        self.options = [f"-o={name}={value}" for name, value in options.items()]

    def run(self, *arguments: str) -> str:
        """Run ``apt-get``; returns its standard output."""
        with room_watched({self.archives: "PCAPRA_HOME"}) as hear:
            return run(
                ["apt-get", *self.options, *arguments],
                timeout=APT_TIMEOUT,
                cancel=self.cancel,
                on_line=hear,
                env={**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
                hint=_("vérifiez l'accès aux dépôts Debian, puis relancez : rien n'est perdu"),
            )

    def closure(self, packages: list[str]) -> list[str]:
        """The archive file names an installation of ``packages`` would fetch."""
        out = self.run("install", "--simulate", *packages)
        return [
            f"{name}_{version.replace(':', '%3a')}_{architecture}.deb"
            for name, version, architecture in _INSTALLED.findall(out)
        ]
