// Applications, APIs, grants, roles and their permissions.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";

import { TokenByClientCredentialsError } from "@auth0/auth0-auth-js";
import { AuthClient } from "@auth0/auth0-auth-js";
import { Management } from "auth0";

import { domain, web } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { all, management } from "./clients.mjs";

const API = "https://api.acme.example/";

/** Makes an API with its roles; answers the role of an administrator and that of an employee. */
export async function settle() {
  const api = await step("an API created, read, changed", async () => {
    const created = await management.resourceServers.create({
      identifier: API,
      name: "Acme API",
      scopes: [{ value: "read:things", description: "Read things" }, { value: "write:things" }],
      enforce_policies: true,
      token_dialect: "access_token_authz",
      allow_offline_access: true,
    });
    assert.equal(created.identifier, API);
    const changed = await management.resourceServers.update(created.id, { token_lifetime: 3600 });
    assert.equal(changed.token_lifetime, 3600);
    const read = await management.resourceServers.get(created.id);
    assert.deepEqual(read.scopes.map((scope) => scope.value), ["read:things", "write:things"]);
    assert.ok((await all(management.resourceServers.list())).some((each) => each.id === created.id));
    return read;
  });
  const roles = await step("roles created, listed by name, changed", async () => {
    const manager = await management.roles.create({ name: "Manager", description: "Manages" });
    const clerk = await management.roles.create({ name: "Clerk", description: "Keeps the books" });
    assert.match(manager.id, /^rol_[A-Za-z0-9]{16}$/);
    const changed = await management.roles.update(clerk.id, { description: "Keeps the accounts" });
    assert.equal(changed.description, "Keeps the accounts");
    assert.equal((await management.roles.get(clerk.id)).name, "Clerk");
    const found = await all(management.roles.list({ name_filter: "manag" }));
    assert.deepEqual(found.map((role) => role.id), [manager.id]);
    return { manager, clerk };
  });
  await step("a role of the same name is refused", () =>
    refused(Management.ConflictError, () => management.roles.create({ name: "Manager" })),
  );
  await step("a role deleted; deleting it again is refused", async () => {
    const { id } = await management.roles.create({ name: "Spare" });
    await management.roles.delete(id);
    await refused(Management.NotFoundError, () => management.roles.delete(id), (error) =>
      assert.equal(error.body.message, "The role does not exist."),
    );
  });
  await step("permissions given to a role and taken away", async () => {
    const permission = (name) => ({ resource_server_identifier: API, permission_name: name });
    await management.roles.permissions.add(roles.manager.id, {
      permissions: [permission("read:things"), permission("write:things")],
    });
    await management.roles.permissions.delete(roles.manager.id, { permissions: [permission("write:things")] });
    const left = await all(management.roles.permissions.list(roles.manager.id));
    assert.deepEqual(left.map((each) => each.permission_name), ["read:things"]);
    assert.equal(left[0].resource_server_name, "Acme API");
  });
  await applications(api);
  return roles ?? {};
}

/** Gives tenant-wide roles and permissions to people, and takes them away. */
export async function entitle({ ana, bo }, { manager }) {
  await step("a role given to users, and taken away", async () => {
    await management.roles.users.assign(manager.id, { users: [ana.id, bo.id] });
    const holders = await all(management.roles.users.list(manager.id));
    assert.deepEqual(holders.map((user) => user.user_id).sort(), [ana.id, bo.id].sort());
    await management.users.roles.delete(bo.id, { roles: [manager.id] });
    assert.deepEqual(await all(management.users.roles.list(bo.id)), []);
    await management.users.roles.assign(bo.id, { roles: [manager.id] });
    assert.deepEqual((await all(management.users.roles.list(bo.id))).map((role) => role.name), ["Manager"]);
    await management.users.roles.delete(bo.id, { roles: [manager.id] });
  });
  await step("a permission given to a user, and taken away", async () => {
    const permissions = [{ resource_server_identifier: API, permission_name: "write:things" }];
    await management.users.permissions.create(bo.id, { permissions });
    const held = await all(management.users.permissions.list(bo.id));
    assert.deepEqual(held.map((each) => each.permission_name), ["write:things"]);
    await management.users.permissions.delete(bo.id, { permissions });
    assert.deepEqual(await all(management.users.permissions.list(bo.id)), []);
  });
}

