//! An Action that never ends, or takes all it can get, is stopped, and everybody else lives on.

use std::time::{Duration, Instant};

use serde_json::Value;
use tenantry_actions::{Action, BuildError, End, Limits, MAX_CODE, check, post_login};

use crate::world::{World, action, event, handler, run, short};

async fn stopped(body: &str) -> (String, Duration) {
    let began = Instant::now();
    let execution = post_login(&[handler(body)], event(), World::answering(&[]), &short()).await;
    let took = began.elapsed();
    match execution.end {
        End::Failed { action, message } => {
            assert_eq!(action, "handler");
            assert_eq!(execution.runs[0].error.as_deref(), Some(message.as_str()));
            (message, took)
        }
        end => panic!("{end:?}"),
    }
}

/// It ran until its time was over, and no longer.
async fn runs_out_of_time(body: &str) {
    let (message, took) = stopped(body).await;
    assert!(message.contains("longer than 0.3 seconds"), "{body}: {message}");
    assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(3), "{body}: {took:?}");
}

#[tokio::test]
async fn loops_are_stopped() {
    runs_out_of_time("for (;;) {}").await;
    runs_out_of_time("for (;;) await null;").await;
    runs_out_of_time("const next = () => { queueMicrotask(next); }; next(); await new Promise(() => {});")
        .await;
    runs_out_of_time("for (;;) { try { for (;;) {} } catch {} finally { for (;;) {} } }").await;
    runs_out_of_time("setInterval(() => {}, 1); await new Promise(() => {});").await;
    runs_out_of_time("await new Promise((done) => setTimeout(done, 10000));").await;
}

#[tokio::test]
async fn a_loop_while_the_module_loads_is_stopped() {
    let looping = action("looping", "for (;;) {}\nexports.onExecutePostLogin = async () => {};");
    let execution = post_login(&[looping], event(), World::answering(&[]), &short()).await;
    assert!(matches!(execution.end, End::Failed { message, .. } if message.contains("longer than")));
}

