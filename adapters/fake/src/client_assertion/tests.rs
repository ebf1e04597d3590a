use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::*;
use crate::public_key::PublicKey;

const CLIENT: &str = "Xk29bTqLr8ZvNw3yPd6HsM1cJe7FgA5u";
const NOW: i64 = 1_772_445_600;

struct Signer {
    key: EncodingKey,
    credential: ClientCredential,
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

fn signer(id: &str, algorithm: SignatureAlgorithm) -> Signer {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public = PublicKey::of_pem(&pem("RSA PUBLIC KEY", pair.public_key().as_ref())).unwrap().0;
    let now = Timestamp::from_seconds(NOW);
    Signer {
        key: EncodingKey::from_rsa_pem(pem("PRIVATE KEY", private.as_ref()).as_bytes()).unwrap(),
        credential: ClientCredential {
            id: id.to_owned(),
            client_id: CLIENT.to_owned(),
            name: None,
            kid: public.thumbprint(),
            algorithm,
            key: public,
            created_at: now,
            updated_at: now,
            expires_at: None,
        },
    }
}

fn issuer() -> Url {
    "https://acme.example/".parse().unwrap()
}

fn claims(more: &Value) -> Value {
    let mut claims = json!({
        "iss": CLIENT, "sub": CLIENT, "aud": "https://acme.example/", "iat": NOW, "exp": NOW + 60, "jti": "j1",
    });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn signed(signer: &Signer, algorithm: Algorithm, kid: Option<&str>, claims: &Value) -> String {
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, claims, &signer.key).unwrap()
}

fn verified(assertion: &str, credentials: &[ClientCredential]) -> Result<SpentAssertion, AssertionError> {
    verify(assertion, CLIENT, &issuer(), credentials, Timestamp::from_seconds(NOW))
}

#[test]
fn a_client_is_believed_with_any_of_its_keys_named_or_not() {
    let first = signer("cred_1", SignatureAlgorithm::Rs256);
    let second = signer("cred_2", SignatureAlgorithm::Ps256);
    let third = signer("cred_3", SignatureAlgorithm::Rs384);
    let own = [&first, &second, &third].map(|signer| signer.credential.clone());
    for (signer, algorithm) in
        [(&first, Algorithm::RS256), (&second, Algorithm::PS256), (&third, Algorithm::RS384)]
    {
        for kid in [None, Some(signer.credential.kid.as_str())] {
            let assertion = signed(signer, algorithm, kid, &claims(&json!({})));
            let spent = verified(&assertion, &own).unwrap();
            assert_eq!(spent, SpentAssertion::new(CLIENT, "j1", Timestamp::from_seconds(NOW + 60)));
        }
    }
}

#[test]
fn rp14_rp15_rp16_a_signature_that_is_not_of_a_registered_key_is_not_believed() {
    let (own, foreign) =
        (signer("cred_1", SignatureAlgorithm::Rs256), signer("cred_2", SignatureAlgorithm::Rs256));
    let registered = [own.credential.clone()];
    let refused = |assertion: &str| verified(assertion, &registered).unwrap_err();
    let body = claims(&json!({}));
    assert_eq!(refused(&signed(&foreign, Algorithm::RS256, None, &body)), AssertionError::Signature);
    let foreign_kid = Some(foreign.credential.kid.as_str());
    assert_eq!(refused(&signed(&own, Algorithm::RS256, foreign_kid, &body)), AssertionError::UnknownKey);
    for algorithm in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256] {
        assert_eq!(refused(&signed(&own, algorithm, None, &body)), AssertionError::Algorithm);
    }
    let encode = |text: String| URL_SAFE_NO_PAD.encode(text);
    let unsigned = |header: Value| format!("{}.{}.", encode(header.to_string()), encode(body.to_string()));
    for name in ["none", "nOnE", "HS256", ""] {
        assert_eq!(refused(&unsigned(json!({ "alg": name }))), AssertionError::Algorithm, "{name}");
    }
    assert_eq!(refused(&unsigned(json!({ "alg": "RS256" }))), AssertionError::Signature);
    assert_eq!(refused(&unsigned(json!({ "alg": "RS256", "crit": ["x"] }))), AssertionError::Critical);
    assert_eq!(refused(&unsigned(json!({ "alg": "RS256", "kid": 7 }))), AssertionError::UnknownKey);
    for nonsense in ["", "a.b", "a.b.c", "e30.e30"] {
        assert_eq!(refused(nonsense), AssertionError::Malformed, "{nonsense}");
    }
    let none: [ClientCredential; 0] = [];
    let good = signed(&own, Algorithm::RS256, None, &body);
    assert_eq!(verified(&good, &none).unwrap_err(), AssertionError::UnknownKey);
    let ended = ClientCredential { expires_at: Some(Timestamp::from_seconds(NOW)), ..own.credential };
    assert_eq!(verified(&good, &[ended]).unwrap_err(), AssertionError::KeyExpired);
}

#[test]
fn an_assertion_says_whose_it_is_for_whom_and_until_when() {
    let own = signer("cred_1", SignatureAlgorithm::Rs256);
    let registered = [own.credential.clone()];
    let outcome =
        |more: Value| verified(&signed(&own, Algorithm::RS256, None, &claims(&more)), &registered).err();
    let long = "j".repeat(65);
    for (more, expected) in [
        (json!({ "iss": "other" }), Some(AssertionError::Issuer)),
        (json!({ "iss": null }), Some(AssertionError::Claim("iss"))),
        (json!({ "sub": "other" }), Some(AssertionError::Subject)),
        (json!({ "sub": 7 }), Some(AssertionError::Claim("sub"))),
        (json!({ "aud": "https://acme.example" }), Some(AssertionError::Audience)),
        (json!({ "aud": "https://acme.example/oauth/token" }), Some(AssertionError::Audience)),
        (json!({ "aud": null }), Some(AssertionError::Audience)),
        (json!({ "aud": ["https://other.example/", "https://acme.example/"] }), None),
        (json!({ "jti": null }), Some(AssertionError::Claim("jti"))),
        (json!({ "jti": "" }), Some(AssertionError::Claim("jti"))),
        (json!({ "jti": long }), Some(AssertionError::Claim("jti"))),
        (json!({ "exp": null }), Some(AssertionError::Claim("exp"))),
        (json!({ "exp": "never" }), Some(AssertionError::Claim("exp"))),
        (json!({ "exp": NOW }), Some(AssertionError::Expired)),
        (json!({ "exp": NOW + 1 }), None),
        (json!({ "exp": NOW + 300 }), None),
        (json!({ "exp": NOW + 301 }), Some(AssertionError::Lifetime)),
        (json!({ "exp": i64::MAX, "iat": 0 }), Some(AssertionError::Lifetime)),
        (json!({ "exp": NOW + 301, "iat": null }), Some(AssertionError::Lifetime)),
        (json!({ "exp": 1_772_445_660.75, "iat": null }), None),
        (json!({ "iat": NOW + 10 }), None),
        (json!({ "iat": NOW + 11 }), Some(AssertionError::IssuedInFuture)),
        (json!({ "nbf": NOW + 10 }), None),
        (json!({ "nbf": NOW + 11 }), Some(AssertionError::NotYetValid)),
        (json!({ "nbf": [] }), Some(AssertionError::Claim("nbf"))),
    ] {
        assert_eq!(outcome(more.clone()), expected, "{more}");
    }
}
