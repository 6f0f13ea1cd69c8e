"""Other machines, asked from the backup machine by the trainee's own key.

A check of several machines that share a state (two web servers, five clocks) would otherwise be as
many checks. The script that runs here may also run itself there, as root.
"""

import io
import json
import os
import shlex
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lab_run import ENVIRONMENT, last_line
from lab_verdict import verdict

ACCOUNT = "stagiaire"
PATIENCE = 20
"""Seconds to wait for an SSH server."""
SIGNS = {
    "Permission denied": "la clé de stagiaire y est refusée",
    "Host key verification failed": "machine encore inconnue de stagiaire, ou clé d'hôte changée",
    "Connection refused": "le serveur SSH ne répond pas",
    "Connection timed out": "la machine ne répond pas",
    "No route to host": "la machine ne répond pas",
    "a password is required": "sudo y demande un mot de passe",
}
THERE = """
import io, json, os, runpy, sys, tarfile, tempfile
size = int(sys.argv[1])
data = sys.stdin.buffer.read(size)
with tempfile.TemporaryDirectory(dir="/run") as folder:
    tarfile.open(fileobj=io.BytesIO(data)).extractall(folder)
    os.environ.update(json.loads(open(os.path.join(folder, "env.json")).read()))
    sys.path.insert(0, folder)
    sys.argv = sys.argv[2:]
    runpy.run_path(os.path.join(folder, sys.argv[0]), run_name="__main__")
"""


def ask(
    commands: Mapping[str, str], *, given: bytes = b"", timeout: float = 60.0
) -> dict[str, subprocess.CompletedProcess[str]]:
    """What each machine answers to its command, all at the same time.

    Args:
        commands: a shell command, by machine.
        given: what each reads.
        timeout: seconds; one that takes longer is said to have failed.
    """

    def one(machine: str) -> subprocess.CompletedProcess[str]:
        line = [
            "runuser", "-u", ACCOUNT, "--", "ssh", "-o", "BatchMode=yes",
            "-o", f"ConnectTimeout={PATIENCE}", machine, commands[machine],
        ]  # fmt: skip
        try:
            done = subprocess.run(
                line, input=given, env=ENVIRONMENT, check=False, capture_output=True,
                timeout=timeout,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(line, 255, "", f"rien en {timeout:.0f} s")
        out, err = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(line, done.returncode, out, err)

    with ThreadPoolExecutor(max(1, len(commands))) as pool:
        return dict(zip(commands, pool.map(one, commands), strict=True))


def trouble(done: subprocess.CompletedProcess[str]) -> str:
    """Why SSH itself failed, in words; empty when the command ran there."""
    for sign, words in SIGNS.items():
        if done.returncode != 0 and sign in done.stderr:
            return words
    return last_line(done.stderr, "SSH échoue") if done.returncode == 255 else ""


def run_there(
    machines: Sequence[str], *args: str, expected: str, timeout: float = 240.0
) -> dict[str, Any]:
    """What this very script says when it runs on each machine as root: one JSON value each.

    Args:
        machines: their names.
        args: the script's arguments there.
        expected: what the verdict says when a machine cannot be asked.
        timeout: seconds.
    """
    script = Path(sys.argv[0])
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path in script.parent.glob("*.py"):
            tar.add(path, path.name)
        env = {key: value for key, value in os.environ.items() if key.startswith("PCAPRA_")}
        data = json.dumps(env).encode()
        info = tarfile.TarInfo("env.json")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    given = packed.getvalue()
    line = shlex.join(
        [
            "sudo",
            "-n",
            "python3",
            "-I",
            "-X",
            "utf8",
            "-c",
            THERE,
            str(len(given)),
            script.name,
            *args,
        ]
    )
    answers = ask(dict.fromkeys(machines, line), given=given, timeout=timeout)
    found = {}
    for machine, done in answers.items():
        if said := trouble(done):
            verdict(False, expected, f"{machine} : {said}")
        if done.returncode != 0:
            raise RuntimeError(f"{machine}: {done.stderr}")
        found[machine] = json.loads(last_line(done.stdout, "null"))
    return found


def all_green(said: Mapping[str, Any], expected: str) -> str:
    """What several verdicts saw, when all are good; the first bad one is the check's."""
    for machine, one in said.items():
        if not one["ok"]:
            verdict(False, expected, f"{machine} : {one['observed']}", one["hint"])
    return " ; ".join(f"{machine} : {one['observed']}" for machine, one in said.items())
