"""What is refused, by the client's own types of error."""

from auth0.authentication import GetToken
from auth0.authentication.exceptions import Auth0Error, RateLimitError
from auth0.management import ManagementClient
from auth0.management.errors import (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
)

from clients import management, read_only
from control import limit, under_limits_of
from environment import AUTOMATION, DOMAIN, ISSUER, READER
from steps import equal, refused, step


def refuse():
    """One of each kind."""
    stranger = ManagementClient(domain=DOMAIN, token="none")
    with_surprise = {"additional_body_parameters": {"surprise": True}}
    create = management.organizations.create
    for status, code, error_type, call in [
        (404, "inexistent_user", NotFoundError, lambda: management.users.get("auth0|none")),
        (404, None, NotFoundError, lambda: management.roles.get("rol_0000000000000000")),
        (400, "invalid_body", BadRequestError, lambda: create(name="Not a name")),
        (400, "invalid_body", BadRequestError, lambda: create(name="fine", request_options=with_surprise)),
        (400, "invalid_uri", BadRequestError, lambda: management.organizations.get_by_name("Not A Name")),
        (403, "insufficient_scope", ForbiddenError, lambda: read_only.organizations.create(name="fine")),
        (401, None, UnauthorizedError, lambda: stranger.users.get("auth0|none")),
    ]:

        @step(f"{status} {code or 'without an errorCode'}")
        def _():
            check = lambda error: equal((error.status_code, error.body.get("errorCode")), (status, code))
            refused(error_type, call, check)

    for status, name, application, audience in [
        (401, "a secret that is none", {**AUTOMATION, "client_secret": "none"}, f"{ISSUER}api/v2/"),
        (403, "an API that there is not", READER, "https://none.example/"),
    ]:

        @step(f"{status} for {name}")
        def _():
            refused(
                Auth0Error,
                lambda: GetToken(DOMAIN, **application).client_credentials(audience=audience),
                lambda error: equal((error.status_code, error.error_code), (status, "access_denied")),
            )

    @step("429: waited for, or told at once")
    def _():
        limit("GET", "/api/v2/roles", 1, {"retry-after": "1"})
        management.roles.list()
        limit("GET", "/api/v2/roles", 1)
        too_many = lambda error: equal(error.body["errorCode"], "too_many_requests")
        at_once = {"max_retries": 0}
        refused(TooManyRequestsError, lambda: management.roles.list(request_options=at_once), too_many)
        limit("POST", "/oauth/token", 1)
        token = lambda: GetToken(DOMAIN, **READER).client_credentials(audience=f"{ISSUER}api/v2/")
        refused(RateLimitError, token, lambda error: equal(error.error_code, "too_many_requests"))

    @step("the rate limits of the free plan: refused, or waited for")
    def _():
        def insist():
            for _ in range(20):
                management.roles.list(request_options={"max_retries": 0})

        with under_limits_of("free"):
            refused(TooManyRequestsError, insist, lambda error: equal(error.headers["x-ratelimit-remaining"], "0"))
            management.roles.list()
