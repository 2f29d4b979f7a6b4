"""From what a client sent to a typed message, or to the sentence that says why not."""

from typing import Any

from pydantic import ValidationError

from guildhall.kit.errors import DomainError, Invalid, TooLarge
from guildhall.kit.sockets.events import Event
from guildhall.kit.sockets.messages import Message
from guildhall.kit.wording import field_path, in_plain_words

# The part of an event that is not attachments, whatever the event may weigh in all: pictures are large, fields are not.
# 400 KB of unknown fields took 140 ms of the event loop. It is also what `Limit` allows an event by itself.
TEXT_BYTES_MAX = 16_000
# Long texts cost little; it is the number of values that does. As many as 16 KB have room for.
VALUES_MAX = 4_000
# A client one version ahead may send some fields more, and is told which; no honest one sends more than these.
UNKNOWN_FIELDS_MAX = 8
# Building pydantic's errors takes 3 us each, and a list of wrong items has one for each item.
_ERRORS_READ_MAX = 64
_ERRORS_TOLD_MAX = 8
_PATH_TOLD_MAX = 80


def split_event(packet: object) -> tuple[str, list[Any]]:
    """The name and the arguments of a decoded event packet. Raises Invalid."""
    if not isinstance(packet, list) or not packet or not isinstance(packet[0], str):
        raise Invalid("An event needs a name and one argument.")
    return packet[0], packet[1:]


def decode(event: Event, arguments: list[Any], text_bytes: int, total_bytes: int) -> Message:
    """The message that `arguments` (there must be one) hold, in an event of so many bytes. Raises Invalid, TooLarge.

    What costs long to refuse is refused by its size first: whoever sends it has the event loop meanwhile.
    """
    if total_bytes > event.limit.max_bytes:
        raise TooLarge(f"{event.name!r} may have {event.limit.max_bytes} bytes at most; this one had {total_bytes}.")
    if text_bytes > TEXT_BYTES_MAX and not event.limit.is_text:
        raise TooLarge(f"{event.name!r} may have {TEXT_BYTES_MAX} bytes at most beside what is binary.")
    if len(arguments) != 1:
        raise Invalid(f"{event.name!r} takes one argument, an object with fields; this one had {len(arguments)}.")
    fields = arguments[0]
    if isinstance(fields, dict) and len(fields) > event.field_count + UNKNOWN_FIELDS_MAX:
        raise Invalid(f"{event.name!r} has {event.field_count} fields; this one had {len(fields)}.")
    if text_bytes > TEXT_BYTES_MAX and _has_too_many_values(fields):
        raise TooLarge(f"{event.name!r} may hold {VALUES_MAX} values at most.")
    try:
        message: Message = event.message.__pydantic_validator__.validate_python(fields, strict=True)
    except ValidationError as error:
        raise _as_invalid(event, error) from error
    return message


def _has_too_many_values(argument: object) -> bool:
    waiting, seen = [argument], 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            seen += len(value)
            if seen > VALUES_MAX:
                return True
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return False


def _as_invalid(event: Event, error: ValidationError) -> Invalid:
    # Neither the values nor all the errors go back: a client can send thousands of wrong fields.
    if error.error_count() > _ERRORS_READ_MAX:
        return Invalid(f"{event.name!r} is not as expected in {error.error_count()} places.")
    found = error.errors(include_url=False, include_input=False, include_context=False)[:_ERRORS_TOLD_MAX]
    fields = {field_path(each)[:_PATH_TOLD_MAX]: in_plain_words(each) for each in found}
    sentences = [f"`{path}` {words}" if path else f"its argument {words}" for path, words in fields.items()]
    return Invalid(f"{event.name!r} is not as expected: {'; '.join(sentences)}.", fields=fields)


def as_refusal(error: DomainError) -> dict[str, Any]:
    """The acknowledgement of an event that failed."""
    return {"problem": error.as_problem().as_document()}
