// Logins through an OpenID provider that is not ours: the enterprise's own, behind a connection of the tenant.

import assert from "node:assert/strict";

import { all, authentication, logIn, management } from "../auth0/clients.mjs";
import { domain, issuer, web } from "../rig/environment.mjs";
import { Person } from "../rig/person.mjs";
import { chapter, close, step } from "../rig/steps.mjs";
import { client, serve } from "./issuer.mjs";

const callback = `${issuer}login/callback`;

/** A connection to the enterprise's provider. */
async function connect(name, upstream, options = {}) {
  const connection = await management.connections.create({
    name,
    strategy: "oidc",
    enabled_clients: [web.clientId],
    options: {
      type: "back_channel",
      client_id: client.clientId,
      client_secret: client.clientSecret,
      discovery_url: `${upstream.issuer}/.well-known/openid-configuration`,
      ...options,
    },
  });
  assert.equal(connection.options.issuer, upstream.issuer);
  return connection;
}

const organizationOf = (name, connection, takesEverybody) =>
  management.organizations.create({
    name,
    enabled_connections: [
      { connection_id: connection.id, assign_membership_on_login: takesEverybody, show_as_button: true },
    ],
  });

/** The address at which an application begins a login. */
async function begin(parameters) {
  const { authorizationUrl } = await authentication.buildAuthorizationUrl({ authorizationParams: parameters });
  return authorizationUrl;
}

const membersOf = (organization) => all(management.organizations.members.list(organization.id));

/** What the ID token says, which the client has verified. */
const claimsOf = (tokens) => JSON.parse(Buffer.from(tokens.idToken.split(".")[1], "base64url"));

/** Somebody of the enterprise, in a browser that knows both providers. */
const employee = (name, upstream) => new Person(name, "any password", [domain, upstream.host]);
const answers = (name) => ({ login: name, password: "any password" });

await chapter("an issuer that takes the secret in a form", async () => {
  const upstream = await serve(callback, "client_secret_post");
  const connection = await step("a connection by its discovery document", () => connect("acme", upstream));
  const parameters = { connection: connection.name };
  const open = await organizationOf("open", connection, true);
  await step("with auto-membership somebody becomes a member", async () => {
    const bo = employee("bo", upstream);
    const tokens = await logIn(bo, { ...parameters, organization: open.id }, answers("bo"));
    const sub = `oidc|${connection.name}|bo`;
    const claims = claimsOf(tokens);
    assert.deepEqual([claims.sub, claims.org_id], [sub, open.id]);
    assert.deepEqual([claims.email, claims.email_verified], ["bo@acme.example", true]);
    assert.equal(claims.name, "bo of Acme");
    const members = await membersOf(open);
    assert.deepEqual(members.map((member) => member.user_id), [sub]);
  });
  const closed = await organizationOf("closed", connection, false);
  await step("without it somebody is turned away", async () => {
    const cy = employee("cy", upstream);
    const url = await begin({ ...parameters, organization: closed.id });
    const back = await cy.comesBackFrom(url, answers("cy"));
    assert.equal(back.searchParams.get("error"), "access_denied");
    assert.equal(
      back.searchParams.get("error_description"),
      `user oidc|${connection.name}|cy is not part of the ${closed.id} organization`,
    );
    assert.deepEqual(await membersOf(closed), []);
  });
  upstream.close();
});

await chapter("an issuer that takes the secret in a header alone", async () => {
  const upstream = await serve(callback, "client_secret_basic");
  const connection = await connect("acme-basic", upstream);
  await step("nobody logs in: Auth0 sends it in a form", async () => {
    const fy = employee("fy", upstream);
    const back = await fy.comesBackFrom(await begin({ connection: connection.name }), answers("fy"));
    assert.equal(back.searchParams.get("error"), "invalid_request");
    assert.equal(back.searchParams.get("code"), null);
  });
  upstream.close();
});

await chapter("an issuer that answers with a form", async () => {
  const upstream = await serve(callback, "client_secret_post");
  const connection = await connect("acme-form", upstream, { type: "front_channel" });
  await step("somebody logs in", async () => {
    const tokens = await logIn(employee("di", upstream), { connection: connection.name }, answers("di"));
    assert.equal(claimsOf(tokens).sub, "oidc|acme-form|di");
  });
  await step("somebody who gives up is sent back to the application", async () => {
    const ed = employee("ed", upstream);
    const page = await ed.visits(await begin({ connection: connection.name }));
    const abort = /href="([^"]*\/abort)"/.exec(page.html)[1];
    const back = await ed.comesBackFrom(new URL(abort, page.url));
    assert.equal(back.searchParams.get("error"), "access_denied");
  });
  upstream.close();
});
close();