async function applications(api) {
  await step("refresh tokens set to rotate", async () => {
    const changed = await management.clients.update(web.clientId, {
      refresh_token: { rotation_type: "rotating", expiration_type: "expiring", leeway: 0 },
    });
    assert.equal(changed.refresh_token.rotation_type, "rotating");
  });
  const worker = await step("an application created, listed, changed", async () => {
    const created = await management.clients.create({
      name: "Worker",
      app_type: "non_interactive",
      grant_types: ["client_credentials"],
      client_metadata: { team: "blue" },
    });
    assert.match(created.client_id, /^[A-Za-z0-9]{32}$/);
    assert.ok(created.client_secret);
    const changed = await management.clients.update(created.client_id, { description: "Works at night" });
    assert.equal(changed.description, "Works at night");
    assert.equal((await management.clients.get(created.client_id)).name, "Worker");
    const found = await all(management.clients.list({ app_type: "non_interactive" }));
    assert.ok(found.some((client) => client.client_id === created.client_id));
    return created;
  });
  const token = (clientSecret) =>
    new AuthClient({ domain, clientId: worker.client_id, clientSecret }).getTokenByClientCredentials({
      audience: API,
    });
  await step("no grant, no token", () =>
    refused(TokenByClientCredentialsError, () => token(worker.client_secret), (error) =>
      assert.equal(error.cause.error, "access_denied"),
    ),
  );
  const grant = await step("a client grant created, listed, changed; a token comes of it", async () => {
    const created = await management.clientGrants.create({
      client_id: worker.client_id,
      audience: API,
      scope: ["read:things"],
    });
    assert.match(created.id, /^cgr_[A-Za-z0-9]{16}$/);
    const found = await all(management.clientGrants.list({ client_id: worker.client_id }));
    assert.deepEqual(found.map((each) => each.id), [created.id]);
    await management.clientGrants.update(created.id, { scope: ["read:things", "write:things"] });
    const answer = await token(worker.client_secret);
    assert.equal(answer.scope, "read:things write:things");
    return created;
  });
  await step("the same grant twice is refused", () =>
    refused(Management.ConflictError, () =>
      management.clientGrants.create({ client_id: worker.client_id, audience: API, scope: [] }),
    ),
  );
  await step("a secret rotated: the old one is worth nothing", async () => {
    const rotated = await management.clients.rotateSecret(worker.client_id);
    assert.notEqual(rotated.client_secret, worker.client_secret);
    await token(rotated.client_secret);
    await refused(TokenByClientCredentialsError, () => token(worker.client_secret));
  });
  await step("a key takes the secret's place", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const { credentials } = management.clients;
    const key = { credential_type: "public_key", name: "Key", pem: publicKey, alg: "PS256" };
    const { id } = await credentials.create(worker.client_id, key);
    assert.equal((await credentials.get(worker.client_id, id)).name, "Key");
    assert.deepEqual((await credentials.list(worker.client_id)).map((each) => each.id), [id]);
    await credentials.update(worker.client_id, id, { expires_at: "2099-01-01T00:00:00.000Z" });
    const use = (methods, method) =>
      management.clients.update(worker.client_id, {
        client_authentication_methods: methods,
        token_endpoint_auth_method: method,
      });
    await use({ private_key_jwt: { credentials: [{ id }] } }, null);
    const signing = (clientAssertionSigningAlg) =>
      new AuthClient({
        domain,
        clientId: worker.client_id,
        clientAssertionSigningKey: privateKey,
        clientAssertionSigningAlg,
      }).getTokenByClientCredentials({ audience: API });
    assert.equal((await signing("PS256")).scope, "read:things write:things");
    assert.equal((await signing("PS256")).scope, "read:things write:things");
    const isRefused = (code) => (error) => assert.equal(error.cause.error, code);
    await refused(TokenByClientCredentialsError, () => signing("RS256"), isRefused("invalid_client"));
    const { client_secret: secret } = await management.clients.get(worker.client_id);
    await refused(TokenByClientCredentialsError, () => token(secret), isRefused("access_denied"));
    await refused(Management.BadRequestError, () => credentials.delete(worker.client_id, id));
    await use(null, "client_secret_post");
    await credentials.delete(worker.client_id, id);
    await credentials.delete(worker.client_id, id);
    await token(secret);
  });
  await step("grant and application deleted, twice", async () => {
    await management.clientGrants.delete(grant.id);
    await management.clientGrants.delete(grant.id);
    await management.clients.delete(worker.client_id);
    await management.clients.delete(worker.client_id);
    await refused(Management.NotFoundError, () => management.clients.get(worker.client_id), (error) =>
      assert.equal(error.body.errorCode, "inexistent_client"),
    );
  });
  await step("an API deleted, twice", async () => {
    const spare = await management.resourceServers.create({ identifier: "https://spare.acme.example/", name: "Spare" });
    await management.resourceServers.delete(spare.id);
    await management.resourceServers.delete(spare.id);
    await refused(Management.NotFoundError, () => management.resourceServers.get(spare.id), (error) =>
      assert.equal(error.body.errorCode, "inexistent_resource_server"),
    );
    assert.ok(api);
  });
}
