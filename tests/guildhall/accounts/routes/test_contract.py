import re

from openapi_spec_validator import validate

from guildhall.accounts.permissions import MATRIX
from guildhall.accounts.routes import PROBLEMS, routes
from guildhall.kit.http import PUBLIC, ApiInfo, openapi_document
from guildhall.kit.http.problems import problem_registry
from tests.guildhall.accounts.conftest import House

DANGEROUS = {
    "change_email",
    "enrol_second_factor",
    "drop_second_factor",
    "renew_recovery_codes",
    "export_own_account",
    "deactivate_own_account",
    "request_erasure",
    "close_organisation",
    "set_roles",
}


async def test_the_document_of_all_routes_is_valid(house: House) -> None:
    validate(openapi_document(routes(house.service), ApiInfo(), problem_registry(PROBLEMS)))


async def test_every_route_names_a_permission_of_the_matrix(house: House) -> None:
    named = {route.operation.permission for route in routes(house.service)}
    assert named - {PUBLIC} <= MATRIX.keys()


async def test_dangerous_acts_declare_that_credentials_must_be_fresh(house: House) -> None:
    fresh = {route.operation.name for route in routes(house.service) if route.operation.fresh_seconds is not None}
    assert fresh == DANGEROUS


async def test_whatever_reads_or_sets_a_cookie_says_so(house: House) -> None:
    borne = {route.operation.name for route in routes(house.service) if route.operation.cookie_borne}
    assert borne == {
        "sign_in",
        "prove_second_factor",
        "refresh_session",
        "sign_out",
        "end_all_sessions",
        "choose_password",
        "know_device",
    }


async def test_whatever_takes_a_credential_is_limited_as_such(house: House) -> None:
    takes = re.compile("password|code|token|secret", re.IGNORECASE)
    for route in routes(house.service):
        body = route.operation.body
        if body is not None and any(takes.search(name) for name in body.model_fields):
            assert route.operation.rate_class in {"auth", "sign_in", "signup", "refresh"}, route.operation.name
