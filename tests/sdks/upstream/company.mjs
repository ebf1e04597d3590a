// A company's own identity provider as a program of its own: npm `oidc-provider`, certified, with a login page of ours.
// What it is comes as JSON in the first argument; its address goes to the output. It ends when its input does.

import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import Provider from "oidc-provider";

const { client_id, client_secret, redirect_uri, people } = JSON.parse(process.argv[2]);

const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://127.0.0.1:${server.address().port}`;

/** Everybody is known by the first part of their address. */
function account(_, id) {
  const person = people.find((each) => each.email.split("@")[0] === id);
  return person && { accountId: id, claims: () => ({ sub: id, email_verified: true, ...person }) };
}

const provider = new Provider(issuer, {
  clients: [
    {
      client_id,
      client_secret,
      redirect_uris: [redirect_uri],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  // Claims of scopes come with the ID token, as enterprises' providers send them.
  conformIdTokenClaims: false,
  cookies: { keys: ["a key for a test"] },
  features: { devInteractions: { enabled: false } },
  findAccount: account,
  interactions: { url: (_, interaction) => `/login/${interaction.uid}` },
  // Nobody is asked whether the company's own product may know who they are.
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
});

const escaped = (value = "") => value.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

const page = (hint, error) => `<!doctype html><html lang="en"><title>Acme</title><h1>Acme staff</h1><p>${error}</p>
<form method="post"><label>E-mail <input name="email" value="${escaped(hint)}"></label>
<label>Password <input name="password" type="password"></label>
<button name="do" value="login">Log in</button><button name="do" value="cancel">Cancel</button></form></html>`;

async function interact(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const form = new URLSearchParams(request.method === "POST" ? await text(request) : "");
  if (form.get("do") === "cancel") {
    const result = { error: "access_denied", error_description: "End-User aborted interaction" };
    return provider.interactionFinished(request, response, result);
  }
  const person = people.find((each) => each.email === form.get("email") && each.password === form.get("password"));
  if (person) {
    const login = { accountId: person.email.split("@")[0] };
    return provider.interactionFinished(request, response, { login });
  }
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  return response.end(page(form.get("email") ?? params.login_hint, form.has("do") ? "Unknown here." : ""));
}

const standard = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/login/")) return standard(request, response);
  return interact(request, response).catch((error) => {
    response.writeHead(400, { "content-type": "text/plain" });
    response.end(String(error));
  });
});

console.log(issuer);
process.stdin.resume();
process.stdin.on("end", () => process.exit());
