//! `require('auth0')` as versions 3, 4 and the current one have it.

use std::sync::Arc;

use serde_json::{Value, json};
use tenantry_actions::End;

use crate::world::{World, action, event, lines, run, run_in, with_auth0};

/// What an Action with this version of `auth0` asks for.
async fn asked(version: &str, call: &str) -> (String, Value) {
    let world = World::answering(&[]);
    let body = format!("try {{ await {call}; }} catch (e) {{ if (!e.statusCode) throw e; }}");
    let execution = run_in(Arc::clone(&world), &[with_auth0(version, &body)], event()).await;
    assert_eq!(execution.end, End::Completed, "{version} {call}");
    world.asked().pop().unwrap_or_else(|| panic!("{version} {call} asked for nothing"))
}

async fn logged_with(version: &str, answers: &[(&str, u16, Value)], body: &str) -> Vec<String> {
    lines(&run_in(World::answering(answers), &[with_auth0(version, body)], event()).await)
}

/// A request, its body, and the calls that come to it, with the version of `auth0` in front.
const CALLS: [(&str, &str, &[&str]); 9] = [
    (
        "POST /organizations/o/members/auth0%7C1/roles",
        r#"{"roles":["r"]}"#,
        &[
            "3.7.1 organizations.addMemberRoles({ id: 'o', user_id: 'auth0|1' }, { roles: ['r'] })",
            "4.0.0 organizations.addMemberRoles({ id: 'o', user_id: 'auth0|1' }, { roles: ['r'] })",
            "7.1.0 organizations.members.roles.assign('o', 'auth0|1', { roles: ['r'] })",
            "latest organizations.addMemberRoles({ id: 'o', user_id: 'auth0|1' }, { roles: ['r'] })",
            "latest organizations.members.roles.assign('o', 'auth0|1', { roles: ['r'] })",
        ],
    ),
    (
        "POST /users/u/roles",
        r#"{"roles":["r"]}"#,
        &[
            "3.7.1 assignRolestoUser({ id: 'u' }, { roles: ['r'] })",
            "3.7.1 users.assignRoles({ id: 'u' }, { roles: ['r'] })",
            "4.0.0 users.assignRoles({ id: 'u' }, { roles: ['r'] })",
            "7.1.0 users.roles.assign('u', { roles: ['r'] })",
            "latest assignRolestoUser({ id: 'u' }, { roles: ['r'] })",
        ],
    ),
    (
        "DELETE /organizations/o/members",
        r#"{"members":["u"]}"#,
        &[
            "3.7.1 organizations.removeMembers({ id: 'o' }, { members: ['u'] })",
            "4.0.0 organizations.deleteMembers({ id: 'o' }, { members: ['u'] })",
            "7.1.0 organizations.members.delete('o', { members: ['u'] })",
        ],
    ),
    (
        "PATCH /users/u",
        r#"{"app_metadata":{"a":1}}"#,
        &[
            "3.7.1 updateAppMetadata({ id: 'u' }, { a: 1 })",
            "3.7.1 users.updateAppMetadata({ id: 'u' }, { a: 1 })",
            "4.0.0 users.update({ id: 'u' }, { app_metadata: { a: 1 } })",
            "7.1.0 users.update('u', { app_metadata: { a: 1 } })",
            "latest updateAppMetadata({ id: 'u' }, { a: 1 })",
        ],
    ),
    (
        "GET /users-by-email?email=a@b",
        "null",
        &[
            "3.7.1 getUsersByEmail('a@b')",
            "3.7.1 users.getByEmail('a@b')",
            "4.0.0 usersByEmail.getByEmail({ email: 'a@b' })",
            "7.1.0 users.listUsersByEmail({ email: 'a@b' })",
        ],
    ),
    (
        "POST /users/u/identities",
        r#"{"provider":"p","user_id":"2"}"#,
        &[
            "3.7.1 linkUsers('u', { provider: 'p', user_id: '2' })",
            "4.0.0 users.link({ id: 'u' }, { provider: 'p', user_id: '2' })",
            "7.1.0 users.identities.link('u', { provider: 'p', user_id: '2' })",
        ],
    ),
    (
        "DELETE /organizations/o/enabled_connections/c",
        "null",
        &[
            "3.7.1 organizations.removeEnabledConnection({ id: 'o', connection_id: 'c' })",
            "4.0.0 organizations.deleteEnabledConnection({ id: 'o', connectionId: 'c' })",
            "7.1.0 organizations.enabledConnections.delete('o', 'c')",
        ],
    ),
    (
        "POST /organizations/o/invitations",
        r#"{"inviter":{}}"#,
        &[
            "3.7.1 organizations.createInvitation({ id: 'o' }, { inviter: {} })",
            "4.0.0 organizations.createInvitation({ id: 'o' }, { inviter: {} })",
            "7.1.0 organizations.invitations.create('o', { inviter: {} })",
        ],
    ),
    (
        "POST /tickets/password-change",
        r#"{"user_id":"u"}"#,
        &[
            "3.7.1 createPasswordChangeTicket({ user_id: 'u' })",
            "4.0.0 tickets.changePassword({ user_id: 'u' })",
            "7.1.0 tickets.changePassword({ user_id: 'u' })",
        ],
    ),
];

