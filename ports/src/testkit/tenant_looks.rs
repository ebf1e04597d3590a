//! The contract of [`TenantLooks`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use tenantry_domain::{Branding, Colours, Logo, LogoId, Look, TenantId};

use crate::TenantLooks;

fn acme() -> TenantId {
    TenantId::try_from("org_acme").unwrap()
}

fn other() -> TenantId {
    TenantId::try_from("org_other").unwrap()
}

fn logo_id(text: &str) -> LogoId {
    LogoId::try_from(text).unwrap()
}

/// A PNG of one row of pixels, which `width` tells from others.
fn picture(width: u8) -> Logo {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0";
    Logo::try_from([&head[..], &[width], b"\0\0\0\x01\x08\x06\0\0\0\0\0\0\0"].concat()).unwrap()
}

fn garish() -> Branding {
    let colours = Colours { primary: "#ff00ff".parse().unwrap(), background: "#00ff00".parse().unwrap() };
    Branding { colours: Some(colours), logo: None }
}

/// What is shown is found as it was, for this tenant alone, and replaced as a whole.
pub async fn is_found_as_it_was_shown(looks: &impl TenantLooks) {
    assert_eq!(looks.find(&acme()).await.unwrap(), None);
    looks.show(&acme(), "Acme & \"Sons\"", &garish()).await.unwrap();
    let shown = Look { display_name: "Acme & \"Sons\"".to_owned(), colours: garish().colours, logo: None };
    assert_eq!(looks.find(&acme()).await.unwrap(), Some(shown));
    looks.show(&acme(), "Acme", &Branding::default()).await.unwrap();
    let plain = Look { display_name: "Acme".to_owned(), colours: None, logo: None };
    assert_eq!(looks.find(&acme()).await.unwrap(), Some(plain));
    assert_eq!(looks.find(&other()).await.unwrap(), None);
}

/// A logo stays whatever else is shown, gives way to another, and is gone when it is removed.
pub async fn a_logo_stays_until_another_comes(looks: &impl TenantLooks) {
    let shown = async || looks.find(&acme()).await.unwrap().unwrap();
    looks.keep_logo(&acme(), "Acme", &logo_id("one"), &picture(1)).await.unwrap();
    assert_eq!(
        shown().await,
        Look { display_name: "Acme".to_owned(), colours: None, logo: Some(logo_id("one")) }
    );
    looks.show(&acme(), "Acme & Sons", &garish()).await.unwrap();
    assert_eq!(shown().await.logo, Some(logo_id("one")));
    assert_eq!(looks.logo(&logo_id("one")).await.unwrap(), Some(picture(1)));

    looks.keep_logo(&acme(), "not this", &logo_id("two"), &picture(2)).await.unwrap();
    assert_eq!(
        (shown().await.logo, shown().await.display_name.as_str()),
        (Some(logo_id("two")), "Acme & Sons")
    );
    assert_eq!(shown().await.colours, garish().colours);
    assert_eq!(looks.logo(&logo_id("one")).await.unwrap(), None);
    assert_eq!(looks.logo(&logo_id("two")).await.unwrap(), Some(picture(2)));

    for _ in 0..2 {
        looks.remove_logo(&acme()).await.unwrap();
        assert_eq!((shown().await.logo, shown().await.colours), (None, garish().colours));
        assert_eq!(looks.logo(&logo_id("two")).await.unwrap(), None);
    }
    looks.keep_logo(&acme(), "Acme", &logo_id("three"), &picture(3)).await.unwrap();
    looks.remove_logo(&other()).await.unwrap();
    assert_eq!(shown().await.logo, Some(logo_id("three")));
}

/// What is forgotten is gone, and nobody else's is.
pub async fn is_forgotten_alone(looks: &impl TenantLooks) {
    looks.keep_logo(&acme(), "Acme", &logo_id("one"), &picture(1)).await.unwrap();
    looks.keep_logo(&other(), "Other", &logo_id("two"), &picture(1)).await.unwrap();
    for _ in 0..2 {
        looks.forget(&acme()).await.unwrap();
        assert_eq!(looks.find(&acme()).await.unwrap(), None);
        assert_eq!(looks.logo(&logo_id("one")).await.unwrap(), None);
    }
    assert_eq!(looks.logo(&logo_id("two")).await.unwrap(), Some(picture(1)));
    assert!(looks.find(&other()).await.unwrap().is_some());
}
