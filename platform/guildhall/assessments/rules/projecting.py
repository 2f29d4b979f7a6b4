"""What a candidate sees of a question: its parts in the order of their form, and its pictures. Pure."""

from collections.abc import Sequence

from guildhall.assessments.model.questions import (
    Choice,
    MatchingQuestion,
    MultipleChoiceQuestion,
    OrderingQuestion,
    Picture,
    Question,
    ShortId,
    SingleChoiceQuestion,
)


def in_order(question: Question, order: Sequence[ShortId]) -> Question:
    """The question with its parts in this order; as written where none is given."""
    if not order:
        return question
    match question:
        case SingleChoiceQuestion() | MultipleChoiceQuestion():
            return question.model_copy(update={"choices": _sorted(question.choices, order)})
        case OrderingQuestion():
            return question.model_copy(update={"parts": _sorted(question.parts, order)})
        case MatchingQuestion():
            return question.model_copy(update={"right": _sorted(question.right, order)})
    return question


def pictures_of(question: Question) -> tuple[Picture, ...]:
    """All that a question shows, in its prompt and its parts."""
    match question:
        case SingleChoiceQuestion() | MultipleChoiceQuestion():
            choices = question.choices
        case OrderingQuestion():
            choices = question.parts
        case MatchingQuestion():
            choices = (*question.left, *question.right)
        case _:
            choices = ()
    return (*question.prompt.pictures, *(choice.picture for choice in choices if choice.picture is not None))


def _sorted(choices: Sequence[Choice], order: Sequence[ShortId]) -> tuple[Choice, ...]:
    by_id = {choice.id: choice for choice in choices}
    return tuple(by_id[id_] for id_ in order)
