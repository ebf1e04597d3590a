//! What somebody enters to connect their identity provider: read, and checked against what their ticket allows.

use secrecy::SecretString;
use url::Url;

use super::offer::{Domains, Offer};
use crate::http::management::is_domain;
use crate::http::parameters::Parameters;

/// The form's fields as they were entered.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct Entered {
    pub(in crate::http) strategy: String,
    pub(in crate::http) address: String,
    pub(in crate::http) client_id: String,
    /// Goes in and is never shown.
    client_secret: SecretString,
    pub(in crate::http) domains: String,
}

/// What is wrong with which field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::http) struct Mistakes {
    pub(in crate::http) whole: Option<String>,
    pub(in crate::http) strategy: Option<String>,
    pub(in crate::http) address: Option<String>,
    pub(in crate::http) client_id: Option<String>,
    pub(in crate::http) client_secret: Option<String>,
    pub(in crate::http) domains: Option<String>,
}

/// What was entered, when it makes sense.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) provider: Option<Provider>,
    pub(super) domains: Vec<String>,
}

/// The identity provider to connect.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) strategy: &'static str,
    /// Without a slash at the end unless it was entered so.
    pub(super) issuer: String,
    pub(super) client_id: String,
    /// None keeps the one that there is.
    pub(super) client_secret: Option<SecretString>,
}

/// Auth0's limits of a connection's options.
const LONGEST_CLIENT_ID: usize = 255;
const LONGEST_SECRET: usize = 700;
const LONGEST_DISCOVERY_URL: usize = 255;
pub(super) const MOST_DOMAINS: usize = 1000;
pub(super) const DISCOVERY: &str = "/.well-known/openid-configuration";

impl Mistakes {
    pub(in crate::http) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first field that has one; without any, the first field there is.
    pub(super) fn first(&self, offer: &Offer) -> &'static str {
        let fields = [
            ("strategy", &self.strategy),
            ("address", &self.address),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
            ("domains", &self.domains),
        ];
        let wrong = fields.into_iter().find(|(_, mistake)| mistake.is_some()).map(|(name, _)| name);
        wrong.unwrap_or(match offer.strategies.as_slice() {
            _ if !offer.asks_for_provider => "domains",
            [_] => "address",
            _ => "strategy",
        })
    }
}

impl Entered {
    /// What the form holds at first.
    pub(super) fn suggested(offer: &Offer) -> Self {
        let strategy = match offer.strategies.as_slice() {
            [(only, _)] => (*only).to_owned(),
            _ => String::new(),
        };
        Self {
            strategy,
            address: offer.address.clone(),
            client_id: offer.client_id.clone(),
            client_secret: SecretString::default(),
            domains: offer.suggested_domains.join("\n"),
        }
    }

    pub(super) fn of(form: &Parameters) -> Self {
        let field = |name: &str| form.get(name).unwrap_or_default().trim().to_owned();
        Self {
            strategy: field("strategy"),
            address: field("address"),
            client_id: field("client_id"),
            client_secret: field("client_secret").into(),
            domains: field("domains"),
        }
    }

    /// Checks all fields at once, so that nobody mends one only to be told of the next.
    pub(super) fn check(&self, offer: &Offer) -> Result<Answers, Box<Mistakes>> {
        let mut mistakes = Mistakes::default();
        let provider = offer.asks_for_provider.then(|| self.provider(offer, &mut mistakes)).flatten();
        let domains = match self.domains(offer.domains) {
            Ok(domains) => domains,
            Err(text) => {
                mistakes.domains = Some(text);
                Vec::new()
            }
        };
        if mistakes.is_empty() { Ok(Answers { provider, domains }) } else { Err(Box::new(mistakes)) }
    }

    fn provider(&self, offer: &Offer, mistakes: &mut Mistakes) -> Option<Provider> {
        use secrecy::ExposeSecret as _;
        let chosen = offer.strategies.iter().find(|(name, _)| *name == self.strategy);
        if chosen.is_none() {
            mistakes.strategy = Some("Choose the kind of your identity provider".to_owned());
        }
        let strategy = chosen.map_or("oidc", |(name, _)| name);
        let issuer = issuer_of(strategy, &self.address);
        let issuer = issuer.map_err(|text| mistakes.address = Some(text.to_owned())).ok();
        let is_plain = |text: &str| !text.chars().any(char::is_control);
        if self.client_id.is_empty() || !is_plain(&self.client_id) {
            mistakes.client_id = Some("Enter the client ID that your identity provider gave you".to_owned());
        } else if self.client_id.chars().count() > LONGEST_CLIENT_ID {
            mistakes.client_id = Some(format!("A client ID has at most {LONGEST_CLIENT_ID} characters"));
        }
        let secret = self.client_secret.expose_secret();
        let keeps = |issuer: &String| offer.keeps_secret_for(issuer);
        if secret.is_empty() && offer.has_secret && issuer.as_ref().is_some_and(|issuer| !keeps(issuer)) {
            let why = "The address is another one: enter the client secret that you got there";
            mistakes.client_secret = Some(why.to_owned());
        } else if (secret.is_empty() && !offer.has_secret) || !is_plain(secret) {
            mistakes.client_secret =
                Some("Enter the client secret that your identity provider gave you".to_owned());
        } else if secret.chars().count() > LONGEST_SECRET {
            mistakes.client_secret = Some(format!("A client secret has at most {LONGEST_SECRET} characters"));
        }
        Some(Provider {
            strategy,
            issuer: issuer?,
            client_id: self.client_id.clone(),
            client_secret: (!secret.is_empty()).then(|| self.client_secret.clone()),
        })
    }

