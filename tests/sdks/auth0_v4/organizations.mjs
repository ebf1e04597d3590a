// Organizations: themselves, their connections, members, roles, invitations and domains.

import assert from "node:assert/strict";

import { ManagementApiError } from "auth0-v4";

import { initiateLogin, password, web } from "../rig/environment.mjs";
import { Person } from "../rig/person.mjs";
import { refused, step } from "../rig/steps.mjs";
import { conflict, gone } from "./applications.mjs";
import { CallbackError, logIn, management } from "./clients.mjs";

const { organizations } = management;

/** Founds Acme; answers the organization. */
export async function found() {
  const acme = await step("an organization created, read by id and by name", async () => {
    const { data } = await organizations.create({
      name: "acme",
      display_name: "Acme AB",
      metadata: { plan: "gold", seats: "3" },
    });
    assert.deepEqual((await organizations.get({ id: data.id })).data, data);
    assert.deepEqual((await organizations.getByName({ name: "acme" })).data, data);
    return data;
  });
  await step("patched: metadata replaced, the rest kept", async () => {
    const { data } = await organizations.update({ id: acme.id }, { metadata: { subscription: "team;;active" } });
    assert.deepEqual([data.metadata, data.display_name], [{ subscription: "team;;active" }, "Acme AB"]);
    const { data: emptied } = await organizations.update({ id: acme.id }, { metadata: {} });
    assert.ok(!("metadata" in emptied));
  });
  await step("the same name again is refused", () =>
    refused(ManagementApiError, () => organizations.create({ name: "acme" }), conflict),
  );
  return acme;
}

/** Connections: an enterprise's own, and those that the organization may use. */
export async function connect(acme) {
  const enterprise = await step("a connection created, patched, listed", async () => {
    const options = {
      type: "back_channel",
      client_id: "tenantry",
      client_secret: "shh",
      issuer: "https://idp.acme.example",
      authorization_endpoint: "https://idp.acme.example/authorize",
      token_endpoint: "https://idp.acme.example/token",
      jwks_uri: "https://idp.acme.example/jwks",
      scope: "openid profile email",
    };
    const { data } = await management.connections.create({ name: "acme-entra", strategy: "oidc", options });
    await management.connections.update({ id: data.id }, { options: { ...options, client_id: "other" } });
    assert.equal((await management.connections.get({ id: data.id })).data.options.client_id, "other");
    const { data: page } = await management.connections.getAll({ strategy: ["oidc", "okta"], take: 10 });
    assert.deepEqual(page.connections.map((each) => each.id), [data.id]);
    const { data: listed } = await management.connections.getAll({ name: "acme-entra" });
    assert.equal(listed.length, 1);
    return data;
  });
  await step("a connection of the same name is refused", () =>
    refused(
      ManagementApiError,
      () => management.connections.create({ name: "acme-entra", strategy: "auth0" }),
      conflict,
    ),
  );
  await step("a connection's applications set and read", async () => {
    const { id } = enterprise;
    await management.connections.updateEnabledClients({ id }, [{ client_id: web.clientId, status: true }]);
    const { data } = await management.connections.getEnabledClients({ id });
    assert.deepEqual(data.clients, [{ client_id: web.clientId }]);
  });
  await step("enabled for the organization, changed, listed, disabled", async () => {
    const { data: databases } = await management.connections.getAll({ strategy: ["auth0"] });
    await organizations.addEnabledConnection({ id: acme.id }, { connection_id: databases[0].id });
    const { data: added } = await organizations.addEnabledConnection(
      { id: acme.id },
      { connection_id: enterprise.id, assign_membership_on_login: true },
    );
    assert.deepEqual(added.connection, { name: "acme-entra", strategy: "oidc" });
    const one = { id: acme.id, connectionId: enterprise.id };
    await organizations.updateEnabledConnection(one, { show_as_button: false });
    assert.equal((await organizations.getEnabledConnection(one)).data.show_as_button, false);
    const { data } = await organizations.getEnabledConnections({ id: acme.id, include_totals: true });
    assert.equal(data.enabled_connections.length, 2);
    await organizations.deleteEnabledConnection(one);
    await refused(ManagementApiError, () => organizations.getEnabledConnection(one), gone(undefined));
  });
  await step("a connection deleted, with 202; again, with 204", async () => {
    const { id } = enterprise;
    assert.equal((await management.connections.delete({ id })).status, 202);
    assert.equal((await management.connections.delete({ id })).status, 204);
    await refused(ManagementApiError, () => management.connections.get({ id }), gone("inexistent_connection"));
  });
}

