//! What is true in Tenantry: values, rules and state machines.
//!
//! Nothing here is async, does I/O, or asks for the time or for randomness: callers pass a [`Timestamp`] in. That is
//! what makes every rule testable with a plain function call.

mod access_request;
mod actor;
mod address_list;
mod audit;
mod card;
mod claim_mapping;
mod conversion;
mod device;
mod display_name;
mod domain_proof;
mod email;
mod email_domain;
mod id;
mod invitation;
mod logo;
mod look;
mod member_order;
mod membership;
mod person_name;
mod plan;
pub mod post_login;
mod role;
mod saml_metadata;
mod sso_address;
mod sso_client;
mod sso_connection;
mod sso_request;
mod sso_upstream;
mod standing;
mod subscription;
mod tenant;
mod tested_login;
mod text_serde;
mod time;
mod user;

pub use access_request::AccessRequest;
pub use actor::{Actor, Administrator, NotPermitted, TenantActor};
pub use address_list::{AddressFault, AddressLine, AddressList, InvalidAddressList};
pub use audit::{AuditAction, AuditEntry, UnknownAuditAction};
pub use card::{CardNumber, InvalidCardNumber};
pub use claim_mapping::{ClaimMapping, InvalidClaimMapping, MOST_MAPPINGS};
pub use conversion::{Conversion, ConversionError, Stage};
pub use device::Device;
pub use display_name::{DisplayName, InvalidDisplayName};
pub use domain_proof::{DomainProof, InvalidProofToken, ProofState, ProofToken};
pub use email::{EmailAddress, InvalidEmailAddress};
pub use email_domain::{EmailDomain, InvalidEmailDomain};
pub use id::{
    CheckoutId, ConnectionId, ConversionId, Id, InvalidId, InvitationId, LogoId, PurchaseId, SessionHandle,
    SessionId, SsoConnectionId, SsoRequestId, TenantId, UserId, kind,
};
pub use invitation::{
    InvalidInvitationLifetime, InvalidInvitationMessage, InvalidTicket, Invitation, InvitationLifetime,
    InvitationLink, InvitationMessage, LoginConnection, LoginKind, Offer, OfferState, Ticket,
};
pub use logo::{InvalidLogo, Logo, PictureKind};
pub use look::{Branding, Colour, Colours, InvalidColour, InvalidLogoUrl, LogoUrl, Look};
pub use member_order::{InvalidMemberOrder, MemberKey, MemberOrder};
pub use membership::{FoundMember, InvalidMemberSearch, Member, MemberSearch, Membership};
pub use person_name::{InvalidPersonName, PersonName};
pub use plan::{Catalogue, CatalogueError, Entitlements, Plan, PlanId, Price, Seats, UnknownPlan};
pub use role::{Permission, Role, Roles, UnknownRole};
pub use saml_metadata::{InvalidSamlMetadata, SamlMetadata};
pub use sso_address::{DiscoveryUrl, InvalidDiscoveryUrl, InvalidMetadataUrl, MetadataUrl};
pub use sso_client::{ClientId, InvalidClientId, InvalidClientSecret};
pub use sso_connection::{
    Admission, ConnectionName, InvalidConnectionName, SsoConnection, SsoKind, SsoRegistration, UnknownSsoKind,
};
pub use sso_request::{
    AdmissionRules, Enforcement, NotReady, SsoFault, SsoRequest, SsoState, SsoStep, SsoTest, SsoTestOutcome,
    UnknownEnforcement,
};
pub use sso_upstream::{Expiring, Upstream, UpstreamTerms};
pub use standing::{Feature, Standing};
pub use subscription::{Holder, InvalidSubscription, Payment, Status, Subscription, Trial};
pub use tenant::{InvalidTenantName, Tenant, TenantName, TenantRef};
pub use tested_login::TestedLogin;
pub use time::{InvalidTimestamp, Timestamp};
pub use user::User;
