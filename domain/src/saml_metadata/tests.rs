//! What is read of metadata, and what is refused.

use super::*;

/// Self-signed, with a key that nobody has.
const CERTIFICATE: &str = "MIIBgjCCASegAwIBAgIUDYNLTnKXVCjjX3frEa318M4VmTIwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAwwLaWRwLmV4YW1wbGUw\
    HhcNMjYxMTI4MjAwOTI3WhcNMzYxMTI1MjAwOTI3WjAWMRQwEgYDVQQDDAtpZHAuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqG\
    SM49AwEHA0IABFx4G1P9C3AONQ8O0IDKIhxOE6BcYRb/tgZW/UgDk61mccuZvNEPmC16JiZkz5YyQ/vOtwDgUUK/uTomgHoA\
    HYSjUzBRMB0GA1UdDgQWBBTLI21bvl/p7LGKORAoL5Q8L1muRTAfBgNVHSMEGDAWgBTLI21bvl/p7LGKORAoL5Q8L1muRTAP\
    BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDK4Fl5uN2gRerqv22stqmm88mA8Un5rE4wz1KME9rVPAIhAJ9i\
    8dwy2cAuGLi97mxsqcjsqkuq+6ifaEdpFhe8TVuP";

fn metadata(id: &str, location: &str, certificate: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><md:EntityDescriptor xmlns:md=\"{METADATA}\" xmlns:ds=\"{SIGNATURE}\" entityID=\"{id}\">\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\"><md:KeyDescriptor use=\"signing\"><ds:KeyInfo>\
         <ds:X509Data><ds:X509Certificate>\n  {certificate}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
         </md:KeyDescriptor><md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         Location=\"https://idp.example/post\"/><md:SingleSignOnService Binding=\"{REDIRECT}\" Location=\"{location}\"/>\
         </md:IDPSSODescriptor></md:EntityDescriptor>"
    )
}

#[test]
fn what_is_used_of_it_is_read_and_written_again() {
    let xml =
        metadata("https://idp.example/?a=1&amp;b=2", "https://idp.example/sso?x=1&amp;y=2", CERTIFICATE);
    let read = SamlMetadata::read(&xml).unwrap();
    assert_eq!(read.entity_id(), "https://idp.example/?a=1&b=2");
    assert_eq!(read.sign_in_url().as_str(), "https://idp.example/sso?x=1&y=2");
    assert_eq!(
        read.fingerprints(),
        ["E7:6B:B3:AB:3A:A3:76:4B:A6:1F:80:F4:25:83:0A:52:F7:AE:29:48:EC:F8:C4:65:F6:8B:54:48:B1:5B:A2:87"]
    );
    assert_eq!(read.expires_at().to_string(), "2036-11-25T20:09:27.000Z");
    assert_eq!(SamlMetadata::read(&read.to_xml()).unwrap(), read);
}

#[test]
fn a_description_among_others_is_found_when_it_is_the_only_one() {
    let one = metadata("https://idp.example", "https://idp.example/sso", CERTIFICATE);
    let one = one.trim_start_matches("<?xml version=\"1.0\"?>");
    let other = format!(
        "<EntityDescriptor xmlns=\"{METADATA}\" entityID=\"x\"><SPSSODescriptor/></EntityDescriptor>"
    );
    let all =
        |inside: &str| format!("<EntitiesDescriptor xmlns=\"{METADATA}\">{inside}</EntitiesDescriptor>");
    assert_eq!(
        SamlMetadata::read(&all(&format!("{other}{one}"))).unwrap().entity_id(),
        "https://idp.example"
    );
    let both = SamlMetadata::read(&all(&format!("{one}{one}")));
    assert_eq!(both, Err(InvalidSamlMetadata::Several));
    assert_eq!(SamlMetadata::read(&all(&other)), Err(InvalidSamlMetadata::NoIdentityProvider));
}

