#!/usr/bin/env python3
"""Judge the backups by Bacula's catalogue.

Usage: catalogue.py complete | exclusions | compression | retention | volumes
       | niveau | difference | disparus | absorbee | trace | reprise

The catalogue keeps each file's digest: what a job holds is known without restoring it.
"""

import base64
import hashlib
import os
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from lab_bacula import anyone_may
from lab_verdict import verdict

CATALOGUE = Path("/var/lib/bacula/bacula.db")
VOLUMES = Path("/srv/bacula")
JOB = "SauvegardeSrv"
CLIENT = os.environ["PCAPRA_CLIENT"]
SITE = f"/srv/www/{CLIENT}"
DAY = 86400
DIGESTS = {16: "md5", 20: "sha1", 32: "sha256", 64: "sha512"}
GONE = {"promotion.txt", "photos/vitrine.raw"}


def before() -> bytes:
    """The contract as it was signed."""
    return os.environ["PCAPRA_CANARY"].encode()


def photo() -> bytes:
    """The photo, which moves to another folder during the day."""
    return random.Random(CLIENT).randbytes(512 << 10)


def site() -> dict[str, bytes]:
    """The site of setup/donnees.sh, without what the statement excludes."""
    log = "".join(f"2025-{n % 12 + 1:02} GET /{CLIENT}/{n % 97} 200\n" for n in range(30000))
    return {
        "index.html": f"<h1>{CLIENT}</h1>\n".encode(),
        "Procès-verbal d'été.txt": f"Séance de {CLIENT}\n".encode(),
        "bin/publier.sh": b"#!/bin/sh\nexit 0\n",
        "prive/comptes.csv": f"compte;{CLIENT}\n".encode(),
        "journaux/2025.log": log.encode(),
        "contrat.txt": before(),
        "promotion.txt": b"Jusqu'au 31 seulement\n",
        "photos/vitrine.raw": photo(),
    }


def changed() -> dict[str, bytes]:
    """What setup/changements.sh changed, created or moved."""
    return {
        "contrat.txt": before() + b"Avenant : voir avenant.txt.\n",
        "avenant.txt": f"Avenant de {CLIENT}\n".encode(),
        "photos-2026/vitrine.raw": photo(),
    }


def rows(expected: str, query: str, *values: object) -> list[sqlite3.Row]:
    """What the catalogue answers."""
    try:
        with closing(
            sqlite3.connect(f"file:{CATALOGUE}?mode=ro", uri=True, timeout=30)
        ) as catalogue:
            catalogue.row_factory = sqlite3.Row
            return list(catalogue.execute(query, values))
    except sqlite3.OperationalError as error:
        verdict(False, expected, f"le catalogue n'est pas lisible : {error}")


def jobs(expected: str, condition: str = "1") -> list[sqlite3.Row]:
    """The backups of srv, oldest first."""
    return rows(
        expected,
        "SELECT Job.* FROM Job JOIN Client USING (ClientId) WHERE Job.Name = ? AND Job.Type = 'B'"
        f" AND Client.Name = 'srv-fd' AND {condition} ORDER BY JobId",
        JOB,
    )


def files(expected: str, *numbers: int) -> list[sqlite3.Row]:
    """The entries of these jobs, folders left out: path, index (negative once deleted), digest."""
    marks = ", ".join("?" * len(numbers))
    return rows(
        expected,
        "SELECT Path || Filename.Name AS path, FileIndex AS place, MD5 AS digest FROM File"
        " JOIN Path USING (PathId) JOIN Filename USING (FilenameId)"
        f" WHERE Filename.Name != '' AND JobId IN ({marks}) ORDER BY JobId",
        *numbers,
    )


def same(digest: str, content: bytes) -> bool | None:
    """Whether a digest of the catalogue is that of a content; None if there is none."""
    raw = base64.b64decode(digest + "=" * (-len(digest) % 4)) if len(digest) > 8 else b""
    algorithm = DIGESTS.get(len(raw))
    return None if algorithm is None else hashlib.new(algorithm, content).digest() == raw


def last_full(expected: str) -> sqlite3.Row:
    """The newest full backup that succeeded."""
    found = jobs(expected, "Job.Level = 'F' AND Job.JobStatus IN ('T', 'W')")
    if not found:
        others = jobs(expected)
        words = f"aucune complète réussie de {JOB} pour srv-fd"
        if others:
            last = others[-1]
            words += f" ; la dernière est de niveau {last['Level']}, état {last['JobStatus']}"
        verdict(False, expected, words)
    return found[-1]


