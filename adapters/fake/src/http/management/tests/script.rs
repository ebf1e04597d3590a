//! Scripts of calls and what is answered, one a line:
//!
//! ```text
//! POST /organizations {"name": "acme"} => 201 as acme
//! GET /organizations/{acme.id} => 200
//! GET /organizations/org_none => 404
//! POST /organizations {"name": "acme"} => 409 organization_conflict
//! wait 3600
//! ```
//!
//! `{name.property}` stands for a property of the answer that was kept under the name, `{name.0.property}` for one of
//! the first item of a list. `wait 60` lets so many seconds pass; `repeat 3 POST …` makes the call three times, with `{n}`
//! from 1 to 3. Lines that are indented go on with the one before.

use std::collections::HashMap;

use axum::http::Method;
use serde_json::Value;

/// One line of a script.
pub(super) enum Step {
    Wait(u64),
    Call(Line),
}

pub(super) struct Line {
    pub(super) number: usize,
    pub(super) method: Method,
    path: String,
    body: Option<String>,
    pub(super) status: u16,
    pub(super) code: Option<String>,
    pub(super) keep: Option<String>,
}

/// The answers that were kept.
pub(super) type Kept = HashMap<String, Value>;

pub(super) fn parse(script: &str) -> Vec<Step> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, line) in script.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match lines.last_mut() {
            Some((_, last)) if line.starts_with(' ') => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => lines.push((index + 1, line.trim_end().to_owned())),
        }
    }
    let mut steps = Vec::new();
    for (number, line) in &lines {
        match line.strip_prefix("repeat ").and_then(|rest| rest.split_once(' ')) {
            Some((times, line)) => {
                let times: usize = times.parse().unwrap();
                steps.extend((1..=times).map(|n| step(*number, &line.replace("{n}", &n.to_string()))));
            }
            None => steps.push(step(*number, line)),
        }
    }
    steps
}

fn step(number: usize, line: &str) -> Step {
    if let Some(seconds) = line.strip_prefix("wait ") {
        return Step::Wait(seconds.parse().unwrap());
    }
    let (asked, answered) = line.split_once(" => ").unwrap_or_else(|| panic!("line {number}: no =>"));
    let (method, rest) = asked.split_once(' ').unwrap_or_else(|| panic!("line {number}: no path"));
    let (path, body) = match rest.split_once(' ') {
        Some((path, body)) => (path, Some(body.to_owned())),
        None => (rest, None),
    };
    let (answered, keep) = match answered.split_once(" as ") {
        Some((answered, name)) => (answered, Some(name.trim().to_owned())),
        None => (answered, None),
    };
    let mut answered = answered.split_whitespace();
    Step::Call(Line {
        number,
        method: method.parse().unwrap(),
        path: path.to_owned(),
        body,
        status: answered.next().unwrap().parse().unwrap(),
        code: answered.next().map(str::to_owned),
        keep,
    })
}

impl Line {
    /// The path with what stands in braces filled in and encoded.
    pub(super) fn path(&self, kept: &Kept) -> String {
        let encode = |text: &str| {
            let pairs = [("%", "%25"), ("|", "%7C"), ("#", "%23"), (" ", "%20"), ("\"", "%22")];
            pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
        };
        // What a line spells out may be encoded already.
        let filled = fill(&self.path, kept, encode);
        filled.replace('|', "%7C").replace('"', "%22")
    }

    pub(super) fn body(&self, kept: &Kept) -> Option<Value> {
        let text = fill(self.body.as_ref()?, kept, str::to_owned);
        let json = serde_json::from_str(&text);
        Some(json.unwrap_or_else(|error| panic!("line {}: {error}: {text}", self.number)))
    }
}

/// Replaces `{name.property}`. Braces of JSON are followed by a quote, a space or another brace, never by a name.
fn fill(text: &str, kept: &Kept, encode: impl Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        let inside = &rest[start + 1..];
        let end = inside.find('}').unwrap_or(inside.len());
        let name = &inside[..end];
        let is_name = name.starts_with(|letter: char| letter.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if is_name {
            filled.push_str(&encode(&value(name, kept)));
            rest = &inside[end + 1..];
        } else {
            filled.push('{');
            rest = inside;
        }
    }
    filled + rest
}

fn value(name: &str, kept: &Kept) -> String {
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or_default();
    let root = kept.get(first).unwrap_or_else(|| panic!("nothing was kept as {first}"));
    let found = parts.fold(root, |value, part| {
        let next = part.parse::<usize>().ok().and_then(|index| value.get(index)).or_else(|| value.get(part));
        next.unwrap_or_else(|| panic!("no {part} of {name} in {root}"))
    });
    found.as_str().map_or_else(|| found.to_string(), str::to_owned)
}
