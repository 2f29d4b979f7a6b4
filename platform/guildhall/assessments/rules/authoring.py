"""What has to be mended before an item can be published, in sentences that say what to do. Pure.

Shapes and lengths are the model's; here is what a shape cannot say: that ids exist, that a key fits its question.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from guildhall.assessments.model.keys import (
    KEYS_OF,
    AnswerKey,
    ChoiceKey,
    Flaw,
    ItemContent,
    MatchingKey,
    NumericKey,
    OrderingKey,
    Rubric,
    TextKey,
)
from guildhall.assessments.model.questions import (
    Choice,
    CodeQuestion,
    FileUploadQuestion,
    ItemKind,
    MatchingQuestion,
    MultipleChoiceQuestion,
    OrderingQuestion,
    Picture,
    Question,
    ShortId,
    ShortTextQuestion,
    SingleChoiceQuestion,
)

_KEY_NOUNS: Final = {
    "choice": "which choices are right",
    "numeric": "a number",
    "text": "the accepted texts",
    "ordering": "an order",
    "matching": "pairs",
    "rubric": "a rubric",
}
_FILE_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp")
_EMPTY_ALTS: Final = frozenset({"image", "picture", "photo", "figure", "img", "screenshot", "graphic", "untitled"})


def flaws_of_item(content: ItemContent) -> tuple[Flaw, ...]:
    """Every flaw, in the order of the editor's fields; none: it may be published. Called at each save and publish."""
    return tuple(_flaws(content))


def flaws_of_key(question: Question, key: AnswerKey) -> tuple[Flaw, ...]:
    """Of a key alone, such as a correction of a published one."""
    return tuple(_of_key(question, key))


def _flaws(content: ItemContent) -> Iterator[Flaw]:
    question = content.question
    if not question.prompt.text.strip():
        yield _flaw("question.prompt.text", "Write the question: there are only spaces.")
    for index, picture in enumerate(question.prompt.pictures):
        yield from _of_picture(f"question.prompt.pictures.{index}", picture)
    yield from _of_question(question)
    yield from _of_key(question, content.key)


def _of_question(question: Question) -> Iterator[Flaw]:
    match question:
        case SingleChoiceQuestion() | MultipleChoiceQuestion():
            yield from _of_choices("question.choices", question.choices, "choice")
            if isinstance(question, MultipleChoiceQuestion) and (question.choose_most or 0) > len(question.choices):
                most = len(question.choices)
                yield _flaw(
                    "question.choose_most", f"There are {most} choices: allow {most} at most, or leave it empty."
                )
        case OrderingQuestion():
            yield from _of_choices("question.parts", question.parts, "part")
        case MatchingQuestion():
            yield from _of_choices("question.left", question.left, "entry")
            yield from _of_choices("question.right", question.right, "entry")
        case CodeQuestion() if len(question.starter) > question.characters_max:
            yield _flaw(
                "question.starter",
                f"It is longer than the {question.characters_max} characters an answer has: shorten it, or allow more.",
            )
        case FileUploadQuestion():
            if not question.content_types:
                yield _flaw("question.content_types", "Allow at least one type of file.")
            for index, content_type in enumerate(question.content_types):
                kind, _, rest = content_type.partition("/")
                if not kind or not rest:
                    yield _flaw(f"question.content_types.{index}", "Write it like application/pdf.")


def _of_choices(path: str, choices: Sequence[Choice], noun: str) -> Iterator[Flaw]:
    """Ids are the editor's own, so two alike are a fault of a program; two texts alike are one of a person."""
    seen_ids: set[str] = set()
    seen_texts: set[str] = set()
    for index, choice in enumerate(choices):
        if choice.id in seen_ids:
            yield _flaw(f"{path}.{index}.id", f"Another {noun} has the id {choice.id} already: give each its own.")
        seen_ids.add(choice.id)
        said = " ".join(choice.text.split())
        if said in seen_texts and choice.picture is None:
            yield _flaw(f"{path}.{index}.text", f"Another {noun} reads the same: nobody could tell them apart.")
        seen_texts.add(said)
        if choice.picture is not None:
            yield from _of_picture(f"{path}.{index}.picture", choice.picture)


def _of_picture(path: str, picture: Picture) -> Iterator[Flaw]:
    alt = picture.alt.strip().lower()
    if alt.endswith(_FILE_ENDINGS) or alt in _EMPTY_ALTS:
        yield _flaw(
            f"{path}.alt", "Say what the picture shows, for those who do not see it; a file's name does not tell."
        )


