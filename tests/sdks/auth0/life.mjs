// The life of a tenant through Auth0's current client for Node.js.

import { chapter, close } from "../rig/steps.mjs";
import { arrive, change } from "./people.mjs";

const people = await chapter("people arrive", arrive);
await chapter("people change", () => change(people));
close();
