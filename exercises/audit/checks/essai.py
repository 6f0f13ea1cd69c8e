#!/usr/bin/env python3
"""Judge the « 0 »: what is left that is good, and a restore test that can fail.

Usage: essai.py derniere-bonne | sain | essai
"""

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from lab_borg import borg
from lab_cron import run_as_cron
from lab_run import Done, last_line
from lab_verdict import verdict

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"
NOTE = Path("/var/lib/pcapra/heritage.json")
LAST_GOOD = Path("/srv/audit/derniere-bonne.txt")
TEST = "/usr/local/sbin/essai-restauration"
STAMP = Path("/srv/audit/dernier-essai")
DATA = Path("/srv/donnees")


def ending(done: Done) -> str:
    """What a command said last."""
    return last_line(done.stdout + done.stderr, f"code {done.returncode}")[:160]


def last_good() -> None:
    """The trainee found the newest of the inherited archives that holds anything."""
    expected = f"{LAST_GOOD} donne le nom de la dernière archive héritée qui contient des données"
    if not LAST_GOOD.is_file():
        verdict(False, expected, f"{LAST_GOOD} n'existe pas")
    said = LAST_GOOD.read_text(errors="replace").strip()
    names = json.loads(NOTE.read_text())
    if said in names["vides"]:
        verdict(False, expected, f"{said} ne contient rien")
    if said in names["bonnes"][:-1]:
        verdict(False, expected, f"{said} est bonne, mais une plus récente l'est aussi")
    verdict(said == names["bonnes"][-1], expected, f"vous avez noté « {said[:60]} »")


def sound() -> None:
    """Every chunk of the repository is read, deciphered and authenticated."""
    expected = "borg check --verify-data ne trouve aucune erreur"
    run = borg("check", "--bypass-lock", "--verify-data", REPOSITORY)
    verdict(run.returncode == 0, expected, "aucune erreur" if not run.returncode else ending(run))


def run_test() -> Done:
    """The test, as cron would run it."""
    return run_as_cron(TEST, env={"LANG": "C.UTF-8"})


def stamped(since: float) -> bool:
    """The test has written its date."""
    return STAMP.is_file() and STAMP.stat().st_mtime >= since


def tried() -> None:
    """The test succeeds on a good archive, and fails on one whose contract has changed."""
    expected = "l'essai réussit sur une bonne archive, et échoue sur une archive altérée"
    if not os.access(TEST, os.X_OK):
        verdict(False, expected, f"{TEST} n'existe pas ou n'est pas exécutable")
    mark = str(int(time.time()))
    began = time.time()
    good = f"srv-essai-{mark}-a"
    run = borg("create", "--lock-wait", "60", f"{REPOSITORY}::{good}", str(DATA))
    if run.returncode != 0:
        verdict(False, expected, f"srv ne peut plus sauvegarder : {ending(run)}")
    altered = f"srv-essai-{mark}-b"
    try:
        run = run_test()
        if run.returncode != 0:
            verdict(
                False,
                expected,
                f"code {run.returncode} sur une archive faite à l'instant : {ending(run)}",
            )
        if not stamped(began):
            verdict(False, expected, f"l'essai a réussi sans dater {STAMP}")
        os.utime(STAMP, (began - 3600, began - 3600))
        with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
            copy = Path(folder) / "srv/donnees"
            shutil.copytree(DATA, copy)
            contract = copy / os.environ["PCAPRA_CLIENT"] / "contrat.txt"
            contract.write_bytes(contract.read_bytes()[:-2] + b"?\n")
            borg(
                "create", "--lock-wait", "60", f"{REPOSITORY}::{altered}", "srv/donnees", cwd=folder
            )
        run = run_test()
        if run.returncode == 0:
            verdict(
                False,
                expected,
                "code 0 alors que le contrat de la dernière archive n'est plus le vrai",
                "Compter des fichiers ne suffit pas : comparez leur contenu (`diff -r`).",
            )
        if stamped(began):
            verdict(False, expected, f"l'essai a échoué, et daté {STAMP} comme s'il avait réussi")
    finally:
        borg("delete", "--lock-wait", "60", REPOSITORY, good, altered)
    verdict(True, expected, f"réussite datée, puis échec (code {run.returncode})")


os.umask(0o022)
{"derniere-bonne": last_good, "sain": sound, "essai": tried}[sys.argv[1]]()
