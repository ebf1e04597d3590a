//! An Action sends a person away, and goes on when they are back.

use std::sync::Arc;

use serde_json::{Value, json};
use tenantry_actions::{Action, End, Execution, Limits, Suspended, continue_post_login};

use crate::world::{NOW, World, action, event, handler, lines, run};

const REDIRECTING: &str = "
exports.onExecutePostLogin = async (event, api) => {
  const token = api.redirect.encodeToken({ secret: event.secrets.shared, payload: { colour: 'blue', sub: 'forged' } });
  api.idToken.setCustomClaim('before', 1);
  api.user.setAppMetadata('asked', true);
  api.transaction.setMetadata('step', 'asked');
  api.redirect.sendUserTo('https://app.example/ask?x=1', { query: { session_token: token } });
  console.log('to the end');
};
exports.onContinuePostLogin = async (event, api) => {
  const payload = api.redirect.validateToken({ secret: event.secrets.shared, tokenParameterName: 'answer' });
  api.idToken.setCustomClaim('colour', payload.colour);
  api.authentication.recordMethod('https://app.example/ask');
  console.log(event.transaction.metadata.step);
};";

fn actions() -> [Action; 3] {
    let mut redirecting = action("redirecting", REDIRECTING);
    redirecting.secrets.insert("shared".to_owned(), "a secret".to_owned());
    let first = handler("console.log('first');");
    let last = action("last", "exports.onExecutePostLogin = (event, api) => { console.log('last'); };");
    [first, redirecting, last]
}

async fn go_on(suspended: Suspended, query: Value) -> Execution {
    let mut event = event();
    event["request"]["query"] = query;
    continue_post_login(&actions(), suspended, event, World::answering(&[]), &Limits::default()).await
}

async fn redirected() -> (String, Suspended, Execution) {
    let execution = run(&actions(), event()).await;
    let End::Redirected { url, suspended } = execution.end.clone() else { panic!("{:?}", execution.end) };
    (url, *suspended, execution)
}

/// The token that the page gets, read without its key.
fn claims_of(url: &str) -> Value {
    let token = url.split("session_token=").nth(1).unwrap();
    let payload = token.split('.').nth(1).unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The answer of the page, made by an Action, for that knows how.
async fn answer(payload: &str, secret: &str) -> String {
    let body =
        format!("console.log(api.redirect.encodeToken({{ secret: '{secret}', payload: {payload} }}));");
    // A line of the console is cut: the token comes in two.
    let body = body.replace("console.log(", "const token = (")
        + "console.log(token.slice(0, 200)); console.log(token.slice(200));";
    lines(&run(&[handler(&body)], event()).await).concat()
}

#[tokio::test]
async fn a_person_is_sent_away_and_nothing_runs_behind() {
    let (url, suspended, execution) = redirected().await;
    assert!(url.starts_with("https://app.example/ask?x=1&session_token="), "{url}");
    let claims = claims_of(&url);
    let expected = json!({
        "colour": "blue", "sub": "auth0|1", "iss": "acme.example", "ip": "192.0.2.1", "exp": NOW / 1000 + 900,
    });
    assert_eq!(claims, expected);
    assert_eq!(lines(&execution), ["first", "to the end"]);
    assert_eq!(execution.effects.app_metadata["asked"], true);
    // It is written before the person leaves, and must not be written again over what changed meanwhile.
    assert!(suspended.effects.app_metadata.is_empty());
    assert_eq!(suspended.action_id, "act_redirecting");
}

#[tokio::test]
async fn the_execution_goes_on_where_it_stopped() {
    let (_, suspended, _) = redirected().await;
    let suspended = serde_json::from_str(&serde_json::to_string(&suspended).unwrap()).unwrap();
    let token = answer("{ state: 'abc', colour: 'green' }", "a secret").await;
    let execution = go_on(suspended, json!({ "state": "abc", "answer": token })).await;
    assert_eq!(lines(&execution), ["asked", "last"]);
    assert_eq!(execution.end, End::Completed);
    assert_eq!(Value::from(execution.effects.id_token_claims), json!({ "before": 1, "colour": "green" }));
    assert_eq!(execution.effects.recorded_methods[0].name, "https://app.example/ask");
    assert_eq!(execution.effects.recorded_methods[0].timestamp, NOW);
}

#[tokio::test]
async fn a_token_that_is_not_right_fails_the_login() {
    let (_, suspended, _) = redirected().await;
    let right = answer("{ state: 'abc' }", "a secret").await;
    let foreign = answer("{ state: 'abc' }", "another secret").await;
    for (query, words) in [
        (json!({ "state": "abc", "answer": foreign }), "signature"),
        (json!({ "state": "xyz", "answer": right }), "state"),
        (json!({ "answer": right }), "state"),
        (json!({ "state": "abc" }), "no parameter answer"),
        (json!({ "state": "abc", "answer": "a.b.c" }), "HS256"),
    ] {
        let execution = go_on(suspended.clone(), query.clone()).await;
        let End::Failed { action, message } = execution.end else { panic!("{query}: {:?}", execution.end) };
        assert_eq!(action, "redirecting");
        assert!(message.contains(words), "{query}: {message}");
    }
}

#[tokio::test]
async fn an_action_that_is_gone_or_cannot_go_on_fails_the_login() {
    let (_, suspended, _) = redirected().await;
    let (world, limits) = (World::answering(&[]), Limits::default());
    let gone = continue_post_login(&[], suspended, event(), Arc::clone(&world) as _, &limits).await;
    assert!(matches!(gone.end, End::Failed { message, .. } if message.contains("not bound any more")));

    let only_away = [handler("api.redirect.sendUserTo('https://app.example');")];
    let execution = run(&only_away, event()).await;
    let End::Redirected { suspended, .. } = execution.end else { panic!("{:?}", execution.end) };
    let back = continue_post_login(&only_away, *suspended, event(), world, &limits).await;
    assert!(matches!(back.end, End::Failed { message, .. } if message.contains("onContinuePostLogin")));
}

#[tokio::test]
async fn who_cannot_be_redirected_is_known_beforehand() {
    let body = "console.log(api.redirect.canRedirect());";
    let mut login = event();
    assert_eq!(lines(&run(&[handler(body)], login.clone()).await), ["true"]);
    login["transaction"]["prompt"] = json!(["none"]);
    assert_eq!(lines(&run(&[handler(body)], login.clone()).await), ["false"]);
    login["transaction"] = json!({ "protocol": "oauth2-refresh-token" });
    assert_eq!(lines(&run(&[handler(body)], login).await), ["false"]);
}

#[tokio::test]
async fn a_denial_counts_more_than_a_redirect() {
    let body = "api.redirect.sendUserTo('https://app.example'); api.access.deny('no');";
    let execution = run(&[handler(body)], event()).await;
    assert_eq!(execution.end, End::Denied { reason: "no".to_owned(), code: None });
}
