// People: accounts, logins, tokens, metadata, search, sessions, identities.

import assert from "node:assert/strict";

import { SignUpError, TokenByCodeError, TokenByRefreshTokenError } from "@auth0/auth0-auth-js";
import { Management } from "auth0";

import { password, signedOut } from "../rig/environment.mjs";
import { Person } from "../rig/person.mjs";
import { refused, step } from "../rig/steps.mjs";
import { all, authentication, logIn, management } from "./clients.mjs";

const DATABASE = "Username-Password-Authentication";

/** Signs Ana up through the pages and Bo through the API; answers both with their user ids. */
export async function arrive() {
  const [ana, bo] = [new Person("ana@acme.example", password), new Person("bo@acme.example", password)];
  const tokens = await step(
    "signed up through the pages, with a code and PKCE",
    async () => {
      const answer = await logIn(ana, { screen_hint: "signup" });
      assert.equal(answer.claims.email, ana.email);
      assert.ok(answer.refreshToken);
      ana.id = answer.claims.sub;
      return answer;
    },
    () => ana.id,
  );
  await signUp(bo);
  await step("logged in again", async () => {
    const answer = await logIn(new Person(ana.email, password));
    assert.equal(answer.claims.sub, ana.id);
  });
  await step("a code is good for one exchange", async () => {
    const { authorizationUrl, codeVerifier } = await authentication.buildAuthorizationUrl();
    const url = await ana.comesBackFrom(authorizationUrl);
    await authentication.getTokenByCode(url, { codeVerifier });
    await refused(
      TokenByCodeError,
      () => authentication.getTokenByCode(url, { codeVerifier }),
      (error) => assert.equal(error.cause.error, "invalid_grant"),
    );
  });
  await step("userinfo read", async () => {
    const claims = await authentication.getUserInfo({
      accessToken: tokens.accessToken,
      expectedSubject: ana.id,
    });
    assert.equal(claims.email, ana.email);
  });
  await refresh(ana);
  return { ana, bo };
}

async function signUp(bo) {
  await step("signed up through the API", async () => {
    const account = await authentication.database.signUp({
      email: bo.email,
      password,
      connection: DATABASE,
      userMetadata: { colour: "green" },
    });
    assert.equal(account.email, bo.email);
    assert.equal(account.emailVerified, false);
    assert.match(account.id, /^[0-9a-f]{24}$/);
    bo.id = `auth0|${account.id}`;
  });
  const refusal = (code) => (error) => assert.deepEqual([error.statusCode, error.cause.error], [400, code]);
  await step("a second sign-up with the same address is refused", () =>
    refused(
      SignUpError,
      () => authentication.database.signUp({ email: bo.email, password, connection: DATABASE }),
      refusal("user_exists"),
    ),
  );
  await step("a weak password is refused", () =>
    refused(
      SignUpError,
      () => authentication.database.signUp({ email: "weak@acme.example", password: "abc", connection: DATABASE }),
      refusal("invalid_password"),
    ),
  );
  await step("a password change asked for", async () => {
    const said = await authentication.database.changePassword({ email: bo.email, connection: DATABASE });
    assert.match(said, /email/);
  });
}

async function refresh(ana) {
  const first = await logIn(ana);
  const second = await step("refreshed, with another refresh token", async () => {
    const answer = await authentication.getTokenByRefreshToken({ refreshToken: first.refreshToken });
    assert.ok(answer.accessToken);
    assert.ok(answer.refreshToken && answer.refreshToken !== first.refreshToken);
    return answer;
  });
  const invalid = (error) => assert.equal(error.cause.error, "invalid_grant");
  await step("a refresh token used again ends its family", async () => {
    for (const refreshToken of [first.refreshToken, second.refreshToken]) {
      await refused(TokenByRefreshTokenError, () => authentication.getTokenByRefreshToken({ refreshToken }), invalid);
    }
  });
  await step("a revoked refresh token is worth nothing", async () => {
    const { refreshToken } = await logIn(ana);
    await authentication.revokeToken({ token: refreshToken });
    await refused(TokenByRefreshTokenError, () => authentication.getTokenByRefreshToken({ refreshToken }), invalid);
  });
  await step("logged out", async () => {
    const url = await authentication.buildLogoutUrl({ returnTo: signedOut });
    url.searchParams.set("id_token_hint", first.idToken);
    const { url: end } = await ana.visits(url);
    assert.equal(end.href, signedOut);
  });
}

