"""One errand inside a machine: a script goes in by standard input, one reply comes back."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.record import Moment, Undo
from pcapra_lab.remote.result import RunInGuest

ARGV = ["python3", "-I", "-X", "utf8", "-"]
"""Isolated, so that no module of the trainee's is imported; UTF-8 whatever the locale."""
ERRAND_SECONDS = 130.0
"""A script gives each program it runs 100 s, a service's start among them."""
_PACKAGE = "pcapra_lab.lab.faults.guest"
_LOADER = """\
import json, sys, types
def load(name, source):
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, name, "exec"), vars(module))
    return module
"""
"""The scripts are modules here, for the linters and the tests; they are modules there too."""

_RESET = _("pcapra-lab reset --vm {vm} remet la machine en état")
_LAST = {"qdisc-taken": _("supprimez-la d'abord : sudo tc qdisc del dev eth0 root")}
_WORDS = {
    "no-program": _("le programme « {detail} » n'est pas installé"),
    "too-long": _("« {detail} » n'a pas fini dans les temps"),
    "program-failed": _("commande refusée : {detail}"),
    "os-error": _("le système a refusé : {detail}"),
    "no-link": _("le lien {detail} n'existe pas sur la machine"),
    "qdisc-taken": _(
        "eth0 a déjà une file d'attente à lui ({detail}), qu'on ne saurait pas remettre"
    ),
    "no-unit": _("le service {detail} n'existe pas"),
    "unit-idle": _("le service n'a pas de processus à tuer (état {detail})"),
    "no-folder": _("{detail} n'est pas un dossier"),
    "read-only": _("{detail} n'est pas sur un système de fichiers où écrire"),
    "unmounted": _("le système de fichiers rempli n'est plus monté sous {detail}"),
    "no-file": _("le fichier {detail} n'existe pas"),
    "not-a-file": _("{detail} n'est pas un fichier ordinaire"),
    "empty-file": _("le fichier {detail} est vide : il n'y a rien à corrompre"),
    "file-changed": _("le fichier {detail} a changé pendant la préparation de la panne"),
    "before-1970": _("l'horloge de la machine reculerait avant 1970"),
}
_NOTES = {
    "already-gone": _("il n'en restait rien sur {vm}"),
    "unit-removed": _("le service a été désinstallé ou masqué depuis : laissé tel quel"),
    "unit-back": _("le service était déjà reparti"),
    "file-mended": _("le fichier avait déjà son contenu d'origine"),
    "file-rewritten": _("le contenu a été remplacé depuis : laissé tel quel"),
    "file-partly": _("une partie avait été réécrite depuis : seul le reste a été remis"),
    "file-gone": _("le fichier a été supprimé ou déplacé depuis : rien à remettre"),
}


class GuestReply(BaseModel):
    """What a script answers: see ``guest/toolkit.py``."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    ok: bool
    reason: str = ""
    detail: str = ""
    undo: Undo = {}
    note: str = ""
    lead: float = 0.0
    tail: float = 0.0


class Errand(BaseModel):
    """An errand done: what the script answered, and when the deed took place."""

    model_config = ConfigDict(frozen=True)

    undo: Undo
    note: str
    """In French; empty when all was found as left."""
    at: Moment


def send(run: RunInGuest, vm: str, job: Mapping[str, Any]) -> Errand:
    """Have a job done on ``vm`` by the script of its ``kind``.

    Raises:
        VmError: the script refused, in words, or did not answer.
        LabError: the machine cannot be reached.
    """
    program = _program(job)
    before = Moment.now()
    result = run(vm, list(ARGV), program, ERRAND_SECONDS)
    after = Moment.now()
    lines = result.stdout.decode(errors="replace").strip().splitlines()
    try:
        reply = GuestReply.model_validate_json(lines[-1] if lines else "")
    except ValidationError as error:
        said = result.stderr.decode(errors="replace").strip().splitlines()
        raise VmError(
            vm,
            _("le script de la panne n'a pas répondu (code de sortie {exit_status})").format(
                exit_status=result.exit_status
            )
            + (f" : {said[-1][:300]}" if said else ""),
            hint=_("« sudo python3 --version » doit fonctionner sur {vm} ; sinon ").format(vm=vm)
            + _RESET.format(vm=vm),
        ) from error
    if not reply.ok:
        words = _WORDS.get(reply.reason, "{detail}").format(detail=reply.detail)
        raise VmError(vm, words, hint=_LAST.get(reply.reason, _RESET.format(vm=vm)))
    # One that is not ours is the machine's own text: braces in it mean nothing.
    note = _NOTES[reply.note].format(vm=vm) if reply.note in _NOTES else reply.note
    return Errand(undo=reply.undo, note=note, at=narrowed(before, after, reply))


def _program(job: Mapping[str, Any]) -> bytes:
    """The toolkit, the script and the job as one Python source, in ASCII whatever they hold."""
    lines = [_LOADER]
    for variable, part in (("toolkit", "toolkit"), ("script", job["kind"].replace("-", "_"))):
        source = files(_PACKAGE).joinpath(f"{part}.py").read_text(encoding="utf-8")
        lines.append(f"{variable} = load('{_PACKAGE}.{part}', {source!a})")
    lines.append(f"toolkit.main(script, json.loads({json.dumps(dict(job))!a}))\n")
    return "\n".join(lines).encode("ascii")


def narrowed(before: Moment, after: Moment, reply: GuestReply) -> Moment:
    """When the deed took place: the call's bracket, less what the script saw pass on either side.

    A guest's seconds are the host's, so the start of Python, slow under emulation, does not blur
    the date. A guest that measured more than the whole call is not believed.
    """
    lead, tail = max(0.0, reply.lead), max(0.0, reply.tail)
    if lead + tail > after.monotonic - before.monotonic:
        return Moment.between(before, after)
    return Moment.between(before.shifted(lead), after.shifted(-tail))
