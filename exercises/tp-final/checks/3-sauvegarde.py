#!/usr/bin/env python3
"""Judge the backups of both web servers, from the machine that keeps them.

Usage: 3-sauvegarde.py nuit | coffre | alerte | essai

This script sends itself to the web servers, and runs there as root: « sur-place » and what to do.
There, Borg's own classes are used in one process: starting ``borg`` again and again would cost
minutes on an emulated machine. Nothing of root's cache or locks is touched.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from lab_borg_access import excess, written
from lab_borg_repository import WORDS, manifest_of, opened
from lab_fleet import all_green, run_there
from lab_marker import survivor
from lab_run import run
from lab_site import ROOT
from lab_tree import Item, differences, on_disk, owner, shown
from lab_verdict import verdict

WEBS = ("web1", "web2")
UNIT = "sauvegarde-site"
VAULT = Path("/srv/borg")
ALERTS = Path("/var/lib/pcapra/alertes")
TRIAL = Path("/var/tmp/essai")
PATIENCE = 20
ALERT_S = 60.0
RUN_S = 300.0
CAUSES = {
    **WORDS,
    "PassphraseWrong": "la phrase de /root/.borg-pass n'ouvre pas la clé du dépôt",
    "KeyfileNotFoundError": "la clé de chiffrement n'est pas sur cette machine",
    "PathNotAllowed": "sauvegarde refuse ce dépôt à la clé de root",
    "DoesNotExist": "il n'y a pas encore de dépôt sur sauvegarde",
    "InvalidRepository": "ce n'est pas un dépôt Borg",
    "Permission denied": "le compte borg n'a pas le droit d'écrire dans ce dépôt",
}


def me() -> str:
    """This machine's name."""
    return os.uname().nodename


def location() -> str:
    """Its repository."""
    return f"ssh://borg@sauvegarde{VAULT}/{me()}"


def has_borg(expected: str) -> None:
    """Borg's classes are those of the trainee's package."""
    if not Path("/usr/bin/borg").exists():
        verdict(False, expected, "borgbackup n'est pas installé")


# The night: the timer, what it launches, what that leaves in the repository.


def properties(unit: str, *names: str) -> dict[str, str]:
    """What systemd knows of a unit."""
    done = run("systemctl", "show", unit, *(f"--property={name}" for name in names))
    return dict(line.partition("=")[::2] for line in done.stdout.splitlines())


def archived(archive: Any) -> dict[str, Item]:
    """The site as an archive holds it."""
    import hashlib
    import stat

    tree = {}
    for item in archive.iter_items(lambda item: item.path.startswith(f"{str(ROOT)[1:]}/")):
        content = ""
        if stat.S_ISREG(item.mode):
            digest = hashlib.sha256()
            for data in archive.pipeline.fetch_many([chunk.id for chunk in item.get("chunks", [])]):
                digest.update(data)
            content = digest.hexdigest()
        elif stat.S_ISLNK(item.mode):
            content = item.source
        tree[item.path] = Item(stat.filemode(item.mode), owner(item.uid, item.gid), content)
    return tree


def started(expected: str) -> tuple[float, dict[str, str]]:
    """When the service began, and how it ended."""
    began = time.time()
    late = f"{UNIT}.service dure plus de {RUN_S / 60:.0f} minutes"
    try:
        run("systemctl", "start", f"{UNIT}.service", timeout=RUN_S)
    except subprocess.TimeoutExpired:
        verdict(False, expected, late)
    while True:
        state = properties(f"{UNIT}.service", "LoadState", "ActiveState", "Result")
        # A service of another type than oneshot is started long before it has finished.
        if state.get("ActiveState") not in ("active", "activating"):
            return began, state
        if time.time() - began > RUN_S:
            verdict(False, expected, late)
        time.sleep(0.5)


def backed_up(expected: str) -> float:
    """When the service began, once it has succeeded."""
    began, state = started(expected)
    if state.get("LoadState") != "loaded" or state.get("Result") != "success":
        verdict(False, expected, f"{UNIT}.service échoue : `journalctl -u {UNIT}` dit pourquoi")
    return began


def series(manifest: Any, expected: str) -> dict[str, float]:
    """This machine's archives and their times, oldest first."""
    from datetime import UTC

    found = {
        str(info.name): info.ts.replace(tzinfo=UTC).timestamp()
        for info in manifest.archives.list(sort_by=["ts"])
        if re.match(rf"{me()}-\d{{4}}-", info.name)
    }
    if not found:
        verdict(False, expected, f"aucune archive nommée {me()}-<date>")
    return found


