//! Signed answers that somebody has wrapped in others of their own: what the lists of SAML Raider and of samael call XSW1
//! to XSW8, and their relatives. Whoever does it has an account, and with it signed answers.

use super::{BO, Corp, EMAIL, SUBJECT};
use crate::saml_idp::{Draft, Signed};

/// Whom the attacker would like to be.
const ADMIN: &str = "the-admin";

/// A signed answer, in its parts.
struct Parts {
    whole: String,
    assertion: String,
    signature: String,
}

impl Parts {
    fn of(xml: &str) -> Self {
        let part = |name: &str| {
            let (from, to) = (format!("<{name}"), format!("</{name}>"));
            let from = xml.find(&from).unwrap();
            let to = xml.rfind(&to).unwrap() + to.len();
            xml[from..to].to_owned()
        };
        Self { whole: xml.to_owned(), assertion: part("saml:Assertion"), signature: part("ds:Signature") }
    }

    fn unsigned(&self, part: &str) -> String {
        part.replacen(&self.signature, "", 1)
    }

    /// The assertion, without its signature.
    fn bare(&self) -> String {
        self.unsigned(&self.assertion)
    }

    /// The attacker's assertion, signature and all.
    fn forged(&self) -> String {
        forged(&self.assertion)
    }

    fn with_assertion(&self, replacement: &str) -> String {
        self.whole.replacen(&self.assertion, replacement, 1)
    }

    /// The signature, with something more in it.
    fn signature_around(&self, more: &str) -> String {
        self.signature.replacen("</ds:Signature>", &format!("{more}</ds:Signature>"), 1)
    }
}

/// The same about somebody else, under another id; what a signature says of ids stays.
fn forged(xml: &str) -> String {
    xml.replacen(" ID=\"", " ID=\"evil", 1).replace(SUBJECT, ADMIN).replace(EMAIL, "admin@corp.example")
}

/// The rewritten answer lets nobody in, where an honest one does.
async fn refused(signed: Signed, rewrite: impl Fn(&Parts) -> String + Send + Sync + 'static) -> String {
    let corp = Corp::new().await;
    corp.idp.changes(move |draft| draft.signed = signed);
    assert_eq!(corp.claims().await["sub"], BO);
    corp.idp.rewrites(move |xml| rewrite(&Parts::of(xml)));
    let (code, reason) = corp.refusal().await;
    assert_eq!(code, "access_denied");
    assert_eq!(corp.user(&format!("samlp|corp|{ADMIN}")).await["statusCode"], 404);
    reason
}

#[tokio::test]
async fn s16_xsw1_the_signed_response_in_the_signature_of_another() {
    refused(Signed::Response, |parts| {
        let inner = parts.unsigned(&parts.whole);
        let outer = forged(&parts.unsigned(&parts.whole));
        let issuer = outer.find("</saml:Issuer>").unwrap() + "</saml:Issuer>".len();
        format!("{}{}{}", &outer[..issuer], parts.signature_around(&inner), &outer[issuer..])
    })
    .await;
}

#[tokio::test]
async fn s16_xsw2_the_signed_response_beside_its_signature_in_another() {
    refused(Signed::Response, |parts| {
        let inner = parts.unsigned(&parts.whole);
        let outer = forged(&parts.unsigned(&parts.whole));
        let issuer = outer.find("</saml:Issuer>").unwrap() + "</saml:Issuer>".len();
        format!("{}{inner}{}{}", &outer[..issuer], parts.signature, &outer[issuer..])
    })
    .await;
}

#[tokio::test]
async fn s16_xsw3_another_assertion_before_the_signed_one() {
    let reason = refused(Signed::Assertion, |parts| {
        parts.with_assertion(&format!("{}{}", forged(&parts.bare()), parts.assertion))
    })
    .await;
    assert_eq!(reason, "A SAMLResponse can contain only one Assertion element.");
}

#[tokio::test]
async fn s16_xsw4_the_signed_assertion_in_another() {
    refused(Signed::Assertion, |parts| {
        let outer = forged(&parts.bare());
        let inner = format!("{}</saml:Assertion>", parts.assertion);
        parts.with_assertion(&outer.replacen("</saml:Assertion>", &inner, 1))
    })
    .await;
}

#[tokio::test]
async fn s16_xsw5_the_signature_in_another_assertion_and_the_signed_one_after_it() {
    refused(Signed::Assertion, |parts| parts.with_assertion(&format!("{}{}", parts.forged(), parts.bare())))
        .await;
}

#[tokio::test]
async fn s16_xsw6_the_signed_assertion_in_its_signature_in_another() {
    refused(Signed::Assertion, |parts| {
        let around = parts.signature_around(&parts.bare());
        parts.with_assertion(&parts.forged().replacen(&parts.signature, &around, 1))
    })
    .await;
}

#[tokio::test]
async fn s16_xsw7_another_assertion_in_extensions() {
    refused(Signed::Assertion, |parts| {
        let extensions = format!("<samlp:Extensions>{}</samlp:Extensions>", forged(&parts.bare()));
        parts.with_assertion(&format!("{extensions}{}", parts.assertion))
    })
    .await;
}

