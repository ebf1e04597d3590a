"""Applications, APIs, grants, roles and their permissions."""

from types import SimpleNamespace

from auth0.authentication import GetToken
from auth0.authentication.exceptions import Auth0Error
from auth0.management.errors import ConflictError, NotFoundError

from clients import management
from environment import DOMAIN, WEB
from steps import equal, refused, step

API = "https://api.acme.example/"


def settle():
    """Makes an API with its roles; answers the roles."""

    @step("an API created, changed, listed; another deleted, twice")
    def _():
        apis = management.resource_servers
        scopes = [{"value": "read:things"}, {"value": "write:things"}]
        api = apis.create(identifier=API, name="Acme API", scopes=scopes)
        equal(apis.update(api.id, token_lifetime=3600).token_lifetime, 3600)
        equal([scope.value for scope in apis.get(api.id).scopes], ["read:things", "write:things"])
        assert api.id in [each.id for each in apis.list()]
        spare = apis.create(identifier="urn:spare", name="Spare")
        apis.delete(spare.id)
        apis.delete(spare.id)
        gone = lambda error: equal(error.body["errorCode"], "inexistent_resource_server")
        refused(NotFoundError, lambda: apis.get(spare.id), gone)

    @step("roles created, listed by name, changed")
    def roles():
        manager = management.roles.create(name="Manager", description="Manages")
        clerk = management.roles.create(name="Clerk")
        equal(management.roles.update(clerk.id, description="Keeps the books").description, "Keeps the books")
        equal(management.roles.get(clerk.id).name, "Clerk")
        found = management.roles.list(name_filter="manag")
        equal(([role.id for role in found], found.response.total), ([manager.id], 1))
        return SimpleNamespace(manager=manager.id, clerk=clerk.id)

    @step("refused: a role of the same name, and one that is gone")
    def _():
        refused(ConflictError, lambda: management.roles.create(name="Manager"))
        spare = management.roles.create(name="Spare")
        management.roles.delete(spare.id)
        refused(NotFoundError, lambda: management.roles.delete(spare.id))

    @step("permissions given to a role and taken away")
    def _():
        permission = lambda name: {"resource_server_identifier": API, "permission_name": name}
        permissions = management.roles.permissions
        permissions.add(roles.manager, permissions=[permission("read:things"), permission("write:things")])
        permissions.delete(roles.manager, permissions=[permission("write:things")])
        equal([each.permission_name for each in permissions.list(roles.manager)], ["read:things"])

    @step("refresh tokens set to rotate")
    def _():
        rotating = {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 0}
        changed = management.clients.update(WEB["client_id"], refresh_token=rotating)
        equal(changed.refresh_token.rotation_type, "rotating")

    _worker()
    return roles


def _worker():
    clients, grants = management.clients, management.client_grants

    @step("an application created, changed, listed")
    def worker():
        created = clients.create(name="Worker", app_type="non_interactive")
        equal(clients.update(created.client_id, description="Works at night").description, "Works at night")
        equal(clients.get(created.client_id).name, "Worker")
        assert created.client_id in [each.client_id for each in clients.list(app_type=["non_interactive"])]
        return created

    def token(secret):
        return GetToken(DOMAIN, worker.client_id, client_secret=secret).client_credentials(audience=API)

    @step("a client grant created, listed, changed; a token comes of it")
    def _():
        refused(
            Auth0Error,
            lambda: token(worker.client_secret),
            lambda error: equal((error.status_code, error.error_code), (403, "access_denied")),
        )
        create = lambda: grants.create(client_id=worker.client_id, audience=API, scope=["read:things"])
        grant = create()
        refused(ConflictError, create)
        grants.update(grant.id, scope=["write:things"])
        equal([each.id for each in grants.list(client_id=worker.client_id)], [grant.id])
        equal(token(worker.client_secret)["scope"], "write:things")
        grants.delete(grant.id)
        grants.delete(grant.id)

    @step("a secret rotated; the application deleted, twice")
    def _():
        rotated = clients.rotate_secret(worker.client_id)
        assert rotated.client_secret != worker.client_secret
        refused(Auth0Error, lambda: token(worker.client_secret), lambda error: equal(error.status_code, 401))
        clients.delete(worker.client_id)
        clients.delete(worker.client_id)
        gone = lambda error: equal(error.body["errorCode"], "inexistent_client")
        refused(NotFoundError, lambda: clients.get(worker.client_id), gone)


def entitle(people, roles):
    """Gives tenant-wide roles and permissions to people, and takes them away."""
    ana, bo = people

    @step("a role given to users, and taken away")
    def _():
        management.roles.users.assign(roles.manager, users=[ana.id, bo.id])
        equal({user.user_id for user in management.roles.users.list(roles.manager)}, {ana.id, bo.id})
        management.users.roles.delete(bo.id, roles=[roles.manager])
        equal(list(management.users.roles.list(bo.id)), [])
        management.users.roles.assign(bo.id, roles=[roles.manager])
        equal([role.name for role in management.users.roles.list(bo.id)], ["Manager"])

    @step("a permission given to a user, and taken away")
    def _():
        permissions = [{"resource_server_identifier": API, "permission_name": "write:things"}]
        management.users.permissions.create(bo.id, permissions=permissions)
        assert "write:things" in [each.permission_name for each in management.users.permissions.list(bo.id)]
        management.users.permissions.delete(bo.id, permissions=permissions)
