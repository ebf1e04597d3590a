// People as the Management API knows them: metadata, search, accounts, sessions, identities.

import assert from "node:assert/strict";

import * as client from "openid-client";

import { password } from "../rig/environment.mjs";
import { Person } from "../rig/person.mjs";
import { refused, step } from "../rig/steps.mjs";
import { logIn } from "./clients.mjs";
import { at, management, Refusal, refusal } from "./management.mjs";

const DATABASE = "Username-Password-Authentication";

/** Reads and changes what is known of people. */
export async function change(config, { ana, bo }) {
  await step("a user read by id and found by address", async () => {
    assert.equal((await management.get(at`/users/${ana.id}`)).email, ana.email);
    const found = await management.get("/users-by-email", { email: ana.email });
    assert.deepEqual(found.map((user) => user.user_id), [ana.id]);
    assert.deepEqual(await management.get("/users-by-email", { email: "nobody@acme.example" }), []);
  });
  await step("user metadata merged, at its first level alone", async () => {
    await management.patch(at`/users/${ana.id}`, { user_metadata: { colour: "green", nested: { a: 1, b: 2 } } });
    await management.patch(at`/users/${ana.id}`, { user_metadata: { size: "m", nested: { c: 3 } } });
    const { user_metadata } = await management.get(at`/users/${ana.id}`);
    assert.deepEqual(user_metadata, { colour: "green", size: "m", nested: { c: 3 } });
  });
  await step("app metadata: null deletes", async () => {
    await management.patch(at`/users/${ana.id}`, { app_metadata: { plan: "gold", seats: 3 } });
    const { app_metadata } = await management.patch(at`/users/${ana.id}`, { app_metadata: { seats: null } });
    assert.equal(app_metadata.plan, "gold");
    assert.ok(!("seats" in app_metadata));
  });
  await step(
    "users searched",
    async () => {
      const search = (q, more) => management.get("/users", { q, search_engine: "v3", ...more });
      const gold = await search('app_metadata.plan:"gold"');
      assert.deepEqual(gold.map((user) => user.user_id), [ana.id]);
      const everyone = await search("email.domain:acme.example", { sort: "email:1" });
      assert.deepEqual(everyone.map((user) => user.email), [ana.email, bo.email]);
      assert.deepEqual(await search(`email:"${ana.email}" AND NOT app_metadata.plan:"gold"`), []);
      const { users, total } = await search("email:b*", { include_totals: true, fields: "email" });
      assert.deepEqual([users, total], [[{ email: bo.email }], 1]);
      return everyone;
    },
    (everyone) => everyone.length,
  );
  await step("a user created, blocked, refused at the login; deleted, twice", async () => {
    const cy = new Person("cy@acme.example", password);
    const account = { connection: DATABASE, email: cy.email, password, email_verified: true, user_id: "cy" };
    const { user_id: id } = await management.post("/users", account);
    assert.equal(id, "auth0|cy");
    await management.patch(at`/users/${id}`, { blocked: true });
    await refused(client.AuthorizationResponseError, () => logIn(config, cy), (error) =>
      assert.deepEqual([error.error, error.error_description], ["unauthorized", "user is blocked"]),
    );
    await management.delete(at`/users/${id}`);
    await management.delete(at`/users/${id}`);
    await refused(Refusal, () => management.get(at`/users/${id}`), refusal(404, "inexistent_user"));
  });
  await step("a user created twice is refused", () =>
    refused(
      Refusal,
      () => management.post("/users", { connection: DATABASE, email: ana.email, password }),
      (error) => assert.deepEqual([error.status, error.body.message], [409, "The user already exists."]),
    ),
  );
  await sessions(config, bo);
  await identities(ana);
}

async function sessions(config, bo) {
  const ofBo = at`/users/${bo.id}/sessions`;
  await step("sessions listed, and one revoked: silent login asks for a login", async () => {
    const { claims } = await logIn(config, bo);
    const { sessions } = await management.get(ofBo);
    assert.ok(sessions.some((session) => session.id === claims.sid));
    assert.equal((await management.get(at`/sessions/${claims.sid}`)).user_id, bo.id);
    await management.post(at`/sessions/${claims.sid}/revoke`);
    await refused(client.AuthorizationResponseError, () => logIn(config, bo, { prompt: "none" }), (error) =>
      assert.equal(error.error, "login_required"),
    );
  });
  await step("all sessions and refresh tokens of a user ended", async () => {
    const { tokens } = await logIn(config, bo);
    const refreshTokens = at`/users/${bo.id}/refresh-tokens`;
    assert.ok((await management.get(refreshTokens)).tokens.length > 0);
    await management.delete(ofBo);
    await management.delete(refreshTokens);
    assert.deepEqual((await management.get(ofBo)).sessions, []);
    assert.deepEqual((await management.get(refreshTokens)).tokens, []);
    await refused(client.ResponseBodyError, () => client.refreshTokenGrant(config, tokens.refresh_token), (error) =>
      assert.equal(error.error, "invalid_grant"),
    );
  });
}

async function identities(ana) {
  await step("identities linked and parted", async () => {
    const other = await management.post("/users", { connection: DATABASE, email: "ana.other@acme.example", password });
    const [provider, id] = other.user_id.split("|");
    const path = at`/users/${ana.id}/identities`;
    const linked = await management.post(path, { provider, user_id: other.user_id });
    assert.deepEqual(linked.map((identity) => identity.user_id), [ana.id.split("|")[1], id]);
    assert.equal((await management.delete(`${path}/${provider}/${id}`)).length, 1);
    await management.delete(at`/users/${other.user_id}`);
  });
}
