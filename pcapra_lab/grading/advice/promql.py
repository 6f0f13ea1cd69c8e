"""A query that Prometheus answers otherwise."""

from collections.abc import Mapping

from pcapra_lab.content.checks.promql import PromqlCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.advice.http import unanswered
from pcapra_lab.grading.units.http import HttpFact
from pcapra_lab.i18n import _


def advise(check: PromqlCheck, facts: Mapping[str, HttpFact]) -> Advice | None:
    """Whether Prometheus answers; then the targets, without which nothing is measured."""
    fact = facts[check.vm]
    if fact.failure:
        return unanswered(
            _("Prometheus ({url}), depuis {vm},").format(url=check.url, vm=check.vm), fact.failure
        )
    if '"result":[]' in fact.body.replace(" ", ""):
        return Advice(
            _("La requête ne trouve aucune série : cherchez sa métrique dans Prometheus."),
            _("La page Status → Targets dit ce qui est collecté, et ce qui ne répond pas."),
        )
    return Advice(_("La requête répond, mais pas la valeur attendue : exécutez-la et comparez."))