#[tokio::test]
async fn built_in_calls_without_end_are_stopped() {
    let mut wrong = Vec::new();
    for body in [
        "/^(a+)+$/.test('a'.repeat(40) + 'b');",
        "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);",
        "Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1);",
        "Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);",
        "Array.prototype.fill.call(new Proxy({ length: 2 ** 53 - 1 }, { set: () => true }), 1);",
        "Array.prototype.reverse.call({ length: 2 ** 53 - 1 });",
        "Array.prototype.sort.call({ length: 2 ** 53 - 1 });",
        "Array.prototype.join.call({ length: 2 ** 53 - 1 });",
        "Array.prototype.unshift.call({ length: 2 ** 53 - 10 }, 1);",
        "Array.prototype.shift.call({ length: 2 ** 53 - 1 }, 1);",
        "Array.prototype.splice.call({ length: 2 ** 53 - 1 }, 1, 2 ** 52);",
        "Array.prototype.slice.call({ length: 2 ** 32 - 1 });",
        "Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 0, 1);",
        "Array.prototype.flat.call({ length: 2 ** 53 - 1 });",
        "Array.prototype.concat.call([], { length: 2 ** 32, [Symbol.isConcatSpreadable]: true });",
        "Array.prototype.findLast.call({ length: 2 ** 53 - 1 }, () => false);",
        "Array.prototype.reduce.call({ length: 2 ** 53 - 1 }, () => false, 1);",
        "Array.prototype.map.call({ length: 2 ** 32 - 1 }, () => false);",
        "const sparse = []; sparse[2 ** 32 - 2] = 1; sparse.reverse();",
        "const sparse = []; sparse[2 ** 32 - 2] = 1; sparse.sort();",
        "const sparse = []; sparse[2 ** 32 - 2] = 1; Math.max.apply(null, sparse);",
        "Reflect.apply(Math.max, null, { length: 2 ** 32 - 1 });",
        "new Uint8Array({ length: 2 ** 53 - 1 });",
        "Array.prototype.forEach.call({ length: 2 ** 53 - 1 }, () => {});",
        "Array.prototype.some.call({ length: 2 ** 53 - 1 }, () => false);",
        "Array.from({ length: 2 ** 32 }, () => undefined).length;",
        "new Array(2 ** 32 - 1).indexOf(1);",
        "[...{ *[Symbol.iterator]() { for (;;) yield; } }[Symbol.iterator]().filter(() => false)];",
        "new Set({ *[Symbol.iterator]() { for (;;) yield 1; } });",
        "JSON.stringify({ toJSON() { for (;;); } });",
        "'a'.replace(/a/, () => { for (;;); });",
        "[3, 2, 1].sort(() => { for (;;); });",
    ] {
        let execution = post_login(&[handler(body)], event(), World::answering(&[]), &short()).await;
        // Who had to be given up has no run to tell of.
        if !matches!(execution.end, End::Failed { .. }) || execution.runs.is_empty() {
            wrong.push(format!("{body}: {:?}", execution.end));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What goes through four thousand million holes looks at no deadline.
#[tokio::test]
async fn a_call_that_cannot_be_stopped_is_given_up() {
    let began = Instant::now();
    let body = "const sparse = []; sparse[2 ** 32 - 2] = 1; JSON.stringify(sparse);";
    let execution = post_login(&[handler(body)], event(), World::answering(&[]), &short()).await;
    assert!(matches!(execution.end, End::Failed { message, .. } if message.contains("longer than")));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_time_is_real_even_when_the_runtime_has_stopped_its_clock() {
    let execution = run(&[handler("await new Promise((done) => setTimeout(done, 100));")], event()).await;
    assert_eq!(execution.end, End::Completed);
}

#[tokio::test]
async fn what_can_never_happen_is_not_waited_for() {
    let began = Instant::now();
    let execution = run(&[handler("await new Promise(() => {});")], event()).await;
    assert!(matches!(execution.end, End::Failed { message, .. } if message.contains("limit of 20 seconds")));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_host_that_never_answers_is_waited_for_until_the_time_is_over() {
    let world = World::answering(&[("GET /users/1", 0, Value::Null)]);
    let body = "const { ManagementClient } = require('auth0');
      await new ManagementClient({ domain: 'd', token: 't' }).users.get('1');";
    let execution = post_login(&[handler(body)], event(), world.clone(), &short()).await;
    assert!(matches!(execution.end, End::Failed { message, .. } if message.contains("longer than")));
    assert_eq!(world.asked().len(), 1);
}

#[tokio::test]
async fn memory_is_bounded() {
    let mut wrong = Vec::new();
    for body in [
        "const all = []; for (;;) all.push(new Array(1000).fill('x'));",
        "let text = 'x'; for (;;) text += text;",
        "'x'.repeat(2 ** 30 - 1).split('');",
        "new Uint8Array(2 ** 31);",
        "const sparse = []; sparse[2 ** 32 - 2] = 1; [...sparse];",
        "Buffer.alloc(2 ** 30);",
        "const map = new Map(); for (let key = 0; ; key += 1) map.set(key, { key });",
        "const text = 'x'.repeat(20000000); api.user.setAppMetadata('a', [text, text, text, text]);",
        "for (let waiting = []; ; ) waiting.push(new Promise(() => {}));",
        "for (;;) setTimeout(() => {}, 100000);",
        "const management = new (require('auth0').ManagementClient)({ domain: 'd', token: 't' });
         for (;;) management.users.get('x'.repeat(10000));",
    ] {
        let limits = Limits { run_time: Duration::from_secs(10), ..Limits::default() };
        let execution = post_login(&[handler(body)], event(), World::answering(&[]), &limits).await;
        let message = match execution.end {
            End::Failed { message, .. } => message,
            end => format!("{end:?}"),
        };
        let known = [
            "string too long",
            "invalid array",
            "invalid string length",
            "Array too long",
            "32 kB",
            "out of memory",
        ];
        if !known.iter().any(|words| message.contains(words)) {
            wrong.push(format!("{body}: {message}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_memory_is_as_much_as_the_limit_says() {
    let actions = [handler("new Uint8Array(8 << 20);")];
    let end = async |memory: usize| {
        let limits = Limits { memory, ..Limits::default() };
        post_login(&actions, event(), World::answering(&[]), &limits).await.end
    };
    assert_eq!(end(16 << 20).await, End::Completed);
    assert!(matches!(end(4 << 20).await, End::Failed { .. }));
    // Too little for the engine itself.
    assert!(
        matches!(end(1 << 10).await, End::Failed { message, .. } if message.contains("could not be started"))
    );
}

#[tokio::test]
async fn a_host_that_gives_up_half_way_does_not_hold_the_action_up() {
    let world = World::answering(&[("GET /users/1", 1, Value::Null)]);
    let body = "const { ManagementClient } = require('auth0');
      await new ManagementClient({ domain: 'd', token: 't' }).users.get('1');";
    let execution = post_login(&[handler(body)], event(), world, &Limits::default()).await;
    assert!(
        matches!(execution.end, End::Failed { message, .. } if message == "The request was not answered")
    );
}

#[tokio::test]
async fn recursion_is_bounded() {
    let mut wrong = Vec::new();
    let deep = "const deep = (n) => { let a = {}; for (let i = 0; i < n; i += 1) a = { a }; return a; };";
    for body in [
        "const again = () => again() + 1; again();",
        "const again = async () => { await again(); }; await again();",
        "const again = { get a() { return this.a; } }; again.a;",
        "const again = { toString() { return `${this}`; } }; `${again}`;",
        "JSON.parse('['.repeat(1000000));",
        &format!("{deep} JSON.stringify(deep(100000));"),
        &format!("{deep} api.user.setAppMetadata('a', deep(1000));"),
        "new RegExp('('.repeat(100000));",
        "eval('('.repeat(100000));",
        "let p = {}; for (let i = 0; i < 100000; i += 1) p = new Proxy(p, {}); p.x;",
    ] {
        let execution = run(&[handler(body)], event()).await;
        let message = match execution.end {
            End::Failed { message, .. } => message,
            end => format!("{end:?}"),
        };
        let known = ["stack", "recursion", "nested", "too many captures", "pattern"];
        if !known.iter().any(|words| message.contains(words)) {
            wrong.push(format!("{body}: {message}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_time_is_that_of_all_actions_together() {
    let pause = "await new Promise((done) => setTimeout(done, 200));";
    let actions = [handler(pause), handler(pause)];
    let execution = post_login(&actions, event(), World::answering(&[]), &short()).await;
    assert!(matches!(execution.end, End::Failed { message, .. } if message.contains("longer than")));
    assert_eq!(execution.runs.len(), 2);
    assert_eq!(execution.runs[0].error, None);
}

#[tokio::test]
async fn whoever_gives_up_waiting_stops_the_action() {
    let world = World::answering(&[]);
    let body = "for (;;) { await require('auth0').ManagementClient && null; console.log('.'); }";
    let (actions, limits) = ([handler(body)], Limits::default());
    let waiting = post_login(&actions, event(), world.clone(), &limits);
    tokio::time::timeout(Duration::from_millis(100), waiting).await.unwrap_err();
    // The thread holds the host for as long as it runs.
    let began = Instant::now();
    while std::sync::Arc::strong_count(&world) > 1 {
        assert!(began.elapsed() < Duration::from_secs(5), "it still runs");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn fifty_run_side_by_side_on_one_thread_of_the_runtime() {
    let world = World::answering(&[("GET /users/1", 200, serde_json::json!({ "name": "Ada" }))]);
    let code = |number: usize| -> Action {
        match number % 5 {
            0 => handler("for (;;) {}"),
            1 => handler("throw new Error('no')"),
            2 => handler("const all = []; for (;;) all.push(new Array(10000).fill(0));"),
            _ => handler(&format!(
                "const {{ ManagementClient }} = require('auth0');
                 const user = await new ManagementClient({{ domain: 'd', token: 't' }}).users.get('1');
                 await new Promise((done) => setTimeout(done, 20));
                 api.idToken.setCustomClaim('seen', user.name + {number});"
            )),
        }
    };
    let limits = Limits { run_time: Duration::from_secs(3), memory: 16 << 20, ..Limits::default() };
    let one = |number: usize| {
        let (world, actions) = (world.clone(), [code(number)]);
        async move { post_login(&actions, event(), world, &limits).await }
    };
    let executions = futures::future::join_all((0..50).map(one)).await;
    for (number, execution) in executions.iter().enumerate() {
        match number % 5 {
            0..3 => assert!(matches!(execution.end, End::Failed { .. }), "{number}: {:?}", execution.end),
            _ => assert_eq!(execution.effects.id_token_claims["seen"], format!("Ada{number}")),
        }
    }
}

#[test]
fn code_that_does_not_compile_is_not_deployed() {
    let broken = "exports.onExecutePostLogin = async () => {};\n\nconst a = ;\n";
    let error = check(broken).unwrap_err();
    assert!(matches!(error, BuildError::Syntax { line: Some(3), .. }), "{error:?}");
    assert!(error.to_string().starts_with("SyntaxError: "), "{error}");
    assert_eq!(check("exports.onElse = async () => {};"), Err(BuildError::NoHandler));
    assert_eq!(check(&" ".repeat(MAX_CODE + 1)), Err(BuildError::TooLarge));
    assert!(matches!(check(&"(".repeat(MAX_CODE)), Err(BuildError::Syntax { .. })));
    assert!(matches!(check("export const onExecutePostLogin = 1;"), Err(BuildError::Syntax { .. })));
    check("#!/usr/bin/env node").unwrap_err();
    check("exports.onExecutePostLogin = function () { return [new.target, arguments]; };").unwrap();
    check(
        "const onExecutePostLogin = new.target; with ({}) { var octal = 017; } return; <!-- as in a browser",
    )
    .unwrap();
    check("throw new Error('not run'); exports.onExecutePostLogin = 1; // a comment at the end").unwrap();
}

/// What runs is the code in a function. Code that ends this function by itself would run when it is only compiled.
#[test]
fn code_that_leaves_its_function_is_not_deployed_and_does_not_run() {
    let began = Instant::now();
    for code in [
        "exports.onExecutePostLogin = async () => {}; }); (function () {",
        "}); for (;;); (function () { /* onExecutePostLogin */",
        "}, for (;;) {}, function () { /* onExecutePostLogin */",
        "}, (() => { for (;;); })(), function () { /* onExecutePostLogin */",
        "}((() => { for (;;); })()) + function () { /* onExecutePostLogin */",
        "} for (;;); function onExecutePostLogin() {",
        "} onExecutePostLogin: { for (;;);",
        "}) }); for (;;); (function () { (() => { /* onExecutePostLogin */",
        "}[(() => { for (;;); })()]; { /* onExecutePostLogin */",
        "}`${(() => { for (;;); })()}` + { /* onExecutePostLogin */",
        "} /* onExecutePostLogin",
        "} // onExecutePostLogin",
    ] {
        assert!(matches!(check(code), Err(BuildError::Syntax { .. })), "{code}");
    }
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}
