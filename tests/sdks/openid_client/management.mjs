// The Management API as any protected resource: this client knows its address and has a token for it, no more.

import assert from "node:assert/strict";

import * as client from "openid-client";

import { automation, issuer } from "../rig/environment.mjs";
import { discover } from "./clients.mjs";

export const audience = `${issuer}api/v2/`;

/** What the API answers in place of success. The client leaves all that carries no challenge to who asked. */
export class Refusal extends Error {
  constructor(method, url, { status, headers, body }) {
    super(`${method} ${url.pathname}: ${status} ${JSON.stringify(body)}`);
    Object.assign(this, { status, headers, body });
  }
}

/** The resource at `path` of the issuer, with its status and headers. */
export async function ask({ config, token }, method, path, { query, body } = {}) {
  const url = new URL(path, issuer);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const response = await client.fetchProtectedResource(
    config,
    token,
    url,
    method,
    body && JSON.stringify(body),
    new Headers(body && { "content-type": "application/json" }),
  );
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  const answer = {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text || undefined,
  };
  if (!response.ok) throw new Refusal(method, url, answer);
  return answer;
}

/** The API with the token that `fetchToken` fetches when it is first needed. */
export function managementWith(fetchToken) {
  let bearer;
  const answer = async (method, path, more) => {
    bearer ??= fetchToken();
    return ask(await bearer, method, `/api/v2${path}`, more);
  };
  const send = (method) => async (path, body) => (await answer(method, path, { body })).body;
  return {
    answer,
    get: async (path, query) => (await answer("GET", path, { query })).body,
    post: send("POST"),
    patch: send("PATCH"),
    put: send("PUT"),
    delete: send("DELETE"),
  };
}

/** The API with a token of this application's own. */
export const managementAs = (application) =>
  managementWith(async () => {
    const config = await discover(application);
    const { access_token: token } = await client.clientCredentialsGrant(config, { audience });
    return { config, token };
  });

export const management = managementAs(automation);

/** A path whose parameters may hold what they like. */
export const at = (strings, ...parts) => String.raw({ raw: strings }, ...parts.map(encodeURIComponent));

/** Accepts a refusal with this status and `errorCode`, in the shape that the API has for all. */
export const refusal = (status, errorCode) => (error) => {
  assert.deepEqual([error.status, error.body.statusCode, error.body.errorCode], [status, status, errorCode]);
  assert.ok(error.body.error && error.body.message);
};
