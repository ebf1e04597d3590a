// What this provider has beside Auth0's own paths: trouble on demand.

import { issuer } from "./environment.mjs";

/** Answers the next `count` requests of this method and path with 429. */
export const limit = (method, path, count, headers = {}) =>
  control("POST", "/faults", { kind: "status", method, path, status: 429, count, headers });

/** Puts the rate limits of a plan in force for the time of `play`. */
export async function underLimitsOf(plan, play) {
  await control("PUT", "/rate-limits", { plan });
  try {
    return await play();
  } finally {
    await control("PUT", "/rate-limits", { plan: null });
  }
}

async function control(method, path, body) {
  const response = await fetch(new URL(`/_tenantry${path}`, issuer), {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { status } = response;
  if (!response.ok) throw Object.assign(new Error(await response.text()), { status });
}
