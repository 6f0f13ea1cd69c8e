"""Ten checks that hold on any two machines of ours; the peer's are in ``peer.py``."""

import json
from typing import Any

from pcapra_lab.content.models import Step


def ten_checks(vms: list[str]) -> Step:
    """Five checks a machine: a package, a service, a port, a file, an account."""
    checks = [check for vm in vms for check in _five(vm)]
    step = {
        "id": "banc",
        "title": "Banc",
        "checks": checks,
        "hints": ["-"],
        "solution": [{"vm": vms[0], "script": "rien.sh"}],
        "mutants": [],
    }
    return Step.model_validate_json(json.dumps(step))


def marker(vm: str, path: str) -> Step:
    """A step of one check: a file is there."""
    check = {"id": "marque", "type": "file", "path": path, "vm": vm, "title": "-", "hint": "-"}
    step = {
        "id": "marque",
        "title": "Marque",
        "checks": [check],
        "hints": ["-"],
        "solution": [{"vm": vm, "script": "rien.sh"}],
        "mutants": [],
    }
    return Step.model_validate_json(json.dumps(step))


def _five(vm: str) -> list[dict[str, Any]]:
    common = {"vm": vm, "title": "-", "hint": "-"}
    return [
        {"id": f"{vm}-paquet", "type": "package", "name": "cron", **common},
        {"id": f"{vm}-service", "type": "service", "unit": "cron", **common},
        {"id": f"{vm}-port", "type": "port", "port": 22, **common},
        {
            "id": f"{vm}-fichier",
            "type": "file",
            "path": "/etc/sudoers.d/stagiaire",
            "owner": "root",
            "mode_max": "0440",
            "matches": "NOPASSWD",
            **common,
        },
        {"id": f"{vm}-compte", "type": "user", "name": "stagiaire", "groups": ["sudo"], **common},
    ]