#[tokio::test]
async fn every_way_to_call_comes_to_the_same_request() {
    for (what, body, calls) in CALLS {
        let expected = (what.to_owned(), serde_json::from_str::<Value>(body).unwrap());
        for call in calls {
            let (version, method) = call.split_once(' ').unwrap();
            assert_eq!(asked(version, &format!("management.{method}")).await, expected, "{call}");
        }
    }
}

#[tokio::test]
async fn lists_send_what_each_version_sends() {
    for (version, call, what) in [
        ("3.7.1", "management.getUsers({ q: 'a:b', per_page: 2 })", "GET /users?per_page=2&q=a:b"),
        ("3.7.1", "management.organizations.getAll()", "GET /organizations"),
        ("4.0.0", "management.users.getRoles({ id: 'u', page: 1 })", "GET /users/u/roles?page=1"),
        (
            "7.1.0",
            "management.users.list({ q: 'x' })",
            "GET /users?include_totals=true&page=0&per_page=50&q=x",
        ),
        ("7.1.0", "management.organizations.list()", "GET /organizations?include_totals=true&take=50"),
        ("7.1.0", "management.users.get('u', { fields: 'email' })", "GET /users/u?fields=email"),
    ] {
        let (asked, _) = asked(version, call).await;
        let (path, query) = asked.split_once('?').unwrap_or((&asked, ""));
        let mut pairs: Vec<_> = query.split('&').collect();
        pairs.sort_unstable();
        let asked = if query.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) };
        assert_eq!(asked, what, "{version} {call}");
    }
}

#[tokio::test]
async fn results_are_those_of_the_version() {
    let ada = [("GET /users/u", 200, json!({ "name": "Ada" })), ("DELETE /users/u", 204, Value::Null)];
    let body = "console.log(await management.getUser({ id: 'u' })); console.log(await management.users.get({ id: 'u' }));
      management.users.get({ id: 'u' }, (error, user) => console.log(error, user.name));
      await new Promise((done) => setTimeout(done, 20));";
    let plain = r#"{"name":"Ada"}"#;
    assert_eq!(logged_with("3.7.1", &ada, body).await, [plain, plain, "null Ada"]);

    let body = "const { data, status, headers } = await management.users.get({ id: 'u' });
      console.log(data, status, headers); console.log((await management.users.delete({ id: 'u' })).status);";
    assert_eq!(
        logged_with("4.1.0", &ada, body).await,
        [r#"{"name":"Ada"} 200 {"x-ratelimit-limit":"10"}"#, "204"]
    );

    let body = "console.log(await management.users.get('u')); console.log(await management.users.delete('u'));
      const { data, rawResponse } = await management.users.get('u').withRawResponse(); console.log(data.name, rawResponse.status);";
    assert_eq!(logged_with("7.1.0", &ada, body).await, [plain, "undefined", "Ada 200"]);

    let body = "const older = await management.users.get({ id: 'u' }); console.log(older.name, older.data.name, older.status);
      console.log(older); console.log((await management.users.get('u')).name);";
    assert_eq!(logged_with("", &ada, body).await, ["Ada Ada 200", plain, "Ada"]);
}

#[tokio::test]
async fn refusals_are_those_of_the_version() {
    let body = "try { await management.getUser({ id: 'u' }); } catch (e) {
      console.log(e instanceof Error, e.statusCode, e.name, e.message); }
      try { management.organizations.addMemberRoles({ id: 'o' }, {}).catch((e) => console.log(e.name)); } catch (e) { console.log(e.name); }
      await null; await null; await null;";
    let seen = logged_with("3.7.1", &[], body).await;
    assert_eq!(seen, ["true 404 Not Found The resource does not exist.", "ArgumentError"]);

    let body = "try { await management.users.get({ id: 'u' }); } catch (e) {
      console.log(e.name, e.statusCode, e.errorCode, e.error, e.msg, JSON.parse(e.body).errorCode); }
      try { await management.users.get({}); } catch (e) { console.log(e.name, e.field); }";
    let first = "ManagementApiError 404 inexistent Not Found The resource does not exist. inexistent";
    assert_eq!(logged_with("4.1.0", &[], body).await, [first, "RequiredError id"]);

    let body = "const { ManagementError } = require('auth0');
      try { await management.users.get('u'); } catch (e) {
      console.log(e instanceof ManagementError, e.name, e.statusCode, e.body.errorCode, e.message.split('\\n')[1]); }";
    assert_eq!(logged_with("7.1.0", &[], body).await, ["true NotFoundError 404 inexistent Status code: 404"]);
}