def crowded(archives: dict[str, float]) -> list[str]:
    """The archives of one day, when there are several without counting the oldest of all.

    That one, borg-prune(1) keeps as long as a rule has found fewer archives than it may keep.
    """
    days: dict[str, list[str]] = {}
    for name in list(archives)[1:]:
        days.setdefault(time.strftime("%F", time.localtime(archives[name])), []).append(name)
    return max(days.values(), key=len, default=[])


def night_there(expected: str) -> NoReturn:
    """The timer is armed; what it launches leaves one archive of the day, with the whole site."""
    has_borg(expected)
    timer = properties(f"{UNIT}.timer", "UnitFileState", "ActiveState", "Triggers", "Unit")
    if timer.get("ActiveState") != "active" or timer.get("UnitFileState") != "enabled":
        seen = f"{timer.get('UnitFileState') or 'absent'}, {timer.get('ActiveState', '?')}"
        verdict(False, expected, f"{UNIT}.timer : {seen}")
    if f"{UNIT}.service" not in (timer.get("Triggers", "") + timer.get("Unit", "")):
        verdict(False, expected, f"{UNIT}.timer ne lance pas {UNIT}.service")
    began = backed_up(expected)
    with opened(location(), expected, CAUSES, patience=PATIENCE, lock=False) as repository:
        from borg.archive import Archive

        manifest, key = manifest_of(repository)
        if not key.ARG_NAME.startswith(("repokey", "keyfile")):
            verdict(False, expected, "les données sont en clair : aucun chiffrement")
        left = series(manifest, expected)
        name = list(left)[-1]
        if left[name] < began - 5:
            verdict(False, expected, "le service réussit sans laisser d'archive nouvelle")
        tree = archived(Archive(repository, key, manifest, name))
    problems = differences(tree, on_disk(ROOT, Path("/")))
    if problems:
        verdict(False, expected, f"{name} : {shown(problems, 2)}")
    if len(left) == 2:
        # Pruned or not, two archives look the same: a third one tells.
        backed_up(expected)
        with opened(location(), expected, CAUSES, patience=PATIENCE, lock=False) as repository:
            left = series(manifest_of(repository)[0], expected)
    same_day = crowded(left)
    if len(same_day) > 1:
        verdict(
            False,
            expected,
            f"{len(same_day)} archives du même jour, dont {same_day[0]}",
            "`borg prune --keep-daily=7 …`, après `borg create`, dans le même service.",
        )
    verdict(True, expected, f"{name}, {len(tree)} éléments")


def night() -> None:
    """Both web servers' nights."""
    expected = "minuteur armé ; le service réussit ; /srv/www entier, chiffré, une archive par jour"
    said = run_there(WEBS, "sur-place", "nuit", expected=expected, timeout=660)
    verdict(True, expected, all_green(said, expected))


# The vault: what the web servers' keys may do.


def vault_there(expected: str, nonce: str) -> NoReturn:
    """The key opens Borg on its own repository only; it writes an object and deletes it."""
    has_borg(expected)
    other = next(name for name in WEBS if name != me())
    match excess(f"{VAULT}/{other}", patience=PATIENCE):
        case "tunnel":
            verdict(
                False, expected, "sa clé ouvre un tunnel vers sauvegarde",
                "Le mot `restrict`, devant la clé, interdit tunnels et terminaux.",
            )  # fmt: skip
        case "commande":
            verdict(False, expected, "sa clé exécute une commande sur sauvegarde")
        case "depot":
            verdict(False, expected, f"sa clé ouvre aussi {VAULT}/{other}")
    os.environ["PCAPRA_CLIENT"] = nonce
    written(location(), expected, CAUSES, lock_wait=60, patience=PATIENCE)


def vault() -> None:
    """Each key is bounded, and what it deletes stays on this disk."""
    expected = "chaque clé n'ouvre que son dépôt, sans commande ni tunnel, et n'efface rien"
    nonce = secrets.token_hex(8)
    said = run_there(WEBS, "sur-place", "coffre", nonce, expected=expected)
    all_green(said, expected)
    os.environ["PCAPRA_CLIENT"] = nonce
    for web in WEBS:
        if not survivor(VAULT / web):
            verdict(
                False,
                expected,
                f"un objet que {web} écrit puis efface a vraiment disparu",
                "`borg serve --append-only`, dans `~borg/.ssh/authorized_keys`.",
            )
    verdict(True, expected, "bornées toutes les deux ; ce qu'elles effacent reste sur le disque")


