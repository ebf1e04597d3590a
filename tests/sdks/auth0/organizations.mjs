// Organizations: themselves, their connections, members, roles, invitations and domains.

import assert from "node:assert/strict";

import { TokenByCodeError } from "@auth0/auth0-auth-js";
import { Management } from "auth0";

import { initiateLogin, password, web } from "../rig/environment.mjs";
import { Person } from "../rig/person.mjs";
import { refused, step } from "../rig/steps.mjs";
import { all, logIn, management } from "./clients.mjs";

/** Founds Acme; answers the organization. */
export async function found() {
  const acme = await step(
    "an organization created",
    async () => {
      const created = await management.organizations.create({
        name: "acme",
        display_name: "Acme AB",
        branding: { colors: { primary: "#114488", page_background: "#FFFFFF" } },
        metadata: { plan: "gold", seats: "3" },
      });
      assert.match(created.id, /^org_[A-Za-z0-9]{16}$/);
      return created;
    },
    (created) => created.id,
  );
  await step("read by id and by name", async () => {
    assert.deepEqual(await management.organizations.get(acme.id), acme);
    assert.deepEqual(await management.organizations.getByName("acme"), acme);
  });
  await step("patched: metadata replaced, the rest kept", async () => {
    const patched = await management.organizations.update(acme.id, { metadata: { subscription: "team;;active" } });
    assert.deepEqual(patched.metadata, { subscription: "team;;active" });
    assert.equal(patched.display_name, "Acme AB");
    assert.equal(patched.branding.colors.primary, "#114488");
  });
  await step("the same name again is refused", () =>
    refused(Management.ConflictError, () => management.organizations.create({ name: "acme" })),
  );
  return acme;
}