def full() -> None:
    """The full backup holds the site, with digests that are those of the planted files."""
    expected = f"la dernière complète, sans erreur, contient {SITE} au complet, avec ses empreintes"
    job = last_full(expected)
    held = {row["path"]: row["digest"] for row in files(expected, job["JobId"])}
    for name, content in site().items():
        digest = held.get(f"{SITE}/{name}")
        if digest is None:
            verdict(False, expected, f"travail {job['JobId']} : {SITE}/{name} n'y est pas")
        match same(digest, content):
            case None:
                verdict(
                    False,
                    expected,
                    f"travail {job['JobId']} : aucune empreinte",
                    "`Signature = SHA256` dans les Options du FileSet ; le bloc sans motif vient "
                    "en dernier.",
                )
            case False:
                verdict(False, expected, f"travail {job['JobId']} : {name} diffère")
    if f"{SITE}/accueil.html" not in held:
        verdict(False, expected, f"travail {job['JobId']} : le lien accueil.html n'y est pas")
    if job["JobErrors"]:
        verdict(False, expected, f"travail {job['JobId']} : {job['JobErrors']} erreurs")
    verdict(True, expected, f"travail {job['JobId']} : {job['JobFiles']} éléments")


def exclusions() -> None:
    """Nothing of what the statement excludes is in the full backup."""
    expected = "ni *.tmp ni dossier cache dans la dernière complète"
    job = last_full(expected)
    held = [row["path"] for row in files(expected, job["JobId"])]
    unwanted = [path for path in held if path.endswith(".tmp") or path.startswith(f"{SITE}/cache/")]
    if unwanted:
        verdict(
            False,
            expected,
            f"travail {job['JobId']} : {' ; '.join(unwanted[:3])}",
            "Sans `Exclude = yes`, un bloc Options et ses motifs choisissent des options, et "
            "gardent les fichiers.",
        )
    verdict(True, expected, f"{len(held)} fichiers, rien d'exclu")


def compression() -> None:
    """The client compressed what it sent."""
    expected = "la dernière complète a été compressée par le client"
    job = last_full(expected)
    read, sent = job["ReadBytes"], job["JobBytes"]
    verdict(sent * 10 < read * 8, expected, f"{read >> 10} Kio lus, {sent >> 10} Kio envoyés")


def retention() -> None:
    """The volumes are kept 30 days, what the catalogue says of them as long at least."""
    expected = "volumes gardés 30 jours, puis recyclés ; le catalogue s'en souvient aussi longtemps"
    job = last_full(expected)
    [client] = rows(expected, "SELECT * FROM Client WHERE ClientId = ?", job["ClientId"])
    [pool] = rows(expected, "SELECT * FROM Pool WHERE PoolId = ?", job["PoolId"])
    media = rows(
        expected,
        "SELECT DISTINCT Media.* FROM Media JOIN JobMedia USING (MediaId) WHERE JobId = ?",
        job["JobId"],
    )
    for kept, words in (
        (pool["VolRetention"], f"groupe {pool['Name']}"),
        *((row["VolRetention"], f"volume {row['VolumeName']}") for row in media),
    ):
        if kept != 30 * DAY:
            verdict(
                False,
                expected,
                f"{words} : {kept / DAY:g} jours",
                "Un volume garde la durée du jour où il est né : `update volume=… "
                "VolRetention=30days` corrige ceux qui existent.",
            )
    if not (pool["AutoPrune"] and pool["Recycle"]):
        verdict(False, expected, f"groupe {pool['Name']} : jamais recyclé")
    for name in ("FileRetention", "JobRetention"):
        if client[name] < 30 * DAY:
            verdict(False, expected, f"srv-fd : {name} de {client[name] / DAY:g} jours")
    verdict(True, expected, f"groupe {pool['Name']}, {len(media)} volume")


def volumes() -> None:
    """The volumes are in their folder, out of reach of other accounts."""
    expected = f"les volumes sont dans {VOLUMES}, illisibles pour un compte ordinaire"
    job = last_full(expected)
    names = rows(
        expected,
        "SELECT DISTINCT VolumeName FROM Media JOIN JobMedia USING (MediaId) WHERE JobId = ?",
        job["JobId"],
    )
    for row in names:
        path = VOLUMES / row["VolumeName"]
        if not path.is_file():
            verdict(False, expected, f"{path} n'existe pas")
        if anyone_may("-r", path):
            verdict(
                False,
                expected,
                f"tous peuvent lire {path}, et tout ce que srv y a mis",
                "Le dossier en 0750, au compte bacula.",
            )
    verdict(bool(names), expected, f"{len(names)} volume à l'abri")


