// What belongs to the whole tenant: settings, looks, tickets, jobs, logs, self-service, factors.

import assert from "node:assert/strict";

import { Management } from "auth0";

import { domain } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { all, logIn, management } from "./clients.mjs";

/** Sets the tenant up; names of organizations may be used for logins from here on. */
export async function configure(acme, ana) {
  await step("tenant settings changed and read", async () => {
    await management.tenants.settings.update({
      friendly_name: "Acme",
      allow_organization_name_in_authentication_api: true,
    });
    const settings = await management.tenants.settings.get();
    assert.equal(settings.friendly_name, "Acme");
    assert.equal(settings.allow_organization_name_in_authentication_api, true);
  });
  await step("logged in by the organization's name: the client checks org_name", async () => {
    const { claims } = await logIn(ana, { organization: "acme" });
    assert.equal(claims.org_name, "acme");
    assert.equal(claims.org_id, acme.id);
  });
  await step("prompts changed: the address is asked for on a page of its own", async () => {
    const changed = await management.prompts.updateSettings({ identifier_first: true });
    assert.equal(changed.identifier_first, true);
    assert.equal((await management.prompts.getSettings()).identifier_first, true);
    assert.equal((await logIn(ana, { prompt: "login" })).claims.sub, ana.id);
    await management.prompts.updateSettings({ identifier_first: false });
  });
  await step("branding changed and read", async () => {
    await management.branding.update({ colors: { primary: "#114488" }, logo_url: "https://acme.example/logo.png" });
    const branding = await management.branding.get();
    assert.equal(branding.colors.primary, "#114488");
    assert.equal(branding.logo_url, "https://acme.example/logo.png");
  });
}

/** Tickets, mail and what is logged of it all. */
export async function serve(acme, ana) {
  await step("tickets for a password and an address", async () => {
    const change = await management.tickets.changePassword({
      user_id: ana.id,
      result_url: "https://app.example/changed",
      ttl_sec: 60,
      mark_email_as_verified: true,
    });
    assert.ok(change.ticket.startsWith(`https://${domain}/u/reset-password?ticket=`), change.ticket);
    const verify = await management.tickets.verifyEmail({ user_id: ana.id, organization_id: acme.id });
    assert.ok(verify.ticket.startsWith(`https://${domain}/u/email-verification?ticket=`), verify.ticket);
    await refused(Management.NotFoundError, () => management.tickets.verifyEmail({ user_id: "auth0|none" }));
  });
  await step("a verification mail sent by a job", async () => {
    const job = await management.jobs.verificationEmail.create({ user_id: ana.id });
    assert.match(job.id, /^job_[A-Za-z0-9]{16}$/);
    assert.equal(job.type, "verification_email");
    const read = await management.jobs.get(job.id);
    assert.ok(["pending", "processing", "completed"].includes(read.status), read.status);
  });
  await step(
    "logs read and searched",
    async () => {
      const logins = await all(management.logs.list({ search: "type:s", per_page: 10, sort: "date:-1" }));
      assert.ok(logins.length > 0);
      assert.ok(logins.every((entry) => entry.type === "s"));
      const entry = await management.logs.get(logins[0].log_id);
      assert.equal(entry.log_id, logins[0].log_id);
      const own = await all(management.users.logs.list(ana.id, { per_page: 10 }));
      assert.ok(own.length > 0 && own.every((each) => each.user_id === ana.id));
      return logins;
    },
    (logins) => logins.length,
  );
  await step("a self-service profile with a ticket, revoked; deleted twice", async () => {
    const profiles = management.selfServiceProfiles;
    const profile = await profiles.create({ name: "Acme SSO", allowed_strategies: ["oidc", "okta"] });
    assert.match(profile.id, /^ssp_[A-Za-z0-9]{22}$/);
    await profiles.update(profile.id, { description: "Let your people in" });
    assert.equal((await profiles.get(profile.id)).description, "Let your people in");
    assert.deepEqual((await all(profiles.list())).map((each) => each.id), [profile.id]);
    const { ticket } = await profiles.ssoTicket.create(profile.id, {
      connection_config: { name: "acme-sso" },
      enabled_organizations: [{ organization_id: acme.id, assign_membership_on_login: true }],
    });
    const link = new URL(ticket);
    assert.equal(link.origin + link.pathname, `https://${domain}/self-service/connections-flow`);
    await profiles.ssoTicket.revoke(profile.id, link.searchParams.get("ticket"));
    await profiles.delete(profile.id);
    await profiles.delete(profile.id);
  });
  await step("factors switched on; policies set", async () => {
    await management.guardian.factors.set("otp", { enabled: true });
    const factors = await management.guardian.factors.list();
    assert.equal(factors.find((factor) => factor.name === "otp").enabled, true);
    assert.deepEqual(await management.guardian.policies.set(["all-applications"]), ["all-applications"]);
    assert.deepEqual(await management.guardian.policies.list(), ["all-applications"]);
    await management.guardian.policies.set([]);
    await management.guardian.factors.set("otp", { enabled: false });
  });
}
