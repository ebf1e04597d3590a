// People: accounts, logins, tokens, metadata, search, sessions, identities.

import assert from "node:assert/strict";

import { AuthApiError, ManagementApiError, UserInfoError } from "auth0-v4";

import { callback, password } from "../rig/environment.mjs";
import { Person } from "../rig/person.mjs";
import { refused, step } from "../rig/steps.mjs";
import { authentication, CallbackError, codeFor, logIn, management, userInfo } from "./clients.mjs";

const connection = "Username-Password-Authentication";

/** Signs Ana up through the pages and Bo through the API; answers both with their user ids. */
export async function arrive() {
  const [ana, bo] = [new Person("ana@acme.example", password), new Person("bo@acme.example", password)];
  const tokens = await step("signed up through the pages, with a code and PKCE", async () => {
    const answer = await logIn(ana, { screen_hint: "signup" });
    assert.equal(answer.claims.email, ana.email);
    assert.equal(answer.token_type, "Bearer");
    ana.id = answer.claims.sub;
    return answer;
  });
  await signUp(bo);
  await step("logged in again, not long ago", async () => {
    const { claims } = await logIn(new Person(ana.email, password), { max_age: 3600 });
    assert.equal(claims.sub, ana.id);
  });
  await step("a code is good for one exchange, by its own verifier", async () => {
    const { nonce, ...exchange } = await codeFor(ana);
    const redeem = (changed) => () =>
      authentication.oauth.authorizationCodeGrantWithPKCE(
        { ...exchange, redirect_uri: callback, ...changed },
        { idTokenValidateOptions: { nonce } },
      );
    await redeem({})();
    const invalid = (error) => assert.deepEqual([error.statusCode, error.error], [403, "invalid_grant"]);
    await refused(AuthApiError, redeem({}), invalid);
    const other = await codeFor(ana);
    await refused(AuthApiError, redeem({ code: other.code }), invalid);
  });
  await step("userinfo read, and refused without a token", async () => {
    const { data } = await userInfo.getUserInfo(tokens.access_token);
    assert.deepEqual([data.sub, data.email], [ana.id, ana.email]);
    await refused(UserInfoError, () => userInfo.getUserInfo("none"), (error) => assert.equal(error.statusCode, 401));
  });
  await refresh(ana);
  return { ana, bo };
}

async function signUp(bo) {
  const refusal = (code) => (error) => assert.deepEqual([error.statusCode, error.error], [400, code]);
  await step("signed up through the API", async () => {
    const { data } = await authentication.database.signUp({ email: bo.email, password, connection, name: "Bo Ek" });
    assert.equal(data.email, bo.email);
    bo.id = `auth0|${data.id}`;
  });
  await step("a second sign-up with the same address is refused, with or without the reason", async () => {
    const again = () => authentication.database.signUp({ email: bo.email, password, connection });
    const tell = (enable_public_signup_user_exists_error) =>
      management.tenants.updateSettings({ flags: { enable_public_signup_user_exists_error } });
    await tell(true);
    await refused(AuthApiError, again, refusal("user_exists"));
    await tell(false);
    await refused(AuthApiError, again, refusal("invalid_signup"));
  });
  await step("a weak password is refused", () =>
    refused(
      AuthApiError,
      () => authentication.database.signUp({ email: "weak@acme.example", password: "abc", connection }),
      refusal("invalid_password"),
    ),
  );
  await step("a password change asked for", async () => {
    const { data } = await authentication.database.changePassword({ email: bo.email, connection });
    assert.match(data, /email/);
  });
}

async function refresh(ana) {
  const first = await logIn(ana);
  const exchange = (refresh_token) => authentication.oauth.refreshTokenGrant({ refresh_token });
  const invalid = (error) => assert.deepEqual([error.statusCode, error.error], [403, "invalid_grant"]);
  const second = await step("refreshed, with another refresh token", async () => {
    const { data } = await exchange(first.refresh_token);
    assert.ok(data.refresh_token && data.refresh_token !== first.refresh_token);
    return data;
  });
  await step("a refresh token used again ends its family", async () => {
    await refused(AuthApiError, () => exchange(first.refresh_token), invalid);
    await refused(AuthApiError, () => exchange(second.refresh_token), invalid);
  });
  await step("a revoked refresh token is worth nothing", async () => {
    const { refresh_token } = await logIn(ana);
    await authentication.oauth.revokeRefreshToken({ token: refresh_token });
    await refused(AuthApiError, () => exchange(refresh_token), invalid);
  });
}

