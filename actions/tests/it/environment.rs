//! The world as an Action sees it.

use serde_json::json;

use crate::world::{action, event, handler, lines, logged, run};

#[tokio::test]
async fn secrets_are_those_of_the_action_alone() {
    let code = "exports.onExecutePostLogin = (event) => console.log(event.secrets);";
    let (mut first, second) = (action("first", code), action("second", code));
    first.secrets.insert("key".to_owned(), "value".to_owned());
    assert_eq!(lines(&run(&[first, second], event()).await), [r#"{"key":"value"}"#, "{}"]);
}

#[tokio::test]
async fn nothing_passes_from_one_action_to_the_next() {
    let actions = [
        handler(
            "globalThis.left = 1; Object.prototype.behind = 1; Array.prototype.map = null; event.user.name = 'changed';
             Object.getPrototypeOf(event).evil = 1; Date.now = () => 0; setTimeout(() => console.log('late'), 50);
             Promise.resolve().then(() => Promise.resolve()).then(() => {});",
        ),
        handler(
            "await new Promise((done) => setTimeout(done, 80));
             console.log(typeof left, {}.behind, typeof [].map, event.user.name, event.evil, Date.now() > 0);",
        ),
    ];
    let execution = run(&actions, event()).await;
    assert_eq!(lines(&execution), ["undefined undefined function undefined undefined true"]);
}

#[tokio::test]
async fn the_console_is_cut_and_counted() {
    let body = "console.log('x'.repeat(1000)); console.info('a', 1, { b: [2] }, null, undefined, () => 1);
      console.warn(new Error('oh')); console.error('é'.repeat(300)); console.debug();
      const circle = {}; circle.circle = circle; console.log(circle, Symbol('s'), 1n);
      for (let line = 0; line < 5000; line += 1) console.log(line);";
    let execution = run(&[handler(body)], event()).await;
    let console = &execution.runs[0].console;
    assert_eq!(console[0].text, "x".repeat(256));
    assert_eq!(
        (console[1].level.as_str(), console[1].text.as_str()),
        ("info", r#"a 1 {"b":[2]} null undefined [Function: (anonymous)]"#)
    );
    assert!(console[2].text.starts_with("Error: oh"));
    assert_eq!(console[3].text.chars().count(), 256);
    assert_eq!(console[4].text, "");
    assert_eq!(console[5].text, "[object with a circle] Symbol(s) 1");
    assert_eq!(console.len(), 1000);
}

#[tokio::test]
async fn dates_follow_the_clock_of_the_host_in_utc() {
    let lines = logged(
        "console.log(Date.now(), new Date().toISOString(), new Date() instanceof Date, typeof Date());
         const day = new Date(2024, 1, 29, 12, 30); console.log(day.toISOString(), day.getHours(), day.getTimezoneOffset());
         console.log(day.toString()); console.log(day.toLocaleString(), day.toDateString());
         console.log(new Date('2024-01-01T00:00:00').toISOString(), new Date('2024-01-01').getTime());
         console.log(new Date('2024-01-01T00:00:00+02:00').toISOString(), new Date('Jan 5, 2024 10:00').toISOString());
         console.log(new Date(day).getTime() === day.getTime(), new Date(NaN).getTime(), new Date('x').toString());
         class Later extends Date { later() { return this.getTime() + 1; } } console.log(new Later(5).later());
         const end = new Date(0); end.setDate(end.getDate() + 31); end.setHours(5); console.log(JSON.stringify(end));
         console.log(Date.name, Date.length, new Date(0).constructor === Date, Date.UTC(1970, 0, 2));
         console.log(`${new Date(0)}`.length > 10, new Date(5) - new Date(2), new Date(new Date(7)).valueOf(), new Date(null).getTime());",
    )
    .await;
    assert_eq!(
        lines,
        [
            "1726531108392 2024-09-16T23:58:28.392Z true string",
            "2024-02-29T12:30:00.000Z 12 0",
            "Thu Feb 29 2024 12:30:00 GMT+0000 (Coordinated Universal Time)",
            "2/29/2024, 12:30:00 PM Thu Feb 29 2024",
            "2024-01-01T00:00:00.000Z 1704067200000",
            "2023-12-31T22:00:00.000Z 2024-01-05T10:00:00.000Z",
            "true NaN Invalid Date",
            "6",
            "\"1970-02-01T05:00:00.000Z\"",
            "Date 7 true 86400000",
            "true 3 7 0",
        ]
    );
}

#[tokio::test]
async fn randomness_is_that_of_the_host() {
    let body = "const { randomUUID, randomBytes } = require('node:crypto');
      console.log(Math.random(), Math.random() < 1, randomUUID(), randomBytes(4).toString('hex'), crypto.randomUUID().length);";
    let first = logged(body).await;
    assert_eq!(first, logged(body).await);
    let words: Vec<_> = first[0].split(' ').collect();
    assert!(words[0].parse::<f64>().is_ok_and(|number| (0.0..1.0).contains(&number)), "{words:?}");
    assert_eq!((words[1], words[2].len(), &words[2][14..15], words[4]), ("true", 36, "4", "36"));
}

#[tokio::test]
async fn hashes_are_those_of_node() {
    let lines = logged(
        "const { createHash, createHmac } = require('crypto');
         console.log(createHash('sha256').update('abc').digest('hex'));
         console.log(createHmac('SHA256', 'key').update('a').update('é').digest('base64'));
         console.log(createHash('sha1').update(Buffer.from('616263', 'hex')).digest().length);
         try { createHash('md5').update('a').digest(); } catch (e) { console.log(e.message); }",
    )
    .await;
    assert_eq!(
        lines,
        [
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            HMAC,
            "20",
            "The digest md5 is not available here",
        ]
    );
}

/// `echo -n 'aé' | openssl dgst -sha256 -hmac key -binary | base64`
const HMAC: &str = "nGUAoYN/tJDMMAfWmRRw7T/oMNeC8fukgU+iz/EcOYQ=";

#[tokio::test]
async fn bytes_and_text_change_into_each_other() {
    let lines = logged(
        "console.log(Buffer.from('héllo ✓').toString('base64'), Buffer.from('aMOpbGxvIOKckw==', 'base64').toString());
         console.log(Buffer.from('a?>b').toString('base64url'), Buffer.from('ff00', 'hex').toString('hex'), btoa('abc'), atob('YWJj'));
         console.log(new TextDecoder().decode(new TextEncoder().encode('✓')), new TextEncoder().encode('✓').length);
         console.log(Buffer.concat([Buffer.from('a'), Buffer.from([98, 99])]).toString(), Buffer.isBuffer(Buffer.alloc(2)), Buffer.byteLength('é'));
         console.log(Buffer.from('a').equals(Buffer.from('a')), JSON.stringify(Buffer.from('a')), Buffer.from('\\ud800').toString('hex'));
         console.log(require('buffer').Buffer === Buffer);",
    )
    .await;
    assert_eq!(
        lines,
        [
            "aMOpbGxvIOKckw== héllo ✓",
            "YT8-Yg ff00 YWJj abc",
            "✓ 3",
            "abc true 2",
            r#"true {"type":"Buffer","data":[97]} efbfbd"#,
            "true",
        ]
    );
}

#[tokio::test]
async fn urls_are_read_and_built() {
    let lines = logged(
        "const url = new URL('/a b?x=1&y=%20#z', 'https://user:pw@acme.example:8443/base/');
         console.log(url.href, url.host, url.hostname, url.port, url.pathname, url.search, url.hash, url.origin, url.username);
         url.searchParams.append('q', 'a b&c'); url.searchParams.delete('y'); url.pathname = '/p'; url.hash = '';
         console.log(String(url), url.searchParams.get('q'), JSON.stringify([...url.searchParams]));
         url.search = '?n=2'; console.log(url.searchParams.get('n'), url.toJSON());
         try { new URL('nowhere'); } catch (e) { console.log(e.name, e.code); }
         console.log(new URLSearchParams({ a: '1', b: 'x y' }).toString(), new URLSearchParams('a=1&a=2').getAll('a').length, URL.canParse('x:'));",
    )
    .await;
    assert_eq!(
        lines,
        [
            "https://user:pw@acme.example:8443/a%20b?x=1&y=%20#z acme.example:8443 acme.example 8443 /a%20b ?x=1&y=%20 #z https://acme.example:8443 user",
            r#"https://user:pw@acme.example:8443/p?x=1&q=a+b%26c a b&c [["x","1"],["q","a b&c"]]"#,
            "2 https://user:pw@acme.example:8443/p?n=2",
            "TypeError ERR_INVALID_URL",
            "a=1&b=x+y 2 true",
        ]
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let lines = logged(
        "for (const name of ['axios', 'fs', 'node:fs', 'constructor', '__proto__', '']) {
           try { require(name); } catch (e) { console.log(e.code, e.message); }
         }
         console.log(typeof fetch, typeof native, typeof shared, typeof std, typeof os, Object.keys(process.env).length);",
    )
    .await;
    assert_eq!(lines[0], "MODULE_NOT_FOUND Cannot find module 'axios'");
    assert_eq!(lines[2], "MODULE_NOT_FOUND Cannot find module 'node:fs'");
    assert!(lines[..6].iter().all(|line| line.starts_with("MODULE_NOT_FOUND")), "{lines:?}");
    assert_eq!(lines[6], "undefined undefined undefined undefined undefined 0");
}

#[tokio::test]
async fn timers_run_in_the_order_in_which_they_are_due() {
    let lines = logged(
        "const seen = [];
         setTimeout(() => seen.push('late'), 30); setTimeout((word) => seen.push(word), 5, 'early');
         clearTimeout(setTimeout(() => seen.push('never'), 1)); setImmediate(() => seen.push('now'));
         let count = 0; const ticking = setInterval(() => { if (++count === 2) clearInterval(ticking); seen.push('tick'); }, 8);
         queueMicrotask(() => seen.push('first'));
         await new Promise((done) => setTimeout(done, 60)); console.log(seen.join());",
    )
    .await;
    assert_eq!(lines, ["first,now,early,tick,tick,late"]);
}

#[tokio::test]
async fn a_trivial_action_takes_little_time() {
    let actions = [handler("api.idToken.setCustomClaim('a', 1);")];
    let mut shortest = std::time::Duration::MAX;
    for _ in 0..20 {
        let began = std::time::Instant::now();
        assert_eq!(run(&actions, event()).await.effects.id_token_claims["a"], json!(1));
        shortest = shortest.min(began.elapsed());
    }
    println!("shortest execution: {shortest:?}");
    assert!(shortest < std::time::Duration::from_millis(20), "{shortest:?}");
}
