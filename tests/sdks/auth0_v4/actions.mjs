// Actions: created, built, deployed, bound, seen in a login, unbound, deleted.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";

import { ManagementApiError } from "auth0-v4";

import { action } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { gone } from "./applications.mjs";
import { CallbackError, logIn, management } from "./clients.mjs";

const { actions } = management;
const triggerId = "post-login";
const GREETING = "https://acme.example/greeting";

/** Lets an Action greet Ana, and another one turn her away. */
export async function act(ana) {
  const claims = await step("an action created with a secret, built, deployed", async () => {
    const { data } = await actions.create({
      name: "claims",
      supported_triggers: [{ id: triggerId, version: "v3" }],
      code: action("claims"),
      secrets: [{ name: "GREETING", value: "Good evening" }],
    });
    await deploy(data.id);
    const { data: page } = await actions.getAll({ actionName: "claims", deployed: true });
    assert.deepEqual([page.total, page.actions[0].id], [1, data.id]);
    const { data: history } = await actions.getVersions({ actionId: data.id });
    assert.equal(history.versions.length, 1);
    return data;
  });
  await step("bound: its claim is in the token", async () => {
    await bind([{ ref: { type: "action_id", value: claims.id } }]);
    const { data } = await actions.getTriggerBindings({ triggerId });
    assert.deepEqual(data.bindings.map((binding) => binding.action.name), ["claims"]);
    assert.equal((await logIn(ana)).claims[GREETING], `Good evening, ${ana.email}`);
  });
  const deny = await step("a second action turns people away", async () => {
    const { data } = await actions.create({
      name: "deny",
      supported_triggers: [{ id: triggerId, version: "v3" }],
      code: action("deny"),
    });
    await deploy(data.id);
    await bind(["claims", "deny"].map((value) => ({ ref: { type: "action_name", value } })));
    await refused(CallbackError, () => logIn(ana), (error) =>
      assert.deepEqual([error.error, error.message], ["access_denied", "Come back tomorrow"]),
    );
    return data;
  });
  await step("unbound: nothing of it is left in a login; deleted", async () => {
    await bind([]);
    assert.ok(!(GREETING in (await logIn(ana)).claims));
    await actions.delete({ id: claims.id });
    await actions.delete({ id: deny.id, force: true });
    await refused(ManagementApiError, () => actions.delete({ id: claims.id }), gone(undefined));
  });
}

const bind = (bindings) => actions.updateTriggerBindings({ triggerId }, { bindings });

async function deploy(id) {
  for (let tries = 0; (await actions.get({ id })).data.status !== "built"; tries += 1) {
    assert.ok(tries < 50, "the action is not built after 5 seconds");
    await setTimeout(100);
  }
  const { data } = await actions.deploy({ id });
  assert.equal((await actions.get({ id })).data.deployed_version.id, data.id);
}