# The alert: a night without a network.


def failure_there(expected: str) -> NoReturn:
    """The service runs without a network for once: it must fail."""
    has_borg(expected)
    folder = Path(f"/run/systemd/system/{UNIT}.service.d")
    folder.mkdir(parents=True, exist_ok=True)
    broken = folder / "99-sans-reseau.conf"
    broken.write_text("[Service]\nPrivateNetwork=yes\n")
    run("systemctl", "daemon-reload")
    try:
        _, result = started(expected)
    finally:
        broken.unlink()
        run("systemctl", "daemon-reload")
        run("systemctl", "reset-failed", f"{UNIT}.service")
    if result.get("LoadState") != "loaded":
        verdict(False, expected, f"il n'y a pas de {UNIT}.service")
    failed = result.get("Result") != "success"
    verdict(failed, expected, "échoue" if failed else "sans réseau, et le service dit réussir")


def alerts() -> dict[Path, str]:
    """Those that arrived, each with its name and its text."""
    if not ALERTS.is_dir():
        return {}
    return {
        path: f"{path.name}\n{path.read_text(errors='replace')}" for path in ALERTS.glob("*.alerte")
    }


def alert() -> None:
    """A failed backup of each web server leaves an alert here; this test's are removed."""
    expected = f"une sauvegarde qui échoue, sur web1 ou web2, laisse une alerte dans {ALERTS}"
    known = alerts().keys()
    said = run_there(WEBS, "sur-place", "echec", expected=expected)
    all_green(said, expected)
    deadline = time.monotonic() + ALERT_S
    while True:
        new = {path: text for path, text in alerts().items() if path not in known}
        silent = [web for web in WEBS if not any(web in text for text in new.values())]
        if not silent or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    for path in new:
        path.unlink(missing_ok=True)
    if silent:
        verdict(
            False, expected, f"échec de {' et de '.join(silent)} : aucune alerte en {ALERT_S:.0f} s"
        )
    verdict(True, expected, "les deux échecs sont arrivés")


# The trial: what a restore gives back.


def trees_there() -> NoReturn:
    """The site, and what was restored from its archive, if anything was."""
    print(json.dumps({"vif": on_disk(ROOT, ROOT), "essai": restored()}))
    raise SystemExit


def without_register(tree: dict[str, Item]) -> dict[str, Item]:
    """The site without what comes in all day: a rehearsal does not age because of it."""
    return {name: item for name, item in tree.items() if Path(name).parts[0] != "registre"}


def restored() -> dict[str, Item]:
    """The tree that the rehearsal left on this machine, wherever it stands below its folder."""
    tops = sorted(TRIAL.rglob("catalogue.csv")) if TRIAL.is_dir() else []
    return on_disk(tops[0].parent, tops[0].parent) if tops else {}


def trial() -> None:
    """The rehearsed restore is the site, byte for byte, with its permissions."""
    expected = f"dans {TRIAL}, sur sauvegarde ou web1, le site restauré, identique, droits compris"
    if local := restored():
        wanted = run_there(["web1"], "sur-place", "arbres", expected=expected)["web1"]
        where, tree = "sauvegarde", local
    else:
        wanted = run_there(["web1"], "sur-place", "arbres", expected=expected)["web1"]
        where, tree = "web1", {name: Item(*item) for name, item in wanted["essai"].items()}
    if not tree:
        verdict(False, expected, f"pas de site restauré dans {TRIAL}")
    alive = {name: Item(*item) for name, item in wanted["vif"].items()}
    problems = differences(tree, without_register(alive))
    if problems:
        verdict(False, expected, f"sur {where} : {shown(problems, 2)}")
    verdict(True, expected, f"sur {where} : {len(tree)} éléments identiques")


def there(what: str, *args: str) -> NoReturn:
    """On a web server, as root."""
    match what:
        case "nuit":
            night_there("la nuit se passe bien")
        case "coffre":
            vault_there("la clé est bornée", *args)
        case "echec":
            failure_there("sans réseau, la sauvegarde échoue")
        case "arbres":
            trees_there()
    raise SystemExit(f"{what} ?")


os.umask(0o077)
JUDGES = {"nuit": night, "coffre": vault, "alerte": alert, "essai": trial, "sur-place": there}
JUDGES[sys.argv[1]](*sys.argv[2:])