    fn domains(&self, wanted: Domains) -> Result<Vec<String>, String> {
        if wanted == Domains::NotAsked {
            return Ok(Vec::new());
        }
        let words = self.domains.split(|letter: char| letter.is_whitespace() || ",;".contains(letter));
        let mut domains: Vec<String> = Vec::new();
        for word in words.filter(|word| !word.is_empty()) {
            let domain = word.trim_start_matches('@').to_ascii_lowercase();
            if !is_domain(&domain) {
                return Err(format!("“{word}” is no domain: enter something like acme.example"));
            }
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        if domains.is_empty() && wanted == Domains::Required {
            return Err("Enter at least one domain of your e-mail addresses".to_owned());
        }
        if domains.len() > MOST_DOMAINS {
            return Err(format!("At most {MOST_DOMAINS} domains"));
        }
        Ok(domains)
    }
}

const NO_ISSUER: &str = "Enter the issuer's address, such as https://login.acme.example";
const NO_OKTA: &str = "Enter your Okta domain, such as acme.okta.com";

/// The issuer that somebody means who enters this for an identity provider of the kind.
pub(super) fn issuer_of(strategy: &str, entered: &str) -> Result<String, &'static str> {
    if strategy == "okta" { okta(entered) } else { issuer(entered) }
}

/// The issuer, from its own address or from that of its discovery document. It is written as it is understood: what was
/// checked is what is kept.
fn issuer(entered: &str) -> Result<String, &'static str> {
    let address = Url::parse(entered).map_err(|_| NO_ISSUER)?;
    let is_bare = address.username().is_empty()
        && address.password().is_none()
        && address.query().is_none()
        && address.fragment().is_none();
    if !matches!(address.scheme(), "http" | "https") || !address.has_host() || !is_bare {
        return Err(NO_ISSUER);
    }
    let understood = address.as_str();
    let issuer = match understood.strip_suffix(DISCOVERY) {
        Some(issuer) => issuer,
        None if entered.ends_with('/') => understood,
        None => understood.trim_end_matches('/'),
    };
    if issuer.len() + DISCOVERY.len() > LONGEST_DISCOVERY_URL {
        return Err("The address is too long");
    }
    Ok(issuer.to_owned())
}

/// The issuer of an Okta organization, from its domain or its address.
fn okta(entered: &str) -> Result<String, &'static str> {
    let host = entered.strip_prefix("https://").unwrap_or(entered).trim_end_matches('/');
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let is_port = port.is_empty() || port.parse::<u16>().is_ok();
    if !is_domain(&name.to_ascii_lowercase()) || !is_port {
        return Err(NO_OKTA);
    }
    issuer(&format!("https://{}", host.to_ascii_lowercase())).map_err(|_| NO_OKTA)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_known_by_either_address() {
        for (entered, expected) in [
            ("https://login.acme.example", Ok("https://login.acme.example")),
            ("https://acme.example/oidc/", Ok("https://acme.example/oidc/")),
            ("https://login.acme.example/.well-known/openid-configuration", Ok("https://login.acme.example")),
            ("http://127.0.0.1:9000", Ok("http://127.0.0.1:9000")),
            ("https:\\\\acme.example\\oidc", Ok("https://acme.example/oidc")),
            ("https://acme\t.example", Ok("https://acme.example")),
            ("https://ACME.example:443", Ok("https://acme.example")),
            ("https://acme.example/a\u{7}b", Ok("https://acme.example/a%07b")),
            ("login.acme.example", Err(NO_ISSUER)),
            ("javascript:alert(1)", Err(NO_ISSUER)),
            ("https://user:pass@acme.example", Err(NO_ISSUER)),
            ("https://acme.example?x=1", Err(NO_ISSUER)),
            ("https://acme.example#x", Err(NO_ISSUER)),
            ("", Err(NO_ISSUER)),
        ] {
            assert_eq!(issuer(entered).as_deref(), expected.as_deref(), "{entered}");
        }
        assert!(issuer(&format!("https://{}.example", "a".repeat(250))).is_err());
    }

    #[test]
    fn an_okta_domain_is_enough() {
        assert_eq!(okta("Acme.okta.com").unwrap(), "https://acme.okta.com");
        assert_eq!(okta("https://acme.okta.com/").unwrap(), "https://acme.okta.com");
        for wrong in ["acme", "acme.okta.com/x", "acme.okta.com:x", "ftp://acme.okta.com", ""] {
            assert_eq!(okta(wrong).unwrap_err(), NO_OKTA, "{wrong}");
        }
    }

    #[test]
    fn domains_are_separated_as_people_do() {
        let entered = |text: &str| Entered { domains: text.to_owned(), ..Entered::default() };
        let domains = entered("@Acme.example, acme.test;acme.example\nx.test").domains(Domains::Optional);
        assert_eq!(domains.unwrap(), ["acme.example", "acme.test", "x.test"]);
        assert!(entered("acme").domains(Domains::Optional).is_err());
        assert!(entered("").domains(Domains::Required).is_err());
        assert_eq!(entered("").domains(Domains::Optional).unwrap(), [""; 0]);
        assert_eq!(entered("acme.example").domains(Domains::NotAsked).unwrap(), [""; 0]);
    }
}
