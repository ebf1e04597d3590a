// The clients of version 4: management, authentication and userinfo in one package.

import { createHash, randomBytes } from "node:crypto";

import { AuthenticationClient, ManagementClient, UserInfoClient } from "auth0-v4";

import { automation, callback, domain, reader, web } from "../rig/environment.mjs";

export const management = new ManagementClient({ domain, ...automation });
export const readOnly = new ManagementClient({ domain, ...reader });
export const authentication = new AuthenticationClient({ domain, ...web });
export const userInfo = new UserInfoClient({ domain });

/** What the callback says instead of a code; the client leaves that to the application. */
export class CallbackError extends Error {
  constructor(parameters) {
    super(parameters.get("error_description"));
    this.error = parameters.get("error");
  }
}

/** Goes through the login pages; answers what the exchange needs. */
export async function codeFor(person, parameters = {}) {
  const [verifier, nonce, state] = [1, 2, 3].map(() => randomBytes(32).toString("base64url"));
  const url = new URL(`https://${domain}/authorize`);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: web.clientId,
    redirect_uri: callback,
    scope: "openid profile email offline_access",
    state,
    nonce,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...parameters,
  });
  const answer = (await person.comesBackFrom(url)).searchParams;
  if (answer.get("state") !== state) throw new Error("another state came back");
  if (answer.has("error")) throw new CallbackError(answer);
  return { code: answer.get("code"), code_verifier: verifier, nonce };
}

/** Logs somebody in, and answers the tokens, whose ID token the client has verified, with its claims. */
export async function logIn(person, parameters = {}) {
  const { nonce, ...exchange } = await codeFor(person, parameters);
  const { data } = await authentication.oauth.authorizationCodeGrantWithPKCE(
    { ...exchange, redirect_uri: callback },
    { idTokenValidateOptions: { nonce, organization: parameters.organization, maxAge: parameters.max_age } },
  );
  const claims = JSON.parse(Buffer.from(data.id_token.split(".")[1], "base64url").toString());
  return { ...data, claims };
}
