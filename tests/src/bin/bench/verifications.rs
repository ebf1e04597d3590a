//! ID tokens that a relying party verifies, beside the bare check of the same signatures.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenantry_oidc::{Issuer, Registration, RelyingParty, http_client_for};
use tenantry_ports::Clock;
use tenantry_system::SystemClock;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

use crate::load::median;
use crate::table::{Budget, Table};

const CLIENT_ID: &str = "bench";
const NONCE: &str = "the-nonce-of-this-login";
/// So many different tokens, so that nothing could be believed for having been seen before.
const TOKENS: usize = 256;
/// Two cores.
const TASKS: usize = 2;
/// How often each of the two is measured, one after the other.
const TURNS: u32 = 5;

/// Measures both in turns. Medians count.
pub(crate) async fn measure(table: &mut Table, each: Duration) -> Result<()> {
    let key = KeyPair::generate(KeySize::Rsa2048).map_err(|_| anyhow!("no key"))?;
    let issuer = issuer_with(&key).await?;
    let tokens: Arc<[String]> =
        (0..TOKENS).map(|number| token(&key, &issuer, number)).collect::<Result<_>>()?;
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref().to_vec());
    let party = Arc::new(relying_party(&issuer)?);
    // The issuer's endpoints and keys are read once, before it counts.
    party.verify_id_token(tokens.first().context("no token")?, NONCE, None).await?;

    let turn = each / TURNS;
    let (mut bare, mut whole) = (Vec::new(), Vec::new());
    for round in 0..=TURNS {
        let figures =
            (signatures(&public, &tokens, turn).await?, verifications(&party, &tokens, turn).await?);
        if round > 0 {
            bare.push(figures.0);
            whole.push(figures.1);
        }
    }
    let (bare, whole) = (median(bare.into_iter()), median(whole.into_iter()));
    let show = |figure: f64| format!("{figure:.0} a second");
    table.row("RS256 signatures checked, bare, two threads", &show(bare), Budget::None, bare);
    table.row("ID tokens verified, every check, two threads", &show(whole), Budget::None, whole);
    let ratio = whole / bare;
    table.row("  of the bare checks", &format!("{ratio:.2}"), Budget::AtLeast(0.5), ratio);
    Ok(())
}

async fn signatures(key: &UnparsedPublicKey<Vec<u8>>, tokens: &Arc<[String]>, time: Duration) -> Result<f64> {
    let key = key.clone();
    repeat(time, tokens, move |token| {
        let key = key.clone();
        async move {
            let (signed, signature) = token.rsplit_once('.').context("no signature")?;
            let signature = URL_SAFE_NO_PAD.decode(signature)?;
            key.verify(signed.as_bytes(), &signature).map_err(|_| anyhow!("a good signature is refused"))
        }
    })
    .await
}

async fn verifications(party: &Arc<RelyingParty>, tokens: &Arc<[String]>, time: Duration) -> Result<f64> {
    let party = Arc::clone(party);
    repeat(time, tokens, move |token| {
        let party = Arc::clone(&party);
        async move { Ok(party.verify_id_token(&token, NONCE, None).await.map(drop)?) }
    })
    .await
}

/// How often a second `check` is done on the tokens, by one task a core.
async fn repeat<F>(
    time: Duration,
    tokens: &Arc<[String]>,
    check: impl Fn(String) -> F + Clone + Send + 'static,
) -> Result<f64>
where
    F: Future<Output = Result<()>> + Send,
{
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (tokens, check) = (Arc::clone(tokens), check.clone());
        tasks.spawn(async move {
            let mut count = 0_u32;
            for token in tokens.iter().cycle() {
                if begin.elapsed() >= time {
                    break;
                }
                check(token.clone()).await?;
                count += 1;
            }
            anyhow::Ok(count)
        });
    }
    let mut count = 0_u32;
    while let Some(done) = tasks.join_next().await {
        count += done??;
    }
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}

/// An issuer with this key, which answers until the program ends.
async fn issuer_with(key: &KeyPair) -> Result<Url> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let issuer = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
    let at = |path: &str| issuer.join(path).map(String::from);
    let metadata = json!({
        "issuer": issuer,
        "authorization_endpoint": at("authorize")?,
        "token_endpoint": at("token")?,
        "jwks_uri": at("keys")?,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let public = PublicKeyComponents::<Vec<u8>>::from(key.public_key());
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let jwk = json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "bench", "n": number(&public.n), "e": number(&public.e),
    });
    let answer = |value: Value| get(move || async move { Json(value) });
    let router = Router::new()
        .route("/.well-known/openid-configuration", answer(metadata))
        .route("/keys", answer(json!({ "keys": [jwk] })));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(issuer)
}

fn relying_party(issuer: &Url) -> Result<RelyingParty> {
    let issuer = Issuer::try_from(issuer.as_str())?;
    let http = http_client_for(&issuer)?;
    let registration = Registration {
        issuer,
        client_id: CLIENT_ID.to_owned(),
        client_secret: "not-a-secret".into(),
        redirect_uri: Url::parse("http://localhost:3000/callback")?,
    };
    Ok(RelyingParty::new(registration, Arc::new(SystemClock), http))
}

/// A token like those of a login: the claims of a person in an organization.
fn token(key: &KeyPair, issuer: &Url, number: usize) -> Result<String> {
    let now = SystemClock.now().as_seconds();
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = encoded(&json!({ "alg": "RS256", "typ": "JWT", "kid": "bench" }));
    let claims = encoded(&json!({
        "iss": issuer, "sub": format!("auth0|{number:024}"), "aud": CLIENT_ID, "iat": now, "exp": now + 36_000,
        "nonce": NONCE, "sid": "a-session-at-the-issuer", "name": "Ann Example", "email": "ann@example.com",
        "email_verified": true, "picture": "https://example.com/ann.png", "org_id": "org_bench00000000001",
        "subscription": "team;2027-09-17T23:58:28.392Z;active", "member_roles": ["Administrator"],
    }));
    let signed = format!("{header}.{claims}");
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign_digest(&RSA_PKCS1_SHA256, &digest(&SHA256, signed.as_bytes()), &mut signature)
        .map_err(|_| anyhow!("not signed"))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
