"""Malformed content of every kind is refused with its file and line, and in no other way."""

import re
from pathlib import Path

import pytest
from content_tree import EXERCISE, FILES, LESSON, MODULE, TOPOLOGY, plant, write
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from test_content_fuzz import NOISE, mutated
from test_inventory import INVENTORY, TEXT

from pcapra_lab.content.blocks import LessonDocument, Prose
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.claims import take_claims
from pcapra_lab.content.fences import parse_fence
from pcapra_lab.content.inventory import Inventory
from pcapra_lab.content.lesson import parse_lesson_text
from pcapra_lab.content.lint import lint
from pcapra_lab.content.models import DepotRecipe, Exercise, ImageRecipe, Module, Topology
from pcapra_lab.content.problems import ContentProblems
from pcapra_lab.content.spelling import words_in
from pcapra_lab.content.strict_yaml import parse

PATH = Path("contenu")
MODELS: list[tuple[type[BaseModel], str]] = [
    (Exercise, FILES[EXERCISE]),
    (Module, FILES[MODULE]),
    (Topology, FILES[TOPOLOGY]),
    (DepotRecipe, FILES["vm-images/depot.yaml"]),
    (ImageRecipe, FILES["vm-images/images/base.yaml"]),
    (Inventory, TEXT),
]
MARKS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "[", "]", "{", "}", "[une phrase]{check=a}", '[b]{check="a b"}', "]{check=", "%",
                "check", "=", '"', "'", "\\", "`", "``", "**", "*", "(", ")", "!", "{{client}}",
                "\n", "\n\n", "- ", "> ", "# ", "1. ", "{#a}", "{.a}", "é", " ", "a", "&amp;",
                "<", ">", "|", "[^1]", "](", "{check}", "{ check=a }", "on", ":", "\u00a0",
            ]
        ),
        st.text(max_size=4),
    ),
    max_size=25,
).map("".join)  # fmt: skip
HEAD, _, BODY = FILES[LESSON].partition("\n---\n")


def placed(problems: ContentProblems, last: int) -> None:
    """Every problem says where, inside the text."""
    assert problems.problems
    for problem in problems.problems:
        assert problem.path == PATH
        assert problem.line is not None and 1 <= problem.line <= last, str(problem)
        assert problem.message


def lines(text: str) -> int:
    return text.count("\n") + 1


def read_lesson(text: str) -> LessonDocument | None:
    try:
        return parse_lesson_text(text, PATH)
    except ContentProblems as problems:
        placed(problems, lines(text))
        return None


@pytest.mark.parametrize(("model", "source"), MODELS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_yaml_is_a_model_or_placed_problems(
    model: type[BaseModel], source: str, data: st.DataObject
) -> None:
    text = data.draw(st.one_of(NOISE, mutated(source)))
    try:
        parse(text, model, PATH)
    except ContentProblems as problems:
        placed(problems, lines(text))


@pytest.mark.parametrize(
    "bad", ["\u2028c", "\uffff", '"\\UFFFFFFFF"', "\ud800", "\x1f", "[", "'", "\t- a"]
)
def test_what_no_parser_places_is_placed(bad: str) -> None:
    with pytest.raises(ContentProblems) as caught:
        parse(f"schema_version: 1\nid: {bad}\ntitle: a", Module, PATH)
    placed(caught.value, 3)
    assert caught.value.problems[0].line in (2, 3)


@settings(deadline=None, max_examples=100)
@given(st.one_of(NOISE, mutated(HEAD)))
def test_any_front_matter_is_a_lesson_or_placed_problems(head: str) -> None:
    read_lesson(f"{head}\n---\n{BODY}")


@settings(deadline=None, max_examples=200)
@given(st.one_of(MARKS, NOISE, mutated(BODY)))
def test_any_body_is_a_lesson_or_placed_problems(body: str) -> None:
    document = read_lesson(f"{HEAD}\n---\n{body}")
    if document is not None:
        blocks = [*document.introduction, *(b for s in document.sections for b in s.blocks)]
        for prose in (block for block in blocks if isinstance(block, Prose)):
            assert "{check=" not in prose.markdown, "no mark is shown"
            assert all(claim.text in prose.markdown for claim in prose.claims)
            assert all(claim.checks for claim in prose.claims)


@settings(deadline=None, max_examples=200)
@given(MARKS)
def test_any_marks_keep_the_lines_of_their_text(markdown: str) -> None:
    plain, claims, faults = take_claims(markdown, 1)
    assert lines(plain) == lines(markdown)
    assert all(0 <= row < lines(markdown) for row, _ in faults)
    assert all(1 <= claim.line <= lines(markdown) for claim in claims)


@settings(deadline=None, max_examples=200)
@given(info=st.one_of(MARKS, st.text(max_size=20).map(lambda t: f"bash {{vm=srv {t}}}")))
def test_any_info_string_is_a_block_or_faults(info: str) -> None:
    block = parse_fence(info, "ls\n", 3)
    assert block if isinstance(block, list) else block.line == 3


@settings(deadline=None, max_examples=100)
@given(st.one_of(MARKS, NOISE))
def test_any_text_has_words_on_its_lines(text: str) -> None:
    assert all(0 <= row < lines(text) for _, row in words_in(text))


@pytest.mark.parametrize("digits", [30, 400, 5000])
def test_a_length_of_time_beyond_all_measure_is_told(tmp_path: Path, digits: int) -> None:
    root = plant(tmp_path)
    text = (root / EXERCISE).read_text(encoding="utf-8")
    line = text.partition("duration:")[0].count("\n") + 1
    text = re.sub(r"(?m)^duration: .*$", f"duration: {'9' * digits}h", text)
    (root / EXERCISE).write_text(text, encoding="utf-8")
    [problem, *_] = [p for p in lint(Catalogue.load(root)) if p.key == "duration"]
    assert (problem.line, problem.message) == (line, "au plus 12 caractères")


@settings(deadline=None, max_examples=60)
@given(data=st.data(), name=st.sampled_from([EXERCISE, LESSON, MODULE, TOPOLOGY, INVENTORY]))
def test_the_linter_survives_any_file(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, name: str
) -> None:
    root = tmp_path_factory.getbasetemp() / "cours"
    plant(root)
    write(root / INVENTORY, TEXT)
    source = (root / name).read_text(encoding="utf-8")
    text = data.draw(mutated(source))
    (root / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    for problem in lint(Catalogue.load(root)):
        assert problem.message