#[test]
fn the_earliest_end_that_it_or_what_is_around_it_names_counts() {
    let one = metadata("https://idp.example", "https://idp.example/sso", CERTIFICATE);
    let one = one.trim_start_matches("<?xml version=\"1.0\"?>");
    let of = |xml: &str| SamlMetadata::read(xml).map(|read| read.valid_until().map(|end| end.to_string()));
    let named = |name: &str, end: &str| one.replace(name, &format!("{name} validUntil=\"{end}\""));
    let within = |end: &str, inside: &str| {
        format!("<EntitiesDescriptor xmlns=\"{METADATA}\" validUntil=\"{end}\">{inside}</EntitiesDescriptor>")
    };
    let (early, late) = ("2027-01-31T00:00:00Z", "2028-01-31T00:00:00.0000000Z");
    assert_eq!(of(one), Ok(None));
    let first = Ok(Some("2027-01-31T00:00:00.000Z".to_owned()));
    assert_eq!(of(&named("<md:EntityDescriptor", early)), first);
    assert_eq!(of(&named("<md:IDPSSODescriptor", "2027-01-31T01:00:00+01:00")), first);
    assert_eq!(of(&within(late, &named("<md:EntityDescriptor", early))), first);
    assert_eq!(of(&within(early, &named("<md:EntityDescriptor", late))), first);
    for end in ["soon", "2027-01-31", ""] {
        assert_eq!(of(&named("<md:EntityDescriptor", end)), Err(InvalidSamlMetadata::ValidUntil), "{end}");
    }
    assert!(!SamlMetadata::read(&within(early, one)).unwrap().to_xml().contains("validUntil"));
}

#[test]
fn no_encoding_is_guessed() {
    let declaring = |name: &str| format!("<?xml version='1.0' encoding = '{name}'?>\n<a b=\"\u{e9}\"/>");
    for fine in [
        declaring("UTF-8"),
        format!("\u{feff}{}", declaring("utf-8")),
        declaring("ISO-8859-1").replace('\u{e9}', "e"),
        "<a b=\"\u{e9}\"/>".to_owned(),
    ] {
        assert_eq!(SamlMetadata::text(fine.as_bytes()), Ok(&*fine));
    }
    let utf_16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf_16 = [&[0xff, 0xfe][..], &utf_16].concat();
    for other in [b"<a b=\"\xe9\"/>".to_vec(), utf_16, declaring("ISO-8859-1").into_bytes()] {
        assert_eq!(SamlMetadata::text(&other), Err(InvalidSamlMetadata::Encoding));
    }
    // How large it is comes first: nobody is sent to an editor with what is too large in any encoding.
    assert_eq!(SamlMetadata::text(&vec![0xe9; 256 * 1024 + 1]), Err(InvalidSamlMetadata::Length));
}

#[test]
fn what_can_not_be_used_says_why() {
    let id = "https://idp.example";
    let sso = "https://idp.example/sso";
    for (xml, why) in [
        (String::new(), InvalidSamlMetadata::Empty),
        (" ".repeat(300_000) + "x".repeat(300_000).as_str(), InvalidSamlMetadata::Length),
        ("{\"issuer\":1}".to_owned(), InvalidSamlMetadata::Xml),
        (
            format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{}", metadata(id, sso, CERTIFICATE)),
            InvalidSamlMetadata::Doctype,
        ),
        ("<a/>".to_owned(), InvalidSamlMetadata::NoIdentityProvider),
        (metadata("", sso, CERTIFICATE), InvalidSamlMetadata::EntityId),
        (metadata(&"x".repeat(1025), sso, CERTIFICATE), InvalidSamlMetadata::EntityId),
        (metadata(id, "http://idp.example/sso", CERTIFICATE), InvalidSamlMetadata::SignIn),
        (metadata(id, "https://user@idp.example/sso", CERTIFICATE), InvalidSamlMetadata::SignIn),
        (metadata(id, "javascript:alert(1)", CERTIFICATE), InvalidSamlMetadata::SignIn),
        (metadata(id, "http://127.0.0.1/sso", CERTIFICATE), InvalidSamlMetadata::SignIn),
        (metadata(id, sso, ""), InvalidSamlMetadata::Certificates),
        (metadata(id, sso, "AAAA"), InvalidSamlMetadata::Certificates),
    ] {
        assert_eq!(SamlMetadata::read(&xml), Err(why), "{}", &xml[..xml.len().min(200)]);
    }
    assert!(SamlMetadata::for_development(&metadata(id, "http://127.0.0.1/sso", CERTIFICATE)).is_ok());
}
