"""Actions: created, built, deployed, bound, seen in a login, unbound, deleted."""

import time

from auth0.management.errors import NotFoundError

from clients import CallbackError, log_in, management
from environment import action
from steps import equal, refused, step

TRIGGER = "post-login"
GREETING = "https://acme.example/greeting"
actions = management.actions


def act(ana):
    """Lets an Action greet Ana, and another one turn her away."""

    @step("an action created with a secret, built, deployed")
    def claims():
        created = _create("claims", secrets=[{"name": "GREETING", "value": "Good night"}])
        _deploy(created.id)
        equal([each.id for each in actions.list(trigger_id=TRIGGER, action_name="claims")], [created.id])
        equal(actions.get(created.id).all_changes_deployed, True)
        return created

    @step("bound: its claim is in the token")
    def _():
        _bind({"type": "action_id", "value": claims.id})
        equal([each.action.id for each in actions.triggers.bindings.list(TRIGGER)], [claims.id])
        equal(log_in(ana)["claims"].get(GREETING), f"Good night, {ana.email}")

    @step("a second action turns people away")
    def deny():
        created = _create("deny")
        _deploy(created.id)
        _bind({"type": "action_name", "value": "claims"}, {"type": "action_name", "value": "deny"})
        refused(
            CallbackError,
            lambda: log_in(ana),
            lambda error: equal((error.error, error.description), ("access_denied", "Come back tomorrow")),
        )
        return created

    @step("unbound: nothing of it is left in a login; deleted")
    def _():
        _bind()
        assert GREETING not in log_in(ana)["claims"]
        actions.delete(claims.id)
        actions.delete(deny.id, force=True)
        refused(NotFoundError, lambda: actions.delete(claims.id))


def _create(name, **more):
    triggers = [{"id": TRIGGER, "version": "v3"}]
    return actions.create(name=name, supported_triggers=triggers, code=action(name), **more)


def _deploy(id):
    for _ in range(50):
        if actions.get(id).status == "built":
            version = actions.deploy(id)
            equal(actions.get(id).deployed_version.id, version.id)
            return
        time.sleep(0.1)
    raise AssertionError("the action is not built after 5 seconds")


def _bind(*references):
    bindings = [{"ref": reference, "display_name": reference["value"][:20]} for reference in references]
    actions.triggers.bindings.update_many(TRIGGER, bindings=bindings)
