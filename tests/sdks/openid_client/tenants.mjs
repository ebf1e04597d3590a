// An organization, founded with a token of the application's own, and the logins under it.

import assert from "node:assert/strict";

import * as client from "openid-client";

import { limit } from "../rig/control.mjs";
import { automation, issuer, password, reader, web } from "../rig/environment.mjs";
import { Person } from "../rig/person.mjs";
import { refused, step } from "../rig/steps.mjs";
import { discover, logIn, managementOf } from "./clients.mjs";

/** A token for the Management API; answers a function that calls it. */
export async function ownToken() {
  const config = await discover(automation);
  const call = await step("a token of the application's own", async () => {
    const tokens = await client.clientCredentialsGrant(config, { audience: `${issuer}api/v2/` });
    assert.equal(tokens.expires_in, 86400);
    return managementOf(config, tokens.access_token);
  });
  await step("refused: another's secret, another's API, none at all", async () => {
    const stranger = await discover({ ...automation, clientSecret: "none" });
    const ask = (who, parameters) => () => client.clientCredentialsGrant(who, parameters);
    await refused(client.ResponseBodyError, ask(stranger, { audience: `${issuer}api/v2/` }), (error) =>
      assert.deepEqual([error.status, error.error], [401, "access_denied"]),
    );
    await refused(client.ResponseBodyError, ask(config, { audience: "https://none.example/" }), (error) =>
      assert.deepEqual([error.status, error.error], [403, "access_denied"]),
    );
  });
  await step("refused: more than the token's scope", async () => {
    const config = await discover(reader);
    const tokens = await client.clientCredentialsGrant(config, { audience: `${issuer}api/v2/` });
    assert.equal(tokens.scope, "read:organizations");
    const readOnly = managementOf(config, tokens.access_token);
    await readOnly("GET", "/organizations?take=1");
    await refused(Error, () => readOnly("POST", "/organizations", { name: "fine" }), (error) => {
      assert.equal(error.status, 403);
      assert.match(error.message, /insufficient_scope/);
    });
  });
  await step("a token that is none is refused", () =>
    refused(
      Error,
      () => managementOf(config, "none")("GET", "/organizations"),
      (error) => assert.equal(error.status, 401),
    ),
  );
  await step("429: told at once", async () => {
    await limit("POST", "/oauth/token", 1);
    await refused(
      client.ResponseBodyError,
      () => client.clientCredentialsGrant(config, { audience: `${issuer}api/v2/` }),
      (error) => assert.deepEqual([error.status, error.error], [429, "too_many_requests"]),
    );
  });
  return call;
}

/** Sets refresh tokens of the application to rotate. */
export async function rotate(call) {
  await step("refresh tokens set to rotate", () =>
    call("PATCH", `/clients/${web.clientId}`, {
      refresh_token: { rotation_type: "rotating", expiration_type: "expiring", leeway: 0 },
    }),
  );
}

/** Organization, member, role, invitation; and what the tokens say of them. */
export async function tenancy(config, call, ana) {
  const acme = await step("an organization with a connection and a member", async () => {
    const [database] = await call("GET", "/connections?strategy=auth0");
    const created = await call("POST", "/organizations", {
      name: "acme",
      display_name: "Acme AB",
      enabled_connections: [{ connection_id: database.id }],
    });
    await refused(
      client.AuthorizationResponseError,
      () => logIn(config, ana, { organization: created.id }),
      (error) => {
        assert.equal(error.error, "access_denied");
        assert.equal(error.error_description, `user ${ana.id} is not part of the ${created.id} organization`);
      },
    );
    await call("POST", `/organizations/${created.id}/members`, { members: [ana.id] });
    return created;
  });
  await step("logged in under it", async () => {
    const { claims, tokens } = await logIn(config, ana, { organization: acme.id });
    assert.equal(claims.org_id, acme.id);
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.equal(refreshed.claims().org_id, acme.id);
  });
  await step("refused: an organization that there is not", () =>
    refused(
      client.AuthorizationResponseError,
      () => logIn(config, ana, { organization: "org_0000000000000000" }),
      (error) => {
        assert.equal(error.error, "invalid_request");
        assert.equal(error.error_description, "parameter organization is invalid: org_0000000000000000");
      },
    ),
  );
  await step("an invitation accepted through the login", async () => {
    const dora = new Person("dora@acme.example", password);
    const role = await call("POST", "/roles", { name: "Clerk" });
    const offer = await call("POST", `/organizations/${acme.id}/invitations`, {
      inviter: { name: "Ana" },
      invitee: { email: dora.email },
      client_id: web.clientId,
      roles: [role.id],
    });
    const link = new URL(offer.invitation_url).searchParams;
    const parameters = { invitation: link.get("invitation"), organization: link.get("organization") };
    const { claims } = await logIn(config, dora, { ...parameters, screen_hint: "signup" });
    assert.deepEqual([claims.org_id, claims.email_verified], [acme.id, true]);
    assert.deepEqual(await call("GET", `/organizations/${acme.id}/invitations`), []);
    await refused(
      client.AuthorizationResponseError,
      () => logIn(config, dora, parameters),
      (error) => assert.equal(error.error_description, "invitation not found or already used"),
    );
  });
  await step("the organization deleted", async () => {
    await call("DELETE", `/organizations/${acme.id}`);
    await refused(Error, () => call("GET", `/organizations/${acme.id}`), (error) => assert.equal(error.status, 404));
  });
}
