// A certified OpenID Connect client that knows nothing of Auth0.

import assert from "node:assert/strict";

import { issuer, web } from "../rig/environment.mjs";
import { chapter, close, step } from "../rig/steps.mjs";
import { discover } from "./clients.mjs";
import { logins, logouts, refreshes } from "./logins.mjs";
import { ownToken, rotate, tenancy } from "./tenants.mjs";

const config = await chapter("discovery", () =>
  step("the provider discovered", async () => {
    const found = await discover(web);
    const metadata = found.serverMetadata();
    assert.equal(metadata.issuer, issuer);
    assert.ok(metadata.supportsPKCE());
    return found;
  }),
);
const call = await chapter("applications", ownToken);
await chapter("refresh tokens", () => rotate(call));
const ana = await chapter("logins", () => logins(config));
await chapter("refreshes", () => refreshes(config, ana));
await chapter("an organization", () => tenancy(config, call, ana));
await chapter("logouts", () => logouts(config, ana));
close();
