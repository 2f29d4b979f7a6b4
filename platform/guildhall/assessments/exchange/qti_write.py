"""An item as a QTI 3.0 assessment item (1EdTech, Question and Test Interoperability 3.0, final of May 2022).

Standard elements carry what QTI knows; what it does not (units, advised words, partial credit by pairs) rides in
`data-guildhall-*` attributes, which other systems leave alone and our own reader takes back to the letter.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from guildhall.assessments.exchange.xml_text import paragraphs_of, writable
from guildhall.assessments.model.banks import Item
from guildhall.assessments.model.keys import (
    AnswerKey,
    ChoiceKey,
    ItemContent,
    MatchingKey,
    NumericKey,
    OrderingKey,
    PartialCredit,
    Rubric,
    TextKey,
)
from guildhall.assessments.model.questions import (
    Choice,
    LongTextQuestion,
    MatchingQuestion,
    MultipleChoiceQuestion,
    NumericQuestion,
    OrderingQuestion,
    Picture,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
)

NAMESPACE: Final = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
SCHEMA: Final = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0p1_v1p0.xsd"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
TEMPLATES: Final = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates"
TOOL: Final = "Guildhall"
OWN: Final = "data-guildhall-"
RESPONSE: Final = "RESPONSE"
_INTERACTIONS: Final = {
    "single_choice": "qti-choice-interaction",
    "multiple_choice": "qti-choice-interaction",
    "numeric": "qti-text-entry-interaction",
    "short_text": "qti-text-entry-interaction",
    "long_text": "qti-extended-text-interaction",
    "ordering": "qti-order-interaction",
    "matching": "qti-match-interaction",
}

register_namespace("", NAMESPACE)
register_namespace("xsi", XSI)


def is_supported(content: ItemContent) -> bool:
    """Code, uploaded files and short texts marked by people would be read as something else by other systems."""
    is_read_by_people = isinstance(content.question, ShortTextQuestion) and isinstance(content.key, Rubric)
    return content.question.kind.value in _INTERACTIONS and not is_read_by_people


def write_item(item: Item, picture_paths: dict[str, str]) -> bytes:
    """`picture_paths` say where in the package each blob lies, relative to the item."""
    content = item.draft
    root = Element(
        _q("qti-assessment-item"),
        {
            "identifier": identifier(item.id),
            "title": " ".join(writable(item.name).split()),
            "adaptive": "false",
            "time-dependent": "false",
            "tool-name": TOOL,
            "tool-version": "1",
            f"{{{XSI}}}schemaLocation": f"{NAMESPACE} {SCHEMA}",
        },
    )
    _declare(root, content.question, content.key)
    body = _sub(root, "qti-item-body")
    _write_text(_sub(body, "div", {"class": "guildhall-text"}), content.question.prompt.text)
    for picture in content.question.prompt.pictures:
        _write_picture(_sub(body, "p"), picture, picture_paths)
    _write_interaction(body, content.question, content.key, picture_paths)
    _write_rubric(body, content.key)
    if content.rationale:
        _write_block(body, "guildhall-rationale", content.rationale)
    _write_processing(root, content.key)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def identifier(own_id: str) -> str:
    """An NCName (no digit first, no @), from which `qti_read.short_id` makes the id again."""
    own_id = own_id.replace("@", ".")
    return f"x_{own_id}" if own_id[0].isdigit() or own_id.startswith("x_") else own_id


def _declare(root: Element, question: Question, key: AnswerKey) -> None:
    cardinality, base_type = {
        "single_choice": ("single", "identifier"),
        "multiple_choice": ("multiple", "identifier"),
        "numeric": ("single", "float"),
        "short_text": ("single", "string"),
        "long_text": ("single", "string"),
        "ordering": ("ordered", "identifier"),
        "matching": ("multiple", "directedPair"),
    }[question.kind.value]
    given = {"identifier": RESPONSE, "cardinality": cardinality, "base-type": base_type}
    declaration = _sub(root, "qti-response-declaration", given)
    correct = _correct(key)
    if correct:
        response = _sub(declaration, "qti-correct-response")
        for value in correct:
            _sub(response, "qti-value").text = value
    _write_mapping(declaration, question, key)
    outcome = {"identifier": "SCORE", "cardinality": "single", "base-type": "float"}
    if isinstance(key, Rubric):
        outcome["external-scored"] = "human"
        outcome["normal-maximum"] = str(Decimal(sum(one.centipoints for one in key.criteria)) / 100)
    default = _sub(_sub(root, "qti-outcome-declaration", outcome), "qti-default-value")
    _sub(default, "qti-value").text = "0"


def _correct(key: AnswerKey) -> list[str]:
    match key:
        case ChoiceKey():
            return [identifier(one) for one in key.correct]
        case NumericKey():
            return [key.value]
        case TextKey():
            return [writable(key.accepted[0])]
        case OrderingKey():
            return [identifier(one) for one in key.order]
        case MatchingKey():
            return [f"{identifier(left)} {identifier(right)}" for left, right in key.pairs.items()]
    return []


def _write_mapping(declaration: Element, question: Question, key: AnswerKey) -> None:
    """What `map_response` scores by: shares of one point for each part that is right."""
    match key:
        case TextKey():
            mapping = _sub(declaration, "qti-mapping", {"default-value": "0"})
            for text in key.accepted:
                entry = {"map-key": writable(text), "mapped-value": "1", "case-sensitive": _bool(key.is_case_sensitive)}
                _sub(mapping, "qti-map-entry", entry)
        case ChoiceKey() if key.credit is PartialCredit.BY_PART and isinstance(question, MultipleChoiceQuestion):
            mapping = _sub(declaration, "qti-mapping", {"default-value": "0", "lower-bound": "0"})
            share = str(round(1 / len(key.correct), 6))
            for choice in question.choices:
                value = share if choice.id in key.correct else f"-{share}"
                _sub(mapping, "qti-map-entry", {"map-key": identifier(choice.id), "mapped-value": value})
        case MatchingKey() if key.credit is PartialCredit.BY_PART:
            mapping = _sub(declaration, "qti-mapping", {"default-value": "0"})
            share = str(round(1 / len(key.pairs), 6))
            for pair in _correct(key):
                _sub(mapping, "qti-map-entry", {"map-key": pair, "mapped-value": share})


def _write_interaction(body: Element, question: Question, key: AnswerKey, paths: dict[str, str]) -> None:
    given = {"response-identifier": RESPONSE}
    if isinstance(key, ChoiceKey | OrderingKey | MatchingKey):
        given[f"{OWN}credit"] = key.credit.value
    name = _INTERACTIONS[question.kind.value]
    match question:
        case SingleChoiceQuestion() | MultipleChoiceQuestion():
            most = 1 if isinstance(question, SingleChoiceQuestion) else question.choose_most or 0
            given |= {"shuffle": _bool(question.shuffles), "max-choices": str(most), f"{OWN}kind": question.kind.value}
            _write_choices(_sub(body, name, given), "qti-simple-choice", question.choices, {}, paths)
        case OrderingQuestion():
            interaction = _sub(body, name, {**given, "shuffle": "true"})
            _write_choices(interaction, "qti-simple-choice", question.parts, {}, paths)
        case MatchingQuestion():
            interaction = _sub(body, name, {**given, "shuffle": "true", "max-associations": str(len(question.left))})
            for side, most in ((question.left, 1), (question.right, 0)):
                matches = _sub(interaction, "qti-simple-match-set")
                _write_choices(matches, "qti-simple-associable-choice", side, {"match-max": str(most)}, paths)
        case _:
            _write_entry(body, name, given, question, key)


def _write_entry(body: Element, name: str, given: dict[str, str], question: Question, key: AnswerKey) -> None:
    match question:
        case NumericQuestion() if isinstance(key, NumericKey):
            given |= {f"{OWN}unit": writable(question.unit), f"{OWN}tolerance": key.tolerance}
            given |= {f"{OWN}is-relative": _bool(key.is_relative)}
            _sub(_sub(body, "p"), name, given)
        case ShortTextQuestion():
            _sub(_sub(body, "p"), name, {**given, "expected-length": str(question.characters_max)})
        case LongTextQuestion():
            given |= {"expected-length": str(question.characters_max), "format": "plain"}
            if question.words_advised is not None:
                given[f"{OWN}words-advised"] = str(question.words_advised)
            _sub(body, name, given)


def _write_choices(
    parent: Element, name: str, choices: Sequence[Choice], given: dict[str, str], paths: dict[str, str]
) -> None:
    for choice in choices:
        _write_choice(parent, name, choice, given, paths)


def _write_choice(parent: Element, name: str, choice: Choice, given: dict[str, str], paths: dict[str, str]) -> None:
    element = _sub(parent, name, {"identifier": identifier(choice.id), **given})
    element.text = writable(choice.text)
    if choice.picture is not None:
        _write_picture(element, choice.picture, paths)


def _write_picture(parent: Element, picture: Picture, paths: dict[str, str]) -> None:
    given = {"src": paths[picture.blob_id], "alt": writable(picture.alt)}
    _sub(parent, "img", {**given, "width": str(picture.width_px), "height": str(picture.height_px)})


def _write_rubric(body: Element, key: AnswerKey) -> None:
    if not isinstance(key, Rubric):
        return
    for criterion in key.criteria:
        given = {f"{OWN}id": criterion.id, f"{OWN}centipoints": str(criterion.centipoints)}
        given[f"{OWN}title"] = writable(criterion.title)
        _write_block(body, "guildhall-criterion", criterion.description, given)
    if key.model_answer:
        _write_block(body, "guildhall-model-answer", key.model_answer)


def _write_block(body: Element, name: str, text: str, given: dict[str, str] | None = None) -> None:
    """For those who score, never for candidates."""
    block = _sub(body, "qti-rubric-block", {"view": "scorer", "use": "scoring", "class": name, **(given or {})})
    _write_text(_sub(block, "qti-content-body"), text)


def _write_text(parent: Element, text: str) -> None:
    for paragraph in paragraphs_of(writable(text)):
        _sub(parent, "p").text = paragraph


def _write_processing(root: Element, key: AnswerKey) -> None:
    if isinstance(key, Rubric):
        return
    if not isinstance(key, NumericKey):
        is_mapped = isinstance(key, TextKey) or key.credit is PartialCredit.BY_PART
        name = "map_response" if is_mapped and not isinstance(key, OrderingKey) else "match_correct"
        _sub(root, "qti-response-processing", {"template": f"{TEMPLATES}/{name}.xml"})
        return
    condition = _sub(_sub(root, "qti-response-processing"), "qti-response-condition")
    holds = _sub(condition, "qti-response-if")
    # A relative tolerance is in percent in QTI, and a share with us.
    tolerance = str(Decimal(key.tolerance) * 100) if key.is_relative else key.tolerance
    mode = "relative" if key.is_relative else "absolute"
    equal = _sub(holds, "qti-equal", {"tolerance-mode": mode, "tolerance": f"{tolerance} {tolerance}"})
    _sub(equal, "qti-variable", {"identifier": RESPONSE})
    _sub(equal, "qti-correct", {"identifier": RESPONSE})
    outcome = _sub(holds, "qti-set-outcome-value", {"identifier": "SCORE"})
    _sub(outcome, "qti-base-value", {"base-type": "float"}).text = "1"


def _sub(parent: Element, name: str, given: dict[str, str] | None = None) -> Element:
    return SubElement(parent, _q(name), given or {})


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _bool(value: bool) -> str:
    return "true" if value else "false"
