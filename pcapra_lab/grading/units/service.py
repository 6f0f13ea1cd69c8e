"""A systemd unit that runs now, and will at the next boot."""

from typing import Literal

from pcapra_lab.content.checks.service import ServiceCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Verdict
from pcapra_lab.i18n import _

_AT_BOOT = frozenset({"enabled", "alias", "generated"})
"""systemctl(1), is-enabled. The ``-runtime`` states are lost at the next boot."""
_RUNNING = frozenset({"active", "reloading", "refreshing"})
_STATES = {
    "active": _("actif"),
    "activating": _("en cours de démarrage"),
    "deactivating": _("en cours d'arrêt"),
    "failed": _("en échec"),
    "inactive": _("arrêté"),
    "reloading": _("en cours de rechargement"),
}
_FILES = {
    "": _("n'a pas de fichier d'unité"),
    "disabled": _("désactivé au démarrage"),
    "enabled": _("activé au démarrage"),
    "enabled-runtime": _("activé jusqu'au prochain démarrage seulement"),
    "indirect": _("activé par une autre unité seulement"),
    "masked": _("masqué"),
    "masked-runtime": _("masqué jusqu'au prochain démarrage"),
    "static": _("démarré par une autre unité seulement"),
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
            expected.append(_("actif") if check.running else _("arrêté"))
            # What is on its way up is neither running nor stopped.
            if not running if check.running else fact.active not in ("inactive", "failed"):
                problems.append(state)
        if check.at_boot is not None:
            expected.append(
                _("activé au démarrage") if check.at_boot else _("non activé au démarrage")
            )
            if at_boot is not check.at_boot:
                problems.append(boot)
        if check.restarts_max is not None:
            expected.append(
                _("relancé {restarts_max} fois au plus par systemd").format(
                    restarts_max=check.restarts_max
                )
            )
            if fact.restarts > check.restarts_max:
                problems.append(
                    _("relancé {restarts} fois par systemd").format(restarts=fact.restarts)
                )
        wants_it = check.running or check.at_boot or check.restarts_max is not None
        if fact.load == "not-found" and wants_it:
            problems = [_("cette unité n'existe pas")]
        observed = ", ".join(problems or [state, boot])
        return Verdict(
            not problems,
            _("{unit} : {expected}").format(unit=check.unit, expected=", ".join(expected)),
            _("{unit} : {observed}").format(unit=check.unit, observed=observed),
        )


UNIT = Service()
