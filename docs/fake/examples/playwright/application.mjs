// The application under test, as small as it can be: it logs people in with openid-client and says who they are.

import { createServer } from "node:http";

import * as client from "openid-client";

export async function application(issuer, clientId, clientSecret, port) {
  const config = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    execute: [client.allowInsecureRequests],
  });
  const home = `http://localhost:${port}`;
  const verifiers = new Map();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, home);
    const go = (location, cookie) =>
      response.writeHead(302, { location, ...(cookie && { "set-cookie": cookie }) }).end();
    try {
      if (url.pathname === "/login") {
        const [verifier, state] = [client.randomPKCECodeVerifier(), client.randomState()];
        verifiers.set(state, verifier);
        const parameters = {
          redirect_uri: `${home}/callback`,
          scope: "openid profile email",
          state,
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: "S256",
        };
        for (const name of ["invitation", "organization"]) {
          if (url.searchParams.has(name)) parameters[name] = url.searchParams.get(name);
        }
        go(client.buildAuthorizationUrl(config, parameters).href);
      } else if (url.pathname === "/callback") {
        const state = url.searchParams.get("state");
        const checks = { pkceCodeVerifier: verifiers.get(state), expectedState: state };
        const tokens = await client.authorizationCodeGrant(config, url, checks);
        const { email, org_id: organization } = tokens.claims();
        const session = encodeURIComponent([email, organization].filter(Boolean).join(" of "));
        go("/", `session=${session}; HttpOnly; Path=/`);
      } else {
        const session = /session=([^;]*)/.exec(request.headers.cookie ?? "")?.[1];
        response.writeHead(200, { "content-type": "text/html" });
        response.end(session ? `<h1>${decodeURIComponent(session)}</h1>` : '<a href="/login">Log in</a>');
      }
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise((listening) => server.listen(port, "localhost", listening));
  return server;
}
