// People log in, stay, and leave, as the standards say.

import assert from "node:assert/strict";

import * as client from "openid-client";

import { issuer, password, signedOut, web } from "../rig/environment.mjs";
import { Person } from "../rig/person.mjs";
import { refused, step } from "../rig/steps.mjs";
import { begin, discover, logIn } from "./clients.mjs";
import { ask, Refusal } from "./management.mjs";

/** Signs Ana up through the pages and Bo beside them; answers both with their user ids. */
export async function arrive(config) {
  const [ana, bo] = [new Person("ana@acme.example", password), new Person("bo@acme.example", password)];
  const first = await step("signed up, with a code, PKCE, state and nonce", async () => {
    const login = await logIn(config, ana, { screen_hint: "signup" });
    assert.equal(login.claims.email, ana.email);
    assert.equal(login.tokens.token_type, "bearer");
    ana.id = login.claims.sub;
    return login;
  });
  await signUp(config, first.tokens.access_token, bo);
  await step("signatures checked, not only the connection trusted", async () => {
    const strict = await discover(web);
    client.enableNonRepudiationChecks(strict);
    assert.equal((await logIn(strict, ana)).claims.sub, ana.id);
  });
  await step("the application proves itself in the header, too", async () => {
    const { client_secret } = config.clientMetadata();
    const basic = await discover(web, client.ClientSecretBasic(client_secret));
    assert.equal((await logIn(basic, ana)).claims.sub, ana.id);
  });
  await step("a code is good for one exchange", async () => {
    const login = await logIn(config, ana);
    await refused(
      client.ResponseBodyError,
      () => client.authorizationCodeGrant(config, login.back, login.checks),
      (error) => assert.deepEqual([error.status, error.error], [403, "invalid_grant"]),
    );
  });
  await step("a code is worth nothing without its verifier", async () => {
    const { url, checks } = await begin(config);
    const back = await ana.comesBackFrom(url);
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    await refused(
      client.ResponseBodyError,
      () => client.authorizationCodeGrant(config, back, { ...checks, pkceCodeVerifier }),
      (error) => assert.deepEqual([error.status, error.error], [403, "invalid_grant"]),
    );
  });
  await step("a login that is not too old", async () => {
    const { claims } = await logIn(config, ana, { max_age: "3600" }, { maxAge: 3600 });
    assert.equal(typeof claims.auth_time, "number");
  });
  await step("silent login: with a session, and without one", async () => {
    assert.equal((await logIn(config, ana, { prompt: "none" })).claims.sub, ana.id);
    await refused(
      client.AuthorizationResponseError,
      () => logIn(config, new Person(ana.email, password), { prompt: "none" }),
      (error) => assert.deepEqual([error.error, error.error_description], ["login_required", "Login required"]),
    );
  });
  await step("userinfo read, and refused without a token", async () => {
    const userInfo = await client.fetchUserInfo(config, first.tokens.access_token, ana.id);
    assert.equal(userInfo.email, ana.email);
    await refused(
      client.WWWAuthenticateChallengeError,
      () => client.fetchUserInfo(config, "none", ana.id),
      (error) => assert.equal(error.status, 401),
    );
  });
  return { ana, bo };
}

// The endpoint asks for no token, and this client makes no request without one: Ana's does no harm.
async function signUp(config, token, bo) {
  const account = { client_id: web.clientId, connection: "Username-Password-Authentication", password };
  const send = async (body) => {
    const answer = await ask({ config, token }, "POST", "/dbconnections/signup", { body: { ...account, ...body } });
    return answer.body;
  };
  await step("signed up through the API", async () => {
    const { _id, email, email_verified } = await send({ email: bo.email, user_metadata: { colour: "green" } });
    assert.deepEqual([email, email_verified], [bo.email, false]);
    bo.id = `auth0|${_id}`;
    assert.equal((await logIn(config, bo)).claims.sub, bo.id);
  });
  await step("refused: an address that is taken, a password that is weak", async () => {
    const refusal = (code) => (error) => assert.deepEqual([error.status, error.body.code], [400, code]);
    await refused(Refusal, () => send({ email: bo.email }), refusal("user_exists"));
    await refused(Refusal, () => send({ email: "weak@acme.example", password: "abc" }), refusal("invalid_password"));
  });
}

/** Refresh tokens: exchanged, used twice, revoked. */
export async function refresh(config, { ana }) {
  const invalid = (error) => assert.deepEqual([error.status, error.error], [403, "invalid_grant"]);
  const first = await logIn(config, ana);
  const second = await step("refreshed, with another refresh token", async () => {
    const tokens = await client.refreshTokenGrant(config, first.tokens.refresh_token);
    assert.ok(tokens.refresh_token && tokens.refresh_token !== first.tokens.refresh_token);
    assert.equal(tokens.claims().sub, ana.id);
    return tokens;
  });
  await step("a refresh token used again ends its family", async () => {
    for (const token of [first.tokens.refresh_token, second.refresh_token]) {
      await refused(client.ResponseBodyError, () => client.refreshTokenGrant(config, token), invalid);
    }
  });
  await step("a revoked refresh token is worth nothing", async () => {
    const { tokens } = await logIn(config, ana);
    await client.tokenRevocation(config, tokens.refresh_token);
    await refused(client.ResponseBodyError, () => client.refreshTokenGrant(config, tokens.refresh_token), invalid);
  });
}

/** The logout that OpenID Connect describes. */
export async function leave(config, { ana }) {
  await step("logged out at the end session endpoint, and back with the state", async () => {
    const { tokens } = await logIn(config, ana);
    const url = client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: signedOut,
      id_token_hint: tokens.id_token,
      state: "done",
    });
    assert.ok(url.href.startsWith(`${issuer}oidc/logout?`));
    const { url: end } = await ana.visits(url);
    assert.equal(end.href, `${signedOut}?state=done`);
    await refused(
      client.AuthorizationResponseError,
      () => logIn(config, ana, { prompt: "none" }),
      (error) => assert.equal(error.error, "login_required"),
    );
  });
}
