"""A TCP port, seen from its own machine and from others."""

from collections.abc import Mapping
from typing import Literal

from pcapra_lab.content.checks.port import PortCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.network import in_words
from pcapra_lab.grading.unit import Context, Item, Parameters, Unit, Unjudgeable, Verdict
from pcapra_lab.i18n import _

_ANY = ("0.0.0.0", "::")  # noqa: S104


class PortFact(Fact):
    """Who listens on the port here, and what a call to the target came to."""

    kind: Literal["port"]
    listeners: tuple[str, ...]
    reach: str
    """Empty when nothing was called."""


class Port(Unit[PortCheck, PortFact]):
    """``port``."""

    guest = "port"
    fact = PortFact

    def asks(self, check: PortCheck, context: Context) -> Mapping[str, Item]:
        """Its own machine: who listens. The others: whether they get through."""
        callers = {check.from_, *check.closed_from}
        items: dict[str, Item] = {}
        for vm in check.machines():
            # Whether a listener on « :: » takes IPv4 too is not in /proc: its own machine tries.
            target = check.address or check.vm if vm in callers else check.address
            items[vm] = {"port": check.port, "target": target}
        return items

    def judge(
        self, check: PortCheck, facts: Mapping[str, PortFact], parameters: Parameters
    ) -> Verdict:
        """The permitted side, the forbidden side, and who listens, which explains both."""
        expected, problems, seen = [], [], []
        target = f"{check.address or check.vm}:{check.port}"
        own = facts[check.vm]
        if check.from_ is None and not (check.closed and check.closed_from):
            where = target if check.address else _("le port {port}").format(port=check.port)
            listens = _listens(check.address, own)
            expected.append(
                _("rien n'écoute sur {where}").format(where=where)
                if check.closed
                else _("{where} est en écoute").format(where=where)
            )
            seen.append(_listeners(check, own))
            if listens is check.closed:
                problems.append(seen[-1])
        callers = [(vm, False) for vm in check.closed_from]
        if check.from_ is not None:
            callers.insert(0, (check.from_, not check.closed))
        for vm, wanted in callers:
            reach = facts[vm].reach
            expected.append(
                _("{target} est {value} depuis {vm}").format(
                    target=target, value="accessible" if wanted else _("fermé"), vm=vm
                )
            )
            seen.append(_("depuis {vm} : {in_words}").format(vm=vm, in_words=in_words(reach)))
            if not wanted and reach == "unknown-name":
                raise Unjudgeable(
                    _("{vm} ne connaît pas le nom {address}").format(
                        vm=vm, address=check.address or check.vm
                    )
                )
            if (reach == "open") is not wanted:
                problems.append(seen[-1])
                if wanted:
                    problems.append(_listeners(check, own))
        return Verdict(not problems, ", ".join(expected), ", ".join(problems or seen))


def _listens(address: str | None, fact: PortFact) -> bool:
    if address is None:
        return bool(fact.listeners)
    return fact.reach == "open" and any(one in (address, *_ANY) for one in fact.listeners)


def _listeners(check: PortCheck, fact: PortFact) -> str:
    if not fact.listeners:
        return _("rien n'écoute sur le port {port} de {vm}").format(port=check.port, vm=check.vm)
    shown = ", ".join(dict.fromkeys(fact.listeners))
    return _("sur {vm}, en écoute sur {shown}").format(vm=check.vm, shown=shown)


UNIT = Port()
