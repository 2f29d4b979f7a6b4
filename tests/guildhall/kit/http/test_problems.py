import pytest

from guildhall.kit.errors import Conflict, NotFound, Unavailable
from guildhall.kit.http.problems import COMMON, Internal, common_type, problem_registry
from tests.fakes.things_api import OutOfStock


class OtherStock(NotFound):
    type = "out-of-stock"
    title = "Nothing there"


def test_the_set_is_closed_and_each_type_means_one_thing() -> None:
    registry = problem_registry((OutOfStock, OutOfStock))
    assert len(registry) == len(COMMON) + 1
    with pytest.raises(ValueError, match="out-of-stock means two things"):
        problem_registry((OutOfStock, OtherStock))


@pytest.mark.parametrize("error", COMMON, ids=lambda error: error.type)
def test_every_type_says_what_it_means(error: type) -> None:
    assert error.__doc__ or error.__mro__[1].__name__ == "DomainError"


def test_what_nobody_registered_leaves_as_the_common_type_of_its_status() -> None:
    assert (common_type(409), common_type(503), common_type(418)) == (Conflict, Unavailable, Internal)