/** Connections: an enterprise's own, and those that the organization may use. */
export async function connect(acme) {
  const enterprise = await step("a connection created, listed, patched", async () => {
    const created = await management.connections.create({
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
    assert.match(created.id, /^con_[A-Za-z0-9]{16}$/);
    const patched = await management.connections.update(created.id, { display_name: "Acme's own" });
    assert.equal(patched.display_name, "Acme's own");
    const read = await management.connections.get(created.id);
    assert.deepEqual(read.options.domain_aliases, ["acme.example"]);
    const found = await all(management.connections.list({ strategy: ["oidc"], name: "acme-entra" }));
    assert.deepEqual(found.map((connection) => connection.id), [created.id]);
    return created;
  });
  await step("a connection of the same name is refused", () =>
    refused(Management.ConflictError, () => management.connections.create({ name: "acme-entra", strategy: "auth0" })),
  );
  await step("a connection's applications set and read", async () => {
    await management.connections.clients.update(enterprise.id, [{ client_id: web.clientId, status: true }]);
    const clients = await all(management.connections.clients.get(enterprise.id));
    assert.deepEqual(clients.map((client) => client.client_id), [web.clientId]);
  });
  await step("enabled for the organization: the older operations", async () => {
    const added = await management.organizations.enabledConnections.add(acme.id, {
      connection_id: enterprise.id,
      assign_membership_on_login: true,
    });
    assert.deepEqual(added.connection, { name: "acme-entra", strategy: "oidc" });
    const changed = await management.organizations.enabledConnections.update(acme.id, enterprise.id, {
      show_as_button: false,
    });
    assert.equal(changed.show_as_button, false);
    assert.deepEqual(await management.organizations.enabledConnections.get(acme.id, enterprise.id), changed);
    const listed = await all(management.organizations.enabledConnections.list(acme.id));
    assert.deepEqual(listed.map((each) => each.connection_id), [enterprise.id]);
    await management.organizations.enabledConnections.delete(acme.id, enterprise.id);
    await refused(Management.NotFoundError, () =>
      management.organizations.enabledConnections.get(acme.id, enterprise.id),
    );
  });
  const database = await step("enabled for the organization: the newer operations", async () => {
    const [database] = await all(management.connections.list({ strategy: ["auth0"] }));
    await management.organizations.connections.create(acme.id, { connection_id: enterprise.id });
    const created = await management.organizations.connections.create(acme.id, {
      connection_id: database.id,
      assign_membership_on_login: true,
      is_signup_enabled: true,
    });
    assert.equal(created.connection_id, database.id);
    assert.equal(created.is_signup_enabled, true);
    const changed = await management.organizations.connections.update(acme.id, database.id, {
      is_signup_enabled: false,
      assign_membership_on_login: false,
    });
    assert.equal(changed.assign_membership_on_login, false);
    assert.equal((await management.organizations.connections.get(acme.id, database.id)).connection_id, database.id);
    const listed = await all(management.organizations.connections.list(acme.id));
    assert.equal(listed.length, 2);
    await management.organizations.connections.delete(acme.id, enterprise.id);
    await refused(Management.NotFoundError, () => management.organizations.connections.get(acme.id, enterprise.id));
    return database;
  });
  await step("enabling a connection twice is refused", () =>
    refused(Management.ConflictError, () =>
      management.organizations.connections.create(acme.id, { connection_id: database.id }),
    ),
  );
  await step("a connection deleted, with 202; again, with 204", async () => {
    const first = await management.connections.delete(enterprise.id).withRawResponse();
    assert.equal(first.rawResponse.status, 202);
    const second = await management.connections.delete(enterprise.id).withRawResponse();
    assert.equal(second.rawResponse.status, 204);
    await refused(Management.NotFoundError, () => management.connections.get(enterprise.id), (error) =>
      assert.equal(error.body.errorCode, "inexistent_connection"),
    );
  });
}

/** Members and what they may do. */
export async function join(acme, { ana, bo }, { manager, clerk }) {
  await step("who is no member is turned away", () =>
    refused(TokenByCodeError, () => logIn(ana, { organization: acme.id }), (error) => {
      assert.equal(error.cause.error, "access_denied");
      assert.equal(error.cause.error_description, `user ${ana.id} is not part of the ${acme.id} organization`);
    }),
  );
  await step("members added, listed, removed", async () => {
    await management.organizations.members.create(acme.id, { members: [ana.id, bo.id] });
    const listed = await all(management.organizations.members.list(acme.id));
    assert.deepEqual(listed.map((member) => member.user_id).sort(), [ana.id, bo.id].sort());
    await management.organizations.members.delete(acme.id, { members: [bo.id] });
    await management.organizations.members.delete(acme.id, { members: [bo.id] });
    const left = await all(management.organizations.members.list(acme.id));
    assert.deepEqual(left.map((member) => member.email), [ana.email]);
  });
  await step("a user's organizations", async () => {
    const organizations = await all(management.users.organizations.list(ana.id));
    assert.deepEqual(organizations.map((organization) => organization.name), ["acme"]);
  });
  await step("member roles given, listed and taken away", async () => {
    const { roles } = management.organizations.members;
    await roles.assign(acme.id, ana.id, { roles: [manager.id, clerk.id] });
    await roles.delete(acme.id, ana.id, { roles: [clerk.id] });
    assert.deepEqual((await all(roles.list(acme.id, ana.id))).map((role) => role.name), ["Manager"]);
    const [member] = await all(management.organizations.members.list(acme.id, { fields: "user_id,roles" }));
    assert.deepEqual(member, { user_id: ana.id, roles: [{ id: manager.id, name: "Manager" }] });
  });
  await step("logged in under the organization: the client checks org_id", async () => {
    const { claims } = await logIn(ana, { organization: acme.id });
    assert.equal(claims.org_id, acme.id);
  });
}

/** An invitation: from the API through the mail to the membership. */
export async function invite(acme, { clerk }) {
  const dora = new Person("dora@acme.example", password);
  const invitation = await step("an invitation created, read, listed", async () => {
    const created = await management.organizations.invitations.create(acme.id, {
      inviter: { name: "Ana" },
      invitee: { email: dora.email },
      client_id: web.clientId,
      roles: [clerk.id],
      app_metadata: { invited: true },
      ttl_sec: 3600,
      send_invitation_email: false,
    });
    assert.match(created.id, /^uinv_[A-Za-z0-9]{16}$/);
    assert.ok(created.invitation_url.startsWith(`${initiateLogin}?`));
    const read = await management.organizations.invitations.get(acme.id, created.id);
    assert.equal(read.invitee.email, dora.email);
    const listed = await all(management.organizations.invitations.list(acme.id));
    assert.deepEqual(listed.map((each) => each.id), [created.id]);
    return created;
  });
  await step("the invitation accepted through the login", async () => {
    const link = new URL(invitation.invitation_url).searchParams;
    assert.equal(link.get("organization_name"), "acme");
    const parameters = { invitation: link.get("invitation"), organization: link.get("organization") };
    const { claims } = await logIn(dora, { ...parameters, screen_hint: "signup" });
    assert.equal(claims.org_id, acme.id);
    assert.equal(claims.email_verified, true);
    dora.id = claims.sub;
    await refused(TokenByCodeError, () => logIn(dora, parameters), (error) => {
      assert.equal(error.cause.error, "invalid_request");
      assert.equal(error.cause.error_description, "invitation not found or already used");
    });
  });
  await step("accepted: gone from the list, a member with its role and metadata", async () => {
    assert.deepEqual(await all(management.organizations.invitations.list(acme.id)), []);
    const roles = await all(management.organizations.members.roles.list(acme.id, dora.id));
    assert.deepEqual(roles.map((role) => role.id), [clerk.id]);
    assert.equal((await management.users.get(dora.id)).app_metadata.invited, true);
  });
  await step("an invitation withdrawn", async () => {
    const created = await management.organizations.invitations.create(acme.id, {
      inviter: { name: "Ana" },
      invitee: { email: "eve@acme.example" },
      client_id: web.clientId,
    });
    await management.organizations.invitations.delete(acme.id, created.id);
    await refused(
      Management.NotFoundError,
      () => management.organizations.invitations.get(acme.id, created.id),
      (error) => assert.equal(error.body.errorCode, "inexistent_invitation"),
    );
  });
}

/** Domains that lead to the organization, and grants that are for it. */
export async function extend(acme) {
  await step("a discovery domain created, verified, found by name, deleted twice", async () => {
    const { discoveryDomains } = management.organizations;
    const created = await discoveryDomains.create(acme.id, { domain: "acme.example" });
    assert.equal(created.status, "pending");
    assert.equal(created.verification_host, `_ss-verification.${acme.id}.acme.example`);
    const verified = await discoveryDomains.update(acme.id, created.id, { status: "verified" });
    assert.equal(verified.status, "verified");
    assert.deepEqual(await discoveryDomains.get(acme.id, created.id), verified);
    assert.deepEqual(await discoveryDomains.getByName(acme.id, "acme.example"), verified);
    assert.equal((await all(discoveryDomains.list(acme.id))).length, 1);
    await refused(Management.ConflictError, () => discoveryDomains.create(acme.id, { domain: "acme.example" }));
    await discoveryDomains.delete(acme.id, created.id);
    await discoveryDomains.delete(acme.id, created.id);
  });
  await step("a client grant given to the organization, and taken away", async () => {
    const grants = management.organizations.clientGrants;
    const { client_id } = await management.clients.create({ name: "Night shift", app_type: "non_interactive" });
    const grant = await management.clientGrants.create({
      client_id,
      audience: "https://api.acme.example/",
      scope: [],
      organization_usage: "allow",
    });
    await grants.create(acme.id, { grant_id: grant.id });
    assert.deepEqual((await all(grants.list(acme.id))).map((each) => each.id), [grant.id]);
    await grants.delete(acme.id, grant.id);
    assert.deepEqual(await all(grants.list(acme.id)), []);
    await management.clients.delete(client_id);
  });
}

/** The end of Acme. */
export async function dissolve(acme) {
  await step("the organization deleted; deleting it again is refused", async () => {
    await management.organizations.delete(acme.id);
    const check = (error) => assert.equal(error.body.message, "No organization found by that id or name");
    await refused(Management.NotFoundError, () => management.organizations.delete(acme.id), check);
    await refused(Management.NotFoundError, () => management.organizations.get(acme.id), check);
  });
}
