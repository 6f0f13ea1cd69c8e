"""A planned task that is not found, not awaited, or that fails when it runs."""

from collections.abc import Mapping

from pcapra_lab.content.checks.timer import TimerCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.timer import TimerFact
from pcapra_lab.i18n import _


def advise(check: TimerCheck, facts: Mapping[str, TimerFact]) -> Advice | None:
    """Found, awaited, then run."""
    fact, unit = facts[check.vm], check.unit
    if not fact.found and unit:
        look = _("`systemctl list-timers --all` ne le montre pas.")
        return Advice(look, _("Après l'écriture d'une unité : `sudo systemctl daemon-reload`."))
    if not fact.found:
        return Advice(
            _("`sudo crontab -l` et `ls /etc/cron.d` : aucune entrée ne convient."),
            _("Dans /etc/cron.d, le nom du fichier n'a pas de point, et la ligne nomme un compte."),
        )
    if check.user not in (None, fact.user):
        return Advice(
            _("{where} s'exécute sous le compte {user}.").format(where=fact.where, user=fact.user)
        )
    if not fact.awaited or not fact.at_boot:
        name = unit or "cron"
        look = _(
            "`systemctl status {name}` : rien n'attend l'heure, ou pas au prochain démarrage."
        ).format(name=name)
        return Advice(look, f"`sudo systemctl enable --now {name}` ?")
    if fact.ran == "no-user":
        return Advice(
            _("{where} nomme un compte qui n'existe pas : {user}.").format(
                where=fact.where, user=fact.user
            )
        )
    if fact.ran == "timeout":
        look = _("{where} ne finit pas : attend-il une réponse que personne ne donnera ?").format(
            where=fact.where
        )
        return Advice(look, _("Hors d'un terminal, rien ne peut être demandé : ni phrase, ni o/n."))
    return Advice(
        _("{where} est bien planifié, mais échoue quand il s'exécute.").format(where=fact.where),
        _("Hors de votre terminal, PATH est court et vos variables absentes : essayez `env -i`."),
    )
