//! What Actions ask for, in which order, and when it counts.

use serde_json::{Value, json};
use tenantry_actions::{Effects, End, Execution, HolderChanges, RecordedMethod};

use crate::world::{NOW, World, action, event, handler, lines, run, run_in};

fn failure(execution: &Execution) -> &str {
    match &execution.end {
        End::Failed { message, .. } => message,
        end => panic!("{end:?}"),
    }
}

#[tokio::test]
async fn a_denial_ends_the_login_after_its_action() {
    let actions = [
        handler("api.user.setAppMetadata('seen', true);"),
        handler(
            "api.access.deny('not today'); api.user.setUserMetadata('denied', 1); console.log('to the end');",
        ),
        handler("console.log('never');"),
    ];
    let execution = run(&actions, event()).await;
    assert_eq!(execution.end, End::Denied { reason: "not today".to_owned(), code: None });
    assert_eq!(lines(&execution), ["to the end"]);
    assert_eq!(execution.runs.len(), 2);
    assert_eq!(Value::from(execution.effects.app_metadata), json!({ "seen": true }));
    assert_eq!(Value::from(execution.effects.user_metadata), json!({ "denied": 1 }));
}

#[tokio::test]
async fn a_denial_can_carry_a_code() {
    for call in ["api.access.deny('too_early', 'not yet')", "api.validation.error('too_early', 'not yet')"] {
        let execution = run(&[handler(call)], event()).await;
        let code = Some("too_early".to_owned());
        assert_eq!(execution.end, End::Denied { reason: "not yet".to_owned(), code });
    }
}

#[tokio::test]
async fn an_error_fails_the_login() {
    for (body, message) in [
        ("throw new Error('no luck');", "no luck"),
        ("await Promise.reject(new TypeError('rejected'));", "rejected"),
        ("throw 'just text';", "just text"),
        ("throw { message: 'an object' };", "an object"),
        ("throw { get message() { throw 1; } };", "The Action threw something that has no text"),
        ("setTimeout(() => { throw new Error('late'); }, 1); await new Promise(() => {});", "late"),
        ("nowhere.to.be.found;", "nowhere is not defined"),
    ] {
        let execution = run(&[handler(body), handler("console.log('never')")], event()).await;
        assert_eq!(failure(&execution), message, "{body}");
        assert_eq!(execution.runs.len(), 1);
    }
}

#[tokio::test]
async fn a_handler_need_not_be_async_nor_assigned_to_exports() {
    for code in [
        "module.exports = { onExecutePostLogin: (event, api) => { api.idToken.setCustomClaim('a', 1); } };",
        "exports.onExecutePostLogin = function (event, api) { api.idToken.setCustomClaim('a', 1) }",
        "module.exports.onExecutePostLogin = (event, api) => api.idToken.setCustomClaim('a', 1).idToken.setCustomClaim('a', 1);",
    ] {
        let execution = run(&[action("a", code)], event()).await;
        assert_eq!(execution.end, End::Completed, "{code}");
        assert_eq!(execution.effects.id_token_claims["a"], 1);
    }
    let execution = run(&[action("a", "throw new Error('while loading');")], event()).await;
    assert_eq!(failure(&execution), "while loading");
    let execution = run(&[action("a", "exports.onExecutePostLogin = 1;")], event()).await;
    assert_eq!(failure(&execution), "The Action exports no function onExecutePostLogin");
    let execution = run(&[action("a", "module.exports = null;")], event()).await;
    assert_eq!(failure(&execution), "The Action exports no function onExecutePostLogin");
}

#[tokio::test]
async fn later_actions_win() {
    let actions = [
        handler(
            "api.idToken.setCustomClaim('plan', 'a'); api.accessToken.setCustomClaim('plan', 'a');
             api.accessToken.addScope('read:a').accessToken.addScope('read:b');
             api.idToken.setCustomClaim('org_id', 'forged'); api.idToken.setCustomClaim('text', 'lone \\ud800');",
        ),
        handler("api.idToken.setCustomClaim('plan', 'b'); api.accessToken.removeScope('read:a');"),
    ];
    let effects = run(&actions, event()).await.effects;
    assert_eq!(Value::from(effects.id_token_claims), json!({ "plan": "b", "text": "lone \u{fffd}" }));
    assert_eq!(Value::from(effects.access_token_claims), json!({ "plan": "a" }));
    assert_eq!(effects.added_scopes, ["read:b".to_owned()].into());
    assert_eq!(effects.removed_scopes, ["read:a".to_owned()].into());
}

#[tokio::test]
async fn metadata_of_transaction_and_session_is_seen_by_later_actions() {
    let mut login = event();
    login["transaction"]["metadata"] = json!({ "old": 1, "gone": 2 });
    let actions = [
        handler(
            "api.transaction.setMetadata('step', 1); api.transaction.setMetadata('gone', null);
             console.log(event.transaction.metadata);
             api.session.setMetadata('device', 'phone');",
        ),
        handler("console.log(event.transaction.metadata); console.log(event.session.metadata.device);"),
    ];
    let execution = run(&actions, login).await;
    let seen = r#"{"old":1,"step":1}"#;
    assert_eq!(lines(&execution), [seen, seen, "phone"]);
    assert_eq!(Value::from(execution.effects.transaction_metadata), json!({ "old": 1, "step": 1 }));
    let metadata = json!({ "device": "phone" }).as_object().cloned().unwrap();
    assert_eq!(execution.effects.session, HolderChanges { metadata, ..HolderChanges::default() });
}

