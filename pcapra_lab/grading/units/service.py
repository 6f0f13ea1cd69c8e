"""A systemd unit that runs now, and will at the next boot."""

from typing import Literal

from pcapra_lab.content.checks.service import ServiceCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Verdict

_AT_BOOT = frozenset({"enabled", "alias", "generated"})
"""systemctl(1), is-enabled. The ``-runtime`` states are lost at the next boot."""
_RUNNING = frozenset({"active", "reloading", "refreshing"})
_STATES = {
    "active": "actif",
    "activating": "en cours de démarrage",
    "deactivating": "en cours d'arrêt",
    "failed": "en échec",
    "inactive": "arrêté",
    "reloading": "en cours de rechargement",
}
_FILES = {
    "": "n'a pas de fichier d'unité",
    "disabled": "désactivé au démarrage",
    "enabled": "activé au démarrage",
    "enabled-runtime": "activé jusqu'au prochain démarrage seulement",
    "indirect": "activé par une autre unité seulement",
    "masked": "masqué",
    "masked-runtime": "masqué jusqu'au prochain démarrage",
    "static": "démarré par une autre unité seulement",
}


class ServiceFact(Fact):
    """A unit's state in systemd's words."""

    kind: Literal["service"]
    load: str
    active: str
    sub: str
    file: str
    result: str
    restarts: int


class Service(OneMachine[ServiceCheck, ServiceFact]):
    """``service``."""

    guest = "service"
    fact = ServiceFact

    def item(self, check: ServiceCheck, context: Context) -> Item:
        """The unit's name."""
        return {"unit": check.unit}

    def verdict(self, check: ServiceCheck, fact: ServiceFact, parameters: Parameters) -> Verdict:
        """Each side that the check speaks of."""
        expected, problems = [], []
        running, at_boot = fact.active in _RUNNING, fact.file in _AT_BOOT
        state = f"{_STATES.get(fact.active, fact.active)} ({fact.sub})"
        if fact.active == "failed" and fact.result:
            state = f"{_STATES['failed']} ({fact.result})"
        boot = _FILES.get(fact.file, fact.file)
        if check.running is not None:
            expected.append("actif" if check.running else "arrêté")
            # What is on its way up is neither running nor stopped.
            if not running if check.running else fact.active not in ("inactive", "failed"):
                problems.append(state)
        if check.at_boot is not None:
            expected.append("activé au démarrage" if check.at_boot else "non activé au démarrage")
            if at_boot is not check.at_boot:
                problems.append(boot)
        if check.restarts_max is not None:
            expected.append(f"relancé {check.restarts_max} fois au plus par systemd")
            if fact.restarts > check.restarts_max:
                problems.append(f"relancé {fact.restarts} fois par systemd")
        wants_it = check.running or check.at_boot or check.restarts_max is not None
        if fact.load == "not-found" and wants_it:
            problems = ["cette unité n'existe pas"]
        observed = ", ".join(problems or [state, boot])
        return Verdict(
            not problems, f"{check.unit} : {', '.join(expected)}", f"{check.unit} : {observed}"
        )


UNIT = Service()
