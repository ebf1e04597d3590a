// What belongs to the whole tenant: settings, looks, tickets, jobs, logs, self-service, factors.

import assert from "node:assert/strict";

import { ManagementApiError } from "auth0-v4";

import { domain } from "../rig/environment.mjs";
import { refused, step } from "../rig/steps.mjs";
import { gone } from "./applications.mjs";
import { logIn, management } from "./clients.mjs";

/** Sets the tenant up; names of organizations may be used for logins from here on. */
export async function configure(acme, ana) {
  await step("tenant settings changed and read", async () => {
    await management.tenants.updateSettings({ allow_organization_name_in_authentication_api: true });
    const { data } = await management.tenants.getSettings();
    assert.equal(data.allow_organization_name_in_authentication_api, true);
    const { data: part } = await management.tenants.getSettings({ fields: "flags", include_fields: false });
    assert.ok(!("flags" in part));
  });
  await step("logged in by the organization's name: the client checks org_name", async () => {
    const { claims } = await logIn(ana, { organization: "acme" });
    assert.deepEqual([claims.org_name, claims.org_id], ["acme", acme.id]);
  });
  await step("prompts and branding changed and read", async () => {
    await management.prompts.update({ identifier_first: true });
    assert.equal((await management.prompts.get()).data.identifier_first, true);
    await management.prompts.update({ identifier_first: false });
    await management.branding.updateSettings({ colors: { primary: "#114488" } });
    assert.equal((await management.branding.getSettings()).data.colors.primary, "#114488");
  });
}

/** Tickets, mail and what is logged of it all. */
export async function serve(acme, ana) {
  await step("tickets for a password and an address", async () => {
    const { data: change } = await management.tickets.changePassword({ user_id: ana.id, ttl_sec: 60 });
    assert.ok(change.ticket.startsWith(`https://${domain}/u/reset-password?ticket=`), change.ticket);
    const { data: verify } = await management.tickets.verifyEmail({ user_id: ana.id });
    assert.ok(verify.ticket.startsWith(`https://${domain}/u/email-verification?ticket=`), verify.ticket);
    await refused(
      ManagementApiError,
      () => management.tickets.changePassword({ user_id: "auth0|none" }),
      gone("inexistent_user"),
    );
  });
  await step("a verification mail sent by a job", async () => {
    const { data } = await management.jobs.verifyEmail({ user_id: ana.id });
    assert.deepEqual([data.type, data.status], ["verification_email", "pending"]);
    assert.equal((await management.jobs.get({ id: data.id })).data.id, data.id);
  });
  await step("logs read by page and by checkpoint", async () => {
    const { data: page } = await management.logs.getAll({ per_page: 2, include_totals: true, q: "type:s" });
    assert.equal(page.logs.length, 2);
    assert.ok(page.total >= 2);
    const { data } = await management.logs.getAll({ from: page.logs[1].log_id, take: 10 });
    assert.ok(Array.isArray(data));
    assert.equal((await management.logs.get({ id: page.logs[0].log_id })).data.log_id, page.logs[0].log_id);
    const { data: own } = await management.users.getLogs({ id: ana.id });
    assert.ok(own.length > 0);
  });
  await step("a self-service profile with a ticket", async () => {
    const profiles = management.selfServiceProfiles;
    const { data: profile } = await profiles.create({ name: "Acme SSO" });
    await profiles.update({ id: profile.id }, { description: "Let your people in" });
    assert.equal((await profiles.get({ id: profile.id })).data.description, "Let your people in");
    assert.equal((await profiles.getAll()).data.length, 1);
    const { data } = await profiles.createSsoTicket(
      { id: profile.id },
      {
        connection_config: { name: "acme-sso" },
        enabled_organizations: [{ organization_id: acme.id, assign_membership_on_login: true }],
      },
    );
    assert.ok(data.ticket.startsWith(`https://${domain}/self-service/connections-flow?ticket=`), data.ticket);
    await profiles.delete({ id: profile.id });
    await profiles.delete({ id: profile.id });
  });
  await step("factors and policies", async () => {
    await management.guardian.updateFactor({ name: "otp" }, { enabled: true });
    const { data } = await management.guardian.getFactors();
    assert.equal(data.find((factor) => factor.name === "otp").enabled, true);
    await management.guardian.updatePolicies(["all-applications"]);
    assert.deepEqual((await management.guardian.getPolicies()).data, ["all-applications"]);
    await management.guardian.updatePolicies([]);
    await management.guardian.updateFactor({ name: "otp" }, { enabled: false });
  });
}
