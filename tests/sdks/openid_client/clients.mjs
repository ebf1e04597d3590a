// What openid-client learns from discovery, and the logins that it does.

import * as client from "openid-client";

import { callback, issuer } from "../rig/environment.mjs";

/** The provider as seen by one application. */
export const discover = ({ clientId, clientSecret }, authentication) =>
  client.discovery(new URL(issuer), clientId, { client_secret: clientSecret }, authentication);

/** Starts a login; answers what is needed to end it. */
export async function begin(config, parameters = {}) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedNonce: client.randomNonce(),
    expectedState: client.randomState(),
    idTokenExpected: true,
  };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: "openid profile email offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    nonce: checks.expectedNonce,
    state: checks.expectedState,
    ...parameters,
  });
  return { url, checks };
}

/** Logs somebody in; answers the tokens and what went before the exchange. */
export async function logIn(config, person, parameters = {}, more = {}) {
  const { url, checks } = await begin(config, parameters);
  const back = await person.comesBackFrom(url);
  const tokens = await client.authorizationCodeGrant(config, back, { ...checks, ...more });
  return { tokens, claims: tokens.claims(), back, checks };
}
