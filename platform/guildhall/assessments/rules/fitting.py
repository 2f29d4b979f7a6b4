"""Does a response fit its question? Pure.

What is half finished fits: an ordering without all its parts, a pair without its other half, a number being typed. Only
what no page of ours would send is refused, in words, and the page keeps it: a choice that the question does not have, a
text beyond its length, a file of another kind.
"""

from collections.abc import Iterable

from guildhall.assessments.model.questions import (
    CodeQuestion,
    FileUploadQuestion,
    LongTextQuestion,
    MatchingQuestion,
    MultipleChoiceQuestion,
    NumericQuestion,
    OrderingQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
)
from guildhall.assessments.model.responses import (
    RESPONSE_OF,
    ChosenResponse,
    FiledResponse,
    MatchedResponse,
    OrderedResponse,
    Response,
    WrittenResponse,
)
from guildhall.kit.errors import Invalid

NUMBER_CHARACTERS_MAX = 60


class DoesNotFit(Invalid):
    """The response can never be stored as it is; the sentence says why."""

    type = "does-not-fit"
    title = "This answer does not fit its question"


def check_fits(question: Question, response: Response | None) -> None:
    """Raises DoesNotFit. None fits every question: the answer is taken back."""
    if response is None:
        return
    wanted = RESPONSE_OF[question.kind]
    if response.kind != wanted:
        raise DoesNotFit(f"This question takes a response of kind {wanted!r}, not {response.kind!r}.")
    if isinstance(response, ChosenResponse):
        _check_chosen(question, response)
    elif isinstance(response, WrittenResponse):
        _check_written(question, response)
    elif isinstance(response, OrderedResponse):
        _check_ordered(question, response)
    elif isinstance(response, MatchedResponse):
        _check_matched(question, response)
    else:
        _check_filed(question, response)


def _check_chosen(question: Question, response: ChosenResponse) -> None:
    if not isinstance(question, SingleChoiceQuestion | MultipleChoiceQuestion):
        raise TypeError(question.kind)
    _check_known("choice", response.chosen, (choice.id for choice in question.choices))
    most = 1 if isinstance(question, SingleChoiceQuestion) else question.choose_most
    if most is not None and len(response.chosen) > most:
        raise DoesNotFit(f"At most {most} may be chosen here, not {len(response.chosen)}.")


def _check_written(question: Question, response: WrittenResponse) -> None:
    if isinstance(question, NumericQuestion):
        most = NUMBER_CHARACTERS_MAX
    elif isinstance(question, ShortTextQuestion | LongTextQuestion | CodeQuestion):
        most = question.characters_max
    else:
        raise TypeError(question.kind)
    if len(response.text) > most:
        raise DoesNotFit(f"At most {most} characters fit here; there are {len(response.text)}.")


def _check_ordered(question: Question, response: OrderedResponse) -> None:
    if not isinstance(question, OrderingQuestion):
        raise TypeError(question.kind)
    _check_known("part", response.order, (part.id for part in question.parts))


def _check_matched(question: Question, response: MatchedResponse) -> None:
    if not isinstance(question, MatchingQuestion):
        raise TypeError(question.kind)
    _check_known("left part", tuple(response.pairs), (part.id for part in question.left))
    _check_known("right part", tuple(dict.fromkeys(response.pairs.values())), (part.id for part in question.right))


def _check_filed(question: Question, response: FiledResponse) -> None:
    if not isinstance(question, FileUploadQuestion):
        raise TypeError(question.kind)
    if len(response.files) > question.files_most:
        raise DoesNotFit(f"At most {question.files_most} files fit here, not {len(response.files)}.")
    for file in response.files:
        if file.content_type not in question.content_types:
            raise DoesNotFit(f"{file.name} is {file.content_type}; this question takes {_listed(question)}.")
        if file.size_bytes > question.bytes_most:
            raise DoesNotFit(f"{file.name} has {file.size_bytes} bytes; at most {question.bytes_most} fit here.")


def _listed(question: FileUploadQuestion) -> str:
    return ", ".join(question.content_types)


def _check_known(noun: str, given: tuple[str, ...], known: Iterable[str]) -> None:
    if len(set(given)) != len(given):
        raise DoesNotFit(f"A {noun} is there twice.")
    if unknown := sorted(set(given) - set(known)):
        raise DoesNotFit(f"This question has no {noun} {unknown[0]}.")
