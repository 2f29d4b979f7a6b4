"""A QTI 3.0 assessment item, whoever wrote it, as one of our items; what could not be taken over is said for each.

One interaction an item: choice, text entry (numbers and texts), extended text, order or match. Marks of layout are
dropped, and said to be.
"""

from decimal import Decimal
from typing import Any, Final
from xml.etree.ElementTree import Element

from pydantic import ValidationError

from guildhall.assessments.exchange.qti_values import (
    correct_values,
    is_mapped,
    is_true,
    mapped_values,
    resolve,
    short_id,
    tolerance_of,
    views_of,
    whole,
)
from guildhall.assessments.exchange.qti_write import OWN, TOOL
from guildhall.assessments.exchange.reading import ReadItem, RowProblem, problems_of
from guildhall.assessments.exchange.xml_text import children, exact_text, find, find_all, local, text_of
from guildhall.assessments.model.banks import Tags
from guildhall.assessments.model.keys import ItemContent
from guildhall.assessments.model.questions import PICTURES_MAX

_LAYOUT: Final = frozenset(
    {"strong", "em", "b", "i", "u", "table", "ul", "ol", "math", "sub", "sup", "object", "video", "audio"}
)
_OUTSIDE_PROMPT: Final = frozenset({"qti-rubric-block", "qti-feedback-block", "qti-feedback-inline", "qti-stylesheet"})
_CHOICES: Final = frozenset({"qti-simple-choice", "qti-simple-match-set"})


class _NotTaken(Exception):
    """Why this item cannot be one of ours."""


