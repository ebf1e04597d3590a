// What this provider has beside Auth0's own paths: trouble on demand.

import { issuer } from "./environment.mjs";

/** Answers the next `count` requests of this method and path with 429. */
export async function limit(method, path, count, headers = {}) {
  const response = await fetch(new URL("/_tenantry/faults", issuer), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: "status", method, path, status: 429, count, headers }),
  });
  const status = response.status;
  if (status !== 201) throw Object.assign(new Error(await response.text()), { status });
}
