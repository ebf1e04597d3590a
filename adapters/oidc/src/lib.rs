//! OpenID Connect relying party: discovery, keys, the code exchange and the verification of tokens, for every
//! adapter that trusts another issuer.
//!
//! A [`RelyingParty`] is one client at one issuer. What it accepts is settled by its configuration alone: the
//! algorithms are pinned, endpoints are read once and kept, and a token is believed only after every check passed.

mod authorization;
mod claims;
mod client_check;
mod discovery;
mod document;
mod error;
mod http;
mod id_token;
mod issuer;
mod jws;
mod key_cache;
mod keys;
mod logout_token;
mod pkce;
mod probe;
mod public_address;
mod refresh;
mod refusal;
mod rejected;
mod relying_party;
mod single_flight;
mod token_endpoint;
mod upstream_fault;
mod userinfo;
mod watch;

pub use authorization::AuthorizationRequest;
pub use discovery::{Metadata, MetadataRejected};
pub use error::{Endpoint, OidcError, ResponseFault};
pub use http::{BodyError, MAX_BODY_BYTES, http_client, http_client_for, read_body, retry_after};
pub use id_token::IdToken;
pub use issuer::{InvalidIssuer, Issuer};
pub use jws::SigningAlgorithm;
pub use logout_token::LoggedOut;
pub use pkce::{Pkce, random_token};
pub use probe::{GuardedProbe, Names, Reach, SystemNames};
pub use refresh::Refreshed;
pub use refusal::refusal;
pub use rejected::TokenRejected;
pub use relying_party::{Registration, RelyingParty};
pub use token_endpoint::{ClientAuthentication, CodeExchange, TokenResponse};
pub use userinfo::with_userinfo;
