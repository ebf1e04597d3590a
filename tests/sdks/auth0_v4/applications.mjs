// Applications, APIs, grants, roles and their permissions.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";

import { AuthApiError, AuthenticationClient, ManagementApiError } from "auth0-v4";

import { domain, web } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { management } from "./clients.mjs";

const API = "https://api.acme.example/";

export const conflict = (error) => assert.equal(error.statusCode, 409);
export const gone = (errorCode) => (error) => assert.deepEqual([error.statusCode, error.errorCode], [404, errorCode]);

/** Makes an API with its roles; answers the role of an administrator and that of an employee. */
export async function settle() {
  await step("an API created, changed, listed; another deleted, twice", async () => {
    const { data: created } = await management.resourceServers.create({
      identifier: API,
      name: "Acme API",
      scopes: [{ value: "read:things" }, { value: "write:things" }],
    });
    const { data: changed } = await management.resourceServers.update({ id: created.id }, { token_lifetime: 3600 });
    assert.equal(changed.token_lifetime, 3600);
    assert.equal((await management.resourceServers.get({ id: created.id })).data.identifier, API);
    const { data } = await management.resourceServers.getAll({ include_totals: true });
    assert.ok(data.resource_servers.some((each) => each.id === created.id));
    const { data: spare } = await management.resourceServers.create({ identifier: "urn:spare", name: "Spare" });
    await management.resourceServers.delete({ id: spare.id });
    await management.resourceServers.delete({ id: spare.id });
    await refused(
      ManagementApiError,
      () => management.resourceServers.get({ id: spare.id }),
      gone("inexistent_resource_server"),
    );
  });
  const roles = await step("roles created, listed by name, changed", async () => {
    const { data: manager } = await management.roles.create({ name: "Manager", description: "Manages" });
    const { data: clerk } = await management.roles.create({ name: "Clerk" });
    await management.roles.update({ id: clerk.id }, { description: "Keeps the books" });
    assert.equal((await management.roles.get({ id: clerk.id })).data.description, "Keeps the books");
    const { data } = await management.roles.getAll({ name_filter: "MANAG", include_totals: true });
    assert.deepEqual([data.total, data.roles[0].id], [1, manager.id]);
    return { manager, clerk };
  });
  await step("a role of the same name is refused", () =>
    refused(ManagementApiError, () => management.roles.create({ name: "Manager" }), conflict),
  );
  await step("permissions given to a role and taken away", async () => {
    const permission = (permission_name) => ({ resource_server_identifier: API, permission_name });
    const { id } = roles.manager;
    await management.roles.addPermissions({ id }, { permissions: ["read:things", "write:things"].map(permission) });
    await management.roles.deletePermissions({ id }, { permissions: [permission("write:things")] });
    const { data } = await management.roles.getPermissions({ id });
    assert.deepEqual(data.map((each) => each.permission_name), ["read:things"]);
  });
  await step("a role deleted; deleting it again is refused", async () => {
    const { data } = await management.roles.create({ name: "Spare" });
    await management.roles.delete({ id: data.id });
    await refused(ManagementApiError, () => management.roles.delete({ id: data.id }), gone(undefined));
  });
  await step("refresh tokens set to rotate", async () => {
    const { data } = await management.clients.update(
      { client_id: web.clientId },
      { refresh_token: { rotation_type: "rotating", expiration_type: "expiring", leeway: 0 } },
    );
    assert.equal(data.refresh_token.rotation_type, "rotating");
  });
  await worker();
  return roles ?? {};
}

