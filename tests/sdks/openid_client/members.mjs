// Members of an organization, their roles and invitations; and what the tokens say of them.

import assert from "node:assert/strict";

import * as client from "openid-client";

import { initiateLogin, password, web } from "../rig/environment.mjs";
import { Person } from "../rig/person.mjs";
import { refused, step } from "../rig/steps.mjs";
import { logIn } from "./clients.mjs";
import { at, management, Refusal, refusal } from "./management.mjs";

/** Members and what they may do. */
export async function join(config, acme, { ana, bo }, { manager, clerk }) {
  const path = at`/organizations/${acme.id}/members`;
  await step("who is no member is turned away", () =>
    refused(
      client.AuthorizationResponseError,
      () => logIn(config, ana, { organization: acme.id }),
      (error) => {
        assert.equal(error.error, "access_denied");
        assert.equal(error.error_description, `user ${ana.id} is not part of the ${acme.id} organization`);
      },
    ),
  );
  await step("members added, listed, removed twice", async () => {
    await management.post(path, { members: [ana.id, bo.id] });
    const listed = await management.get(path);
    assert.deepEqual(listed.map((member) => member.user_id).sort(), [ana.id, bo.id].sort());
    await management.delete(path, { members: [bo.id] });
    await management.delete(path, { members: [bo.id] });
    assert.deepEqual((await management.get(path)).map((member) => member.email), [ana.email]);
    const organizations = await management.get(at`/users/${ana.id}/organizations`);
    assert.deepEqual(organizations.map((each) => each.name), ["acme"]);
  });
  await step("member roles given, listed and taken away", async () => {
    const roles = `${path}/${encodeURIComponent(ana.id)}/roles`;
    await management.post(roles, { roles: [manager.id, clerk.id] });
    await management.delete(roles, { roles: [clerk.id] });
    assert.deepEqual((await management.get(roles)).map((role) => role.name), ["Manager"]);
    const members = await management.get(path, { fields: "user_id,roles" });
    assert.deepEqual(members, [{ user_id: ana.id, roles: [{ id: manager.id, name: "Manager" }] }]);
  });
  await step("logged in under the organization, and refreshed under it", async () => {
    const { claims, tokens } = await logIn(config, ana, { organization: acme.id });
    assert.equal(claims.org_id, acme.id);
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.equal(refreshed.claims().org_id, acme.id);
  });
  await step("refused: an organization that there is not", () =>
    refused(
      client.AuthorizationResponseError,
      () => logIn(config, ana, { organization: "org_0000000000000000" }),
      (error) => {
        assert.equal(error.error, "invalid_request");
        assert.equal(error.error_description, "parameter organization is invalid: org_0000000000000000");
      },
    ),
  );
}

/** An invitation: from the API through the link to the membership. */
export async function invite(config, acme, { clerk }) {
  const path = at`/organizations/${acme.id}/invitations`;
  const dora = new Person("dora@acme.example", password);
  const offer = { inviter: { name: "Ana" }, client_id: web.clientId };
  const invitation = await step("an invitation created, read, listed", async () => {
    const created = await management.post(path, {
      ...offer,
      invitee: { email: dora.email },
      roles: [clerk.id],
      app_metadata: { invited: true },
      ttl_sec: 3600,
      send_invitation_email: false,
    });
    assert.ok(created.invitation_url.startsWith(`${initiateLogin}?`));
    assert.equal((await management.get(`${path}/${created.id}`)).invitee.email, dora.email);
    assert.deepEqual((await management.get(path)).map((each) => each.id), [created.id]);
    return created;
  });
  await step("the invitation accepted through the login, once", async () => {
    const link = new URL(invitation.invitation_url).searchParams;
    assert.equal(link.get("organization_name"), "acme");
    const parameters = { invitation: link.get("invitation"), organization: link.get("organization") };
    const { claims } = await logIn(config, dora, { ...parameters, screen_hint: "signup" });
    assert.deepEqual([claims.org_id, claims.email_verified], [acme.id, true]);
    dora.id = claims.sub;
    await refused(
      client.AuthorizationResponseError,
      () => logIn(config, dora, parameters),
      (error) => assert.equal(error.error_description, "invitation not found or already used"),
    );
  });
  await step("accepted: gone from the list, a member with its role and metadata", async () => {
    assert.deepEqual(await management.get(path), []);
    const roles = await management.get(at`/organizations/${acme.id}/members/${dora.id}/roles`);
    assert.deepEqual(roles.map((role) => role.id), [clerk.id]);
    assert.equal((await management.get(at`/users/${dora.id}`)).app_metadata.invited, true);
  });
  await step("an invitation withdrawn", async () => {
    const { id } = await management.post(path, { ...offer, invitee: { email: "eve@acme.example" } });
    await management.delete(`${path}/${id}`);
    await refused(Refusal, () => management.get(`${path}/${id}`), refusal(404, "inexistent_invitation"));
  });
}
