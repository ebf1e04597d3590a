"""People: accounts, logins, tokens, metadata, search, sessions, identities."""

from auth0.authentication import GetToken
from auth0.authentication.exceptions import Auth0Error
from auth0.management.errors import ConflictError, NotFoundError

from clients import (
    CallbackError,
    code_for,
    database,
    log_in,
    management,
    redeem,
    revocations,
    tokens,
    userinfo,
    verify,
)
from environment import CALLBACK, DATABASE, DOMAIN, PASSWORD
from person import Person
from steps import equal, refused, step


def _refusal(status, code):
    return lambda error: equal((error.status_code, error.error_code), (status, code))


def arrive():
    """Signs Ana up through the pages and Bo through the API; answers both with their user ids."""
    ana, bo = Person("ana@acme.example", PASSWORD), Person("bo@acme.example", PASSWORD)

    @step("signed up through the pages, with a code and PKCE")
    def first():
        answer = log_in(ana, screen_hint="signup")
        equal(answer["claims"]["email"], ana.email)
        ana.id = answer["claims"]["sub"]
        return answer

    @step("signed up through the API")
    def _():
        account = database.signup(email=bo.email, password=PASSWORD, connection=DATABASE, given_name="Bo")
        equal(account["email"], bo.email)
        bo.id = f"auth0|{account['_id']}"

    @step("refused: a second sign-up with the same address, and a weak password")
    def _():
        again = lambda: database.signup(email=bo.email, password=PASSWORD, connection=DATABASE)
        weak = lambda: database.signup(email="weak@acme.example", password="abc", connection=DATABASE)
        tell = lambda flag: management.tenants.settings.update(flags={"enable_public_signup_user_exists_error": flag})
        tell(True)
        refused(Auth0Error, again, _refusal(400, "user_exists"))
        tell(False)
        refused(Auth0Error, again, _refusal(400, "invalid_signup"))
        refused(Auth0Error, weak, _refusal(400, "invalid_password"))

    @step("a password change asked for")
    def _():
        assert "email" in database.change_password(email=bo.email, connection=DATABASE)

    @step("logged in again, and a code is good for one exchange")
    def _():
        exchange, nonce = code_for(Person(ana.email, PASSWORD))
        equal(verify(redeem(exchange)["id_token"], nonce)["sub"], ana.id)
        refused(Auth0Error, lambda: redeem(exchange), _refusal(403, "invalid_grant"))

    @step("userinfo read, and refused without a token")
    def _():
        equal(userinfo(first["access_token"])["email"], ana.email)
        refused(Auth0Error, lambda: userinfo("none"), lambda error: equal(error.status_code, 401))

    @step("a public application redeems a code with its verifier alone")
    def _():
        public = management.clients.create(
            name="Phone", app_type="native", token_endpoint_auth_method="none", callbacks=[CALLBACK]
        )
        exchange, nonce = code_for(ana, client_id=public.client_id)
        answer = GetToken(DOMAIN, public.client_id).authorization_code_pkce(redirect_uri=CALLBACK, **exchange)
        equal(verify(answer["id_token"], nonce, audience=public.client_id)["sub"], ana.id)
        management.clients.delete(public.client_id)

    _refresh(ana)
    return ana, bo


def _refresh(ana):
    invalid = _refusal(403, "invalid_grant")
    first = log_in(ana)

    @step("refreshed, with another refresh token")
    def second():
        answer = tokens.refresh_token(first["refresh_token"])
        assert answer["refresh_token"] != first["refresh_token"]
        return answer

    @step("a refresh token used again ends its family")
    def _():
        for token in first["refresh_token"], second["refresh_token"]:
            refused(Auth0Error, lambda: tokens.refresh_token(token), invalid)

    @step("a revoked refresh token is worth nothing")
    def _():
        token = log_in(ana)["refresh_token"]
        revocations.revoke_refresh_token(token)
        refused(Auth0Error, lambda: tokens.refresh_token(token), invalid)


def change(ana, bo):
    """Reads and changes what is known of people."""
    users = management.users

    @step("a user read by id and by address")
    def _():
        user = users.get(ana.id)
        equal((user.user_id, user.email), (ana.id, ana.email))
        equal([found.user_id for found in users.list_users_by_email(email=ana.email)], [ana.id])
        equal(users.list_users_by_email(email="nobody@acme.example"), [])

    @step("user metadata merged")
    def _():
        users.update(ana.id, user_metadata={"colour": "green", "nested": {"a": 1}})
        user = users.update(ana.id, user_metadata={"size": "m", "nested": {"c": 3}})
        equal(user.user_metadata, {"colour": "green", "size": "m", "nested": {"c": 3}})

    @step("app metadata: null deletes")
    def _():
        users.update(ana.id, app_metadata={"plan": "gold", "seats": 3})
        user = users.update(ana.id, app_metadata={"seats": None})
        equal(user.app_metadata.get("plan"), "gold")
        assert "seats" not in user.app_metadata

    @step("users searched")
    def _():
        gold = users.list(q='app_metadata.plan:"gold"', search_engine="v3")
        equal([user.user_id for user in gold], [ana.id])
        both = users.list(q="email.domain:acme.example", sort="email:1")
        equal([user.email for user in both.items], [ana.email, bo.email])
        equal((both.response.total, both.response.start), (2, 0))
        equal(list(users.list(q=f'NOT app_metadata.plan:"gold" AND email:"{ana.email}"')), [])

    @step("a user created, blocked, refused at the login, deleted twice")
    def _():
        cy = Person("cy@acme.example", PASSWORD)
        user = users.create(connection=DATABASE, email=cy.email, password=PASSWORD, user_id="cy")
        equal(user.user_id, "auth0|cy")
        users.update(user.user_id, blocked=True)
        refused(CallbackError, lambda: log_in(cy), lambda error: equal(error.description, "user is blocked"))
        users.delete(user.user_id)
        users.delete(user.user_id)
        refused(
            NotFoundError,
            lambda: users.get(user.user_id),
            lambda error: equal(error.body["errorCode"], "inexistent_user"),
        )

    @step("a user created twice")
    def _():
        refused(
            ConflictError,
            lambda: users.create(connection=DATABASE, email=ana.email, password=PASSWORD),
            lambda error: equal(error.body["message"], "The user already exists."),
        )

    _sessions(bo)

    @step("identities linked and parted")
    def _():
        other = users.create(connection=DATABASE, email="other@acme.example", password=PASSWORD)
        provider, own = other.user_id.split("|")
        equal(len(users.identities.link(ana.id, provider=provider, user_id=other.user_id)), 2)
        equal(len(users.identities.delete(ana.id, provider, own)), 1)
        users.delete(other.user_id)


def _sessions(bo):
    users = management.users
    silent = lambda: log_in(bo, prompt="none")

    @step("sessions listed, one read and revoked: silent login asks for a login")
    def _():
        sid = log_in(bo)["claims"]["sid"]
        assert sid in [session.id for session in users.sessions.list(bo.id)]
        equal(management.sessions.get(sid).user_id, bo.id)
        management.sessions.revoke(sid)
        refused(CallbackError, silent, lambda error: equal(error.error, "login_required"))

    @step("all sessions and refresh tokens of a user ended")
    def _():
        token = log_in(bo)["refresh_token"]
        assert list(users.refresh_token.list(bo.id))
        users.sessions.delete(bo.id)
        users.refresh_token.delete(bo.id)
        equal(list(users.sessions.list(bo.id)), [])
        equal(list(users.refresh_token.list(bo.id)), [])
        refused(Auth0Error, lambda: tokens.refresh_token(token), _refusal(403, "invalid_grant"))