/** Reads and changes what is known of people. */
export async function change({ ana, bo }) {
  await step("a user read by id", async () => {
    const user = await management.users.get(ana.id);
    assert.equal(user.email, ana.email);
  });
  await step("users found by address", async () => {
    const found = await management.users.listUsersByEmail({ email: ana.email });
    assert.deepEqual(found.map((user) => user.user_id), [ana.id]);
    assert.deepEqual(await management.users.listUsersByEmail({ email: "nobody@acme.example" }), []);
  });
  await step("user metadata merged", async () => {
    await management.users.update(ana.id, { user_metadata: { colour: "green", nested: { a: 1, b: 2 } } });
    await management.users.update(ana.id, { user_metadata: { size: "m", nested: { c: 3 } } });
    const user = await management.users.get(ana.id);
    assert.deepEqual(user.user_metadata, { colour: "green", size: "m", nested: { c: 3 } });
  });
  await step("app metadata: null deletes", async () => {
    await management.users.update(ana.id, { app_metadata: { plan: "gold", seats: 3 } });
    const user = await management.users.update(ana.id, { app_metadata: { seats: null } });
    assert.deepEqual(user.app_metadata.plan, "gold");
    assert.ok(!("seats" in user.app_metadata));
  });
  await step(
    "users searched",
    async () => {
      const found = await all(management.users.list({ q: 'app_metadata.plan:"gold"', search_engine: "v3" }));
      assert.deepEqual(found.map((user) => user.user_id), [ana.id]);
      const both = await all(management.users.list({ q: "email.domain:acme.example", sort: "email:1" }));
      assert.deepEqual(both.map((user) => user.email), [ana.email, bo.email]);
      const none = await all(management.users.list({ q: `email:"${ana.email}" AND NOT app_metadata.plan:"gold"` }));
      assert.deepEqual(none, []);
      return both;
    },
    (both) => both.length,
  );
  await step("a user created, blocked, and refused at the login", async () => {
    const cy = new Person("cy@acme.example", password);
    const user = await management.users.create({
      connection: DATABASE,
      email: cy.email,
      password,
      email_verified: true,
      user_id: "cy",
      given_name: "Cy",
    });
    assert.equal(user.user_id, "auth0|cy");
    await management.users.update(user.user_id, { blocked: true });
    await refused(TokenByCodeError, () => logIn(cy), (error) => {
      assert.equal(error.cause.error, "unauthorized");
      assert.equal(error.cause.error_description, "user is blocked");
    });
    await management.users.delete(user.user_id);
    await refused(Management.NotFoundError, () => management.users.get(user.user_id), (error) =>
      assert.equal(error.body.errorCode, "inexistent_user"),
    );
    await management.users.delete(user.user_id);
  });
  await step("a user created twice", () =>
    refused(
      Management.ConflictError,
      () => management.users.create({ connection: DATABASE, email: ana.email, password }),
      (error) => assert.equal(error.body.message, "The user already exists."),
    ),
  );
  await sessions(bo);
  await identities(ana);
}

async function sessions(bo) {
  await step(
    "sessions listed, and one read",
    async () => {
      const { claims } = await logIn(bo);
      const found = await all(management.users.sessions.list(bo.id));
      assert.ok(found.some((session) => session.id === claims.sid));
      const session = await management.sessions.get(claims.sid);
      assert.equal(session.user_id, bo.id);
      return found;
    },
    (found) => found.length,
  );
  await step("sessions revoked: silent login asks for a login", async () => {
    const { claims } = await logIn(bo);
    await management.sessions.revoke(claims.sid);
    await refused(TokenByCodeError, () => logIn(bo, { prompt: "none" }), (error) =>
      assert.equal(error.cause.error, "login_required"),
    );
  });
  await step("all sessions of a user ended", async () => {
    await logIn(bo);
    await management.users.sessions.delete(bo.id);
    assert.deepEqual(await all(management.users.sessions.list(bo.id)), []);
  });
  await step("refresh tokens listed and ended", async () => {
    await logIn(bo);
    const found = await all(management.users.refreshToken.list(bo.id));
    assert.ok(found.length > 0);
    await management.users.refreshToken.delete(bo.id);
    assert.deepEqual(await all(management.users.refreshToken.list(bo.id)), []);
  });
  await step("access revoked", () => management.users.revokeAccess(bo.id, {}));
}

async function identities(ana) {
  await step("identities linked and parted", async () => {
    const other = await management.users.create({ connection: DATABASE, email: "ana.other@acme.example", password });
    const [provider, id] = other.user_id.split("|");
    const linked = await management.users.identities.link(ana.id, { provider, user_id: other.user_id });
    assert.deepEqual(linked.map((identity) => identity.user_id), [ana.id.split("|")[1], id]);
    const user = await management.users.get(ana.id);
    assert.equal(user.identities.length, 2);
    const left = await management.users.identities.delete(ana.id, provider, id);
    assert.equal(left.length, 1);
    const back = await management.users.get(other.user_id);
    await management.users.delete(back.user_id);
  });
}