/** Members and what they may do. */
export async function join(acme, { ana, bo }, { manager, clerk }) {
  const { id } = acme;
  await step("who is no member is turned away", () =>
    refused(CallbackError, () => logIn(ana, { organization: id }), (error) =>
      assert.deepEqual(
        [error.error, error.message],
        ["access_denied", `user ${ana.id} is not part of the ${id} organization`],
      ),
    ),
  );
  await step("members added, listed, removed", async () => {
    await organizations.addMembers({ id }, { members: [ana.id, bo.id] });
    const { data: both } = await organizations.getMembers({ id, include_totals: true });
    assert.deepEqual([both.total, both.members.length], [2, 2]);
    await organizations.deleteMembers({ id }, { members: [bo.id] });
    await organizations.deleteMembers({ id }, { members: [bo.id] });
    const { data } = await organizations.getMembers({ id });
    assert.deepEqual(data.map((member) => member.email), [ana.email]);
    const { data: of } = await management.users.getUserOrganizations({ id: ana.id });
    assert.deepEqual(of.map((organization) => organization.name), ["acme"]);
  });
  await step("member roles given, listed and taken away", async () => {
    await organizations.addMemberRoles({ id, user_id: ana.id }, { roles: [manager.id, clerk.id] });
    await organizations.deleteMemberRoles({ id, user_id: ana.id }, { roles: [clerk.id] });
    const { data } = await organizations.getMemberRoles({ id, user_id: ana.id });
    assert.deepEqual(data.map((role) => role.name), ["Manager"]);
    const { data: members } = await organizations.getMembers({ id, fields: "user_id,roles", include_fields: true });
    assert.deepEqual(members, [{ user_id: ana.id, roles: [{ id: manager.id, name: "Manager" }] }]);
  });
  await step("logged in under the organization: the client checks org_id", async () => {
    const { claims } = await logIn(ana, { organization: id });
    assert.equal(claims.org_id, id);
  });
}

/** An invitation: from the API through the mail to the membership. */
export async function invite(acme, { clerk }) {
  const { id } = acme;
  const dora = new Person("dora@acme.example", password);
  const offer = (email) => ({ inviter: { name: "Ana" }, invitee: { email }, client_id: web.clientId });
  const invitation = await step("an invitation created, read, listed", async () => {
    const { data } = await organizations.createInvitation(
      { id },
      { ...offer(dora.email), roles: [clerk.id], send_invitation_email: false },
    );
    assert.ok(data.invitation_url.startsWith(`${initiateLogin}?`));
    assert.deepEqual((await organizations.getInvitation({ id, invitation_id: data.id })).data, data);
    assert.deepEqual((await organizations.getInvitations({ id })).data, [data]);
    return data;
  });
  await step("the invitation accepted through the login, once", async () => {
    const link = new URL(invitation.invitation_url).searchParams;
    const parameters = { invitation: link.get("invitation"), organization: link.get("organization") };
    const { claims } = await logIn(dora, { ...parameters, screen_hint: "signup" });
    assert.equal(claims.org_id, id);
    dora.id = claims.sub;
    await refused(CallbackError, () => logIn(dora, parameters), (error) =>
      assert.equal(error.message, "invitation not found or already used"),
    );
  });
  await step("accepted: gone from the list, a member with its role", async () => {
    assert.deepEqual((await organizations.getInvitations({ id })).data, []);
    const { data } = await organizations.getMemberRoles({ id, user_id: dora.id });
    assert.deepEqual(data.map((role) => role.id), [clerk.id]);
  });
  await step("an invitation withdrawn", async () => {
    const { data } = await organizations.createInvitation({ id }, offer("eve@acme.example"));
    const one = { id, invitation_id: data.id };
    await organizations.deleteInvitation(one);
    await refused(ManagementApiError, () => organizations.getInvitation(one), gone("inexistent_invitation"));
  });
  await step("a discovery domain created, verified, deleted", async () => {
    const { data } = await organizations.createDiscoveryDomain({ id }, { domain: "acme.example" });
    const one = { id, discovery_domain_id: data.id };
    await organizations.updateDiscoveryDomain(one, { status: "verified" });
    assert.equal((await organizations.getDiscoveryDomain(one)).data.status, "verified");
    assert.equal((await organizations.getAllDiscoveryDomains({ id })).data.domains.length, 1);
    await organizations.deleteDiscoveryDomain(one);
    await organizations.deleteDiscoveryDomain(one);
  });
}

/** The end of Acme. */
export async function dissolve({ id }) {
  await step("the organization deleted; deleting it again is refused", async () => {
    await organizations.delete({ id });
    await refused(ManagementApiError, () => organizations.delete({ id }), gone(undefined));
    await refused(ManagementApiError, () => organizations.get({ id }), gone(undefined));
  });
}
