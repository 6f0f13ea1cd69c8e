"""What the linter says of check types that it does not know by name."""

from pathlib import Path

import pytest
from content_tree import EXERCISE, LESSON, plant, swap

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lint import lint

CHECK = """\
      - id: nouveau
        vm: srv
        title: Un contrôle de plus
        hint: Regardez.
        type: {type}
        {fields}
"""


@pytest.mark.parametrize(
    ("type_", "fields", "told"),
    [
        ("port", "{port: 80, from: web}", ""),
        ("port", "{port: 80, from: absente}", "n'a pas de machine « absente »"),
        ("port", "{port: 80, closed_from: [absente]}", "n'a pas de machine « absente »"),
        ("port", "{port: 0}", "port: "),
        ("port", "{port: 80, from_: web}", "from_: clé inconnue"),
        ("address", "{address: 10.0.0.1, among: [absente]}", "n'a pas de machine « absente »"),
        ("log_line", "{matches: '('}", "matches: expression régulière incorrecte"),
        ("log_line", "{matches: x, unit: nginx, file: /l}", "s'excluent"),
        ("http", "{url: 'http://web/', body_lacks: '('}", "body_lacks: expression régulière"),
        ("http", "{url: 'http://{{inconnu}}/'}", "paramètre inconnu « {{inconnu}} »"),
        ("timer", "{command_matches: '('}", "command_matches: expression régulière incorrecte"),
        ("promql", "{query: up, value: '= 1'}", "value: "),
        ("sql", "{engine: oracle, query: SELECT 1}", "engine: "),
        ("inconnu", "{}", "inconnu"),
    ],
)
def test_a_check_is_read_strictly(tmp_path: Path, type_: str, fields: str, told: str) -> None:
    root = plant(tmp_path)
    inner = ("\n" + " " * 8).join(part.strip() for part in _pairs(fields))
    new = CHECK.replace("{type}", type_).replace("{fields}", inner)
    swap(root, EXERCISE, *_before_first_hints(root, new))
    # Asked for by the lesson and killed by a mutant, as every check must be.
    swap(
        root,
        LESSON,
        "## Créer le dépôt {#depot}\n",
        "## Créer le dépôt {#depot}\n\n[Ceci]{check=nouveau}.\n",
    )
    exercise = root / EXERCISE
    text = exercise.read_text(encoding="utf-8")
    exercise.write_text(text.replace("killed_by: [", "killed_by: [nouveau, ", 1), encoding="utf-8")
    problems = [str(problem) for problem in lint(Catalogue.load(root))]
    if told:
        assert any(told in problem for problem in problems), problems
    else:
        assert problems == []


def _pairs(fields: str) -> list[str]:
    """``{a: b, c: [d]}`` as the lines of a block mapping."""
    return [part for part in fields[1:-1].split(", ") if part]


def _before_first_hints(root: Path, new: str) -> tuple[str, str]:
    text = (root / EXERCISE).read_text(encoding="utf-8")
    at = text.index("    hints:")
    old = text[text.index("  - id:", text.index("steps:")) : at]
    return old, old + new
