"""Pydantic's errors in the author's words, at the right place of the document."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, StringConstraints
from pydantic_core import ErrorDetails

from pcapra_lab.content.base import SCHEMA_VERSION, Duration, Mode, Slug, VmName
from pcapra_lab.content.bundle import Digest, FileName, Url
from pcapra_lab.content.checklist import CheckReference
from pcapra_lab.content.inventory import LessonPath, Place
from pcapra_lab.content.models import Address
from pcapra_lab.content.problems import Loc, shown, suggestion
from pcapra_lab.content.quiz import Tolerance

_Schema = Mapping[str, Any]


def _pattern(annotated: object) -> str:
    [constraints] = [c for c in get_args(annotated) if isinstance(c, StringConstraints)]
    return str(constraints.pattern)


_PATTERNS = {
    _pattern(Slug): "minuscules, chiffres et tirets attendus, sans accent",
    _pattern(VmName): "nom de machine attendu : une minuscule, puis minuscules et chiffres, "
    "15 au plus",
    _pattern(Mode): 'droits attendus sous la forme "0644"',
    _pattern(Duration): "durée attendue sous la forme 500ms, 30s, 10m ou 4h",
    _pattern(Tolerance): 'tolérance attendue sous la forme "0.5" ou 2%',
    _pattern(Address): "adresse attendue dans 192.168.1.0/24",
    _pattern(Place): "section attendue sous la forme module/leçon#section",
    _pattern(Digest): "empreinte SHA-256 attendue : 64 chiffres hexadécimaux minuscules",
    _pattern(FileName): "nom de fichier attendu : lettres, chiffres, « . », « + », « ~ », « _ » "
    "et « - », sans dossier",
    _pattern(Url): "adresse attendue, en https:// ou http://",
    _pattern(LessonPath): "leçon attendue sous la forme module/leçon",
    _pattern(CheckReference): "contrôle attendu sous la forme étape/contrôle",
}

_MAPPING = "des lignes « clé: valeur » sont attendues"
_TEXTS = {
    "missing": "clé obligatoire absente",
    "union_tag_not_found": "clé obligatoire absente",
    "string_type": "un texte est attendu ; mettez la valeur entre guillemets",
    "int_type": "un nombre entier est attendu",
    "int_from_float": "un nombre entier est attendu",
    "float_type": "un nombre est attendu",
    "bool_type": "true ou false est attendu",
    "list_type": "une liste est attendue",
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "too_short": "au moins {min_length} élément attendu",
    "too_long": "au plus {max_length} éléments attendus",
    "string_too_short": "le texte ne peut pas être vide",
    "string_too_long": "au plus {max_length} caractères",
    "greater_than_equal": "au moins {ge}",
    "less_than_equal": "au plus {le}",
    "value_error": "{error}",
}


def explain(error: ErrorDetails, model: type[BaseModel]) -> tuple[Loc, str]:
    """Where an error is in the document, and its message in French."""
    loc, known = _place(model, error["loc"])
    kind = error["type"]
    context = error.get("ctx", {})
    value = error["input"]
    if kind == "extra_forbidden":
        return loc, "clé inconnue" + suggestion(str(loc[-1]), known)
    if kind.startswith("union_tag_"):
        loc = (*loc, str(context.get("discriminator", "")).strip("'"))
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        if loc == ("schema_version",):
            return loc, _version(value)
        given = context.get("tag", value)
        choices = re.findall(r"'([^']*)'", str(context.get("expected_tags") or context["expected"]))
        close = suggestion(str(given), choices) or f" ; attendu : {', '.join(choices)}"
        return loc, f"{shown(given)} refusé{close}"
    if kind == "string_pattern_mismatch":
        pattern = context["pattern"]
        return loc, f"{shown(value)} : {_PATTERNS.get(pattern, f'{pattern} attendu')}"
    text = _TEXTS.get(kind)
    return loc, text.format_map(context) if text else error["msg"]


def _version(value: object) -> str:
    if isinstance(value, int) and value > SCHEMA_VERSION:
        return (
            f"ce contenu est à la version {value}, ce programme lit la version "
            f"{SCHEMA_VERSION} : mettez pcapra-lab à jour"
        )
    return f"version inconnue ; attendu : {SCHEMA_VERSION}"


def _place(model: type[BaseModel], loc: Loc) -> tuple[Loc, list[str]]:
    """The way in the document (pydantic adds the tags of unions), and the keys known there."""
    schema = model.model_json_schema()
    node: _Schema = schema
    path: list[str | int] = []
    known: list[str] = []
    for part in loc:
        node = _reference(schema, node)
        tags = node.get("discriminator", {}).get("mapping", {})
        if part in tags:
            node = {"$ref": tags[part]}
        elif part != "[key]":
            known = list(node.get("properties", {}))
            path.append(part)
            node = _child(node, part)
    return tuple(path), known


def _reference(schema: _Schema, node: _Schema) -> _Schema:
    """Follow ``$ref``, and the other side of « or null »."""
    while True:
        if "$ref" in node:
            node = schema["$defs"][str(node["$ref"]).rsplit("/", 1)[-1]]
        elif "anyOf" in node:
            node = next((n for n in node["anyOf"] if n.get("type") != "null"), {})
        else:
            return node


def _child(node: _Schema, part: str | int) -> _Schema:
    child: object
    if isinstance(part, int):
        child = node.get("items")
    else:
        child = node.get("properties", {}).get(part) or node.get("additionalProperties")
    return child if isinstance(child, dict) else {}