#[tokio::test]
async fn pages_are_walked_through() {
    let first = json!({ "members": [{ "user_id": "1" }, { "user_id": "2" }], "next": "" });
    let answers = [
        ("GET /organizations/o/members", 200, first),
        ("GET /roles", 200, json!({ "roles": [{ "id": "r" }], "total": 1 })),
    ];
    let body = "const page = await management.organizations.members.list('o');
      console.log(page.data.length, page.hasNextPage());
      for await (const role of await management.roles.list({ per_page: 2 })) console.log(role.id);
      const full = await management.roles.list({ per_page: 1 }); console.log(full.hasNextPage());
      await full.getNextPage();";
    let world = World::answering(&answers);
    let execution = run_in(Arc::clone(&world), &[with_auth0("7.1.0", body)], event()).await;
    assert_eq!(lines(&execution), ["2 false", "r", "true"]);
    let (last, _) = world.asked().pop().unwrap();
    assert!(last.contains("page=1"), "{last}");
}

#[tokio::test]
async fn clients_are_checked_and_their_token_may_come_from_a_function() {
    let code = "const { ManagementClient } = require('auth0');
      exports.onExecutePostLogin = async () => {
        for (const options of [undefined, {}, { domain: 'd' }, { domain: 'd', clientId: 'c' }]) {
          try { new ManagementClient(options); console.log('made'); } catch (e) { console.log(e.name); }
        }
        const client = new ManagementClient({ domain: 'd', token: async () => 'a token', audience: 'api' });
        await client.users.delete('u').catch(() => {});
      };";
    let world = World::answering(&[]);
    let execution = run_in(Arc::clone(&world), &[action("a", code)], event()).await;
    assert_eq!(lines(&execution), ["ArgumentError"; 4]);
    let (credentials, _) = world.calls.lock().unwrap().pop().unwrap();
    assert_eq!(credentials.token.as_deref(), Some("a token"));
    assert_eq!((credentials.audience.as_deref(), credentials.client_id), (Some("api"), None));
}

#[tokio::test]
async fn many_calls_run_beside_each_other() {
    let ada = [("GET /users/u", 200, json!({ "name": "Ada" }))];
    let body = "const all = await Promise.all(Array.from({ length: 200 }, () => management.users.get('u')));
      console.log(all.length, all.every((user) => user.name === 'Ada'));";
    assert_eq!(logged_with("7.1.0", &ada, body).await, ["200 true"]);
}

#[tokio::test]
async fn a_token_can_be_had_from_the_authentication_api() {
    let world = World::answering(&[("POST /oauth/token", 200, json!({ "access_token": "t" }))]);
    let code = "const { AuthenticationClient } = require('auth0');
      exports.onExecutePostLogin = async () => {
        const client = new AuthenticationClient({ domain: 'd', clientId: 'c', clientSecret: 's' });
        console.log((await client.oauth.clientCredentialsGrant({ audience: 'api' })).data.access_token);
        console.log((await client.clientCredentialsGrant({ audience: 'api' })).access_token);
      };";
    let execution = run_in(Arc::clone(&world), &[action("a", code)], event()).await;
    assert_eq!(lines(&execution), ["t", "t"]);
    let body = json!({ "client_id": "c", "client_secret": "s", "grant_type": "client_credentials", "audience": "api" });
    assert_eq!(world.asked()[0], ("POST /oauth/token".to_owned(), body));
}

#[tokio::test]
async fn a_version_can_be_named_with_the_module() {
    let code = "const { ManagementClient } = require('auth0@3.7.1');
      exports.onExecutePostLogin = async () => console.log(typeof new ManagementClient({ domain: 'd', token: 't' }).getUser);";
    assert_eq!(lines(&run(&[action("a", code)], event()).await), ["function"]);
}
