#!/usr/bin/env python3
"""Compare /srv/vm with what setup/machines.sh made and two nights changed."""

import grp
import hashlib
import os
import pwd
import random
import stat
from pathlib import Path
from typing import NoReturn

from lab_verdict import verdict

CLIENT = os.environ["PCAPRA_CLIENT"]
FOLDER = Path("/srv/vm") / CLIENT
DISK = 4 << 20
BLOCK = 64 << 10


def planted() -> dict[str, tuple[str, str, str, bytes]]:
    """Permissions, owner, group and content of each file."""
    template = random.Random(f"{CLIENT}-modele").randbytes(DISK)
    disk = bytearray(template)
    disk[10 * BLOCK : 11 * BLOCK] = random.Random(f"{CLIENT}-nuit1").randbytes(BLOCK)
    disk[30 * BLOCK : 31 * BLOCK] = random.Random(f"{CLIENT}-nuit2").randbytes(BLOCK)
    conf = f"name: {CLIENT}\nuuid: {os.environ['PCAPRA_MARQUE']}\n".encode()
    canary = os.environ["PCAPRA_CANARY"].encode()
    return {
        "modele.raw": ("-rw-r-----", "root", "root", template),
        "disque.raw": ("-rw-------", "root", "root", bytes(disk)),
        "vm.conf": ("-rw-r-----", "root", "www-data", conf),
        "contrat.txt": ("-rw-r-----", "root", "www-data", canary),
    }


def main() -> NoReturn:
    """Contents, permissions and owners are those of the last night."""
    expected = f"{FOLDER} revenu à l'identique : contenus, droits, propriétaires"
    problems = []
    for name, (mode, user, group, content) in planted().items():
        path = FOLDER / name
        if not path.is_file():
            problems.append(f"{name} manque")
            continue
        status = path.stat()
        seen = (
            stat.filemode(status.st_mode),
            pwd.getpwuid(status.st_uid).pw_name,
            grp.getgrgid(status.st_gid).gr_name,
        )
        if hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(content).digest():
            problems.append(f"{name} : le contenu n'est pas celui de la dernière nuit")
        elif seen != (mode, user, group):
            problems.append(f"{name} : {seen[0]} {seen[1]}:{seen[2]}")
    if not problems and stat.S_IMODE(FOLDER.stat().st_mode) != 0o750:
        problems.append(f"{FOLDER} : {stat.filemode(FOLDER.stat().st_mode)}")
    verdict(not problems, expected, " ; ".join(problems) or f"{len(planted())} fichiers conformes")


main()
