// Actions: created, built, deployed, bound, seen in a login, unbound, deleted.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";

import { TokenByCodeError } from "@auth0/auth0-auth-js";
import { Management } from "auth0";

import { action } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { all, logIn, management } from "./clients.mjs";

const TRIGGER = "post-login";
const GREETING = "https://acme.example/greeting";

/** Lets an Action greet Ana, and another one turn her away. */
export async function act(ana) {
  const claims = await step("an action created with a secret, changed, and listed", async () => {
    const created = await management.actions.create({
      name: "claims",
      supported_triggers: [{ id: TRIGGER, version: "v3" }],
      code: action("claims"),
      secrets: [{ name: "GREETING", value: "Good morning" }],
    });
    assert.equal(created.all_changes_deployed, false);
    assert.deepEqual(created.secrets.map((secret) => secret.name), ["GREETING"]);
    assert.ok(!JSON.stringify(created).includes("Good morning"));
    await management.actions.update(created.id, { name: "claims", runtime: "node22" });
    const found = await all(management.actions.list({ triggerId: TRIGGER, actionName: "claims" }));
    assert.deepEqual(found.map((each) => each.id), [created.id]);
    return created;
  });
  await step("built, then deployed", async () => {
    await built(claims.id);
    const version = await management.actions.deploy(claims.id);
    // What is answered is the version as it was made; that it is the deployed one shows a moment later.
    assert.deepEqual([version.status, version.number], ["built", 1]);
    const deployed = await management.actions.get(claims.id);
    assert.equal(deployed.all_changes_deployed, true);
    assert.equal(deployed.deployed_version.id, version.id);
    const versions = await all(management.actions.versions.list(claims.id));
    assert.deepEqual(versions.map((each) => each.id), [version.id]);
  });
  await step("deployed and not bound: it does nothing", async () => {
    const tokens = await logIn(ana);
    assert.ok(!(GREETING in tokens.claims));
  });
  await step(
    "bound: its claim is in the token",
    async () => {
      await bind([{ ref: { type: "action_id", value: claims.id }, display_name: "claims" }]);
      const bindings = await all(management.actions.triggers.bindings.list(TRIGGER));
      assert.deepEqual(bindings.map((binding) => binding.action.id), [claims.id]);
      const tokens = await logIn(ana);
      assert.equal(tokens.claims[GREETING], `Good morning, ${ana.email}`);
      assert.equal((await management.users.get(ana.id)).app_metadata.greeted, true);
      return tokens.claims[GREETING];
    },
    (greeting) => greeting,
  );
  const deny = await step("a second action, bound by its name, turns people away", async () => {
    const created = await management.actions.create({
      name: "deny",
      supported_triggers: [{ id: TRIGGER, version: "v3" }],
      code: action("deny"),
    });
    await built(created.id);
    await management.actions.deploy(created.id);
    await bind(["claims", "deny"].map((value) => ({ ref: { type: "action_name", value }, display_name: value })));
    await refused(TokenByCodeError, () => logIn(ana), (error) => {
      assert.equal(error.cause.error, "access_denied");
      assert.equal(error.cause.error_description, "Come back tomorrow");
    });
    return created;
  });
  await step("unbound: nothing of it is left in a login", async () => {
    await bind([]);
    assert.deepEqual(await all(management.actions.triggers.bindings.list(TRIGGER)), []);
    const tokens = await logIn(ana);
    assert.ok(!(GREETING in tokens.claims));
  });
  await step("actions deleted; deleting one again is refused", async () => {
    await management.actions.delete(claims.id);
    await management.actions.delete(deny.id, { force: true });
    await refused(Management.NotFoundError, () => management.actions.delete(claims.id));
    await refused(Management.NotFoundError, () => management.actions.get(claims.id), (error) =>
      assert.equal(error.body.message, "That action does not exist."),
    );
  });
}

const bind = (bindings) => management.actions.triggers.bindings.updateMany(TRIGGER, { bindings });

async function built(id) {
  for (let tries = 0; tries < 50; tries += 1) {
    const { status } = await management.actions.get(id);
    if (status === "built") return;
    assert.ok(status === "pending" || status === "building", status);
    await setTimeout(100);
  }
  throw new Error("the action is not built after 5 seconds");
}
