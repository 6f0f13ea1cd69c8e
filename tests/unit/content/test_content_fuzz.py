"""Whatever the bytes, content ends in a model or in a ``ContentError``: never in a traceback."""

from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from content_tree import EXERCISE, FILES, LESSON
from hypothesis import given, settings
from hypothesis import strategies as st

from pcapra_lab.content import yaml_marks
from pcapra_lab.content.lesson import fill, parse_lesson, parse_lesson_text
from pcapra_lab.content.models import Exercise
from pcapra_lab.content.strict_yaml import load_model, parse
from pcapra_lab.content.yaml_marks import read_yaml
from pcapra_lab.errors import ContentError

# Both of PyYAML's parsers: libyaml is not everywhere.
LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]
PATH = Path("contenu")
SNIPPETS = st.sampled_from(
    [
        "\n", " ", "  ", "\t", ":", ": ", "- ", "? ", "|\n", ">-\n", "&a ", "*a", "<<: ", "!!",
        "!", "%", "{", "}", "[", "]", "{{", "}}", "{{client}}", "---\n", "...\n", "'", '"',
        '"\\x', '"\\UFFFFFFFF"', '"\\uD800"', "```", "~~~", "```bash {vm=srv}\n", "{show}",
        "## ", "# ", "{#a}", "<a>", "<!--", "    ", ">", "[a]: b\n", "0o17", "1e999", ".inf",
        "9" * 5000, "12:30", "\\", "\ufeff", "\u2028", "\x85", "\x00", "\r", "é",
    ]
)  # fmt: skip
NOISE = st.lists(st.one_of(SNIPPETS, st.text(max_size=8)), max_size=30).map("".join)


@st.composite
def mutated(draw: st.DrawFn, source: str) -> str:
    """``source`` with a few pieces cut out, moved or replaced by noise."""
    text = source
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        text = text[:start] + draw(st.one_of(SNIPPETS, st.text(max_size=4))) + text[end:]
    return text


@pytest.mark.parametrize("loader", LOADERS)
@settings(deadline=None, max_examples=200)
@given(text=st.one_of(NOISE, mutated(FILES[EXERCISE])))
def test_any_text_is_an_exercise_or_a_content_error(loader: Any, text: str) -> None:
    with mock.patch.object(yaml_marks, "_Loader", loader), suppress(ContentError):
        assert parse(text, Exercise, PATH).model.steps


@pytest.mark.parametrize("loader", LOADERS)
@settings(deadline=None, max_examples=200)
@given(text=st.one_of(NOISE, mutated(FILES[EXERCISE])))
def test_what_is_read_without_a_problem_is_what_pyyaml_reads(loader: Any, text: str) -> None:
    with mock.patch.object(yaml_marks, "_Loader", loader), suppress(ContentError):
        marked = read_yaml(text, PATH)
        if not marked.problems:
            assert marked.data == yaml.load(text, Loader=loader)  # noqa: S506  # both are safe


@settings(deadline=None, max_examples=300)
@given(st.one_of(NOISE, mutated(FILES[LESSON]), NOISE.map(lambda n: FILES[LESSON] + n)))
def test_any_text_is_a_lesson_or_a_content_error(text: str) -> None:
    with suppress(ContentError):
        document = parse_lesson_text(text, PATH)
        assert fill(document, {"client": "a"}).meta == document.meta


@settings(deadline=None, max_examples=100)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused_as_content(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "octets"
    path.write_bytes(data)
    with pytest.raises(ContentError):
        load_model(path, Exercise)
    with pytest.raises(ContentError):
        parse_lesson(path)


def test_every_truncation_of_a_good_file_is_a_content_error_or_a_file(tmp_path: Path) -> None:
    for name, read in (
        (EXERCISE, lambda path: load_model(path, Exercise)),
        (LESSON, parse_lesson),
    ):
        data = FILES[name].encode()
        path = tmp_path / "contenu"
        for size in range(0, len(data), 7):
            path.write_bytes(data[:size])
            with suppress(ContentError):
                read(path)
