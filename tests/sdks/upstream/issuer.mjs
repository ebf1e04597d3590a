// An enterprise's own identity provider: npm `oidc-provider`, certified, with its own pages for trying things out.

import { createServer } from "node:http";
import { once } from "node:events";
import Provider from "oidc-provider";

export const client = { clientId: "tenantry-at-acme", clientSecret: "the secret of tenantry & co" };

/** Anybody logs in by any name; it becomes the `sub` and the first part of the address. */
function account(_, login) {
  const claims = { sub: login, email: `${login}@acme.example`, email_verified: true, name: `${login} of Acme` };
  return { accountId: login, claims: () => claims };
}

/**
 * Serves the provider on a port of this machine and answers its address.
 * `method` is how clients prove themselves at its token endpoint.
 */
export async function serve(redirectUri, method) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [redirectUri],
        response_types: ["code", "id_token"],
        grant_types: ["authorization_code", "implicit"],
        token_endpoint_auth_method: method,
      },
    ],
    clientAuthMethods: [method],
    responseTypes: ["code", "id_token"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    // Claims of scopes come with the ID token, as enterprises' providers send them.
    conformIdTokenClaims: false,
    cookies: { keys: ["a key for a test"] },
    findAccount: account,
    pkce: { required: () => true },
  });
  server.on("request", provider.callback());
  return { issuer, host: new URL(issuer).host, close: () => server.close() };
}