def _of_key(question: Question, key: AnswerKey) -> Iterator[Flaw]:
    kinds = KEYS_OF[ItemKind(question.kind)]
    if key.kind not in kinds:
        wanted = " or ".join(_KEY_NOUNS[kind] for kind in kinds)
        yield _flaw("key.kind", f"This kind of question needs {wanted} as its key.")
        return
    match question, key:
        case ((SingleChoiceQuestion() | MultipleChoiceQuestion()), ChoiceKey()):
            yield from _of_choice_key(question, key)
        case _, NumericKey():
            yield from _of_numeric_key(key)
        case ShortTextQuestion(), TextKey():
            yield from _of_text_key(question, key)
        case OrderingQuestion(), OrderingKey():
            yield from _of_ordering_key(question, key)
        case MatchingQuestion(), MatchingKey():
            yield from _of_matching_key(question, key)
        case _, Rubric():
            yield from _of_rubric(key)


def _of_choice_key(question: SingleChoiceQuestion | MultipleChoiceQuestion, key: ChoiceKey) -> Iterator[Flaw]:
    yield from _unknown("key.correct", key.correct, [choice.id for choice in question.choices], "choice")
    right = len(set(key.correct))
    if isinstance(question, SingleChoiceQuestion):
        if right != 1:
            yield _flaw("key.correct", f"Mark exactly one choice as right; now {right} are.")
        return
    if question.choose_most is not None and right > question.choose_most:
        yield _flaw(
            "key.correct",
            f"{right} choices are right, and only {question.choose_most} may be chosen: allow {right}, or mark fewer.",
        )


def _of_numeric_key(key: NumericKey) -> Iterator[Flaw]:
    tolerance = Decimal(key.tolerance)
    if tolerance < 0:
        yield _flaw("key.tolerance", "A tolerance is 0 or more: it counts to either side.")
    if key.is_relative and Decimal(key.value) == 0:
        yield _flaw("key.tolerance", "Of 0 there is no share: give the tolerance as a number.")
    elif key.is_relative and tolerance >= 1:
        yield _flaw("key.tolerance", "A share of 1 or more takes even 0 for right: write 0.01 for one percent.")


def _of_text_key(question: ShortTextQuestion, key: TextKey) -> Iterator[Flaw]:
    seen: set[str] = set()
    for index, text in enumerate(key.accepted):
        path = f"key.accepted.{index}"
        normal = " ".join(text.split())
        normal = normal if key.is_case_sensitive else normal.casefold()
        if normal in seen:
            yield _flaw(path, "This is accepted already: spaces, and case unless it counts, make no difference.")
        seen.add(normal)
        if len(text) > question.characters_max:
            yield _flaw(path, f"Nobody can type it: answers have {question.characters_max} characters at most.")


def _of_ordering_key(question: OrderingQuestion, key: OrderingKey) -> Iterator[Flaw]:
    parts = [part.id for part in question.parts]
    yield from _unknown("key.order", key.order, parts, "part")
    if set(parts) - set(key.order):
        yield _flaw("key.order", f"Give every part its place: {len(set(parts) - set(key.order))} have none.")


def _of_matching_key(question: MatchingQuestion, key: MatchingKey) -> Iterator[Flaw]:
    left = [choice.id for choice in question.left]
    right = [choice.id for choice in question.right]
    yield from _unknown("key.pairs", list(key.pairs), left, "entry on the left")
    yield from _unknown("key.pairs", list(dict.fromkeys(key.pairs.values())), right, "entry on the right")
    for index, choice in enumerate(question.left):
        if choice.id not in key.pairs:
            yield _flaw(f"question.left.{index}", "Say which entry on the right belongs to it.")


def _of_rubric(key: Rubric) -> Iterator[Flaw]:
    yield from _twice("key.criteria", (one.id for one in key.criteria), lambda id_: f"Two criteria have the id {id_}.")
    for index, criterion in enumerate(key.criteria):
        if criterion.centipoints == 0:
            yield _flaw(f"key.criteria.{index}.centipoints", "It earns nothing: give it points, or remove it.")


def _unknown(path: str, named: Sequence[ShortId], known: Sequence[ShortId], noun: str) -> Iterator[Flaw]:
    yield from _twice(path, named, lambda id_: f"The {noun} {id_} is named twice.")
    for id_ in named:
        if id_ not in known:
            yield _flaw(path, f"There is no {noun} {id_}: choose again.")


def _twice(path: str, ids: Iterable[str], say: Callable[[str], str]) -> Iterator[Flaw]:
    for id_, count in Counter(ids).items():
        if count > 1:
            yield _flaw(path, say(id_))


def _flaw(path: str, sentence: str) -> Flaw:
    return Flaw(path=path, sentence=sentence)