#[tokio::test]
async fn s16_xsw8_the_signed_assertion_in_an_object_of_its_signature() {
    refused(Signed::Assertion, |parts| {
        let object = format!("<ds:Object>{}</ds:Object>", parts.bare());
        let around = parts.signature_around(&object);
        parts.with_assertion(&parts.forged().replacen(&parts.signature, &around, 1))
    })
    .await;
}

#[tokio::test]
async fn s16_two_assertions_are_none() {
    let reason = refused(Signed::Assertion, |parts| {
        let second = forged(&parts.bare());
        parts.with_assertion(&format!("{}{second}", parts.assertion))
    })
    .await;
    assert_eq!(reason, "A SAMLResponse can contain only one Assertion element.");
}

#[tokio::test]
async fn s16_the_same_id_twice_is_refused() {
    refused(Signed::Assertion, |parts| {
        let extensions = format!("<samlp:Extensions>{}</samlp:Extensions>", parts.bare());
        parts.with_assertion(&format!("{extensions}{}", parts.assertion))
    })
    .await;
}

#[tokio::test]
async fn s16_a_signature_over_something_else_vouches_for_nothing() {
    // The identity provider signed the one element; its signature stands in the assertion.
    let words = "Signature check errors: a signature covers something else than what it stands in";
    let reason = refused(Signed::Assertion, |parts| {
        let signed = parts.bare().replace("saml:Assertion", "saml:Evidence");
        let rest = format!("<samlp:Extensions>{signed}</samlp:Extensions>{}", parts.forged());
        parts.with_assertion(&rest)
    })
    .await;
    assert_eq!(reason, words);
    for uri in ["", "#xpointer(/)", "http://127.0.0.1:1/"] {
        let reason = refused(Signed::Assertion, move |parts| {
            let (from, _) = parts.whole.split_once("URI=\"").unwrap();
            let (_, to) = parts.whole.split_once("\"><ds:Transforms>").unwrap();
            format!("{from}URI=\"{uri}\"><ds:Transforms>{to}")
        })
        .await;
        assert_eq!(reason, words, "{uri}");
    }
}

#[tokio::test]
async fn s16_a_signature_elsewhere_vouches_for_nothing() {
    let reason = refused(Signed::Assertion, |parts| {
        let moved = format!("<samlp:Extensions>{}</samlp:Extensions>", parts.signature);
        parts.with_assertion(&format!("{moved}{}", parts.bare()))
    })
    .await;
    assert!(reason.starts_with("Signature check errors: "), "{reason}");
}

#[tokio::test]
async fn s16_what_was_changed_after_it_was_signed_is_refused() {
    for signed in [Signed::Assertion, Signed::Response, Signed::Both] {
        let reason = refused(signed, |parts| parts.whole.replace(SUBJECT, ADMIN)).await;
        assert!(reason.starts_with("Signature check errors: "), "{reason}");
    }
}

#[tokio::test]
async fn s16_old_and_strange_algorithms_are_refused() {
    for (here, instead, what) in [
        ("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1", "SignatureMethod"),
        ("2001/04/xmldsig-more#rsa-sha256", "2001/04/xmldsig-more#hmac-sha256", "SignatureMethod"),
        ("2001/04/xmldsig-more#rsa-sha256", "none", "SignatureMethod"),
        ("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1", "DigestMethod"),
        ("2000/09/xmldsig#enveloped-signature", "TR/1999/REC-xpath-19991116", "Transform"),
        ("2000/09/xmldsig#enveloped-signature", "TR/1999/REC-xslt-19991116", "Transform"),
    ] {
        let reason = refused(Signed::Assertion, move |parts| parts.whole.replace(here, instead)).await;
        let starts = reason.starts_with(&format!("Signature check errors: {what} "));
        assert!(starts && reason.ends_with(" is not accepted"), "{reason}");
    }
}

#[tokio::test]
async fn s16_nothing_stands_aside_in_a_signature() {
    let comment = "<ds:DigestValue><!-- forged -->";
    let reason =
        refused(Signed::Assertion, move |parts| parts.whole.replace("<ds:DigestValue>", comment)).await;
    assert!(reason.ends_with("covers something else than what it stands in"), "{reason}");
}

#[tokio::test]
async fn s16_a_document_type_is_refused() {
    let bomb = "<!DOCTYPE r [<!ENTITY a \"the-admin\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    let reason = refused(Signed::Assertion, move |parts| format!("{bomb}{}", parts.whole)).await;
    assert_eq!(reason, "XML is not a valid saml response");
}

/// Signatures leave comments out, so anybody can put one into a name.
#[tokio::test]
async fn s16_a_comment_in_a_name_does_not_cut_it_short() {
    const NAME: &str = "admin@corp.example.evil.example";
    for signed in [Signed::Assertion, Signed::Response] {
        let corp = Corp::new().await;
        corp.idp.changes(move |draft: &mut Draft| {
            draft.signed = signed;
            draft.name_id = NAME.to_owned();
        });
        corp.idp.rewrites(|xml| {
            let rewritten = xml.replace(NAME, "admin@corp.example<!---->.evil.example");
            assert_ne!(rewritten, xml);
            rewritten
        });
        assert_eq!(corp.claims().await["sub"], format!("samlp|corp|{NAME}"));
    }
}
