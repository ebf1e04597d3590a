"""Organizations: themselves, their connections, members, roles, invitations and domains."""

from urllib.parse import parse_qs, urlsplit

from auth0.management.errors import ConflictError, NotFoundError

from clients import CallbackError, log_in, management
from environment import INITIATE_LOGIN, PASSWORD, WEB
from person import Person
from steps import equal, refused, step

organizations = management.organizations


def found():
    """Founds Acme; answers the organization."""

    @step("an organization created, read by id and by name")
    def acme():
        created = organizations.create(name="acme", display_name="Acme AB", metadata={"plan": "gold", "seats": "3"})
        equal(organizations.get(created.id).metadata, {"plan": "gold", "seats": "3"})
        equal(organizations.get_by_name("acme").id, created.id)
        return created

    @step("patched: metadata replaced, the rest kept")
    def _():
        patched = organizations.update(acme.id, metadata={"subscription": "team;;active"})
        equal((patched.metadata, patched.display_name), ({"subscription": "team;;active"}, "Acme AB"))

    @step("the same name again is refused")
    def _():
        refused(ConflictError, lambda: organizations.create(name="acme"))

    return acme


def connect(acme):
    """Connections: an enterprise's own, and those that the organization may use."""
    connections = management.connections

    @step("a connection created, patched, listed")
    def enterprise():
        options = {
            "type": "back_channel",
            "client_id": "tenantry",
            "client_secret": "shh",
            "issuer": "https://idp.acme.example",
            "authorization_endpoint": "https://idp.acme.example/authorize",
            "token_endpoint": "https://idp.acme.example/token",
            "jwks_uri": "https://idp.acme.example/jwks",
            "scope": "openid profile email",
        }
        created = connections.create(name="acme-entra", strategy="oidc", options=options)
        equal(connections.update(created.id, display_name="Acme's own").display_name, "Acme's own")
        equal(connections.get(created.id).strategy, "oidc")
        equal([each.id for each in connections.list(strategy=["oidc"])], [created.id])
        return created

    @step("a connection of the same name is refused")
    def _():
        refused(ConflictError, lambda: connections.create(name="acme-entra", strategy="auth0"))

    @step("a connection's applications set and read")
    def _():
        connections.clients.update(enterprise.id, request=[{"client_id": WEB["client_id"], "status": True}])
        equal([each.client_id for each in connections.clients.get(enterprise.id)], [WEB["client_id"]])

    @step("enabled for the organization: the older operations")
    def _():
        enabled = organizations.enabled_connections
        added = enabled.add(acme.id, connection_id=enterprise.id, assign_membership_on_login=True)
        equal((added.connection.name, added.connection.strategy), ("acme-entra", "oidc"))
        equal(enabled.update(acme.id, enterprise.id, show_as_button=False).show_as_button, False)
        equal(enabled.get(acme.id, enterprise.id).assign_membership_on_login, True)
        equal([each.connection_id for each in enabled.list(acme.id)], [enterprise.id])
        enabled.delete(acme.id, enterprise.id)
        refused(NotFoundError, lambda: enabled.get(acme.id, enterprise.id))

    @step("enabled for the organization: the newer operations")
    def _():
        enabled = organizations.connections
        [database] = connections.list(strategy=["auth0"])
        enabled.create(acme.id, connection_id=enterprise.id)
        enabled.create(acme.id, connection_id=database.id)
        refused(ConflictError, lambda: enabled.create(acme.id, connection_id=database.id))
        equal(enabled.update(acme.id, enterprise.id, show_as_button=False).show_as_button, False)
        equal(enabled.get(acme.id, database.id).connection_id, database.id)
        equal({each.connection_id for each in enabled.list(acme.id)}, {database.id, enterprise.id})
        enabled.delete(acme.id, enterprise.id)
        refused(NotFoundError, lambda: enabled.get(acme.id, enterprise.id))

    @step("a connection deleted, twice")
    def _():
        equal(connections.with_raw_response.delete(enterprise.id).headers.get("content-type"), "application/json")
        connections.delete(enterprise.id)
        gone = lambda error: equal(error.body["errorCode"], "inexistent_connection")
        refused(NotFoundError, lambda: connections.get(enterprise.id), gone)


