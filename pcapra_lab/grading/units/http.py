"""An HTTP answer, as a given machine gets it."""

import json
import re
from typing import Any, Literal

from pcapra_lab.content.base import seconds
from pcapra_lab.content.checks.http import HttpCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.network import in_words
from pcapra_lab.grading.patterns import text_problem
from pcapra_lab.grading.text import clean
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict
from pcapra_lab.i18n import _

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_ABSENT = object()


class HttpFact(Fact):
    """An answer, or why none came."""

    kind: Literal["http"]
    failure: str
    """Empty when there is an answer."""
    detail: str
    status: int
    headers: dict[str, list[str]]
    """By name in lower case."""
    body: str
    truncated: bool = False
    bare_status: int = 0
    bare_failure: str = ""


def http_item(url: str, check: HttpCheck | None = None, wait: str = "10s") -> Item:
    """A request, with what ``check`` adds to it."""
    return {
        "url": url,
        "method": check.method if check else "GET",
        "headers": check.headers if check else {},
        "ca_file": check.ca_file if check else None,
        "bare": check is not None and check.bare_status is not None,
        "wait": seconds(check.wait if check else wait),
    }


def no_answer(fact: HttpFact) -> str:
    """Why no answer came, in French; empty when one did."""
    if not fact.failure:
        return ""
    return in_words(fact.failure) + (f" ({clean(fact.detail, 120)})" if fact.detail else "")


class Http(OneMachine[HttpCheck, HttpFact]):
    """``http``."""

    guest = "http"
    fact = HttpFact

    def item(self, check: HttpCheck, context: Context) -> Item:
        """The request."""
        return http_item(check.url, check)

    def verdict(self, check: HttpCheck, fact: HttpFact, parameters: Parameters) -> Verdict:
        """The permitted side, then the forbidden one."""
        came = no_answer(fact) or _("réponse {status}").format(status=fact.status)
        if check.refused:
            if fact.failure == "unknown-name":
                raise Unjudgeable(
                    _("{vm} ne connaît pas le nom de {url}").format(vm=check.vm, url=check.url)
                )
            expected = _("{url} ne répond pas à {vm}").format(url=check.url, vm=check.vm)
            return Verdict(bool(fact.failure), expected, came)
        problems = [came] if fact.failure else _problems(check, fact)
        observed = ", ".join(problems) or came
        return Verdict(not problems, ", ".join(_expected(check)), observed)


def _expected(check: HttpCheck) -> list[str]:
    wanted = [
        _("{url} répond").format(url=check.url)
        + ("" if check.status is None else f" {check.status}")
    ]
    if check.body_matches is not None:
        wanted.append(
            _("un texte qui correspond à « {body_matches} »").format(
                body_matches=check.body_matches
            )
        )
    if check.body_lacks is not None:
        wanted.append(
            _("rien qui corresponde à « {body_lacks} »").format(body_lacks=check.body_lacks)
        )
    wanted += (f"{path} = {_shown(value)}" for path, value in check.json_values.items())
    wanted += (
        _("en-tête {name} : {value}").format(name=name, value=value)
        for name, value in check.response_headers.items()
    )
    if check.bare_status is not None:
        wanted.append(
            _("{bare_status} sans authentification").format(bare_status=check.bare_status)
        )
    return wanted


def _problems(check: HttpCheck, fact: HttpFact) -> list[str]:
    problems = []
    if check.status not in (None, fact.status):
        problems.append(_("réponse {status}").format(status=fact.status))
    for name, value in check.response_headers.items():
        given = fact.headers.get(name.lower(), [])
        if value not in given:
            problems.append(
                _("en-tête {name} : {given}").format(name=name, given=", ".join(given) or "absent")
            )
    if not problems:
        text = text_problem(
            fact.body, fact.truncated, check.body_matches, check.body_lacks, _("la réponse")
        )
        problems += [text] if text else _json_problems(check, fact)
    if check.bare_status is not None and check.bare_status != fact.bare_status:
        came = (
            in_words(fact.bare_failure)
            if fact.bare_failure
            else _("réponse {bare_status}").format(bare_status=fact.bare_status)
        )
        problems.append(_("sans authentification : {came}").format(came=came))
    return problems


def _json_problems(check: HttpCheck, fact: HttpFact) -> list[str]:
    if not check.json_values:
        return []
    if fact.truncated:
        raise Unjudgeable(_("la réponse dépasse ce qui peut être lu en entier"))
    try:
        document = json.loads(fact.body)
    except ValueError:
        return [_("la réponse n'est pas du JSON")]
    problems = []
    for path, wanted in check.json_values.items():
        found = at_path(document, path)
        # In Python, true equals 1.
        if found is _ABSENT or isinstance(found, bool) is not isinstance(wanted, bool):
            same = False
        else:
            same = found == wanted
        if not same:
            shown = "absent" if found is _ABSENT else clean(_shown(found), 120)
            problems.append(f"{path} = {shown}")
    return problems


def at_path(document: Any, path: str) -> Any:
    """The value at ``members[0].state``, or a value that equals nothing."""
    for key, index in _STEP.findall(path):
        if index and isinstance(document, list) and int(index) < len(document):
            document = document[int(index)]
        elif key and isinstance(document, dict) and key in document:
            document = document[key]
        else:
            return _ABSENT
    return document


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


UNIT = Http()
