//! What the JavaScript of this crate calls in Rust, as one object `native` that Actions never see.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use aws_lc_rs::{digest, hmac};
use rquickjs::context::EvalOptions;
use rquickjs::function::{Func, Opt};
use rquickjs::{Ctx, Exception, FromJs, Function, IntoJs, Object, Result};
use serde_json::{Map, Value, json};

use super::calls::Api;
use super::unicode::{bytes_of, latin1};
use super::{Ended, Job, Work, url};
use crate::{ConsoleLine, Host, redirect_token};

/// How many lines of an Action's console are kept, and characters of a line.
const MAX_LINES: usize = 1000;
const MAX_LINE: usize = 256;
/// Random bytes that one call gives, as in browsers and in Node.
const MAX_RANDOM: u32 = 65_536;
/// Bytes of the arguments of one call of `api` as JSON: more than any of its limits lets through. What is read here takes
/// memory that the engine's own limit does not see.
const MAX_ARGUMENTS: usize = 256 << 10;
/// Bytes of a request to the host as JSON: more than its APIs take.
const MAX_REQUEST: usize = 1 << 20;

/// The parts of the JavaScript, each read when it is first asked for.
const PARTS: [(&str, &str); 9] = [
    ("globals", include_str!("../js/globals.js")),
    ("require", include_str!("../js/require.js")),
    ("api", include_str!("../js/api.js")),
    ("auth0", include_str!("../js/auth0.js")),
    ("bytes", include_str!("../js/bytes.js")),
    ("date", include_str!("../js/date.js")),
    ("timers", include_str!("../js/timers.js")),
    ("crypto", include_str!("../js/crypto.js")),
    ("url", include_str!("../js/url.js")),
];

/// Prepares the globals and answers what the engine calls back.
pub(super) fn install<'js>(ctx: &Ctx<'js>, job: &Job<'_>, work: &Rc<RefCell<Work>>) -> Result<Object<'js>> {
    let native = Object::new(ctx.clone())?;
    native.set("handler", job.handler)?;
    native.set("auth0", job.action.auth0_major())?;
    native.set("source", Func::from(|ctx: Ctx<'js>, name: String| source(&ctx, &name)))?;
    clock_and_randomness(&native, job)?;
    reports(&native, job, work)?;
    tokens(&native, job.host)?;
    cache(&native, job.host)?;
    calls(&native, job, work)?;
    bytes(&native)?;
    url::install(&native)?;
    source(ctx, "globals")?.call((native,))
}

/// Evaluates a script.
pub(super) fn evaluate<'js, T: FromJs<'js>>(ctx: &Ctx<'js>, source: String, file: &str) -> Result<T> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(file.to_owned());
    ctx.eval_with_options(source, options)
}

fn source<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Function<'js>> {
    match PARTS.iter().find(|(part, _)| *part == name) {
        Some((_, source)) => evaluate(ctx, (*source).to_owned(), &format!("tenantry:{name}")),
        None => Err(Exception::throw_reference(ctx, name)),
    }
}

fn clock_and_randomness(native: &Object<'_>, job: &Job<'_>) -> Result<()> {
    let host = Arc::clone(job.host);
    native.set("now", Func::from(move || as_number(host.now_ms())))?;
    let began = job.calls.began();
    native.set("elapsed", Func::from(move || began.elapsed().as_secs_f64() * 1000.0))?;
    let host = Arc::clone(job.host);
    native.set("fraction", Func::from(move || fraction(host.as_ref())))?;
    let host = Arc::clone(job.host);
    let random = move |ctx: Ctx<'_>, length: u32| -> Result<String> {
        if length > MAX_RANDOM {
            return Err(Exception::throw_range(&ctx, &format!("More than {MAX_RANDOM} random bytes")));
        }
        let mut bytes = vec![0; length as usize];
        host.random(&mut bytes);
        Ok(latin1(&bytes))
    };
    native.set("randomBytes", Func::from(random))
}

/// A number from 0 to below 1, of 53 random bits.
#[expect(clippy::cast_precision_loss, reason = "53 bits are what a number holds")]
fn fraction(host: &dyn Host) -> f64 {
    let mut bytes = [0; 8];
    host.random(&mut bytes);
    (u64::from_le_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn as_number(milliseconds: i64) -> f64 {
    milliseconds as f64
}

fn reports(native: &Object<'_>, job: &Job<'_>, work: &Rc<RefCell<Work>>) -> Result<()> {
    let shared = Rc::clone(work);
    let log = move |level: String, text: String| {
        let mut work = shared.borrow_mut();
        if work.console.len() < MAX_LINES {
            let kept = |text: String| text.chars().take(MAX_LINE).collect();
            work.console.push(ConsoleLine { level: kept(level), text: kept(text) });
        }
    };
    native.set("log", Func::from(log))?;
    let shared = Rc::clone(work);
    let finish = move |message: Opt<Option<String>>| {
        let ended = message.0.flatten().map_or(Ended::Well, Ended::Threw);
        shared.borrow_mut().finished.get_or_insert(ended);
    };
    native.set("finish", Func::from(finish))?;
    let (shared, host) = (Rc::clone(work), Arc::clone(job.host));
    let wish = move |ctx: Ctx<'_>, method: String, arguments: String| -> Result<()> {
        if arguments.len() > MAX_ARGUMENTS {
            return Err(Exception::throw_range(
                &ctx,
                &format!("api.{method}: more than 256 kB of arguments"),
            ));
        }
        let arguments: Vec<Value> = parsed(&ctx, &arguments)?;
        let outcome = shared.borrow_mut().wishes.apply(&method, &arguments, host.now_ms());
        outcome.map_err(|refused| Exception::throw_message(&ctx, &refused.to_string()))
    };
    native.set("wish", Func::from(wish))
}

fn tokens(native: &Object<'_>, host: &Arc<dyn Host>) -> Result<()> {
    let encode = |ctx: Ctx<'_>, secret: String, claims: String| -> Result<String> {
        let claims: Map<String, Value> = parsed(&ctx, &claims)?;
        Ok(redirect_token::encode(&secret, &claims))
    };
    native.set("encodeToken", Func::from(encode))?;
    let host = Arc::clone(host);
    let decode = move |ctx: Ctx<'_>, secret: String, token: String, state: String| -> Result<String> {
        let state = Some(state.as_str()).filter(|state| !state.is_empty());
        let claims = redirect_token::decode(&secret, &token, state, host.now_ms());
        let claims = claims.map_err(|error| Exception::throw_message(&ctx, &error.to_string()))?;
        Ok(Value::Object(claims).to_string())
    };
    native.set("decodeToken", Func::from(decode))
}

