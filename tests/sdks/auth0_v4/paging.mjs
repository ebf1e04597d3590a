// Both kinds of pagination, over 250 organizations and 1,200 members.

import assert from "node:assert/strict";

import { ManagementApiError } from "auth0-v4";

import { inBatches } from "../rig/batches.mjs";
import { password } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { management } from "./clients.mjs";

const { organizations, users } = management;
const ORGANIZATIONS = 250;
const MEMBERS = 1200;

const beyond = (error) => assert.deepEqual([error.statusCode, error.errorCode], [400, "invalid_paging"]);

/** Fills the tenant and reads it in pages. */
export async function page() {
  const many = await step("250 organizations created", () =>
    inBatches(ORGANIZATIONS, 10, async (index) => {
      const { data } = await organizations.create({ name: `many-${String(index).padStart(3, "0")}` });
      return data;
    }),
  );
  const everyone = many.length + (await organizations.getByName({ name: "acme" }).then(() => 1, () => 0));
  await step(
    "organizations listed by offset",
    async () => {
      const pages = [];
      for (let page = 0; page < 3; page += 1) {
        const { data } = await organizations.getAll({ page, per_page: 100, include_totals: true, sort: "name:1" });
        assert.deepEqual([data.total, data.limit, data.start], [everyone, 100, page * 100]);
        pages.push(...data.organizations);
      }
      assert.equal(new Set(pages.map((each) => each.id)).size, everyone);
      return pages;
    },
    (pages) => pages.length,
  );
  await step("organizations listed by checkpoint", async () => {
    const listed = await everythingOf("organizations", (from) => organizations.getAll({ take: 100, from }));
    assert.equal(new Set(listed.map((each) => each.id)).size, everyone);
  });
  const ids = await step("1,200 users created", () =>
    inBatches(MEMBERS, 10, async (index) => {
      const { data } = await users.create({
        connection: "Username-Password-Authentication",
        email: `member-${String(index).padStart(4, "0")}@many.example`,
        password,
      });
      return data.user_id;
    }),
  );
  const { id } = many[0];
  await step("they become members, ten at a time", () =>
    inBatches(MEMBERS / 10, 10, (index) =>
      organizations.addMembers({ id }, { members: ids.slice(index * 10, index * 10 + 10) }),
    ),
  );
  await step(
    "members listed by checkpoint",
    async () => {
      const listed = await everythingOf("members", (from) => organizations.getMembers({ id, take: 100, from }));
      assert.deepEqual(listed.map((member) => member.user_id).sort(), [...ids].sort());
      return listed;
    },
    (listed) => listed.length,
  );
  await step(
    "members listed by offset, up to the thousandth",
    async () => {
      const seen = new Set();
      for (let page = 0; page < 10; page += 1) {
        const { data } = await organizations.getMembers({ id, page, per_page: 100, include_totals: true });
        assert.deepEqual([data.total, data.members.length], [MEMBERS, 100]);
        data.members.forEach((member) => seen.add(member.user_id));
      }
      assert.equal(seen.size, 1000);
      await refused(ManagementApiError, () => organizations.getMembers({ id, page: 10, per_page: 100 }), beyond);
      return seen;
    },
    (seen) => seen.size,
  );
  await step("users listed by offset, up to the thousandth", async () => {
    const search = { q: "email.domain:many.example", sort: "email:1", per_page: 100, include_totals: true };
    const { data } = await users.getAll({ ...search, page: 9 });
    assert.deepEqual([data.total, data.start, data.users.at(-1).email], [MEMBERS, 900, "member-0999@many.example"]);
    await refused(ManagementApiError, () => users.getAll({ ...search, page: 10 }), beyond);
  });
}

async function everythingOf(key, list) {
  const items = [];
  let from;
  do {
    const { data } = await list(from);
    items.push(...data[key]);
    from = data.next;
  } while (from);
  return items;
}
