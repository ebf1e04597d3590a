// The life of a tenant through version 4 of Auth0's client for Node.js.

import { chapter, close } from "../rig/steps.mjs";
import { act } from "./actions.mjs";
import { entitle, settle } from "./applications.mjs";
import { connect, dissolve, found, invite, join } from "./organizations.mjs";
import { page } from "./paging.mjs";
import { arrive, change } from "./people.mjs";
import { refuse } from "./refusals.mjs";
import { configure, serve } from "./tenant.mjs";

const roles = await chapter("the tenant is set up", settle);
const people = await chapter("people arrive", arrive);
await chapter("people change", () => change(people));
await chapter("people are entitled", () => entitle(people, roles));
const acme = await chapter("an organization", found);
await chapter("its connections", () => connect(acme));
await chapter("its members", () => join(acme, people, roles));
await chapter("its invitations", () => invite(acme, roles));
await chapter("actions", () => act(people.ana));
await chapter("the tenant's settings", () => configure(acme, people.ana));
await chapter("tickets, jobs, logs, self-service", () => serve(acme, people.ana));
await chapter("refusals", refuse);
await chapter("pages", page);
await chapter("the end", () => dissolve(acme));
close();
