"""Reports as Markdown and HTML: whatever the texts hold, they are shown and do nothing."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pcapra_lab.report.document import (
    Bullets,
    Cell,
    Code,
    Document,
    Facts,
    Figure,
    Note,
    Paragraph,
    Section,
    Table,
    Tone,
)
from pcapra_lab.report.html import to_html
from pcapra_lab.report.markdown import escaped, to_markdown
from pcapra_lab.report.text import visible

HOSTILE = (
    "<script>alert(1)</script>\"'&<img src=x onerror=y>](javascript:z) | ``` # \x1b[2J \u202efoo"
)
SVG = '<svg viewBox="0 0 1 1"><title>Ruban</title></svg>'


def document(text: str) -> Document:
    blocks = (
        Paragraph(text),
        Note(text),
        Bullets((text, "deux")),
        Table.of((text, "B"), [(Cell(text, Tone.BAD), text)]),
        Facts.of([(text, text)]),
        Code(text, "bash", text),
        Figure("ruban-1.svg", SVG, text, (text,)),
        Section("dedans", text, (Paragraph(text),)),
    )
    return Document(text, text, "fr", Facts.of([(text, text)]), (Section("un", text, blocks),))


class Page(HTMLParser):
    """The tags, attributes and visible text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.values: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _value in attrs}
        self.values |= {value or "" for _name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_page_of_hostile_texts_has_only_our_tags_and_shows_them() -> None:
    page = Page(to_html(document(HOSTILE)))
    harmless = Page(to_html(document("tranquille")))
    assert set(page.tags) - {"code"} == set(harmless.tags) - {"code"}
    assert not {"script", "img", "iframe", "link", "object"} & set(page.tags)
    assert page.names == harmless.names, "no attribute but ours"
    assert not any(value.startswith(("javascript:", "http")) for value in page.values)
    shown = "".join(page.texts)
    assert "<script>alert(1)</script>" in shown and "onerror=y" in shown
    assert "\x1b" not in shown and "\u202e" not in shown


def test_a_page_stands_alone_and_prints() -> None:
    page = to_html(document("x"))
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert "@media print" in page and "url(" not in page and "@import" not in page
    assert page.count(SVG) == 1 and '<html lang="fr">' in page


def test_colour_tells_nothing_alone() -> None:
    page = to_html(document("✘ non"))
    assert '<td class="bad">✘ non</td>' in page


def test_hostile_texts_are_texts_in_markdown_too() -> None:
    parser = MarkdownIt("commonmark").enable("table")
    page = Page(parser.render(to_markdown(document(HOSTILE))))
    harmless = Page(parser.render(to_markdown(document("tranquille"))))
    assert [tag for tag in page.tags if tag != "code"] == [
        tag for tag in harmless.tags if tag != "code"
    ]
    assert "a" not in page.tags and page.tags.count("img") == 1
    assert "".join(page.texts).count("<script>alert(1)</script>") >= 12


@given(st.text(max_size=60))
@pytest.mark.parametrize("form", ["{}", "- {}", "| {} | b |\n| --- | --- |\n| c | d |"])
def test_any_text_is_shown_as_it_is(form: str, text: str) -> None:
    parser = MarkdownIt("commonmark").enable("table")
    shown = "".join(Page(parser.render(form.format(escaped(text)))).texts).split()
    wanted = " ".join(visible(text).split()).replace("`", "").split()
    rest = "".join(" ".join(shown).replace("`", "").split())
    assert rest.startswith("".join(wanted)), (text, escaped(text))


def test_code_stays_code_and_cannot_end_its_fence() -> None:
    assert "<code>ls -l &lt;x&gt;</code>" in to_html(document("voyez `ls -l <x>`"))
    assert escaped("voyez `a|b`") == "voyez `a\\|b`"
    text = "cat <<'FIN'\n```\n# pas un titre\n```\nFIN"
    page = to_markdown(Document("t", "s", "fr", Facts(()), (Section("a", "A", (Code(text),)),)))
    assert f"````\n{text}\n````" in page
    tokens = MarkdownIt().parse(page)
    assert [t.content for t in tokens if t.type == "fence"] == [text + "\n"]


def test_rows_fit_their_head() -> None:
    with pytest.raises(ValueError, match="2 cells"):
        Table.of(("a", "b"), [("c",)])
    assert document("x").figures()[0].name == "ruban-1.svg"