fn cache(native: &Object<'_>, host: &Arc<dyn Host>) -> Result<()> {
    let shared = Arc::clone(host);
    let get = move |key: String| {
        let entry = shared.cache().get(&key, shared.now_ms())?;
        Some(json!({ "value": entry.value, "expires_at": entry.expires_at }).to_string())
    };
    native.set("cacheGet", Func::from(move |key: String| Maybe(get(key))))?;
    let shared = Arc::clone(host);
    let set = move |key: String, value: String, expires_at: f64| {
        // No wish is an infinite time.
        #[expect(clippy::cast_possible_truncation, reason = "a time beyond the range is as good as its end")]
        let expires_at = expires_at.is_finite().then_some(expires_at as i64);
        match shared.cache().set(&key, &value, expires_at, shared.now_ms()) {
            Ok(entry) => json!({
                "type": "success",
                "record": { "key": key, "value": entry.value, "expires_at": entry.expires_at },
            }),
            Err(error) => {
                json!({ "type": "error", "code": format!("{error:?}"), "message": error.to_string() })
            }
        }
        .to_string()
    };
    native.set("cacheSet", Func::from(set))?;
    let shared = Arc::clone(host);
    native.set("cacheDelete", Func::from(move |key: String| shared.cache().delete(&key)))
}

fn calls(native: &Object<'_>, job: &Job<'_>, work: &Rc<RefCell<Work>>) -> Result<()> {
    let (line, work) = (job.calls.line(), Rc::clone(work));
    let call = move |ctx: Ctx<'_>, id: u32, api: String, request: String| -> Result<()> {
        if request.len() > MAX_REQUEST {
            return Err(Exception::throw_range(&ctx, "A request of more than 1 MB"));
        }
        let api = if api == "authentication" { Api::Authentication } else { Api::Management };
        if !line.begin(id, api, &parsed(&ctx, &request)?) {
            return Err(Exception::throw_message(&ctx, "Too many requests are under way"));
        }
        work.borrow_mut().begun += 1;
        Ok(())
    };
    native.set("call", Func::from(call))
}

fn bytes(native: &Object<'_>) -> Result<()> {
    native.set("utf8", Func::from(|text: String| latin1(text.as_bytes())))?;
    let from_utf8 = |bytes: String| String::from_utf8_lossy(&bytes_of(&bytes)).into_owned();
    native.set("fromUtf8", Func::from(from_utf8))?;
    let hash = |ctx: Ctx<'_>, algorithm: String, data: String| -> Result<String> {
        let algorithm = match algorithm.as_str() {
            "sha256" => &digest::SHA256,
            "sha384" => &digest::SHA384,
            "sha512" => &digest::SHA512,
            "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            _ => return Err(no_digest(&ctx, &algorithm)),
        };
        Ok(latin1(digest::digest(algorithm, &bytes_of(&data)).as_ref()))
    };
    native.set("hash", Func::from(hash))?;
    let mac = |ctx: Ctx<'_>, algorithm: String, key: String, data: String| -> Result<String> {
        let algorithm = match algorithm.as_str() {
            "sha256" => hmac::HMAC_SHA256,
            "sha384" => hmac::HMAC_SHA384,
            "sha512" => hmac::HMAC_SHA512,
            "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            _ => return Err(no_digest(&ctx, &algorithm)),
        };
        let key = hmac::Key::new(algorithm, &bytes_of(&key));
        Ok(latin1(hmac::sign(&key, &bytes_of(&data)).as_ref()))
    };
    native.set("hmac", Func::from(mac))
}

fn no_digest(ctx: &Ctx<'_>, algorithm: &str) -> rquickjs::Error {
    Exception::throw_message(ctx, &format!("The digest {algorithm} is not available here"))
}

/// JSON that this crate's JavaScript wrote. What an Action puts into it can still be too deep to read.
fn parsed<T: serde::de::DeserializeOwned>(ctx: &Ctx<'_>, json: &str) -> Result<T> {
    serde_json::from_str(json)
        .map_err(|error| Exception::throw_type(ctx, &format!("Not a JSON value: {error}")))
}

/// A value or `undefined`.
pub(super) struct Maybe(pub(super) Option<String>);

impl<'js> IntoJs<'js> for Maybe {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<rquickjs::Value<'js>> {
        match self.0 {
            Some(text) => text.into_js(ctx),
            None => Ok(rquickjs::Value::new_undefined(ctx.clone())),
        }
    }
}
