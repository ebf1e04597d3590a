//! What to do at each kind of identity provider: the steps, and which of its fields takes what.

use tenantry_domain::SsoKind;

/// Instructions for one kind of provider.
pub(crate) struct Guide {
    /// What people call it.
    pub(crate) name: &'static str,
    /// What it is called where one is sent there.
    pub(crate) there: &'static str,
    /// For whom it is, in a few words.
    pub(crate) about: &'static str,
    /// Where to begin.
    pub(crate) place: &'static str,
    /// What to do there, in order.
    pub(crate) steps: &'static [&'static str],
    /// Fields of its form that take a value of ours or one of a few: what the picture shows.
    pub(crate) form: &'static [(&'static str, Filled)],
    /// What its discovery URL looks like.
    pub(crate) discovery_example: &'static str,
    /// What its discovery URL is, where it is the same for everybody.
    pub(crate) discovery_url: &'static str,
    /// Whether it never says that an address was verified.
    pub(crate) never_verifies: bool,
}

/// What stands in a field of the provider's form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filled {
    /// The address to which people come back.
    Callback,
    /// What we are called.
    EntityId,
    /// The product's name.
    Product,
    /// This text.
    Text(&'static str),
}

impl Filled {
    /// What the field shows.
    pub(crate) fn shown<'a>(self, callback: &'a str, entity_id: &'a str, product: &'a str) -> &'a str {
        match self {
            Self::Callback => callback,
            Self::EntityId => entity_id,
            Self::Product => product,
            Self::Text(text) => text,
        }
    }
}

/// Every kind, in the order in which they are offered.
pub(crate) const KINDS: [SsoKind; 5] =
    [SsoKind::Okta, SsoKind::EntraId, SsoKind::GoogleWorkspace, SsoKind::OpenIdConnect, SsoKind::Saml];

const OKTA: Guide = Guide {
    name: "Okta Workforce",
    there: "Okta Workforce",
    about: "Your people sign in with Okta",
    place: "Okta Admin Console, Applications",
    steps: &[
        "Choose Create App Integration, then OIDC - OpenID Connect and Web Application.",
        "Leave Authorization Code as the grant type.",
        "Paste the sign-in redirect URI from below and save.",
        "Under Assignments, choose who may use it.",
        "Copy the client ID and the client secret from the General tab.",
    ],
    form: &[
        ("App integration name", Filled::Product),
        ("Grant type", Filled::Text("Authorization Code")),
        ("Sign-in redirect URIs", Filled::Callback),
        ("Controlled access", Filled::Text("Limit access to selected groups")),
    ],
    discovery_example: "https://acme.okta.com/.well-known/openid-configuration",
    discovery_url: "",
    never_verifies: false,
};

const ENTRA_ID: Guide = Guide {
    name: "Microsoft Entra ID",
    there: "Microsoft Entra ID",
    about: "Your people sign in with Microsoft 365",
    place: "Microsoft Entra admin center, App registrations",
    steps: &[
        "Choose New registration, and accounts in this organizational directory only.",
        "As redirect URI choose Web and paste the address from below.",
        "Under Certificates & secrets make a new client secret. Copy its Value at once, not its Secret ID.",
        "Under Token configuration add the optional claim email to the ID token.",
        "On the overview open Endpoints and copy the OpenID Connect metadata document.",
    ],
    form: &[
        ("Supported account types", Filled::Text("This organizational directory only")),
        ("Redirect URI (Web)", Filled::Callback),
        ("Optional claim (ID token)", Filled::Text("email")),
    ],
    discovery_example: "https://login.microsoftonline.com/TENANT-ID/v2.0/.well-known/openid-configuration",
    discovery_url: "",
    never_verifies: true,
};

const GOOGLE_WORKSPACE: Guide = Guide {
    name: "Google Workspace",
    there: "Google Workspace",
    about: "Your people sign in with their work account at Google",
    place: "Google Cloud console, APIs & Services",
    steps: &[
        "On the OAuth consent screen choose Internal, so that your own people alone come in.",
        "Under Credentials create an OAuth client ID for a Web application.",
        "Paste the authorized redirect URI from below.",
        "Copy the client ID and the client secret.",
    ],
    form: &[
        ("User type", Filled::Text("Internal")),
        ("Application type", Filled::Text("Web application")),
        ("Authorized redirect URIs", Filled::Callback),
    ],
    discovery_example: "https://accounts.google.com/.well-known/openid-configuration",
    discovery_url: "https://accounts.google.com/.well-known/openid-configuration",
    never_verifies: false,
};

const OPENID_CONNECT: Guide = Guide {
    name: "OpenID Connect",
    there: "your provider",
    about: "Any other provider that speaks the standard",
    place: "Your identity provider’s administration",
    steps: &[
        "Make a confidential web application, sometimes called a client.",
        "Allow the authorization code flow, with PKCE if you can choose.",
        "Paste the redirect URI from below.",
        "Allow the scopes openid, profile and email.",
        "Copy the client ID, the client secret and the discovery URL.",
    ],
    form: &[
        ("Application type", Filled::Text("Web, confidential")),
        ("Grant type", Filled::Text("Authorization code")),
        ("Redirect URI", Filled::Callback),
        ("Scopes", Filled::Text("openid profile email")),
    ],
    discovery_example: "https://login.acme.example/.well-known/openid-configuration",
    discovery_url: "",
    never_verifies: false,
};

const SAML: Guide = Guide {
    name: "SAML 2.0",
    there: "your provider",
    about: "A provider that speaks SAML, such as ADFS or PingFederate",
    place: "Your identity provider’s administration",
    steps: &[
        "Make a SAML 2.0 application.",
        "Paste the entity ID and the assertion consumer service URL from below.",
        "Sign the assertion or the response, with SHA-256, and do not encrypt them.",
        "Send the attributes email, given_name and family_name, and email_verified as true where you know that it is.",
        "Copy the address of its metadata, or download them.",
    ],
    form: &[
        ("Audience, or entity ID", Filled::EntityId),
        ("Assertion consumer service", Filled::Callback),
        ("Signature algorithm", Filled::Text("RSA-SHA256")),
        ("Attributes", Filled::Text("email, given_name, family_name")),
    ],
    discovery_example: "https://login.acme.example/saml/metadata.xml",
    discovery_url: "",
    never_verifies: true,
};

/// The instructions for this kind of provider.
pub(crate) fn guide(kind: SsoKind) -> &'static Guide {
    match kind {
        SsoKind::OpenIdConnect => &OPENID_CONNECT,
        SsoKind::Okta => &OKTA,
        SsoKind::EntraId => &ENTRA_ID,
        SsoKind::GoogleWorkspace => &GOOGLE_WORKSPACE,
        SsoKind::Saml => &SAML,
    }
}