def increments(expected: str) -> list[sqlite3.Row]:
    """The incremental backups that succeeded since the full one they rest upon."""
    base = last_full(expected)
    found = jobs(
        expected,
        f"Job.Level = 'I' AND Job.JobStatus IN ('T', 'W') AND JobId > {int(base['JobId'])}",
    )
    if not found:
        last = jobs(expected)[-1]
        verdict(
            False,
            expected,
            f"aucune depuis la complète {base['JobId']} ; le dernier travail, {last['JobId']}, "
            f"est de niveau {last['Level']}, état {last['JobStatus']}",
        )
    return found


def level() -> None:
    """The last backup is incremental and succeeded."""
    expected = "le dernier travail est une incrémentale réussie, qui s'appuie sur une complète"
    found = increments(expected)
    last = jobs(expected)[-1]
    if last["JobId"] != found[-1]["JobId"]:
        verdict(
            False,
            expected,
            f"travail {last['JobId']} : niveau {last['Level']}, état {last['JobStatus']}",
        )
    verdict(True, expected, f"travail {last['JobId']}, {last['JobBytes'] >> 10} Kio")


def difference() -> None:
    """The increments hold all that changed, and nothing else."""
    expected = "les incrémentales contiennent ce qui a changé, et rien d'autre"
    numbers = [job["JobId"] for job in increments(expected)]
    held = {row["path"]: row["digest"] for row in files(expected, *numbers) if row["place"] > 0}
    wanted = changed()
    for name, content in wanted.items():
        digest = held.pop(f"{SITE}/{name}", None)
        if digest is None:
            verdict(
                False,
                expected,
                f"{SITE}/{name} n'y est pas",
                "Un fichier dont le dossier a été renommé garde ses dates : sans `Accurate = yes`, "
                "le client le croit déjà sauvegardé. Ajoutez-le, rechargez, relancez.",
            )
        if same(digest, content) is False:
            verdict(False, expected, f"{SITE}/{name} n'y est pas dans son dernier état")
    if held:
        verdict(False, expected, f"{len(held)} fichiers inchangés en plus, dont {min(held)}")
    verdict(True, expected, f"{len(wanted)} fichiers, dans {len(numbers)} travail")


def deleted() -> None:
    """The catalogue knows what disappeared."""
    expected = "le catalogue sait ce qui a disparu depuis la complète"
    numbers = [job["JobId"] for job in increments(expected)]
    known = {row["path"] for row in files(expected, *numbers) if row["place"] <= 0}
    missing = sorted(GONE - {path.removeprefix(f"{SITE}/") for path in known})
    if missing:
        verdict(
            False,
            expected,
            f"{SITE}/{missing[0]} reviendrait à la prochaine restauration",
            "`Accurate = yes` dans le travail.",
        )
    verdict(True, expected, f"{len(known)} disparus notés")


def absorbed() -> None:
    """A full backup took the changes: no incremental one can hold them any more."""
    expected = "une complète a emporté les changements du jour"
    held = {row["path"] for row in files(expected, last_full(expected)["JobId"])}
    lost = f"{SITE}/avenant.txt" in held
    verdict(lost, expected, "avenant.txt y est" if lost else "avenant.txt n'y est pas")


def trace() -> None:
    """The failed job and its log are still in the catalogue."""
    expected = "le travail échoué et son journal sont encore au catalogue"
    failed = jobs(expected, "Job.JobStatus IN ('f', 'E')")
    logged = [
        job["JobId"]
        for job in failed
        if rows(expected, "SELECT 1 FROM Log WHERE JobId = ? LIMIT 1", job["JobId"])
    ]
    verdict(bool(logged), expected, f"travaux échoués avec un journal : {logged or 'aucun'}")


def again() -> None:
    """A backup succeeded since the failure, with the file that the night missed."""
    expected = "depuis l'échec, un travail réussi contient factures/du-jour.txt"
    failed = jobs(expected, "Job.JobStatus IN ('f', 'E')")
    since = min((job["JobId"] for job in failed), default=0)
    invoice = f"Facture du jour de {CLIENT} : {os.environ['PCAPRA_FACTURE']}\n".encode()
    for job in jobs(expected, f"Job.JobStatus IN ('T', 'W') AND JobId > {int(since)}"):
        for row in files(expected, job["JobId"]):
            if row["path"] == f"{SITE}/factures/du-jour.txt" and same(row["digest"], invoice):
                verdict(True, expected, f"travail {job['JobId']}, niveau {job['Level']}")
    last: Any = jobs(expected)[-1:]
    state = f"travail {last[0]['JobId']}, état {last[0]['JobStatus']}" if last else "aucun travail"
    verdict(False, expected, f"aucun ; le dernier : {state}")


{
    "complete": full,
    "exclusions": exclusions,
    "compression": compression,
    "retention": retention,
    "volumes": volumes,
    "niveau": level,
    "difference": difference,
    "disparus": deleted,
    "absorbee": absorbed,
    "trace": trace,
    "reprise": again,
}[sys.argv[1]]()
