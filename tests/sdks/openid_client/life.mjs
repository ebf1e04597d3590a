// The life of a tenant through a certified OpenID Connect client that knows nothing of Auth0.

import assert from "node:assert/strict";

import { issuer, web } from "../rig/environment.mjs";
import { chapter, close, step } from "../rig/steps.mjs";
import { act } from "./actions.mjs";
import { entitle, ownTokens, settle } from "./applications.mjs";
import { discover } from "./clients.mjs";
import { arrive, leave, refresh } from "./logins.mjs";
import { invite, join } from "./members.mjs";
import { connect, dissolve, extend, found } from "./organizations.mjs";
import { page } from "./paging.mjs";
import { change } from "./people.mjs";
import { refuse } from "./refusals.mjs";
import { configure, serve } from "./tenant.mjs";

const config = await chapter("discovery", () =>
  step("the provider discovered", async () => {
    const found = await discover(web);
    const metadata = found.serverMetadata();
    assert.equal(metadata.issuer, issuer);
    assert.ok(metadata.supportsPKCE());
    return found;
  }),
);
await chapter("tokens for applications", ownTokens);
const roles = await chapter("the tenant is set up", settle);
const people = await chapter("people arrive", () => arrive(config));
await chapter("people stay", () => refresh(config, people));
await chapter("people change", () => change(config, people));
await chapter("people are entitled", () => entitle(people, roles));
const acme = await chapter("an organization", found);
await chapter("its connections", () => connect(acme));
await chapter("its members", () => join(config, acme, people, roles));
await chapter("its invitations", () => invite(config, acme, roles));
await chapter("its domains and grants", () => extend(acme));
await chapter("actions", () => act(config, people.ana));
await chapter("the tenant's settings", () => configure(config, acme, people.ana));
await chapter("tickets, jobs, logs, self-service", () => serve(acme, people.ana));
await chapter("refusals", () => refuse(config));
await chapter("pages", page);
await chapter("people leave", () => leave(config, people));
await chapter("the end", () => dissolve(acme));
close();
