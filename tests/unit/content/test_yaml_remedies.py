"""The commonest YAML mistakes come with what to do, not only with PyYAML's words."""

from pathlib import Path

import pytest

from pcapra_lab.content.models import Module
from pcapra_lab.content.problems import ContentProblems
from pcapra_lab.content.strict_yaml import parse


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("title: Le mémo: identique", 1, "mettez la valeur entre guillemets"),
        ("hint: `ls`", 1, "mettez des guillemets"),
        ("a:\n\tb: 1", 2, "espaces au lieu d'une tabulation"),
        ('a: "x', 1, "n'est pas refermé"),
    ],
)
def test_the_remedy_is_said(text: str, line: int, remedy: str) -> None:
    with pytest.raises(ContentProblems) as caught:
        parse(text, Module, Path("x.yaml"))
    [problem] = caught.value.problems
    assert problem.line == line
    assert remedy in problem.message
