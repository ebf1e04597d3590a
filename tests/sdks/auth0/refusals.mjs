// What is refused, by the client's own types of error.

import assert from "node:assert/strict";

import { AuthClient, TokenByClientCredentialsError } from "@auth0/auth0-auth-js";
import { Management, ManagementClient, ManagementError } from "auth0";

import { limit, underLimitsOf } from "../rig/control.mjs";
import { automation, domain, reader } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { all, management, readOnly } from "./clients.mjs";

const refusal = (statusCode, errorCode) => (error) => {
  assert.equal(error.statusCode, statusCode);
  assert.equal(error.body.statusCode, statusCode);
  assert.equal(error.body.errorCode, errorCode);
};

/** One of each kind. */
export async function refuse() {
  await step("404 inexistent_user", () =>
    refused(Management.NotFoundError, () => management.users.get("auth0|none"), refusal(404, "inexistent_user")),
  );
  await step("404 without an errorCode", () =>
    refused(Management.NotFoundError, () => management.roles.get("rol_0000000000000000"), refusal(404, undefined)),
  );
  await step("400 invalid_body", () =>
    refused(
      Management.BadRequestError,
      () => management.organizations.create({ name: "fine", surprise: true }),
      refusal(400, "invalid_body"),
    ),
  );
  await step("400 invalid_query_string", () =>
    refused(
      Management.BadRequestError,
      () => management.organizations.list({}, { queryParams: { surprise: 1 } }),
      refusal(400, "invalid_query_string"),
    ),
  );
  await step("400 invalid_uri", () =>
    refused(
      Management.BadRequestError,
      () => management.organizations.getByName("Not A Name"),
      refusal(400, "invalid_uri"),
    ),
  );
  await step("403 insufficient_scope, and what is within the scope", async () => {
    await all(readOnly.organizations.list());
    await refused(
      Management.ForbiddenError,
      () => readOnly.organizations.create({ name: "fine" }),
      (error) => {
        refusal(403, "insufficient_scope")(error);
        assert.match(error.body.message, /^Insufficient scope, expected any of: create:organizations/);
      },
    );
  });
  await step("401 for a token that is none", () =>
    refused(
      Management.UnauthorizedError,
      () => new ManagementClient({ domain, token: "none", maxRetries: 0 }).users.get("auth0|none"),
      (error) => assert.equal(error.body.statusCode, 401),
    ),
  );
  await step("401 for a secret that is none", () =>
    refused(
      ManagementError,
      () => new ManagementClient({ domain, ...automation, clientSecret: "none", maxRetries: 0 }).roles.list(),
      (error) => {
        assert.equal(error.statusCode, 401);
        assert.equal(error.body.error, "access_denied");
      },
    ),
  );
  await step("403 for an API that there is not", () =>
    refused(
      TokenByClientCredentialsError,
      () => new AuthClient({ domain, ...reader }).getTokenByClientCredentials({ audience: "https://none.example/" }),
      (error) => {
        assert.equal(error.cause.error, "access_denied");
        assert.equal(error.cause.error_description, "Service not enabled within domain: https://none.example/");
      },
    ),
  );
  await step("429: told at once, or waited for as long as the provider says", async () => {
    await limit("GET", "/api/v2/roles", 1);
    await refused(Management.TooManyRequestsError, () => management.roles.list(), refusal(429, "too_many_requests"));
    await limit("GET", "/api/v2/roles", 2, { "retry-after": "1" });
    const began = Date.now();
    await new ManagementClient({ domain, ...automation }).roles.list();
    assert.ok(Date.now() - began >= 2000);
  });
  await step(
    "the rate limits of the free plan: refused, or waited for",
    () =>
      underLimitsOf("free", async () => {
        const answers = await Promise.allSettled(Array.from({ length: 10 }, () => management.roles.list()));
        const refusals = answers.filter((answer) => answer.status === "rejected").map(({ reason }) => reason);
        for (const error of refusals) {
          assert.ok(error instanceof Management.TooManyRequestsError, error);
          assert.equal(error.statusCode, 429);
          assert.equal(error.rawResponse.headers.get("x-ratelimit-remaining"), "0");
        }
        assert.ok(refusals.length > 0 && refusals.length < answers.length);
        await new ManagementClient({ domain, ...automation }).roles.list();
        return refusals;
      }),
    (refusals) => refusals.length,
  );
}
