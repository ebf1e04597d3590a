// Both kinds of pagination, over 250 organizations and 1,200 members.

import assert from "node:assert/strict";

import { inBatches } from "../rig/batches.mjs";
import { password } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { at, management, Refusal, refusal } from "./management.mjs";

const ORGANIZATIONS = 250;
const MEMBERS = 1200;
/** Paging by offset ends here. */
const REACH = 1000;

/** Fills the tenant and reads it in pages. */
export async function page() {
  const [crowd] = await organizations();
  const path = at`/organizations/${crowd}/members`;
  const ids = await step("1,200 users created", () =>
    inBatches(MEMBERS, 10, async (index) => {
      const email = `member-${String(index).padStart(4, "0")}@many.example`;
      const connection = "Username-Password-Authentication";
      return (await management.post("/users", { connection, email, password })).user_id;
    }),
  );
  await step("they become members, ten at a time; eleven are refused", async () => {
    await inBatches(MEMBERS / 10, 10, (index) =>
      management.post(path, { members: ids.slice(index * 10, index * 10 + 10) }),
    );
    await refused(Refusal, () => management.post(path, { members: ids.slice(0, 11) }), refusal(400, "invalid_body"));
  });
  await step(
    "members listed by checkpoint",
    async () => {
      const pages = await byCheckpoint(path, "members");
      assert.deepEqual(pages.map((page) => page.length), Array(12).fill(100));
      assert.deepEqual(pages.flat().map((member) => member.user_id).sort(), [...ids].sort());
      return pages.flat();
    },
    (members) => members.length,
  );
  await step(
    "members listed by offset, up to the thousandth",
    async () => {
      const pages = await byOffset(path, "members", MEMBERS);
      const seen = new Set(pages.flat().map((member) => member.user_id));
      assert.ok(seen.size === REACH && ids.filter((id) => seen.has(id)).length === REACH);
      await refused(Refusal, () => management.get(path, { page: 10, per_page: 100 }), refusal(400, "invalid_paging"));
      return seen.size;
    },
    (count) => count,
  );
  await step("users listed by offset, up to the thousandth", async () => {
    const search = { q: "email.domain:many.example", sort: "email:1" };
    const pages = await byOffset("/users", "users", MEMBERS, search);
    assert.equal(pages.flat().at(-1).email, "member-0999@many.example");
    await refused(
      Refusal,
      () => management.get("/users", { ...search, page: 10, per_page: 100 }),
      refusal(400, "invalid_paging"),
    );
  });
}

/** Founds them, and answers their ids. */
async function organizations() {
  const many = await step("250 organizations created", () =>
    inBatches(ORGANIZATIONS, 10, (index) =>
      management.post("/organizations", { name: `many-${String(index).padStart(3, "0")}` }),
    ),
  );
  const names = many.map((organization) => organization.name);
  const { total } = await management.get("/organizations", { include_totals: true, per_page: 1 });
  assert.ok(total >= ORGANIZATIONS);
  const isWhole = (pages) => {
    assert.deepEqual(pages.map((page) => page.length), [100, 100, total - 200]);
    const listed = pages.flat().map((organization) => organization.name);
    assert.deepEqual(listed.filter((name) => name.startsWith("many-")), names);
  };
  const sizes = (pages) => pages.map((page) => page.length).join(" + ");
  const play = (list) => async () => {
    const pages = await list();
    isWhole(pages);
    return pages;
  };
  const sort = "name:1";
  await step(
    "organizations listed by checkpoint",
    play(() => byCheckpoint("/organizations", "organizations", { sort })),
    sizes,
  );
  await step(
    "organizations listed by offset, with totals",
    play(() => byOffset("/organizations", "organizations", total, { sort })),
    sizes,
  );
  await step("organizations listed by offset, bare", async () => {
    const pages = [0, 1, 2].map((page) => management.get("/organizations", { page, per_page: 100, sort }));
    isWhole(await Promise.all(pages));
    assert.deepEqual(await management.get("/organizations", { page: 3, per_page: 100, sort }), []);
  });
  return many.map((organization) => organization.id);
}

async function byCheckpoint(path, key, query = {}) {
  const pages = [];
  let from;
  do {
    const page = await management.get(path, { take: 100, from, ...query });
    pages.push(page[key]);
    from = page.next;
  } while (from);
  return pages;
}

/** As far as offsets reach. Each page says where it is. */
async function byOffset(path, key, total, query = {}) {
  const pages = [];
  for (let start = 0; start < Math.min(total, REACH); start += 100) {
    const page = await management.get(path, { page: start / 100, per_page: 100, include_totals: true, ...query });
    assert.deepEqual([page.total, page.limit, page.start], [total, 100, start]);
    pages.push(page[key]);
  }
  return pages;
}