#[tokio::test]
async fn revoking_the_session_denies_the_login() {
    let body = "api.session.setExpiresAt(Date.now() + 1000); api.session.setCookieMode('non-persistent');
      api.session.revoke('gone', { preserveRefreshTokens: true });";
    let execution = run(&[handler(body), handler("console.log('never')")], event()).await;
    assert_eq!(execution.end, End::Denied { reason: "gone".to_owned(), code: None });
    assert_eq!(execution.effects.session.expires_at, Some(NOW + 1000));
    assert_eq!(execution.effects.session.cookie_mode.as_deref(), Some("non-persistent"));
    assert!(execution.effects.session.revoke.unwrap().preserve_refresh_tokens);
}

#[tokio::test]
async fn a_login_that_is_turned_over_loses_the_metadata_of_the_same_action() {
    let actions = [
        handler("api.user.setAppMetadata('before', 1);"),
        handler("api.user.setAppMetadata('same', 1); api.authentication.setPrimaryUser('auth0|2');"),
        handler("api.user.setUserMetadata('after', 1);"),
    ];
    let effects = run(&actions, event()).await.effects;
    assert_eq!(effects.primary_user.as_deref(), Some("auth0|2"));
    assert_eq!(Value::from(effects.app_metadata), json!({ "before": 1 }));
    assert_eq!(Value::from(effects.user_metadata), json!({ "after": 1 }));
}

#[tokio::test]
async fn what_is_not_there_fails_the_login_even_when_the_error_is_caught() {
    for (call, name) in [
        ("api.multifactor.enable('any')", "api.multifactor.enable"),
        ("api.authentication.challengeWith({ type: 'otp' })", "api.authentication.challengeWith"),
        ("api.authentication.enrollWithAny([])", "api.authentication.enrollWithAny"),
        ("api.prompt.render('form')", "api.prompt.render"),
        ("api.samlResponse.setAttribute('a', 'b')", "api.samlResponse.setAttribute"),
    ] {
        let execution = run(&[handler(&format!("try {{ {call}; }} catch {{}}"))], event()).await;
        let message = failure(&execution);
        assert!(message.starts_with(&format!("{name} is not available here")), "{message}");
    }
}

#[tokio::test]
async fn limits_of_the_api_throw_where_the_action_can_see_it() {
    let body =
        "try { api.user.setAppMetadata('a', 'x'.repeat(40000)); } catch (e) { console.log(e.message); }
      try { api.idToken.setCustomClaim(); } catch (e) { console.log(e.message); }
      try { api.authentication.recordMethod('https://a.example'); } catch (e) { console.log(e.message); }
      try { api.idToken.setCustomClaim('a', 1n); } catch (e) { console.log(e.name); }";
    let execution = run(&[handler(body)], event()).await;
    let lines = lines(&execution);
    assert!(lines[0].contains("32 kB"), "{lines:?}");
    assert!(lines[1].contains("argument 1 must be a string"), "{lines:?}");
    assert!(lines[2].contains("onContinuePostLogin only"), "{lines:?}");
    assert_eq!(lines[3], "TypeError");
    assert_eq!(execution.effects, Effects::default());
}

#[tokio::test]
async fn the_cache_lasts_from_one_execution_to_the_next() {
    let world = World::answering(&[]);
    let body = "console.log(api.cache.get('a')?.value); console.log(api.cache.set('a', 'kept', { ttl: 5000 }).type);
      console.log(api.cache.get('a').expires_at - Date.now()); console.log(api.cache.set('b', 'x'.repeat(5000)));
      api.cache.set('c', 'x'); api.cache.delete('c'); console.log(api.cache.get('c'));";
    let first = lines(&run_in(world.clone(), &[handler(body)], event()).await);
    assert_eq!(first[..3], ["undefined", "success", "5000"]);
    assert!(first[3].contains(r#""type":"error""#) && first[3].contains("ValueTooLong"), "{first:?}");
    assert_eq!(first[4], "undefined");
    assert_eq!(lines(&run_in(world, &[handler(body)], event()).await)[0], "kept");
}

#[test]
fn effects_survive_being_written_down() {
    let effects = Effects {
        id_token_claims: json!({ "a": 1 }).as_object().cloned().unwrap(),
        added_scopes: ["b".to_owned()].into(),
        recorded_methods: vec![RecordedMethod { name: "https://a.example".to_owned(), timestamp: NOW }],
        ..Effects::default()
    };
    let written = serde_json::to_string(&effects).unwrap();
    assert_eq!(serde_json::from_str::<Effects>(&written).unwrap(), effects);
}