def join(acme, people, roles):
    """Members and what they may do."""
    ana, bo = people
    members = organizations.members

    @step("who is no member is turned away")
    def _():
        refused(
            CallbackError,
            lambda: log_in(ana, organization=acme.id),
            lambda error: equal(error.description, f"user {ana.id} is not part of the {acme.id} organization"),
        )

    @step("members added, listed, removed")
    def _():
        members.create(acme.id, members=[ana.id, bo.id])
        equal({member.user_id for member in members.list(acme.id)}, {ana.id, bo.id})
        members.delete(acme.id, members=[bo.id])
        members.delete(acme.id, members=[bo.id])
        equal([member.email for member in members.list(acme.id)], [ana.email])
        equal([each.name for each in management.users.organizations.list(ana.id)], ["acme"])

    @step("member roles given, listed and taken away")
    def _():
        members.roles.assign(acme.id, ana.id, roles=[roles.manager, roles.clerk])
        members.roles.delete(acme.id, ana.id, roles=[roles.clerk])
        equal([role.name for role in members.roles.list(acme.id, ana.id)], ["Manager"])
        [member] = members.list(acme.id, fields="user_id,roles")
        equal([role.id for role in member.roles], [roles.manager])

    @step("logged in under the organization: the client checks org_id")
    def _():
        equal(log_in(ana, organization=acme.id)["claims"]["org_id"], acme.id)


def invite(acme, roles):
    """An invitation: from the API through the mail to the membership."""
    invitations = organizations.invitations
    dora = Person("dora@acme.example", PASSWORD)

    def offer(email, **more):
        inviter, invitee = {"name": "Ana"}, {"email": email}
        return invitations.create(acme.id, inviter=inviter, invitee=invitee, client_id=WEB["client_id"], **more)

    @step("an invitation created, read, listed")
    def invitation():
        created = offer(dora.email, roles=[roles.clerk], send_invitation_email=False)
        assert created.invitation_url.startswith(f"{INITIATE_LOGIN}?")
        equal(invitations.get(acme.id, created.id).invitee.email, dora.email)
        equal([each.id for each in invitations.list(acme.id)], [created.id])
        return created

    @step("the invitation accepted through the login, once")
    def _():
        link = parse_qs(urlsplit(invitation.invitation_url).query)
        parameters = {name: link[name][0] for name in ("invitation", "organization")}
        claims = log_in(dora, screen_hint="signup", **parameters)["claims"]
        equal(claims["org_id"], acme.id)
        dora.id = claims["sub"]
        used = lambda error: equal(error.description, "invitation not found or already used")
        refused(CallbackError, lambda: log_in(dora, **parameters), used)

    @step("accepted: gone from the list, a member with its role")
    def _():
        equal(list(invitations.list(acme.id)), [])
        equal([role.id for role in organizations.members.roles.list(acme.id, dora.id)], [roles.clerk])

    @step("an invitation withdrawn")
    def _():
        created = offer("eve@acme.example")
        invitations.delete(acme.id, created.id)
        gone = lambda error: equal(error.body["errorCode"], "inexistent_invitation")
        refused(NotFoundError, lambda: invitations.get(acme.id, created.id), gone)

    @step("a discovery domain created, verified, deleted twice")
    def _():
        domains = organizations.discovery_domains
        created = domains.create(acme.id, domain="acme.example")
        equal(domains.update(acme.id, created.id, status="verified").status, "verified")
        equal(domains.get_by_name(acme.id, "acme.example").id, created.id)
        equal([each.domain for each in domains.list(acme.id)], ["acme.example"])
        domains.delete(acme.id, created.id)
        domains.delete(acme.id, created.id)


def dissolve(acme):
    """The end of Acme."""

    @step("the organization deleted; deleting it again is refused")
    def _():
        organizations.delete(acme.id)
        gone = lambda error: equal(error.body["message"], "No organization found by that id or name")
        refused(NotFoundError, lambda: organizations.delete(acme.id), gone)
        refused(NotFoundError, lambda: organizations.get(acme.id), gone)
