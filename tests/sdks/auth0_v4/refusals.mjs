// What is refused, by the client's own types of error.

import assert from "node:assert/strict";

import { AuthApiError, AuthenticationClient, ManagementApiError, ManagementClient } from "auth0-v4";

import { limit, underLimitsOf } from "../rig/control.mjs";
import { automation, domain, reader } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { management, readOnly } from "./clients.mjs";

/** One of each kind. */
export async function refuse() {
  const cases = [
    [404, "inexistent_user", () => management.users.get({ id: "auth0|none" })],
    [404, undefined, () => management.roles.get({ id: "rol_0000000000000000" })],
    [400, "invalid_body", () => management.organizations.create({ name: "fine", surprise: true })],
    [400, "invalid_body", () => management.organizations.create({ name: "Not a name" })],
    [400, "invalid_uri", () => management.organizations.getByName({ name: "Not A Name" })],
    [403, "insufficient_scope", () => readOnly.organizations.create({ name: "fine" })],
    [401, undefined, () => new ManagementClient({ domain, token: "none" }).users.get({ id: "auth0|none" })],
  ];
  for (const [statusCode, errorCode, call] of cases) {
    await step(`${statusCode} ${errorCode ?? "without an errorCode"}`, () =>
      refused(ManagementApiError, call, (error) =>
        assert.deepEqual([error.statusCode, error.errorCode], [statusCode, errorCode]),
      ),
    );
  }
  await step("401 for a secret that is none", () =>
    refused(
      AuthApiError,
      () => new ManagementClient({ domain, ...automation, clientSecret: "none" }).roles.getAll(),
      (error) => assert.deepEqual([error.statusCode, error.error], [401, "access_denied"]),
    ),
  );
  await step("403 for an API that there is not", () =>
    refused(
      AuthApiError,
      () =>
        new AuthenticationClient({ domain, ...reader }).oauth.clientCredentialsGrant({
          audience: "https://none.example/",
        }),
      (error) => assert.deepEqual([error.statusCode, error.error], [403, "access_denied"]),
    ),
  );
  const impatient = new ManagementClient({ domain, ...automation, retry: { enabled: false } });
  await step("429: waited for, or told at once", async () => {
    await limit("GET", "/api/v2/roles", 2);
    await management.roles.getAll();
    await limit("GET", "/api/v2/roles", 1);
    await refused(
      ManagementApiError,
      () => impatient.roles.getAll(),
      (error) => assert.deepEqual([error.statusCode, error.errorCode], [429, "too_many_requests"]),
    );
  });
  await step(
    "the rate limits of the free plan: refused, or waited for",
    () =>
      underLimitsOf("free", async () => {
        const answers = await Promise.allSettled(Array.from({ length: 10 }, () => impatient.roles.getAll()));
        const refusals = answers.filter((answer) => answer.status === "rejected").map(({ reason }) => reason);
        for (const error of refusals) {
          assert.ok(error instanceof ManagementApiError, error);
          assert.equal(error.statusCode, 429);
          assert.equal(error.headers.get("x-ratelimit-remaining"), "0");
        }
        assert.ok(refusals.length > 0 && refusals.length < answers.length);
        await management.roles.getAll();
        return refusals;
      }),
    (refusals) => refusals.length,
  );
}
