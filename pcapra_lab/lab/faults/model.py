"""The faults there are, and one of them from what a person typed."""

from collections.abc import Mapping

from pydantic import ValidationError

from pcapra_lab.content.base import Strict
from pcapra_lab.content.explain import explain
from pcapra_lab.content.faults import (
    MAX_JUMP_SECONDS,
    BaseFault,
    ClockJump,
    DiskFull,
    FaultPath,
    FaultSpec,
    FileCorruption,
    Freeze,
    LinkDown,
    Netem,
    OneVm,
    Partition,
    PowerCut,
    ServiceKill,
    Unit,
    duration_words,
)
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _

__all__ = [
    "MAX_JUMP_SECONDS",
    "BaseFault",
    "ClockJump",
    "DiskFull",
    "FaultPath",
    "FaultSpec",
    "FileCorruption",
    "Freeze",
    "LinkDown",
    "Netem",
    "OneVm",
    "Partition",
    "PowerCut",
    "ServiceKill",
    "Unit",
    "duration_words",
    "parse_fault",
]


class _Described(Strict):
    """Gives ``explain`` a model around the union."""

    fault: FaultSpec


def parse_fault(data: Mapping[str, object]) -> FaultSpec:
    """A fault from plain data: ``kind`` and the fields of that kind.

    Raises:
        LabError: it is malformed; the message says each problem.
    """
    try:
        return _Described.model_validate({"fault": dict(data)}).fault
    except ValidationError as error:
        problems = []
        for one in error.errors():
            loc, text = explain(one, _Described)
            where = ".".join(str(part) for part in loc[1:])
            problems.append(_("{where} : {text}").format(where=where, text=text) if where else text)
        raise LabError(
            _("panne mal décrite : ") + " ; ".join(problems),
            hint=_("pcapra-lab fault inject --help décrit chaque panne et ses options"),
        ) from error
