//! How a login goes, decided on the state alone: nothing here knows HTTP.

mod action_event;
mod actions;
mod admission;
mod attribute_map;
mod authorization_request;
mod browser;
mod callback;
mod callback_urls;
mod conclusion;
mod credentials;
mod entry;
mod federated;
mod first_page;
mod home_realm;
mod invitation;
mod logs;
mod membership;
mod options;
mod pending;
mod post_login;
mod redeem;
mod saml_attributes;
mod settle;
mod stand_in;
mod tickets;
mod transactions;

use tenantry_domain::Timestamp;
use url::Url;

use crate::ids::Ids;

pub(crate) use action_event::{ExchangeShown, RequestShown, event_of_exchange, event_of_login};
pub(crate) use actions::{Exchange, bound, come_back, conclude_actions, conclude_exchange, has_actions};
pub(crate) use admission::pickable_organizations;
pub(crate) use attribute_map::reads_userinfo;
pub(crate) use authorization_request::{Refusal, check};
pub(crate) use browser::Browser;
pub(crate) use callback::{Callback, CallbackError, address};
pub(crate) use conclusion::Steps;
pub(crate) use credentials::{SignUpError, hash_to_check, sign_up};
pub(crate) use entry::{Choice, Next, begin, choose_organization, pick_organization, resume};
pub(crate) use federated::federated;
pub(crate) use home_realm::{home_realm, organizations_of_address};
pub(crate) use invitation::{Invited, invited};
pub(crate) use logs::{entry as log_entry, failed, failed_upstream};
pub(crate) use options::{Button, Options, options};
pub(crate) use pending::Pending;
pub(crate) use post_login::{MEMBER_ROLES, post_login_claims};
pub(crate) use redeem::{RedeemError, Redemption, redeem};
pub(crate) use stand_in::{Identity, known_identities, stand_in};
pub(crate) use tickets::{
    Onward, PasswordChangeError, TICKET_LIFETIME, TicketError, change_password, holder, issue_ticket,
    send_ticket, ticket, verify_email,
};
pub(crate) use transactions::{finish, sweep};

/// What a login needs besides the state.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) issuer: &'a Url,
    pub(crate) now: Timestamp,
    pub(crate) ids: &'a Ids,
    /// How long a newcomer's trial lasts.
    pub(crate) trial_days: u32,
}

/// The pages that a login may have to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Login,
    SignUp,
    Identifier,
    OrganizationPrompt,
    OrganizationPicker,
    StandIn,
}
