//! What an Action has this process hold outside of its engine is bounded as well, and what it does to the built-ins is its
//! own affair.

use std::sync::Arc;

use serde_json::{Value, json};
use tenantry_actions::{End, Limits, continue_post_login};

use crate::world::{World, action, event, handler, lines, logged, run, run_in, with_auth0};

async fn message(body: &str) -> String {
    match run(&[handler(body)], event()).await.end {
        End::Failed { message, .. } => message,
        end => format!("{end:?}"),
    }
}

#[tokio::test]
async fn random_bytes_come_as_many_as_in_a_browser() {
    let lines = logged(
        "console.log(crypto.getRandomValues(new Uint8Array(65536)).length);
         for (const byteLength of [65537, 4000000]) {
           try { crypto.getRandomValues({ buffer: 0, byteLength }); } catch (e) { console.log(e.name, e.message); }
         }",
    )
    .await;
    let refused = "RangeError More than 65536 random bytes";
    assert_eq!(lines, ["65536", refused, refused]);
}

#[tokio::test]
async fn what_an_action_asks_for_is_bounded() {
    let mut wrong = Vec::new();
    for (body, words) in [
        ("for (let n = 0; n < 2000; n += 1) api.accessToken.addScope(`s${n}`);", "1,000 scopes"),
        ("for (let n = 0; n < 2000; n += 1) api.accessToken.removeScope(`s${n}`);", "1,000 scopes"),
        ("api.accessToken.addScope('x'.repeat(281));", "280 characters"),
        ("for (let n = 0; n < 200; n += 1) api.session.deleteMetadata(`k${n}`);", "100 deleted keys"),
        ("for (let n = 0; n < 200; n += 1) api.refreshToken.setMetadata(`k${n}`);", "100 deleted keys"),
        ("api.session.deleteMetadata('x'.repeat(256));", "255 characters"),
        ("api.access.deny('x'.repeat(300000));", "256 kB of arguments"),
        ("api.redirect.sendUserTo('https://a.example/' + 'x'.repeat(300000));", "256 kB of arguments"),
    ] {
        let message = message(body).await;
        if !message.contains(words) {
            wrong.push(format!("{body}: {message}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Within the bounds it may do the same again and again.
    let body = "for (let n = 0; n < 3000; n += 1) { api.accessToken.addScope(`s${n % 1000}`); api.session.deleteMetadata(`k${n % 100}`); }";
    assert_eq!(run(&[handler(body)], event()).await.end, End::Completed);
}

#[tokio::test]
async fn recorded_methods_are_bounded() {
    let end = async |body: &str| {
        let code = format!(
            "exports.onExecutePostLogin = async (event, api) => api.redirect.sendUserTo('https://a.example');
             exports.onContinuePostLogin = async (event, api) => {{ {body} }};"
        );
        let actions = [action("a", &code)];
        let End::Redirected { suspended, .. } = run(&actions, event()).await.end else { panic!("{body}") };
        let world = World::answering(&[]);
        match continue_post_login(&actions, *suspended, event(), world, &Limits::default()).await.end {
            End::Failed { message, .. } => message,
            end => format!("{end:?}"),
        }
    };
    let many = "for (let n = 0; n < 101; n += 1) api.authentication.recordMethod('https://a.example');";
    assert!(end(many).await.contains("100 methods"));
    let long = "api.authentication.recordMethod('https://a.example/' + 'x'.repeat(2048));";
    assert!(end(long).await.contains("2,048 characters"));
}

#[tokio::test]
async fn built_ins_that_an_action_has_changed_lift_no_bound() {
    let body = "String.prototype.slice = function () { return this; };
      console.log('x'.repeat(100000));";
    assert_eq!(logged(body).await[0].len(), 256);

    // Those that are under way are counted here, whatever they are taken for in the engine.
    let world = World::answering(&[("GET /users/u", 0, Value::Null)]);
    let body = "Object.defineProperty(Map.prototype, 'size', { get: () => 0 });
      const all = Array.from({ length: 30 }, () => management.users.get('u'));
      await Promise.any(all.map((one) => one.then(() => null, (error) => { console.log(error.message); })));
      await new Promise((done) => setTimeout(done, 200));";
    let execution = run_in(Arc::clone(&world), &[with_auth0("7.1.0", body)], event()).await;
    assert_eq!(lines(&execution)[0], "Too many requests are under way");
    assert_eq!(world.asked().len(), 20);

    let body = "try { await management.users.update('u', { name: 'x'.repeat(2000000) }); } catch (e) { console.log(e.message); }";
    let execution = run(&[with_auth0("7.1.0", body)], event()).await;
    assert_eq!(lines(&execution), ["A request of more than 1 MB"]);
}

#[tokio::test]
async fn a_changed_json_changes_nothing_that_is_said_in_the_actions_name() {
    let world = World::answering(&[("GET /users/u", 200, json!({ "name": "Ada" }))]);
    let body =
        "const evil = JSON.stringify({ method: 'POST', path: '/../../_tenantry/reset', credentials: {} });
      JSON.stringify = () => evil; JSON.parse = () => ({ status: 200, body: '1' });
      String.prototype.toWellFormed = () => evil;
      const user = await management.users.get('u'); api.idToken.setCustomClaim('seen', user.name);";
    let execution = run_in(Arc::clone(&world), &[with_auth0("7.1.0", body)], event()).await;
    assert_eq!(world.asked(), [("GET /users/u".to_owned(), Value::Null)]);
    assert_eq!(execution.effects.id_token_claims["seen"], "Ada", "{:?}", execution.end);
}