/** Reads and changes what is known of people. */
export async function change({ ana, bo }) {
  await step("a user read by id and by address", async () => {
    const { data } = await management.users.get({ id: ana.id });
    assert.equal(data.email, ana.email);
    const { data: found } = await management.usersByEmail.getByEmail({ email: ana.email });
    assert.deepEqual(found, [data]);
    const { data: part } = await management.users.get({ id: ana.id, fields: "email,user_id", include_fields: true });
    assert.deepEqual(part, { email: ana.email, user_id: ana.id });
  });
  await step("user metadata merged; emptied", async () => {
    const update = (user_metadata) => management.users.update({ id: ana.id }, { user_metadata });
    await update({ colour: "green", nested: { a: 1, b: 2 } });
    const { data } = await update({ size: "m", nested: { c: 3 } });
    assert.deepEqual(data.user_metadata, { colour: "green", size: "m", nested: { c: 3 } });
    assert.deepEqual((await update({})).data.user_metadata, {});
  });
  await step("app metadata: null deletes", async () => {
    await management.users.update({ id: ana.id }, { app_metadata: { plan: "gold", seats: 3 } });
    const { data } = await management.users.update({ id: ana.id }, { app_metadata: { seats: null } });
    assert.equal(data.app_metadata.plan, "gold");
    assert.ok(!("seats" in data.app_metadata));
  });
  await step("users searched", async () => {
    const found = async (parameters) => (await management.users.getAll(parameters)).data;
    const gold = await found({ q: 'app_metadata.plan:"gold"', search_engine: "v3" });
    assert.deepEqual(gold.map((user) => user.user_id), [ana.id]);
    const both = await found({ q: "email.domain:acme.example", sort: "email:-1", include_totals: true });
    assert.deepEqual(both.users.map((user) => user.email), [bo.email, ana.email]);
    assert.deepEqual([both.total, both.start, both.length], [2, 0, 2]);
    assert.deepEqual(await found({ q: `name:"Bo Ek" AND email:${ana.email}` }), []);
  });
  await step("a user created, blocked, refused at the login, deleted twice", async () => {
    const cy = new Person("cy@acme.example", password);
    const { data } = await management.users.create({ connection, email: cy.email, password, user_id: "cy" });
    assert.equal(data.user_id, "auth0|cy");
    await management.users.update({ id: data.user_id }, { blocked: true });
    await refused(CallbackError, () => logIn(cy), (error) =>
      assert.deepEqual([error.error, error.message], ["unauthorized", "user is blocked"]),
    );
    await management.users.delete({ id: data.user_id });
    await management.users.delete({ id: data.user_id });
    await refused(ManagementApiError, () => management.users.get({ id: data.user_id }), (error) =>
      assert.deepEqual([error.statusCode, error.errorCode], [404, "inexistent_user"]),
    );
  });
  await step("a user created twice", () =>
    refused(
      ManagementApiError,
      () => management.users.create({ connection, email: ana.email, password }),
      (error) => assert.deepEqual([error.statusCode, error.msg], [409, "The user already exists."]),
    ),
  );
  await sessions(bo);
  await step("identities linked and parted", async () => {
    const { data: other } = await management.users.create({ connection, email: "other@acme.example", password });
    const [provider, user_id] = other.user_id.split("|");
    const { data: linked } = await management.users.link({ id: ana.id }, { provider, user_id });
    assert.equal(linked.length, 2);
    const { data: left } = await management.users.unlink({ id: ana.id, provider, user_id });
    assert.equal(left.length, 1);
    await management.users.delete({ id: other.user_id });
  });
}

async function sessions(bo) {
  await step("sessions listed, one read, one ended", async () => {
    const { claims } = await logIn(bo);
    const { data } = await management.users.getSessions({ user_id: bo.id });
    assert.ok(data.sessions.some((session) => session.id === claims.sid));
    assert.equal((await management.sessions.get({ id: claims.sid })).data.user_id, bo.id);
    await management.sessions.delete({ id: claims.sid });
    await refused(CallbackError, () => logIn(bo, { prompt: "none" }), (error) =>
      assert.equal(error.error, "login_required"),
    );
  });
  await step("all sessions and refresh tokens of a user ended", async () => {
    const { refresh_token } = await logIn(bo);
    assert.ok((await management.users.getRefreshTokens({ user_id: bo.id })).data.tokens.length > 0);
    await management.users.deleteSessions({ user_id: bo.id });
    await management.users.deleteRefreshTokens({ user_id: bo.id });
    assert.deepEqual((await management.users.getSessions({ user_id: bo.id, take: 10 })).data, { sessions: [] });
    assert.deepEqual((await management.users.getRefreshTokens({ user_id: bo.id, take: 10 })).data, { tokens: [] });
    await refused(AuthApiError, () => authentication.oauth.refreshTokenGrant({ refresh_token }));
  });
}
