"""What the S3 simulator answers: XML documents, and refusals (API/ErrorResponses.html)."""

from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from lab_sigv4 import Refused

XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] | None = None


def xml(root: str, *children: str, namespace: bool = True) -> bytes:
    """A document; children are XML."""
    attribute = f' xmlns="{XMLNS}"' if namespace else ""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{attribute}>{"".join(children)}</{root}>'
    )
    return text.encode()


def tag(name: str, value: object) -> str:
    """An element; true and false as XML has them."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"


def iso(moment: datetime) -> str:
    """A date, to the millisecond."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def refusal(why: Refused) -> Answer:
    """What is wrong with a request, as a document."""
    more = "".join(tag(name, value) for name, value in why.more.items())
    body = xml("Error", tag("Code", why.code), tag("Message", why.message), more, namespace=False)
    return Answer(why.status, body)
