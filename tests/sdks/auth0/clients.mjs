// The clients of Auth0's current major: management in `auth0`, authentication in a package of its own.

import { AuthClient } from "@auth0/auth0-auth-js";
import { ManagementClient } from "auth0";

import { automation, callback, domain, reader, web } from "../rig/environment.mjs";

// A repeated attempt would only hide what the provider answered.
export const management = new ManagementClient({ domain, ...automation, maxRetries: 0 });
export const readOnly = new ManagementClient({ domain, ...reader, maxRetries: 0 });
export const authentication = new AuthClient({
  domain,
  ...web,
  authorizationParams: { redirect_uri: callback, scope: "openid profile email offline_access" },
});

/** Logs somebody in, and answers the tokens that the client has verified. */
export async function logIn(person, parameters = {}, answers = {}) {
  const { authorizationUrl, codeVerifier } = await authentication.buildAuthorizationUrl({
    authorizationParams: parameters,
  });
  const url = await person.comesBackFrom(authorizationUrl, answers);
  return authentication.getTokenByCode(url, { codeVerifier, organization: parameters.organization });
}

/** Everything that a paged list has. */
export async function all(pages) {
  const items = [];
  for await (const item of await pages) items.push(item);
  return items;
}
