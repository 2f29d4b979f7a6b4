"""XML that a person uploaded, with the line of each element; no document types, so no entities either. Pure."""

from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from guildhall.kit.errors import Invalid

DEPTH_MAX: Final = 40


@dataclass(slots=True)
class Node:
    """An element by its local name; whose namespace it is in, only the root says."""

    name: str
    namespace: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, path: str) -> list["Node"]:
        """Those below, by names with slashes between."""
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def first(self, path: str) -> "Node | None":
        return next(iter(self.all(path)), None)

    def said(self, path: str) -> str:
        found = self.first(path)
        return "" if found is None else found.text.strip()


def read_xml(body: bytes) -> Node:
    """Raises Invalid with the line for what is no XML, too deep, or declares a document type."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    stack = [Node("", "", 0, {})]

    def begin(name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if len(stack) > DEPTH_MAX:
            raise Invalid(f"Line {parser.CurrentLineNumber}: elements stand more than {DEPTH_MAX} deep in each other.")
        node = Node(local, namespace, parser.CurrentLineNumber, attributes)
        stack[-1].children.append(node)
        stack.append(node)

    def end(_: str) -> None:
        stack.pop()

    def text(said: str) -> None:
        stack[-1].text += said

    def refuse(*_: object) -> None:
        raise Invalid(f"Line {parser.CurrentLineNumber}: what a bank sends declares no document type (DOCTYPE).")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise Invalid(f"Line {error.lineno}: this is no XML ({expat.errors.messages[error.code]}).") from None
    return stack[0].children[0]
