"""A step's checks bound to the trainee's parameters, ordered, and turned into items."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pcapra_lab.content.base import PLACEHOLDER, seconds
from pcapra_lab.content.checks import Check
from pcapra_lab.content.checks.base import Effect, is_pattern
from pcapra_lab.errors import ContentError
from pcapra_lab.grading.registry import unit_of
from pcapra_lab.grading.unit import Context, Item, Parameters
from pcapra_lab.i18n import _


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check whose placeholders are filled in, with the wave it runs in.

    Wave 0 observes. Each later wave acts, or observes what an action of the same wave left
    behind on the same VM; it starts once the waves before it are judged.
    """

    check: Check
    wave: int


def bind(check: Check, parameters: Parameters) -> Check:
    """``check`` with every ``{{name}}`` filled in; inside a regular expression, literally.

    Raises:
        ContentError: a placeholder names no parameter.
    """
    changes = {}
    for name in type(check).model_fields:
        value = getattr(check, name)
        filled = _fill(value, parameters, check.id, literal=is_pattern(name))
        if filled != value:
            changes[name] = filled
    return check.model_copy(update=changes) if changes else check


def plan(checks: Sequence[Check], parameters: Parameters) -> tuple[PlannedCheck, ...]:
    """The checks, each after those it needs, otherwise in the author's order.

    Raises:
        ContentError: ``needs`` names no check or runs in a circle; an unknown parameter.
    """
    by_id = {check.id: check for check in checks}
    planned: dict[str, PlannedCheck] = {}
    for check in checks:
        _visit(check, by_id, parameters, planned, ())
    return tuple(planned.values())


def _visit(
    check: Check,
    by_id: Mapping[str, Check],
    parameters: Parameters,
    planned: dict[str, PlannedCheck],
    path: tuple[str, ...],
) -> PlannedCheck:
    if check.id in planned:
        return planned[check.id]
    path = (*path, check.id)
    wave = 1 if check.effect is Effect.ACT else 0
    for need in check.needs:
        if need in path:
            raise ContentError(
                _("Contrôles qui s'attendent en rond : {value}.").format(
                    value=" → ".join((*path, need))
                )
            )
        if need not in by_id:
            raise ContentError(
                _("Contrôle « {id} » : needs cite « {need} », inconnu.").format(
                    id=check.id, need=need
                )
            )
        needed = _visit(by_id[need], by_id, parameters, planned, path)
        # What merely observes may follow, in the same trip, an action of its own VM.
        joins = needed.wave == 0 or (
            check.effect is Effect.OBSERVE and check.machines() == needed.check.machines()
        )
        wave = max(wave, needed.wave if joins else needed.wave + 1)
    planned[check.id] = PlannedCheck(bind(check, parameters), wave)
    return planned[check.id]


def check_items(check: Check, parameters: Parameters, folder: Path) -> dict[str, Item]:
    """What to ask about a bound check, by machine.

    Args:
        check: a check that went through ``bind``.
        parameters: the trainee's, handed to scripts in their environment.
        folder: the exercise's folder, where scripts are.

    Raises:
        ContentError: the script cannot be read.
    """
    unit = unit_of(check.type)
    common: Item = {"id": check.id, "kind": unit.guest, "timeout": seconds(check.timeout)}
    asked = unit.asks(check, Context(parameters, folder))
    return {vm: common | fields for vm, fields in asked.items()}


def _fill(value: Any, parameters: Parameters, check: str, *, literal: bool) -> Any:
    if isinstance(value, list):
        return [_fill(one, parameters, check, literal=literal) for one in value]
    if isinstance(value, dict):
        return {k: _fill(one, parameters, check, literal=literal) for k, one in value.items()}
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name not in parameters:
            raise ContentError(
                _("Contrôle « {check} » : paramètre « {name} » inconnu.").format(
                    check=check, name=name
                )
            )
        return re.escape(parameters[name]) if literal else parameters[name]

    return PLACEHOLDER.sub(replace, value)
