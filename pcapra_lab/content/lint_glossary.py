"""What is wrong with the glossary, beyond its form."""

from collections.abc import Iterator

from pcapra_lab.content.folding import fold
from pcapra_lab.content.glossary import Glossary, sort_key
from pcapra_lab.content.problems import Problem, shown
from pcapra_lab.content.strict_yaml import Loaded
from pcapra_lab.content.typography import sentence_faults, title_faults


def lint_glossary(loaded: Loaded[Glossary]) -> Iterator[Problem]:
    """Problems of names, order and typography."""
    seen: dict[str, str] = {}
    before = ""
    for i, term in enumerate(loaded.model.terms):
        for j, name in enumerate(term.names):
            loc = ("terms", i, "aliases", j - 1) if j else ("terms", i, "term")
            for message in title_faults(name):
                yield loaded.problem(loc, message)
            key = fold(name)[0]
            if key in seen:
                yield loaded.problem(loc, f"{shown(name)} désigne déjà {shown(seen[key])}")
            seen.setdefault(key, term.term)
        for message in sentence_faults(term.definition):
            yield loaded.problem(("terms", i, "definition"), message)
        if before and sort_key(term) < before:
            yield loaded.problem(
                ("terms", i, "term"), f"{shown(term.term)} n'est pas à sa place alphabétique"
            )
        before = sort_key(term)
