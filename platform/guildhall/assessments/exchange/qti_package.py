"""A QTI 3.0 content package: a zip with imsmanifest.xml, one file an item, and their pictures."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from guildhall.assessments.exchange.qti_read import ItemReader
from guildhall.assessments.exchange.qti_values import resolve
from guildhall.assessments.exchange.qti_write import identifier, is_supported, write_item
from guildhall.assessments.exchange.reading import (
    IMPORT_BYTES_MAX,
    ITEMS_AT_ONCE_MAX,
    Reading,
    ReadItem,
    RowProblem,
    Unreadable,
)
from guildhall.assessments.exchange.xml_text import children, find, find_all, local, parse, text_of, writable
from guildhall.assessments.model.banks import Bank, Item
from guildhall.assessments.rules.pictures import NoPicture, read_header
from guildhall.assessments.rules.projecting import pictures_of

MANIFEST: Final = "imsmanifest.xml"
LEFT_OUT: Final = "left-out.txt"
PACKAGE_NAMESPACE: Final = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
LOM_NAMESPACE: Final = "http://ltsc.ieee.org/xsd/LOM"
ITEM_TYPE: Final = "imsqti_item_xmlv3p0"
FILES_MAX: Final = 3_000
FILE_BYTES_MAX: Final = 6 * 1024 * 1024
UNPACKED_BYTES_MAX: Final = 64 * 1024 * 1024
_DIFFICULTIES: Final = ("very easy", "easy", "medium", "difficult", "very difficult")  # IEEE 1484.12.1, 5.8
_BROKEN_ZIP: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,  # a way of compressing that is not known
    RuntimeError,  # it is encrypted
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    KeyError,
)

register_namespace("imscp", PACKAGE_NAMESPACE)
register_namespace("imsmd", LOM_NAMESPACE)


def write_package(bank: Bank, items: Sequence[Item], pictures: Mapping[str, tuple[str, bytes]]) -> bytes:
    """The package; items that QTI has no counterpart for are told, a line each, in a text file within it."""
    left_out: list[str] = []
    paths = {
        blob_id: f"pictures/{blob_id}.{'png' if content_type == 'image/png' else 'jpg'}"
        for blob_id, (content_type, _) in pictures.items()
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        taken: list[Item] = []
        for item in items:
            if not is_supported(item.draft):
                left_out.append(f"“{item.name}” ({item.draft.question.kind.value}) has no counterpart in QTI.")
                continue
            taken.append(item)
            relative = {blob_id: f"../{path}" for blob_id, path in paths.items()}
            _add(package, _item_path(item), write_item(item, relative))
        for blob_id, (_, body) in sorted(pictures.items()):
            _add(package, paths[blob_id], body)
        if left_out:
            _add(package, LEFT_OUT, "\n".join(left_out).encode())
        _add(package, MANIFEST, _write_manifest(bank, taken, paths))
    return packed.getvalue()


def read_package(body: bytes) -> Reading:
    """Every item that is whole, and every one that is not, with why. Raises Unreadable for no such package."""
    files = _unpack(body)
    if MANIFEST not in files:
        raise Unreadable(f"There is no {MANIFEST} in it: a QTI package has one at its top.")
    resources = [one for one in find_all(parse(files[MANIFEST]), "resource") if "item" in (one.get("type") or "")]
    if len(resources) > ITEMS_AT_ONCE_MAX:
        raise Unreadable(f"It has {len(resources)} items; {ITEMS_AT_ONCE_MAX} at most are taken at once.")
    if not resources:
        raise Unreadable("Its manifest names no items.")
    sizes = _sizes(files)
    items: list[ReadItem] = []
    problems: list[RowProblem] = []
    for resource in resources:
        read = _read_resource(resource, files, sizes)
        if isinstance(read, ReadItem):
            items.append(read)
        else:
            problems += read
    used = {picture.blob_id for item in items for picture in pictures_of(item.content.question)}
    return Reading(tuple(items), tuple(problems), {path: files[path] for path in sorted(used)})


def read_single(body: bytes) -> Reading:
    """One item as a file of its own, without pictures. Raises Unreadable."""
    read = ItemReader(parse(body), "the file", {}).read()
    return Reading((read,), ()) if isinstance(read, ReadItem) else Reading((), tuple(read))


def _read_resource(
    resource: Element, files: Mapping[str, bytes], sizes: dict[str, tuple[int, int]]
) -> ReadItem | list[RowProblem]:
    href = resolve("", resource.get("href") or "")
    if href not in files:
        return [RowProblem(href[:200] or "an item", None, "", "The manifest names this file, and it is not there.")]
    try:
        root = parse(files[href])
    except Unreadable as error:
        return [RowProblem(href, None, "", error.detail)]
    return ItemReader(root, href, sizes, href.rpartition("/")[0]).read(_tags(resource), _difficulty(resource))


def _unpack(body: bytes) -> dict[str, bytes]:
    """Files by path. What is read is counted as it is read: sizes a zip states may be lies."""
    if len(body) > IMPORT_BYTES_MAX:
        raise Unreadable(f"A package has {IMPORT_BYTES_MAX // 1_048_576} MB at most.")
    files: dict[str, bytes] = {}
    left = UNPACKED_BYTES_MAX
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
            if len(entries) > FILES_MAX:
                raise Unreadable(f"It has {len(entries)} files; {FILES_MAX} at most are taken.")
            for entry in entries:
                with package.open(entry) as file:
                    content = file.read(min(FILE_BYTES_MAX, left) + 1)
                left -= len(content)
                if len(content) > FILE_BYTES_MAX or left < 0:
                    raise Unreadable("It unpacks to more than is taken: make it smaller.")
                files[resolve("", entry.filename)] = content
    except _BROKEN_ZIP as error:
        raise Unreadable("It is no zip archive that can be read: it is damaged, or encrypted.") from error
    return files


def _sizes(files: Mapping[str, bytes]) -> dict[str, tuple[int, int]]:
    sizes: dict[str, tuple[int, int]] = {}
    for path, content in files.items():
        if path.lower().endswith((".png", ".jpg", ".jpeg")):
            try:
                header = read_header(content)
            except NoPicture:
                continue
            sizes[path] = (header.width_px, header.height_px)
    return sizes


def _write_manifest(bank: Bank, items: Sequence[Item], paths: Mapping[str, str]) -> bytes:
    manifest = Element(_cp("manifest"), {"identifier": identifier(bank.id)})
    metadata = SubElement(manifest, _cp("metadata"))
    SubElement(metadata, _cp("schema")).text = "QTI Package"
    SubElement(metadata, _cp("schemaversion")).text = "3.0.0"
    title = SubElement(SubElement(SubElement(metadata, _md("lom")), _md("general")), _md("title"))
    SubElement(title, _md("string")).text = writable(bank.name)
    SubElement(manifest, _cp("organizations"))
    resources = SubElement(manifest, _cp("resources"))
    for item in items:
        given = {"identifier": f"res_{identifier(item.id)}", "type": ITEM_TYPE, "href": _item_path(item)}
        resource = SubElement(resources, _cp("resource"), given)
        _write_lom(SubElement(resource, _cp("metadata")), item)
        SubElement(resource, _cp("file"), {"href": _item_path(item)})
        for blob_id in dict.fromkeys(picture.blob_id for picture in pictures_of(item.draft.question)):
            SubElement(resource, _cp("file"), {"href": paths[blob_id]})
    return bytes(tostring(manifest, encoding="utf-8", xml_declaration=True))


def _write_lom(metadata: Element, item: Item) -> None:
    lom = SubElement(metadata, _md("lom"))
    general = SubElement(lom, _md("general"))
    for tag in item.tags:
        SubElement(SubElement(general, _md("keyword")), _md("string")).text = tag
    difficulty = SubElement(SubElement(lom, _md("educational")), _md("difficulty"))
    SubElement(difficulty, _md("source")).text = "LOMv1.0"
    SubElement(difficulty, _md("value")).text = _DIFFICULTIES[item.difficulty - 1]


def _tags(resource: Element) -> tuple[str, ...]:
    """Keywords as tags are written here; those that cannot be are dropped."""
    tags: list[str] = []
    for keyword in find_all(resource, "keyword"):
        tag = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in text_of(keyword).lower()).split())
        if tag and len(tag) <= 40 and tag not in tags and len(tags) < 20:  # noqa: PLR2004 - model.banks.Tag
            tags.append(tag)
    return tuple(tags)


def _difficulty(resource: Element) -> int:
    found = find(resource, "difficulty")
    values = [] if found is None else children(found, "value")
    value = " ".join((values[0].text or "").split()) if values and local(values[0]) else ""
    return _DIFFICULTIES.index(value) + 1 if value in _DIFFICULTIES else 3


def _item_path(item: Item) -> str:
    return f"items/{identifier(item.id)}.xml"


def _add(package: zipfile.ZipFile, path: str, body: bytes) -> None:
    # A fixed time, so that the same bank is the same package.
    entry = zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(entry, body)


def _cp(name: str) -> str:
    return f"{{{PACKAGE_NAMESPACE}}}{name}"


def _md(name: str) -> str:
    return f"{{{LOM_NAMESPACE}}}{name}"
