"""What a Prometheus server answers to a query."""

import json
import operator
import re
from typing import Any
from urllib.parse import urlencode

from pcapra_lab.content.checks.promql import PromqlCheck
from pcapra_lab.grading.text import clean
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict
from pcapra_lab.grading.units.http import HttpFact, http_item, no_answer
from pcapra_lab.i18n import _, ngettext

_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SHOWN = 3


class Promql(OneMachine[PromqlCheck, HttpFact]):
    """``promql``."""

    guest = "http"
    fact = HttpFact

    def item(self, check: PromqlCheck, context: Context) -> Item:
        """The query, by the HTTP API: prometheus.io/docs/prometheus/latest/querying/api."""
        url = f"{check.url.rstrip('/')}/api/v1/query?{urlencode({'query': check.query})}"
        return http_item(url, wait=check.wait)

    def verdict(self, check: PromqlCheck, fact: HttpFact, parameters: Parameters) -> Verdict:
        """How many series, then each one's value."""
        expected = _("« {query} » donne {check}").format(query=check.query, check=check.value)
        if check.series == 0:
            expected = _("« {query} » ne donne aucune série").format(query=check.query)
        elif check.series is not None:
            expected += ngettext(" sur {count} série", " sur {count} séries", check.series).format(
                count=check.series
            )
        if came := no_answer(fact):
            return Verdict(False, expected, _("{url} : {came}").format(url=check.url, came=came))
        if fact.truncated:
            raise Unjudgeable(_("la réponse dépasse ce qui peut être lu en entier"))
        try:
            answer = json.loads(fact.body)
            if answer["status"] != "success":
                # The query is the author's: a trainee cannot have made it wrong.
                raise Unjudgeable(
                    _("Prometheus refuse la requête : {answer}").format(
                        answer=clean(answer["error"], 200)
                    )
                )
            samples = _samples(answer["data"])
        except (ValueError, KeyError, TypeError, IndexError):
            return Verdict(
                False,
                expected,
                _("{url} ne répond pas comme Prometheus ({status})").format(
                    url=check.url, status=fact.status
                ),
            )
        sign, number = re.split(r"(?<=[=<>])(?=[ \d-])", check.value, maxsplit=1)
        bad = [one for one in samples if not _COMPARE[sign](one[1], float(number))]
        right = bool(samples) if check.series is None else len(samples) == check.series
        seen = bad or samples
        shown = ", ".join(f"{name} = {value:g}" for name, value in seen[:_SHOWN])
        more = (
            _(" et {count} autres").format(count=len(seen) - _SHOWN) if len(seen) > _SHOWN else ""
        )
        observed = shown + more if samples else _("aucune série")
        if samples and not right:
            observed = ngettext(
                "{count} série : {observed}", "{count} séries : {observed}", len(samples)
            ).format(count=len(samples), observed=observed)
        return Verdict(right and not bad, expected, observed)


def _samples(data: Any) -> list[tuple[str, float]]:
    """Each series by its labels, with its value: numbers come as text, ``NaN`` included."""
    if data["resultType"] == "scalar":
        return [(_("valeur"), float(data["result"][1]))]
    if data["resultType"] != "vector":
        raise Unjudgeable(
            _("la requête rend un résultat de type {data}").format(
                data=clean(data["resultType"], 40)
            )
        )
    return [(_labels(one["metric"]), float(one["value"][1])) for one in data["result"]]


def _labels(metric: dict[str, str]) -> str:
    labels = ",".join(f"{k}={v}" for k, v in sorted(metric.items()) if k != "__name__")
    return clean(f"{metric.get('__name__', '')}{{{labels}}}", 120)


UNIT = Promql()
