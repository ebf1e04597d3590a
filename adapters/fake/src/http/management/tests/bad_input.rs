//! Bodies that went well, with one thing in them made wrong: never a server error, and nothing written on a refusal.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::script::{Step, parse};
use super::table::{check_error, fixtures};
use super::{World, table};

/// What a careless form or an attacker puts in place of a value.
fn nasty() -> Vec<Value> {
    vec![
        Value::Null,
        json!(""),
        json!("   "),
        json!("\u{0}"),
        json!("a\u{0}b"),
        json!("\u{202e}evil\u{200b}"),
        json!("👩‍👩‍👧‍👦"),
        json!("<script>alert(1)</script>"),
        json!("{{7*7}}"),
        json!("=1+1"),
        json!("a\r\nBcc: all@example.com"),
        json!("../../etc/passwd"),
        json!("x".repeat(10_000)),
        json!("admin@@example.com"),
        json!("＠example.com"),
        json!("http://user:pass@127.1/"),
        json!("javascript:alert(1)"),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(u64::MAX),
        json!(true),
        json!([]),
        json!([[]]),
        json!({}),
        json!({ "$where": "1" }),
        json!({ "__proto__": { "a": 1 } }),
    ]
}

/// Every way to make one thing in the body wrong.
fn spoiled(body: &Value) -> Vec<Value> {
    let mut all = nasty();
    match body {
        Value::Object(object) => {
            for (name, value) in object {
                let mut without = object.clone();
                without.remove(name);
                all.push(without.into());
                for wrong in spoiled(value) {
                    let mut changed = object.clone();
                    changed.insert(name.clone(), wrong);
                    all.push(changed.into());
                }
            }
            let mut more = object.clone();
            more.insert("unexpected".to_owned(), json!(1));
            all.push(more.into());
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                all.push(vec![first.clone(), first.clone()].into());
                all.push(vec![first.clone(); 200].into());
                all.extend(spoiled(first).into_iter().map(|wrong| vec![wrong].into()));
            }
        }
        _ => {}
    }
    all
}

/// Set to take one body in so many: the fast loop's share. Without it each one is tried.
const SHARE: &str = "TENANTRY_BAD_INPUT_SHARE";

/// Two at a time, as each script has a provider of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_wrong_with_a_body_is_a_server_error_or_is_half_written() {
    let share = std::env::var(SHARE).map_or(1, |share| share.parse().expect(SHARE));
    let scripts = table::SCRIPTS.iter().map(|(name, script)| tokio::spawn(spoil(name, script, share)));
    let scripts: Vec<_> = scripts.collect();
    let (mut met, mut tried) = (0, 0);
    for script in scripts {
        let counts = script.await.unwrap();
        (met, tried) = (met + counts.0, tried + counts.1);
    }
    assert!(met > 10_000, "only {met} bodies are there to try");
    assert!(tried >= met / share, "only {tried} of {met} bodies were tried");
    println!("{tried} of {met} bodies tried");
}

/// Plays a script, and before each call that goes well makes its body wrong in every way. Answers how many bodies there
/// were, and how many of them were tried.
async fn spoil(name: &str, script: &str, share: usize) -> (usize, usize) {
    let world = World::new().await;
    let store = &world.fake.core().store;
    let mut kept = fixtures(&world).await;
    let mut lines = BTreeSet::new();
    let (mut met, mut tried) = (0, 0);
    for step in parse(script) {
        let Step::Call(line) = step else { continue };
        let (path, body) = (line.path(&kept), line.body(&kept));
        // Once is enough for a line that is repeated, and what is refused anyway shows nothing new.
        let is_new = (200..300).contains(&line.status) && lines.insert(line.number);
        for wrong in body.as_ref().filter(|_| is_new).map(spoiled).unwrap_or_default() {
            met += 1;
            // Counted through the whole script, so that each place in a body gets another choice of what is wrong.
            if (met - 1) % share != 0 {
                continue;
            }
            let before = store.picture().unwrap();
            let answer = world.call(&line.method, &path, Some(&wrong)).await;
            let what = format!("{name}.txt:{}: {} {path} {wrong}", line.number, line.method);
            let is_fault = answer.status.is_server_error() && answer.status != StatusCode::NOT_IMPLEMENTED;
            assert!(!is_fault, "{what}: {}", answer.body);
            if !answer.status.is_success() {
                check_error(&answer).unwrap_or_else(|problem| panic!("{what}: {problem}: {}", answer.body));
                assert!(store.picture().unwrap() == before, "{what} was refused and yet wrote something");
            }
            store.go_back(&before).await.unwrap();
            tried += 1;
        }
        let answer = world.call(&line.method, &path, body.as_ref()).await;
        if let Some(name) = line.keep {
            kept.insert(name, answer.body);
        }
    }
    (met, tried)
}