class ItemReader:
    """Reads one item. `sizes` are the pictures of the package, by path: width and height in pixels."""

    def __init__(self, root: Element, where: str, sizes: dict[str, tuple[int, int]], base: str = "") -> None:
        self._root = root
        self._where = where
        self._sizes = sizes
        self._base = base
        self._left_out: list[str] = []
        self._ids: dict[str, str] = {}
        self._is_ours = root.get("tool-name") == TOOL

    def read(self, tags: Tags = (), difficulty: int = 3) -> ReadItem | list[RowProblem]:
        """The item, or why it cannot be taken."""
        try:
            body = self._body()
            raw = self._content(body, self._interaction(body))
            content = ItemContent.model_validate(raw)
        except _NotTaken as error:
            return [RowProblem(self._where, None, "", str(error))]
        except ValidationError as error:
            return problems_of(error, self._where, None)
        name = " ".join((self._root.get("title") or "").split())[:500] or self._where[:500]
        left_out = tuple(dict.fromkeys(self._left_out))
        return ReadItem(self._where, None, name, content, tags, difficulty, left_out)

    # --- the question

    def _body(self) -> Element:
        if local(self._root) != "qti-assessment-item":
            raise _NotTaken(f"It is a {local(self._root)[:60] or 'nothing'}, not a qti-assessment-item of QTI 3.0.")
        body = find(self._root, "qti-item-body")
        if body is None:
            raise _NotTaken("It has no qti-item-body.")
        return body

    def _interaction(self, body: Element) -> Element:
        found = [one for one in body.iter() if local(one).endswith("-interaction")]
        if not found:
            raise _NotTaken("There is nothing to answer in it: it has no interaction.")
        if len(found) > 1:
            raise _NotTaken(f"It has {len(found)} interactions, and an item here asks one thing: split it.")
        return found[0]

    def _content(self, body: Element, interaction: Element) -> dict[str, Any]:
        kind = local(interaction)
        readers = {
            "qti-choice-interaction": self._choice,
            "qti-text-entry-interaction": self._text_entry,
            "qti-extended-text-interaction": self._extended_text,
            "qti-order-interaction": self._order,
            "qti-match-interaction": self._match,
        }
        if kind not in readers:
            raise _NotTaken(f"Its {kind[:60]} has no counterpart here.")
        question, key = readers[kind](interaction)
        question["prompt"] = self._prompt(body, interaction)
        self._note_what_is_dropped(body)
        return {"question": question, "key": key, "rationale": self._block("guildhall-rationale")}

    def _prompt(self, body: Element, interaction: Element) -> dict[str, Any]:
        own = next((one for one in children(body, "div") if one.get("class") == "guildhall-text"), None)
        if self._is_ours and own is not None:
            text = exact_text(own)
        else:
            outside = _OUTSIDE_PROMPT | _CHOICES
            prompt = find(interaction, "qti-prompt")
            before = text_of(body, outside | {local(interaction), "qti-prompt"})
            text = "\n\n".join(part for part in (before, text_of(prompt) if prompt is not None else "") if part)
        in_choices = {id(img) for one in interaction.iter() if local(one) in _CHOICES for img in find_all(one, "img")}
        images = [img for img in find_all(body, "img") if id(img) not in in_choices]
        pictures = [picture for img in images if (picture := self._picture(img)) is not None]
        if len(pictures) > PICTURES_MAX:
            self._left_out.append(f"{len(pictures) - PICTURES_MAX} pictures: a question shows {PICTURES_MAX} at most")
        return {"text": text, "pictures": pictures[:PICTURES_MAX]}

    def _picture(self, img: Element) -> dict[str, Any] | None:
        path = resolve(self._base, img.get("src") or "")
        size = self._sizes.get(path)
        if size is None:
            self._left_out.append(
                f"the picture {(img.get('src') or '')[:100]}: it is not in the package as PNG or JPEG"
            )
            return None
        alt = " ".join((img.get("alt") or "").split())[:500]
        if not alt:
            self._left_out.append("what a picture shows: it has no alt text, so write one before publishing")
        return {"blob_id": path, "alt": alt or "picture", "width_px": size[0], "height_px": size[1]}

    def _choice_of(self, element: Element) -> dict[str, Any]:
        img = find(element, "img")
        picture = None if img is None else self._picture(img)
        text = (element.text or "") if self._is_ours else text_of(element)
        if not text.strip():
            text = picture["alt"] if picture is not None else text
        return {"id": self._short_id(element.get("identifier") or ""), "text": text, "picture": picture}

    def _choice(self, interaction: Element) -> tuple[dict[str, Any], dict[str, Any]]:
        declared = self._declaration(interaction)
        is_single = (declared.get("cardinality") or "single") == "single"
        choices = [self._choice_of(one) for one in find_all(interaction, "qti-simple-choice")]
        question: dict[str, Any] = {
            "kind": "single_choice" if is_single else "multiple_choice",
            "choices": choices,
            "shuffles": is_true(interaction.get("shuffle")),
        }
        most = whole(interaction.get("max-choices"))
        if not is_single:
            question["choose_most"] = most if most and (self._is_ours or most < len(choices)) else None
        correct = [self._short_id(value) for value in correct_values(declared)] or [
            self._short_id(entry.get("map-key") or "") for entry, value in mapped_values(declared) if value > 0
        ]
        if not correct:
            raise _NotTaken("It does not say which choice is right.")
        credit = interaction.get(f"{OWN}credit") or ("by_part" if is_mapped(self._root) and not is_single else None)
        return question, {"kind": "choice", "correct": correct, "credit": credit or "all_or_nothing"}

    def _text_entry(self, interaction: Element) -> tuple[dict[str, Any], dict[str, Any]]:
        declared = self._declaration(interaction)
        if declared.get("base-type") in {"float", "integer"}:
            return self._numeric(interaction, declared)
        accepted, is_case_sensitive = self._accepted(declared)
        if not accepted:
            raise _NotTaken("It does not say which text is right.")
        longest = max(len(text) for text in accepted)
        characters = whole(interaction.get("expected-length")) or 0
        characters = characters if self._is_ours else max(characters, longest, 200)
        question = {"kind": "short_text", "characters_max": min(max(characters, 1), 1_000)}
        return question, {"kind": "text", "accepted": accepted, "is_case_sensitive": is_case_sensitive}

    def _numeric(self, interaction: Element, declared: Element) -> tuple[dict[str, Any], dict[str, Any]]:
        values = correct_values(declared)
        if len(values) != 1:
            raise _NotTaken("It does not say which number is right.")
        key: dict[str, Any] = {"kind": "numeric", "value": values[0].strip()}
        own = interaction.get(f"{OWN}tolerance")
        if self._is_ours and own is not None:
            key |= {"tolerance": own, "is_relative": is_true(interaction.get(f"{OWN}is-relative"))}
        else:
            key |= self._tolerance()
        return {"kind": "numeric", "unit": (interaction.get(f"{OWN}unit") or "")}, key

    def _tolerance(self) -> dict[str, Any]:
        told, is_uneven = tolerance_of(self._root)
        if told is None:
            raise _NotTaken("Its tolerance is no number.")
        if is_uneven:
            self._left_out.append("the smaller of two tolerances: the larger counts to both sides")
        return told

    def _extended_text(self, interaction: Element) -> tuple[dict[str, Any], dict[str, Any]]:
        length = whole(interaction.get("expected-length")) or 0
        question: dict[str, Any] = {"kind": "long_text"}
        if length:
            question["characters_max"] = min(length if self._is_ours else max(length * 2, 2_000), 50_000)
        if words := whole(interaction.get(f"{OWN}words-advised")):
            question["words_advised"] = words
        criteria = [self._criterion(block) for block in self._blocks("guildhall-criterion")]
        if not criteria:
            self._left_out.append("how it is marked: one criterion worth one point stands for it, write your own")
            told = "\n\n".join(
                text_of(one) for one in find_all(self._root, "qti-rubric-block") if "scorer" in views_of(one)
            )
            one = {"id": "c1", "title": "The answer as a whole", "description": told[:2_000], "centipoints": 100}
            criteria = [one]
        return question, {"kind": "rubric", "criteria": criteria, "model_answer": self._block("guildhall-model-answer")}

    def _criterion(self, block: Element) -> dict[str, Any]:
        body = find(block, "qti-content-body")
        return {
            "id": block.get(f"{OWN}id") or "",
            "title": block.get(f"{OWN}title") or "",
            "description": "" if body is None else exact_text(body),
            "centipoints": whole(block.get(f"{OWN}centipoints")),
        }

    def _order(self, interaction: Element) -> tuple[dict[str, Any], dict[str, Any]]:
        parts = [self._choice_of(one) for one in find_all(interaction, "qti-simple-choice")]
        order = [self._short_id(value) for value in correct_values(self._declaration(interaction))]
        if not order:
            raise _NotTaken("It does not say which order is right.")
        credit = interaction.get(f"{OWN}credit") or "all_or_nothing"
        return {"kind": "ordering", "parts": parts}, {"kind": "ordering", "order": order, "credit": credit}

    def _match(self, interaction: Element) -> tuple[dict[str, Any], dict[str, Any]]:
        sides = children(interaction, "qti-simple-match-set")
        if len(sides) != 2:  # noqa: PLR2004 - left and right
            raise _NotTaken("A qti-match-interaction has two sets, and this one has not.")
        left, right = (
            [self._choice_of(one) for one in children(side, "qti-simple-associable-choice")] for side in sides
        )
        declared = self._declaration(interaction)
        pairs: dict[str, str] = {}
        mapped = [entry.get("map-key") or "" for entry in find_all(declared, "qti-map-entry")]
        for value in correct_values(declared) or mapped:
            ends = value.split()
            if len(ends) != 2:  # noqa: PLR2004 - a directed pair
                raise _NotTaken("A pair of its key is not two identifiers.")
            first, second = (self._short_id(end) for end in ends)
            if first in pairs:
                raise _NotTaken("One entry belongs to several others: here each has one partner.")
            pairs[first] = second
        if not pairs:
            raise _NotTaken("It does not say what belongs together.")
        credit = interaction.get(f"{OWN}credit") or ("by_part" if is_mapped(self._root) else "all_or_nothing")
        question = {"kind": "matching", "left": left, "right": right}
        return question, {"kind": "matching", "pairs": pairs, "credit": credit}

    # --- the key

    def _declaration(self, interaction: Element) -> Element:
        wanted = interaction.get("response-identifier")
        for one in children(self._root, "qti-response-declaration"):
            if one.get("identifier") == wanted:
                return one
        raise _NotTaken("Its response is not declared.")

    def _accepted(self, declared: Element) -> tuple[list[str], bool]:
        entries = mapped_values(declared)
        most = max((value for _, value in entries), default=Decimal(0))
        if most <= 0:
            return [value for value in correct_values(declared) if value.strip()], True
        if any(0 < value < most for _, value in entries):
            self._left_out.append("answers that are worth a part of the points: they count as wrong")
        full = [entry for entry, value in entries if value == most]
        # QTI's default is true, for each entry of its own; here it is one for the item.
        is_case_sensitive = all(is_true(entry.get("case-sensitive") or "true") for entry in full)
        return [entry.get("map-key") or "" for entry in full], is_case_sensitive

    # --- the rest

    def _blocks(self, name: str) -> list[Element]:
        found = find_all(self._root, "qti-rubric-block")
        return [block for block in found if block.get("class") == name] if self._is_ours else []

    def _block(self, name: str) -> str:
        for block in self._blocks(name):
            if (body := find(block, "qti-content-body")) is not None:
                return exact_text(body)
        return ""

    def _note_what_is_dropped(self, body: Element) -> None:
        names = {local(one) for one in self._root.iter()}
        if dropped := sorted(names & _LAYOUT):
            self._left_out.append(f"layout and media ({', '.join(dropped)}): their text alone is kept")
        if {"qti-modal-feedback", "qti-feedback-block", "qti-feedback-inline"} & names:
            self._left_out.append("feedback while answering")
        if {"qti-template-declaration", "qti-template-processing"} & names:
            raise _NotTaken("Its question is computed anew each time (templates), which has no counterpart here.")
        if not self._is_ours and any("candidate" in views_of(one) for one in find_all(body, "qti-rubric-block")):
            self._left_out.append("instructions in a rubric block")

    def _short_id(self, identifier: str) -> str:
        identifier = identifier.strip()
        if identifier not in self._ids:
            self._ids[identifier] = short_id(identifier, set(self._ids.values()))
        return self._ids[identifier]