async function worker() {
  const client = await step("an application created, changed, listed", async () => {
    const { data } = await management.clients.create({ name: "Worker", app_type: "non_interactive" });
    await management.clients.update({ client_id: data.client_id }, { description: "Works at night" });
    assert.equal((await management.clients.get({ client_id: data.client_id })).data.description, "Works at night");
    const { data: page } = await management.clients.getAll({ include_totals: true, fields: "client_id,name" });
    assert.ok(page.clients.some((each) => each.client_id === data.client_id && !("client_secret" in each)));
    return data;
  });
  const token = (clientSecret) =>
    new AuthenticationClient({ domain, clientId: client.client_id, clientSecret }).oauth.clientCredentialsGrant({
      audience: API,
    });
  await step("a client grant created, listed, changed; a token comes of it", async () => {
    await refused(AuthApiError, () => token(client.client_secret), (error) =>
      assert.deepEqual([error.statusCode, error.error], [403, "access_denied"]),
    );
    const asked = { client_id: client.client_id, audience: API, scope: ["read:things"] };
    const { data: grant } = await management.clientGrants.create(asked);
    await refused(ManagementApiError, () => management.clientGrants.create(asked), conflict);
    await management.clientGrants.update({ id: grant.id }, { scope: ["write:things"] });
    const { data: found } = await management.clientGrants.getAll({ audience: API });
    assert.deepEqual(found.map((each) => each.id), [grant.id]);
    const { data } = await token(client.client_secret);
    assert.deepEqual([data.scope, data.token_type], ["write:things", "Bearer"]);
    await management.clientGrants.delete({ id: grant.id });
    await management.clientGrants.delete({ id: grant.id });
  });
  await step("an application with a key in place of a secret", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const key = { credential_type: "public_key", name: "Key", pem: publicKey };
    const { data: signer } = await management.clients.create({
      name: "Signer",
      app_type: "non_interactive",
      client_authentication_methods: { private_key_jwt: { credentials: [key] } },
    });
    const { client_id } = signer;
    await management.clientGrants.create({ client_id, audience: API, scope: ["write:things"] });
    const signing = (more) =>
      new AuthenticationClient({
        domain,
        clientId: client_id,
        clientAssertionSigningKey: privateKey,
        ...more,
      }).oauth.clientCredentialsGrant({ audience: API });
    assert.equal((await signing()).data.scope, "write:things");
    const isRefused = ({ error, statusCode }) => assert.deepEqual([error, statusCode], ["invalid_client", 401]);
    await refused(AuthApiError, () => signing({ clientAssertionSigningAlg: "RS384" }), isRefused);
    const { data: credentials } = await management.clients.getCredentials({ client_id });
    assert.deepEqual(credentials.map((each) => each.name), ["Key"]);
    await management.clients.delete({ client_id });
  });
  await step("a secret rotated; the application deleted, twice", async () => {
    const { client_id } = client;
    const { data } = await management.clients.rotateClientSecret({ client_id });
    assert.notEqual(data.client_secret, client.client_secret);
    await refused(AuthApiError, () => token(client.client_secret), (error) => assert.equal(error.statusCode, 401));
    await management.clients.delete({ client_id });
    await management.clients.delete({ client_id });
    await refused(ManagementApiError, () => management.clients.get({ client_id }), gone("inexistent_client"));
  });
}

/** Gives tenant-wide roles and permissions to people, and takes them away. */
export async function entitle({ ana, bo }, { manager }) {
  await step("a role given to users, and taken away", async () => {
    await management.roles.assignUsers({ id: manager.id }, { users: [ana.id, bo.id] });
    const { data: page } = await management.roles.getUsers({ id: manager.id, take: 1 });
    const { data: rest } = await management.roles.getUsers({ id: manager.id, take: 1, from: page.next });
    assert.deepEqual([...page.users, ...rest.users].map((user) => user.user_id).sort(), [ana.id, bo.id].sort());
    await management.users.deleteRoles({ id: bo.id }, { roles: [manager.id] });
    assert.deepEqual((await management.users.getRoles({ id: bo.id })).data, []);
    await management.users.assignRoles({ id: bo.id }, { roles: [manager.id] });
    assert.equal((await management.users.getRoles({ id: bo.id, include_totals: true })).data.total, 1);
  });
  await step("a permission given to a user, and taken away", async () => {
    const permissions = [{ resource_server_identifier: API, permission_name: "write:things" }];
    await management.users.assignPermissions({ id: bo.id }, { permissions });
    const { data } = await management.users.getPermissions({ id: bo.id });
    assert.ok(data.some((each) => each.permission_name === "write:things"));
    await management.users.deletePermissions({ id: bo.id }, { permissions });
  });
}
