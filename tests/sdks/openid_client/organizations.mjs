// Organizations: themselves, their connections, domains and grants.

import assert from "node:assert/strict";

import { web } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { at, management, Refusal, refusal } from "./management.mjs";

const conflict = (error) => assert.equal(error.status, 409);
const missing = (error) => assert.equal(error.status, 404);

/** Founds Acme; answers the organization. */
export async function found() {
  const acme = await step(
    "an organization created, read by id and by name",
    async () => {
      const created = await management.post("/organizations", {
        name: "acme",
        display_name: "Acme AB",
        branding: { colors: { primary: "#114488", page_background: "#FFFFFF" } },
        metadata: { plan: "gold", seats: "3" },
      });
      assert.match(created.id, /^org_[A-Za-z0-9]{16}$/);
      assert.deepEqual(await management.get(at`/organizations/${created.id}`), created);
      assert.deepEqual(await management.get("/organizations/name/acme"), created);
      return created;
    },
    (created) => created.id,
  );
  await step("patched: metadata replaced, the rest kept", async () => {
    const metadata = { subscription: "team;;active" };
    const patched = await management.patch(at`/organizations/${acme.id}`, { metadata });
    assert.deepEqual(patched, { ...acme, metadata });
  });
  await step("the same name again is refused", () =>
    refused(Refusal, () => management.post("/organizations", { name: "acme" }), conflict),
  );
  return acme;
}

/** Connections: an enterprise's own, and those that the organization may use. */
export async function connect(acme) {
  const enterprise = await step("a connection created, patched, listed; its name is taken", async () => {
    const { id } = await management.post("/connections", {
      name: "acme-entra",
      strategy: "oidc",
      options: {
        type: "back_channel",
        client_id: "tenantry",
        client_secret: "shh",
        issuer: "https://idp.acme.example",
        authorization_endpoint: "https://idp.acme.example/authorize",
        token_endpoint: "https://idp.acme.example/token",
        jwks_uri: "https://idp.acme.example/jwks",
        scope: "openid profile email",
        domain_aliases: ["acme.example"],
      },
    });
    await management.patch(at`/connections/${id}`, { display_name: "Acme's own" });
    const [read, ...others] = await management.get("/connections", { strategy: "oidc", name: "acme-entra" });
    assert.deepEqual([read.id, read.display_name, others], [id, "Acme's own", []]);
    assert.deepEqual(read.options.domain_aliases, ["acme.example"]);
    await refused(
      Refusal,
      () => management.post("/connections", { name: "acme-entra", strategy: "auth0" }),
      conflict,
    );
    return read;
  });
  await step("a connection's applications set and read", async () => {
    const path = at`/connections/${enterprise.id}/clients`;
    await management.patch(path, [{ client_id: web.clientId, status: true }]);
    const { clients } = await management.get(path);
    assert.deepEqual(clients.map((each) => each.client_id), [web.clientId]);
  });
  await step("enabled for the organization: the older operations", async () => {
    const path = at`/organizations/${acme.id}/enabled_connections`;
    const one = `${path}/${enterprise.id}`;
    const body = { connection_id: enterprise.id, assign_membership_on_login: true };
    const added = await management.post(path, body);
    assert.deepEqual(added.connection, { name: "acme-entra", strategy: "oidc" });
    const changed = await management.patch(one, { show_as_button: false });
    assert.deepEqual([await management.get(one), await management.get(path)], [changed, [changed]]);
    await management.delete(one);
    await refused(Refusal, () => management.get(one), missing);
  });
  await step("enabled for the organization: the newer operations", async () => {
    const path = at`/organizations/${acme.id}/connections`;
    const [database] = await management.get("/connections", { strategy: "auth0" });
    await management.post(path, { connection_id: enterprise.id });
    const body = { connection_id: database.id, assign_membership_on_login: true, is_signup_enabled: true };
    assert.equal((await management.post(path, body)).is_signup_enabled, true);
    await refused(Refusal, () => management.post(path, body), conflict);
    const changes = { is_signup_enabled: false, assign_membership_on_login: false };
    assert.equal((await management.patch(`${path}/${database.id}`, changes)).assign_membership_on_login, false);
    assert.equal((await management.get(path, { include_totals: true })).total, 2);
    await management.delete(`${path}/${enterprise.id}`);
    await refused(Refusal, () => management.get(`${path}/${enterprise.id}`), missing);
  });
  await step("a connection deleted, with 202; again, with 204", async () => {
    const path = at`/connections/${enterprise.id}`;
    assert.equal((await management.answer("DELETE", path)).status, 202);
    assert.equal((await management.answer("DELETE", path)).status, 204);
    await refused(Refusal, () => management.get(path), refusal(404, "inexistent_connection"));
  });
}

/** Domains that lead to the organization, and grants that are for it. */
export async function extend(acme) {
  await step("a discovery domain created, verified, found by name, deleted twice", async () => {
    const path = at`/organizations/${acme.id}/discovery-domains`;
    const created = await management.post(path, { domain: "acme.example" });
    assert.equal(created.verification_host, `_ss-verification.${acme.id}.acme.example`);
    await refused(Refusal, () => management.post(path, { domain: "acme.example" }), conflict);
    const verified = await management.patch(`${path}/${created.id}`, { status: "verified" });
    assert.deepEqual([created.status, verified.status], ["pending", "verified"]);
    assert.deepEqual(await management.get(`${path}/name/acme.example`), verified);
    assert.equal((await management.get(path)).domains.length, 1);
    await management.delete(`${path}/${created.id}`);
    await management.delete(`${path}/${created.id}`);
  });
  await step("a client grant given to the organization, and taken away", async () => {
    const path = at`/organizations/${acme.id}/client-grants`;
    const { client_id } = await management.post("/clients", { name: "Night shift", app_type: "non_interactive" });
    const audience = "https://api.acme.example/";
    const grant = await management.post("/client-grants", {
      client_id,
      audience,
      scope: [],
      organization_usage: "allow",
    });
    await management.post(path, { grant_id: grant.id });
    assert.deepEqual((await management.get(path)).map((each) => each.id), [grant.id]);
    await management.delete(`${path}/${grant.id}`);
    assert.deepEqual(await management.get(path), []);
    await management.delete(at`/clients/${client_id}`);
  });
}

/** The end of Acme. */
export async function dissolve(acme) {
  await step("the organization deleted; deleting it again is refused", async () => {
    const path = at`/organizations/${acme.id}`;
    const gone = (error) => {
      refusal(404, undefined)(error);
      assert.equal(error.body.message, "No organization found by that id or name");
    };
    await management.delete(path);
    await refused(Refusal, () => management.delete(path), gone);
    await refused(Refusal, () => management.get(path), gone);
  });
}
