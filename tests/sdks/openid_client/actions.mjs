// Actions: created, built, deployed, bound, seen in a login, unbound, deleted.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";

import * as client from "openid-client";

import { action } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { logIn } from "./clients.mjs";
import { at, management, Refusal, refusal } from "./management.mjs";

const TRIGGER = "post-login";
const BINDINGS = at`/actions/triggers/${TRIGGER}/bindings`;
const GREETING = "https://acme.example/greeting";

/** Lets an Action greet Ana, and another one turn her away. */
export async function act(config, ana) {
  const claims = await step("an action created with a secret, built, deployed", async () => {
    const created = await create("claims", { secrets: [{ name: "GREETING", value: "Good night" }] });
    assert.ok(!JSON.stringify(created).includes("Good night"));
    assert.equal(created.all_changes_deployed, false);
    await deploy(created.id);
    const { actions } = await management.get("/actions/actions", { actionName: "claims", deployed: true });
    assert.deepEqual(actions.map((each) => each.id), [created.id]);
    return created;
  });
  await step("deployed and not bound: it does nothing", async () => {
    assert.ok(!(GREETING in (await logIn(config, ana)).claims));
  });
  await step(
    "bound: its claim is in the token",
    async () => {
      await bind([{ ref: { type: "action_id", value: claims.id }, display_name: "claims" }]);
      const { bindings } = await management.get(BINDINGS);
      assert.deepEqual(bindings.map((binding) => binding.action.id), [claims.id]);
      const login = await logIn(config, ana);
      assert.equal(login.claims[GREETING], `Good night, ${ana.email}`);
      assert.equal((await management.get(at`/users/${ana.id}`)).app_metadata.greeted, true);
      return login.claims[GREETING];
    },
    (greeting) => greeting,
  );
  const deny = await step("a second action, bound by its name, turns people away", async () => {
    const created = await create("deny");
    await deploy(created.id);
    await bind(["claims", "deny"].map((value) => ({ ref: { type: "action_name", value }, display_name: value })));
    await refused(client.AuthorizationResponseError, () => logIn(config, ana), (error) =>
      assert.deepEqual([error.error, error.error_description], ["access_denied", "Come back tomorrow"]),
    );
    return created;
  });
  await step("unbound: nothing of it is left in a login", async () => {
    await bind([]);
    assert.deepEqual((await management.get(BINDINGS)).bindings, []);
    assert.ok(!(GREETING in (await logIn(config, ana)).claims));
  });
  await step("actions deleted; deleting one again is refused", async () => {
    await management.delete(at`/actions/actions/${claims.id}`);
    await management.delete(at`/actions/actions/${deny.id}?force=true`);
    await refused(Refusal, () => management.delete(at`/actions/actions/${claims.id}`), refusal(404, undefined));
  });
}

const create = (name, more = {}) =>
  management.post("/actions/actions", {
    name,
    supported_triggers: [{ id: TRIGGER, version: "v3" }],
    code: action(name),
    ...more,
  });

const bind = (bindings) => management.patch(BINDINGS, { bindings });

async function deploy(id) {
  const path = at`/actions/actions/${id}`;
  for (let tries = 0; (await management.get(path)).status !== "built"; tries += 1) {
    assert.ok(tries < 50, "the action is not built after 5 seconds");
    await setTimeout(100);
  }
  const version = await management.post(`${path}/deploy`);
  const { deployed_version, all_changes_deployed } = await management.get(path);
  assert.deepEqual([deployed_version.id, all_changes_deployed], [version.id, true]);
}
