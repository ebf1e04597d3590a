// Applications with tokens of their own; an API, its grants, and roles with its permissions.

import assert from "node:assert/strict";

import * as client from "openid-client";

import { automation, web } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { discover } from "./clients.mjs";
import { at, audience, management, Refusal, refusal } from "./management.mjs";

const API = "https://api.acme.example/";

/** A token for the Management API, and those that nobody gets. */
export async function ownTokens() {
  const config = await discover(automation);
  await step("a token of the application's own", async () => {
    const tokens = await client.clientCredentialsGrant(config, { audience });
    assert.equal(tokens.expires_in, 86400);
  });
  await step("refused: another's secret, another's API", async () => {
    const stranger = await discover({ ...automation, clientSecret: "none" });
    const ask = (who, parameters) => () => client.clientCredentialsGrant(who, parameters);
    await refused(client.ResponseBodyError, ask(stranger, { audience }), (error) =>
      assert.deepEqual([error.status, error.error], [401, "access_denied"]),
    );
    await refused(client.ResponseBodyError, ask(config, { audience: "https://none.example/" }), (error) =>
      assert.deepEqual([error.status, error.error], [403, "access_denied"]),
    );
  });
}

/** Makes an API with its roles; answers the role of a manager and that of a clerk. */
export async function settle() {
  await step("refresh tokens set to rotate", () =>
    management.patch(at`/clients/${web.clientId}`, {
      refresh_token: { rotation_type: "rotating", expiration_type: "expiring", leeway: 0 },
    }),
  );
  await step("an API created, changed, read", async () => {
    const created = await management.post("/resource-servers", {
      identifier: API,
      name: "Acme API",
      scopes: [{ value: "read:things", description: "Read things" }, { value: "write:things" }],
    });
    await management.patch(at`/resource-servers/${created.id}`, { token_lifetime: 3600 });
    const read = await management.get(at`/resource-servers/${API}`);
    assert.deepEqual([read.id, read.token_lifetime], [created.id, 3600]);
    assert.deepEqual(read.scopes.map((scope) => scope.value), ["read:things", "write:things"]);
  });
  const roles = await step("roles created, listed by name, changed", async () => {
    const manager = await management.post("/roles", { name: "Manager", description: "Manages" });
    const clerk = await management.post("/roles", { name: "Clerk" });
    const changed = await management.patch(at`/roles/${clerk.id}`, { description: "Keeps the books" });
    assert.equal(changed.description, "Keeps the books");
    const found = await management.get("/roles", { name_filter: "manag" });
    assert.deepEqual(found.map((role) => role.id), [manager.id]);
    await refused(Refusal, () => management.post("/roles", { name: "Manager" }), refusal(409, undefined));
    return { manager, clerk };
  });
  await step("permissions given to a role and taken away", async () => {
    const permission = (name) => ({ resource_server_identifier: API, permission_name: name });
    const path = at`/roles/${roles.manager.id}/permissions`;
    await management.post(path, { permissions: [permission("read:things"), permission("write:things")] });
    await management.delete(path, { permissions: [permission("write:things")] });
    const left = await management.get(path);
    assert.deepEqual(left.map((each) => each.permission_name), ["read:things"]);
  });
  await step("a role deleted; deleting it again is refused", async () => {
    const { id } = await management.post("/roles", { name: "Spare" });
    await management.delete(at`/roles/${id}`);
    await refused(Refusal, () => management.delete(at`/roles/${id}`), (error) =>
      assert.deepEqual([error.status, error.body.message], [404, "The role does not exist."]),
    );
  });
  await work();
  return roles;
}

async function work() {
  const worker = await step("an application created, changed, read", async () => {
    const created = await management.post("/clients", {
      name: "Worker",
      app_type: "non_interactive",
      grant_types: ["client_credentials"],
      client_metadata: { team: "blue" },
    });
    await management.patch(at`/clients/${created.client_id}`, { description: "Works at night" });
    const read = await management.get(at`/clients/${created.client_id}`);
    assert.deepEqual([read.name, read.description], ["Worker", "Works at night"]);
    return created;
  });
  const token = async (clientSecret) =>
    client.clientCredentialsGrant(await discover({ clientId: worker.client_id, clientSecret }), { audience: API });
  const denied = (status) => (error) => assert.deepEqual([error.status, error.error], [status, "access_denied"]);
  const grant = await step("no grant, no token; a client grant, and a token comes of it", async () => {
    await refused(client.ResponseBodyError, () => token(worker.client_secret), denied(403));
    const body = { client_id: worker.client_id, audience: API, scope: ["read:things"] };
    const created = await management.post("/client-grants", body);
    await refused(Refusal, () => management.post("/client-grants", body), (error) => assert.equal(error.status, 409));
    const { scope } = await token(worker.client_secret);
    assert.equal(scope, "read:things");
    return created;
  });
  await step("a secret rotated: the old one is worth nothing", async () => {
    const rotated = await management.post(at`/clients/${worker.client_id}/rotate-secret`);
    await token(rotated.client_secret);
    await refused(client.ResponseBodyError, () => token(worker.client_secret), denied(401));
  });
  await step("grant, application and API deleted, twice", async () => {
    const spare = await management.post("/resource-servers", { identifier: "https://spare.example/", name: "Spare" });
    for (let times = 0; times < 2; times += 1) {
      await management.delete(at`/client-grants/${grant.id}`);
      await management.delete(at`/clients/${worker.client_id}`);
      await management.delete(at`/resource-servers/${spare.id}`);
    }
    const gone = (path, errorCode) => refused(Refusal, () => management.get(path), refusal(404, errorCode));
    await gone(at`/clients/${worker.client_id}`, "inexistent_client");
    await gone(at`/resource-servers/${spare.id}`, "inexistent_resource_server");
  });
}

/** Gives tenant-wide roles and permissions to people, and takes them away. */
export async function entitle({ ana, bo }, { manager }) {
  await step("a role given to users, and taken away", async () => {
    await management.post(at`/roles/${manager.id}/users`, { users: [ana.id, bo.id] });
    const holders = await management.get(at`/roles/${manager.id}/users`);
    assert.deepEqual(holders.map((user) => user.user_id).sort(), [ana.id, bo.id].sort());
    await management.delete(at`/users/${bo.id}/roles`, { roles: [manager.id] });
    assert.deepEqual(await management.get(at`/users/${bo.id}/roles`), []);
    const [held] = await management.get(at`/users/${ana.id}/roles`);
    assert.equal(held.name, "Manager");
  });
  await step("a permission given to a user, and taken away", async () => {
    const path = at`/users/${bo.id}/permissions`;
    const permissions = [{ resource_server_identifier: API, permission_name: "write:things" }];
    await management.post(path, { permissions });
    assert.deepEqual((await management.get(path)).map((each) => each.permission_name), ["write:things"]);
    await management.delete(path, { permissions });
    assert.deepEqual(await management.get(path), []);
  });
}
