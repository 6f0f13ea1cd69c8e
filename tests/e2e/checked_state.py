"""One state of two real machines for every type of check: made, then spoilt in one way for each."""

from typing import Any

SRV, OTHER = "srv", "sauvegarde"
TEXT = "Été à Noël\n"

_ANSWERS = r"""
set -eu
repond() {
    curl -fsS -o /dev/null --retry 60 --retry-delay 1 --retry-connrefused "$1"
}
"""
"""A unit that is started is not yet a server that listens."""

MADE = (
    _ANSWERS
    + r"""
units=/etc/systemd/system
apt-get -qq update
apt-get -qq install fuse3 > /dev/null
mkdir -p /srv/essai /srv/montage
printf '{"etat": "pret", "copies": 2}' > /srv/essai/etat.json
printf 'Été à Noël\n' > /srv/essai/memo.txt
chown root:adm /srv/essai/memo.txt
chmod 0640 /srv/essai/memo.txt
serveur() {
    cat > "$units/$1.service" <<UNIT
[Service]
ExecStart=/usr/bin/python3 -m http.server --bind $2 --directory /srv/essai $3
[Install]
WantedBy=multi-user.target
UNIT
    systemctl enable --quiet --now "$1.service"
}
serveur essai 192.168.1.10 8080
serveur interne 127.0.0.1 8081
repond http://192.168.1.10:8080/
repond http://127.0.0.1:8081/
ip address add 192.168.1.100/32 dev eth0
mount -t tmpfs -o noexec tmpfs /srv/montage
useradd --create-home --shell /bin/bash --groups adm essai
echo 'essai ALL=(root) NOPASSWD: /usr/bin/systemctl restart essai' > /etc/sudoers.d/essai
chmod 0440 /etc/sudoers.d/essai
printf '#!/bin/sh\ndate > /srv/essai/passage\n' > /usr/local/bin/passage
chmod 0755 /usr/local/bin/passage
printf '[Service]\nType=oneshot\nExecStart=/usr/local/bin/passage\n' > "$units/tour.service"
printf '[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n' > "$units/tour.timer"
systemctl daemon-reload
systemctl enable --quiet --now tour.timer
echo '30 2 * * * root /usr/local/bin/passage' > /etc/cron.d/essai
logger -t essai 'sauvegarde achevée sans erreur'
"""
)
"""As root on ``srv``."""

SPOILT = (
    _ANSWERS
    + r"""
dpkg --purge --force-depends fuse3 > /dev/null 2>&1
printf '{"etat": "pret", "copies": 1}' > /srv/essai/etat.json
printf 'Ete a Noel\n' > /srv/essai/memo.txt
chmod 0644 /srv/essai/memo.txt
systemctl disable --quiet essai.service
sed -i 's/192.168.1.10/127.0.0.1/' /etc/systemd/system/essai.service
sed -i 's/127.0.0.1/0.0.0.0/' /etc/systemd/system/interne.service
systemctl daemon-reload
systemctl restart essai.service interne.service
repond http://127.0.0.1:8080/
repond http://192.168.1.10:8081/
umount /srv/montage
mount -t tmpfs tmpfs /srv/montage
echo 'essai ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/essai
printf '#!/bin/sh\nexit 3\n' > /usr/local/bin/passage
logger -t essai 'sauvegarde : disque plein'
"""
)
"""As root on ``srv``. The rest is spoilt on the other machine: the address is held twice."""

SPOILT_BESIDE = "ip address add 192.168.1.100/32 dev eth0"

VERDICT = """\
#!/usr/bin/env python3
import json
from pathlib import Path

state = Path("/srv/essai/etat.json")
seen = json.loads(state.read_text())["copies"] if state.exists() else 0
print(json.dumps({"ok": seen == 2, "expected": "2 copies", "observed": f"{seen} copie(s)"}))
"""

_CHECKS: dict[str, dict[str, Any]] = {
    "paquet": {"type": "package", "name": "fuse3"},
    "service": {"type": "service", "unit": "essai"},
    "port-ouvert": {"type": "port", "port": 8080, "address": "192.168.1.10", "from": OTHER},
    "port-interne": {"type": "port", "port": 8081, "closed_from": [OTHER]},
    "http": {
        "type": "http",
        "vm": OTHER,
        "url": "http://192.168.1.10:8080/etat.json",
        "json_values": {"etat": "pret", "copies": 2},
    },
    "adresse": {"type": "address", "address": "192.168.1.100", "among": [OTHER], "holder": SRV},
    "montage": {"type": "mount", "path": "/srv/montage", "fstype": "tmpfs", "options": ["noexec"]},
    "compte": {
        "type": "user",
        "name": "essai",
        "groups": ["adm"],
        "groups_absent": ["sudo"],
        "locked": True,
        "sudo_allows": ["/usr/bin/systemctl restart essai"],
        "sudo_denies": ["/usr/bin/id"],
    },
    "journal": {"type": "log_line", "matches": "sauvegarde achevée sans erreur"},
    "minuteur": {"type": "timer", "unit": "tour.timer"},
    "cron": {"type": "timer", "command_matches": "bin/passage", "user": "root"},
    "fichier": {
        "type": "file",
        "path": "/srv/essai/memo.txt",
        "mode_max": "0640",
        "owner": "root",
        "group": "adm",
    },
    "identique": {"type": "file_identical", "path": "/srv/essai/memo.txt", "parameter": "texte"},
    "commande": {
        "type": "command",
        "run": ["grep", "-c", "2}", "/srv/essai/etat.json"],
        "stdout_matches": "^1$",
    },
    "script": {"type": "script", "run": "checks/copies.py"},
}
SAID_FOR_EVER = {"journal"}
"""What was logged cannot be unsaid."""
GUARD = "sans-alerte"


def step() -> dict[str, Any]:
    """A step of all these checks, and of one that must stay true until the state is spoilt."""
    guard = {"type": "log_line", "matches": "disque plein", "absent": True}
    checks = [
        {"vm": SRV, "title": name, "hint": "-", **check, "id": name}
        for name, check in {**_CHECKS, GUARD: guard}.items()
    ]
    return {
        "id": "essai",
        "title": "Essai",
        "checks": checks,
        "hints": ["-"],
        "solution": [{"vm": SRV, "script": "rien.sh"}],
        "mutants": [],
    }
