// A real browser logs in at the fake, keeps its session, and accepts an invitation.

import { expect, test } from "@playwright/test";

import { application } from "./application.mjs";

const issuer = process.env.AUTH0_ISSUER_BASE_URL;
const port = Number(process.env.PORT ?? 3100);
const home = `http://localhost:${port}`;
const database = "Username-Password-Authentication";
const acme = "org_acme000000000001";
const session = "test-results/ann.json";

let server;

async function control(request, method, path, data) {
  const response = await request.fetch(`${issuer}/_tenantry${path}`, { method, data });
  expect(response.ok(), await response.text()).toBe(true);
  return response.status() === 204 ? undefined : response.json();
}

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext();
  await control(request, "POST", "/reset");
  await control(request, "POST", "/seed", {
    connections: [{ name: database, strategy: "auth0" }],
    clients: [
      {
        name: "Portal",
        client_id: "portal",
        client_secret: "not-a-secret-in-a-test",
        callbacks: [`${home}/callback`],
        initiate_login_uri: "https://app.example/login",
        organization_usage: "allow",
      },
    ],
    users: [{ email: "ann@acme.example", password: "correct Horse 1" }],
    organizations: [{ name: "acme", id: acme, connections: [database] }],
  });
  server = await application(issuer, "portal", "not-a-secret-in-a-test", port);
  await request.dispose();
});

test.afterAll(() => server?.close());

test("Ann logs in", async ({ page }) => {
  await page.goto(home);
  await page.getByRole("link", { name: "Log in" }).click();
  await page.locator("input[name=username]").fill("ann@acme.example");
  await page.locator("input[name=password]").fill("correct Horse 1");
  await page.locator("button[type=submit][name=action][value=default]").click();
  await expect(page.getByRole("heading")).toHaveText("ann@acme.example");
  await page.context().storageState({ path: session });
});

test("Ann is still logged in", async ({ browser }) => {
  const context = await browser.newContext({ storageState: session });
  const page = await context.newPage();
  // The provider knows her too: no page asks for a password.
  await page.goto(`${home}/login`);
  await expect(page.getByRole("heading")).toHaveText("ann@acme.example");
  await context.close();
});

test("Bo accepts an invitation", async ({ page, request }) => {
  const token = await request.post(`${issuer}/oauth/token`, {
    data: {
      grant_type: "client_credentials",
      client_id: process.env.AUTH0_M2M_CLIENT_ID,
      client_secret: process.env.AUTH0_M2M_CLIENT_SECRET,
      audience: `${issuer}/api/v2/`,
    },
  });
  const { access_token } = await token.json();
  const invited = await request.post(`${issuer}/api/v2/organizations/${acme}/invitations`, {
    headers: { authorization: `Bearer ${access_token}` },
    data: { inviter: { name: "Ann" }, invitee: { email: "bo@acme.example" }, client_id: "portal" },
  });
  expect(invited.ok(), await invited.text()).toBe(true);
  const [message] = await control(request, "GET", "/mailbox?to=bo@acme.example&kind=invitation");
  // The link leads to the application's login, which Auth0 wants to be https; ours is at home.
  const { search } = new URL(message.link);
  await page.goto(`${home}/login${search}`);
  await page.locator("input[name=password]").fill("correct Horse 2");
  await page.locator("button[type=submit][name=action][value=default]").click();
  await expect(page.getByRole("heading")).toHaveText(`bo@acme.example of ${acme}`);
});
