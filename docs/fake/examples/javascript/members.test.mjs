// Auth0's client for Node.js against the fake: people, an outage, the mailbox, time.
// Run it with `node --test`; the variables are those that `tenantry fake --tls --empty` prints.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { ManagementClient } from "auth0";

const domain = process.env.AUTH0_DOMAIN;
const credentials = {
  clientId: process.env.AUTH0_M2M_CLIENT_ID,
  clientSecret: process.env.AUTH0_M2M_CLIENT_SECRET,
};
const database = "Username-Password-Authentication";

/** A call of the control API. */
async function control(method, path, body) {
  const response = await fetch(`https://${domain}/_tenantry${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

let management;

beforeEach(async () => {
  await control("POST", "/reset");
  await control("POST", "/seed", {
    connections: [{ name: database, strategy: "auth0" }],
    clients: [
      {
        name: "Portal",
        client_id: "portal",
        initiate_login_uri: "https://app.example/login",
        organization_usage: "allow",
      },
    ],
    users: [{ user_id: "auth0|ann", email: "ann@acme.example", password: "correct Horse 1" }],
    organizations: [{ name: "acme", id: "org_acme000000000001", connections: [database] }],
  });
  management = new ManagementClient({ domain, ...credentials });
});

test("somebody becomes a member", async () => {
  await management.organizations.members.create("org_acme000000000001", { members: ["auth0|ann"] });
  const { data } = await management.organizations.members.list("org_acme000000000001");
  assert.deepEqual(data.map((member) => member.email), ["ann@acme.example"]);
});

test("a refused request is made again", async () => {
  await control("POST", "/faults", {
    kind: "status",
    status: 429,
    method: "GET",
    path: "/api/v2/users/*",
    count: 1,
    headers: { "retry-after": "1" },
  });
  const ann = await management.users.get("auth0|ann");
  assert.equal(ann.email, "ann@acme.example");
  const requests = await control("GET", "/requests?route=/api/v2/users/{id}");
  assert.deepEqual(requests.map((request) => request.status), [429, 200]);
});

test("an invitation is in the mailbox", async () => {
  await management.organizations.invitations.create("org_acme000000000001", {
    inviter: { name: "Ann" },
    invitee: { email: "bo@acme.example" },
    client_id: "portal",
  });
  const [message] = await control("GET", "/mailbox?to=bo@acme.example&kind=invitation");
  assert.match(message.link, /^https:\/\/app\.example\/login\?invitation=/);
});

test("a day later the token has expired", async () => {
  const { access_token: token } = await (
    await fetch(`https://${domain}/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
        audience: `https://${domain}/api/v2/`,
      }),
    })
  ).json();
  const users = () =>
    fetch(`https://${domain}/api/v2/users`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await users()).status, 200);
  await control("POST", "/clock", { advance_seconds: 24 * 60 * 60 });
  assert.equal((await users()).status, 401);
});
