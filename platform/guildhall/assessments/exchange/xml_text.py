"""XML that nobody vouches for, read safely; and plain text in and out of it."""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from guildhall.assessments.exchange.reading import Unreadable

XML_BYTES_MAX: Final = 2 * 1024 * 1024
ELEMENTS_MAX: Final = 20_000
DEPTH_MAX: Final = 60
# XML 1.0 (fifth edition), production 2: what no document may hold, escaped or not. A carriage return would come back
# as a line feed (section 2.11).
_ILLEGAL: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLOCKS: Final = frozenset(
    {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "br", "dd", "dt"}
)


def parse(body: bytes) -> Element:
    """The root, without document types, entities or references to elsewhere. Raises Unreadable."""
    if len(body) > XML_BYTES_MAX:
        raise Unreadable(f"An XML file has {XML_BYTES_MAX // 1_048_576} MB at most.")
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except ParseError as error:
        raise Unreadable(f"It is no XML: {error}.") from error
    except DefusedXmlException as error:
        raise Unreadable("It declares a document type or entities, which are not taken.") from error
    except (ValueError, LookupError) as error:  # an encoding that is none
        raise Unreadable("It is in an encoding that cannot be read: save it as UTF-8.") from error
    _check_size(root)
    return root


def _check_size(root: Element) -> None:
    waiting = [(root, 1)]
    count = 0
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if count > ELEMENTS_MAX or depth > DEPTH_MAX:
            raise Unreadable("It has too many elements, or nests them too deep.")
        waiting += [(child, depth + 1) for child in element]


def local(element: Element) -> str:
    """Its name without the namespace: QTI is met in several."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def find(element: Element, name: str) -> Element | None:
    return next((one for one in element.iter() if local(one) == name), None)


def find_all(element: Element, name: str) -> list[Element]:
    return [one for one in element.iter() if local(one) == name]


def children(element: Element, name: str) -> list[Element]:
    return [one for one in element if local(one) == name]


def text_of(element: Element, leave_out: frozenset[str] = frozenset()) -> str:
    """All it reads, a paragraph for each block, runs of spaces as one; without the elements left out."""
    lines = "".join(_pieces(element, leave_out)).split("\n")
    paragraphs = [" ".join(line.split()) for line in lines]
    return "\n\n".join(line for line in paragraphs if line)


def exact_text(element: Element) -> str:
    """Paragraphs as `paragraphs_of` made them: what we wrote ourselves is read back to the letter."""
    return "\n\n".join("".join(one.itertext()) for one in children(element, "p"))


def paragraphs_of(text: str) -> list[str]:
    return text.split("\n\n")


def writable(text: str) -> str:
    """The text without what XML cannot hold."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _pieces(element: Element, leave_out: frozenset[str]) -> Iterator[str]:
    is_block = local(element) in _BLOCKS
    if is_block:
        yield "\n"
    yield " ".join((element.text or "").split("\n"))
    for child in element:
        if local(child) not in leave_out:
            yield from _pieces(child, leave_out)
        yield " ".join((child.tail or "").split("\n"))
    if is_block:
        yield "\n"
