// Both kinds of pagination, over 250 organizations and 1,200 members.

import assert from "node:assert/strict";

import { Management } from "auth0";

import { password } from "../rig/environment.mjs";
import { inBatches } from "../rig/batches.mjs";
import { refused, step } from "../rig/steps.mjs";
import { all, management } from "./clients.mjs";

const ORGANIZATIONS = 250;
const MEMBERS = 1200;

/** Fills the tenant and reads it in pages. */
export async function page() {
  const organizations = await step("250 organizations created", () =>
    inBatches(ORGANIZATIONS, 10, (index) =>
      management.organizations.create({ name: `many-${String(index).padStart(3, "0")}` }),
    ),
  );
  const [crowd] = organizations;
  const names = organizations.map((organization) => organization.name);
  await step(
    "organizations listed by checkpoint",
    async () => {
      let page = await management.organizations.list({ take: 100, sort: "name:1" });
      const sizes = [page.data.length];
      const listed = [...page.data];
      while (page.hasNextPage()) {
        page = await page.getNextPage();
        sizes.push(page.data.length);
        listed.push(...page.data);
      }
      assert.deepEqual(listed.map((each) => each.name).filter((name) => name.startsWith("many-")), names);
      assert.ok(sizes.slice(0, -1).every((size) => size === 100));
      return sizes;
    },
    (sizes) => sizes.join(" + "),
  );
  const users = await step("1,200 users created", () =>
    inBatches(MEMBERS, 10, (index) =>
      management.users.create({
        connection: "Username-Password-Authentication",
        email: `member-${String(index).padStart(4, "0")}@many.example`,
        password,
      }),
    ),
  );
  const ids = users.map((user) => user.user_id);
  await step("they become members, ten at a time", () =>
    inBatches(MEMBERS / 10, 10, (index) =>
      management.organizations.members.create(crowd.id, { members: ids.slice(index * 10, index * 10 + 10) }),
    ),
  );
  await step("eleven at a time are refused", () =>
    refused(
      Management.BadRequestError,
      () => management.organizations.members.create(crowd.id, { members: ids.slice(0, 11) }),
      (error) => assert.equal(error.body.errorCode, "invalid_body"),
    ),
  );
  await step(
    "members listed by checkpoint",
    async () => {
      const listed = await all(management.organizations.members.list(crowd.id, { take: 100 }));
      assert.deepEqual(listed.map((member) => member.user_id).sort(), [...ids].sort());
      return listed;
    },
    (listed) => listed.length,
  );
  await step(
    "users listed by offset, in pages with totals",
    async () => {
      const search = { q: "email.domain:many.example", sort: "email:1", per_page: 100 };
      const first = await management.users.list({ ...search, page: 0 });
      assert.equal(first.response.total, MEMBERS);
      const last = await management.users.list({ ...search, page: 9 });
      assert.equal(last.response.start, 900);
      assert.equal(last.data.at(-1).email, "member-0999@many.example");
      return first.response.total;
    },
    (total) => total,
  );
  await step("the 1,001st by offset is refused", () =>
    refused(
      Management.BadRequestError,
      () => all(management.users.list({ q: "email.domain:many.example" })),
      (error) => assert.equal(error.body.errorCode, "invalid_paging"),
    ),
  );
}
