//! What is true in Tenantry: values, rules and state machines.
//!
//! Nothing here is async, does I/O, or asks for the time or for randomness: callers pass a [`Timestamp`] in. That is
//! what makes every rule testable with a plain function call.

mod actor;
mod address_list;
mod audit;
mod card;
mod conversion;
mod display_name;
mod email;
mod id;
mod invitation;
mod logo;
mod look;
mod membership;
mod plan;
pub mod post_login;
mod role;
mod standing;
mod subscription;
mod tenant;
mod time;
mod user;

pub use actor::{Actor, Administrator, NotPermitted, TenantActor};
pub use address_list::{AddressFault, AddressLine, AddressList, InvalidAddressList};
pub use audit::{AuditAction, AuditEntry, UnknownAuditAction};
pub use card::{CardNumber, InvalidCardNumber};
pub use conversion::{Conversion, ConversionError, Stage};
pub use display_name::{DisplayName, InvalidDisplayName};
pub use email::{EmailAddress, InvalidEmailAddress};
pub use id::{
    CheckoutId, ConnectionId, ConversionId, Id, InvalidId, InvitationId, LogoId, PurchaseId, SessionId,
    TenantId, UserId, kind,
};
pub use invitation::{
    InvalidInvitationLifetime, InvalidInvitationMessage, InvalidTicket, Invitation, InvitationLifetime,
    InvitationLink, InvitationMessage, LoginConnection, LoginKind, Offer, OfferState, Ticket,
};
pub use logo::{InvalidLogo, Logo, PictureKind};
pub use look::{Branding, Colour, Colours, InvalidColour, InvalidLogoUrl, LogoUrl, Look};
pub use membership::{FoundMember, InvalidMemberSearch, Member, MemberSearch, Membership};
pub use plan::{Catalogue, CatalogueError, Entitlements, Plan, PlanId, Price, Seats, UnknownPlan};
pub use role::{Permission, Role, Roles, UnknownRole};
pub use standing::{Feature, Standing};
pub use subscription::{Holder, InvalidSubscription, Payment, Status, Subscription, Trial};
pub use tenant::{InvalidTenantName, Tenant, TenantName, TenantRef};
pub use time::{InvalidTimestamp, Timestamp};
pub use user::User;
