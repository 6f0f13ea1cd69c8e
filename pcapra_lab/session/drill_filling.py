"""A drill with the trainee's parameters in its texts."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pcapra_lab.content.base import PLACEHOLDER, Strict
from pcapra_lab.content.drill import Drill

M = TypeVar("M", bound=Strict)


def fill_drill(drill: Drill, parameters: Mapping[str, str]) -> Drill:
    """The drill with each ``{{name}}`` replaced; a name without a value is left as it is."""

    def put(text: str) -> str:
        return PLACEHOLDER.sub(lambda m: parameters.get(m[1], m[0]), text)

    writer, seen, pool = drill.writer, drill.availability, drill.surprise
    return drill.model_copy(
        update={
            "title": put(drill.title),
            "writer": writer and _filled(writer, put),
            "availability": seen and _filled(seen, put),
            "surprise": pool and _filled(pool, put),
        }
    )


def _filled(model: M, put: Callable[[str], str]) -> M:
    """A model with every text through ``put``, as valid as it must be."""
    return type(model).model_validate_json(json.dumps(_each(model.model_dump(mode="json"), put)))


def _each(data: Any, put: Callable[[str], str]) -> Any:
    """Every text of a model's data, through ``put``."""
    if isinstance(data, str):
        return put(data)
    if isinstance(data, dict):
        return {name: _each(value, put) for name, value in data.items()}
    return [_each(one, put) for one in data] if isinstance(data, list) else data
