// What belongs to the whole tenant: settings, looks, tickets, jobs, logs, self-service, factors.

import assert from "node:assert/strict";

import { domain } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { logIn } from "./clients.mjs";
import { at, management, Refusal, refusal } from "./management.mjs";

/** Sets the tenant up; names of organizations may be used for logins from here on. */
export async function configure(config, acme, ana) {
  await step("tenant settings changed and read", async () => {
    const settings = { friendly_name: "Acme", allow_organization_name_in_authentication_api: true };
    await management.patch("/tenants/settings", settings);
    const fields = Object.keys(settings).join();
    assert.deepEqual(await management.get("/tenants/settings", { fields }), settings);
  });
  await step("logged in by the organization's name", async () => {
    const { claims } = await logIn(config, ana, { organization: "acme" });
    assert.deepEqual([claims.org_name, claims.org_id], ["acme", acme.id]);
  });
  await step("prompts changed: the address is asked for on a page of its own", async () => {
    await management.patch("/prompts", { identifier_first: true });
    assert.equal((await management.get("/prompts")).identifier_first, true);
    assert.equal((await logIn(config, ana, { prompt: "login" })).claims.sub, ana.id);
    await management.patch("/prompts", { identifier_first: false });
  });
  await step("branding changed and read", async () => {
    await management.patch("/branding", { colors: { primary: "#114488" } });
    assert.equal((await management.get("/branding")).colors.primary, "#114488");
  });
}

/** Tickets, mail and what is logged of it all. */
export async function serve(acme, ana) {
  await step("tickets for a password and an address", async () => {
    const change = await management.post("/tickets/password-change", { user_id: ana.id, ttl_sec: 60 });
    assert.ok(change.ticket.startsWith(`https://${domain}/u/reset-password?ticket=`), change.ticket);
    const verify = await management.post("/tickets/email-verification", { user_id: ana.id });
    assert.ok(verify.ticket.startsWith(`https://${domain}/u/email-verification?ticket=`), verify.ticket);
    await refused(
      Refusal,
      () => management.post("/tickets/email-verification", { user_id: "auth0|none" }),
      refusal(404, "inexistent_user"),
    );
  });
  await step("a verification mail sent by a job", async () => {
    const job = await management.post("/jobs/verification-email", { user_id: ana.id });
    assert.deepEqual([job.type, job.status], ["verification_email", "pending"]);
    assert.equal((await management.get(at`/jobs/${job.id}`)).id, job.id);
  });
  await step(
    "logs searched, read, and told of one person",
    async () => {
      const { logs, total } = await management.get("/logs", { q: "type:s", per_page: 2, include_totals: true });
      assert.deepEqual(logs.map((entry) => entry.type), ["s", "s"]);
      assert.equal((await management.get(at`/logs/${logs[0].log_id}`)).log_id, logs[0].log_id);
      const own = await management.get(at`/users/${ana.id}/logs`);
      assert.ok(own.length > 0 && own.every((entry) => entry.user_id === ana.id));
      return total;
    },
    (total) => total,
  );
  await step("a self-service profile with a ticket, revoked; deleted twice", async () => {
    const { id } = await management.post("/self-service-profiles", { name: "Acme SSO" });
    const path = at`/self-service-profiles/${id}`;
    await management.patch(path, { description: "Let your people in" });
    assert.equal((await management.get(path)).description, "Let your people in");
    const { ticket } = await management.post(`${path}/sso-ticket`, {
      connection_config: { name: "acme-sso" },
      enabled_organizations: [{ organization_id: acme.id, assign_membership_on_login: true }],
    });
    assert.ok(ticket.startsWith(`https://${domain}/self-service/connections-flow?ticket=`), ticket);
    const secret = new URL(ticket).searchParams.get("ticket");
    await management.post(`${path}/sso-ticket/${encodeURIComponent(secret)}/revoke`);
    await management.delete(path);
    await management.delete(path);
  });
  await step("factors switched on; policies set", async () => {
    await management.put("/guardian/factors/otp", { enabled: true });
    const factors = await management.get("/guardian/factors");
    assert.equal(factors.find((factor) => factor.name === "otp").enabled, true);
    await management.put("/guardian/policies", ["all-applications"]);
    assert.deepEqual(await management.get("/guardian/policies"), ["all-applications"]);
    await management.put("/guardian/policies", []);
    await management.put("/guardian/factors/otp", { enabled: false });
  });
}
