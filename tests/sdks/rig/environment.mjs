// What the Rust side of the rig tells a script: where the provider is, and as whom to come.

import { readFileSync } from "node:fs";

function told(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: cargo xtask test runs this script`);
  return value;
}

const credentials = (name) => ({
  clientId: told(`${name}_CLIENT_ID`),
  clientSecret: told(`${name}_CLIENT_SECRET`),
});

export const domain = told("AUTH0_DOMAIN");
export const issuer = `https://${domain}/`;
export const callback = told("CALLBACK_URL");
export const signedOut = told("LOGOUT_URL");
export const initiateLogin = told("INITIATE_LOGIN_URL");

/** The application that logs people in. */
export const web = credentials("WEB");
/** The application that may do everything through the Management API. */
export const automation = credentials("AUTOMATION");
/** The application that may read organizations, and nothing else. */
export const reader = credentials("READER");

/** Everybody's password: strong enough for the provider's own rules. */
export const password = "Correct-horse-9";

/** An Action of tests/sdks/actions. */
export const action = (name) => readFileSync(new URL(`../actions/${name}.js`, import.meta.url), "utf8");
