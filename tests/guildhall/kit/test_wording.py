from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from guildhall.kit.wording import field_path, in_plain_words, with_value


def refuse_odd(number: int) -> int:
    if number % 2:
        raise ValueError("an odd number cannot be halved.")
    return number


class Sample(BaseModel):
    number: int = Field(default=5, ge=5)
    ratio: float = Field(default=0.5, lt=1, allow_inf_nan=False)
    word: str = Field(default="abc", min_length=2, max_length=4, pattern="^a")
    kind: Literal["x", "y"] = "x"
    items: list[int] = Field(default_factory=list, max_length=2)
    flag: bool = True
    even: Annotated[int, AfterValidator(refuse_odd)] = 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("number", 3, "must be greater than or equal to 5, but is 3"),
        ("number", "many", "must be a whole number, but is many"),
        ("number", "so many", "must be a whole number, but is 'so many'"),
        ("number", 5.5, "must be a whole number, but is 5.5"),
        ("number", None, "must be a whole number, but is empty"),
        ("number", [1], "must be a whole number"),
        ("ratio", float("nan"), "must be a finite number, but is nan"),
        ("word", "a", "must have at least 2 characters, but is a"),
        ("word", "ab" * 100, "must have at most 4 characters"),
        ("word", "bcd", "must match pattern '^a', but is bcd"),
        ("kind", "z", "must be 'x' or 'y', but is z"),
        ("items", [1, 2, 3], "must have at most 2 items after validation, not 3"),
        ("items", 5, "must be a list, but is 5"),
        ("flag", "perhaps", "must be true or false, but is perhaps"),
        ("even", 3, "is refused: an odd number cannot be halved, but is 3"),
    ],
)
def test_a_wrong_value_is_told_in_words_that_follow_the_name_of_its_field(field: str, value: Any, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate({field: value})
    (error,) = caught.value.errors()
    assert with_value(error) == words
    assert words.startswith(in_plain_words(error))


def test_a_field_is_named_by_its_path() -> None:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate({"items": [1, "x"]})
    assert field_path(caught.value.errors()[0]) == "items.1"
