// What is refused: by the client's own types of error where it has one, else by status and body.

import assert from "node:assert/strict";

import * as client from "openid-client";

import { limit, underLimitsOf } from "../rig/control.mjs";
import { automation, reader } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { discover } from "./clients.mjs";
import { ask, audience, management, managementAs, managementWith, Refusal, refusal } from "./management.mjs";

const readOnly = managementAs(reader);

/** One of each kind. */
export async function refuse(config) {
  const stranger = { config, token: "none" };
  const cases = [
    [404, "inexistent_user", () => management.get("/users/auth0%7Cnone")],
    [404, undefined, () => management.get("/roles/rol_0000000000000000")],
    [400, "invalid_body", () => management.post("/organizations", { name: "fine", surprise: true })],
    [400, "invalid_body", () => management.post("/organizations", { name: "Not a name" })],
    [400, "invalid_query_string", () => management.get("/organizations", { surprise: 1 })],
    [400, "invalid_uri", () => management.get("/organizations/name/Not%20A%20Name")],
    [403, "insufficient_scope", () => readOnly.post("/organizations", { name: "fine" })],
    [401, undefined, () => managementWith(async () => stranger).get("/organizations")],
  ];
  for (const [status, errorCode, call] of cases) {
    await step(`${status} ${errorCode ?? "without an errorCode"}`, () =>
      refused(Refusal, call, refusal(status, errorCode)),
    );
  }
  await step("403 names the scope that is missing; what is within the scope is answered", async () => {
    assert.ok(Array.isArray(await readOnly.get("/organizations")));
    const error = await refused(Refusal, () => readOnly.post("/organizations", { name: "fine" }));
    assert.match(error.body.message, /^Insufficient scope, expected any of: create:organizations/);
  });
  await step("a challenge, where the resource makes one", () =>
    refused(
      client.WWWAuthenticateChallengeError,
      () => ask(stranger, "GET", "/userinfo"),
      (error) => {
        assert.equal(error.status, 401);
        const [{ scheme, parameters }] = error.cause;
        assert.deepEqual([scheme, parameters.error], ["bearer", "invalid_token"]);
      },
    ),
  );
  await step("429: told at once, of tokens and of resources", async () => {
    const own = await discover(automation);
    await limit("POST", "/oauth/token", 1);
    await refused(
      client.ResponseBodyError,
      () => client.clientCredentialsGrant(own, { audience }),
      (error) => assert.deepEqual([error.status, error.error], [429, "too_many_requests"]),
    );
    await limit("GET", "/api/v2/roles", 1);
    await refused(Refusal, () => management.get("/roles"), refusal(429, "too_many_requests"));
    await management.get("/roles");
  });
  await step(
    "the rate limits of the free plan",
    () =>
      underLimitsOf("free", async () => {
        const answers = await Promise.allSettled(Array.from({ length: 10 }, () => management.get("/roles")));
        const refusals = answers.filter((answer) => answer.status === "rejected").map(({ reason }) => reason);
        for (const error of refusals) {
          refusal(429, "too_many_requests")(error);
          assert.equal(error.headers.get("x-ratelimit-remaining"), "0");
        }
        assert.ok(refusals.length > 0 && refusals.length < answers.length);
        return refusals;
      }),
    (refusals) => refusals.length,
  );
}
