//! Where somebody who is stuck on one of these pages can go: back to the application.

use url::Url;

use crate::fake::Core;
use crate::login::address;
use crate::model::{Client, Ticket};
use crate::store::State;

/// A link to an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WayOn {
    /// The application's name.
    pub(super) label: String,
    /// Its front page.
    pub(super) address: String,
}

impl WayOn {
    /// To the application that a login belongs to, or to the only one there is.
    pub(super) fn from_login(core: &Core, handle: Option<&str>) -> Option<Self> {
        let found = core.store.read(|state| {
            let login = handle.and_then(|handle| state.login_transactions.get(handle));
            let of_login = login.and_then(|login| state.clients.get(&login.request.client_id));
            let mut web = state.clients.iter().filter(|client| client.is_interactive());
            let only = || web.next().filter(|_| web.next().is_none());
            of_login.or_else(only).and_then(Self::to)
        });
        found.ok().flatten()
    }

    /// To the page where the ticket's application begins a login, else to its front page.
    pub(super) fn after_ticket(state: &State, ticket: &Ticket) -> Option<Self> {
        let client = state.clients.get(ticket.client_id.as_deref()?)?;
        let organization =
            ticket.organization_id.as_deref().and_then(|organization| state.organizations.get(organization));
        let parameters = [
            ("organization", organization.map(|organization| organization.id.as_str())),
            ("organization_name", organization.map(|organization| organization.name.as_str())),
        ];
        match client.initiate_login_uri().and_then(|uri| address(uri, &parameters)) {
            Some(page) => Some(Self { label: client.name.clone(), address: page.into() }),
            None => Self::to(client),
        }
    }

    /// Callbacks are the only addresses of an application that are always known.
    fn to(client: &Client) -> Option<Self> {
        let callback = Url::parse(client.callbacks().next()?).ok()?;
        let origin = callback.origin();
        origin.is_tuple().then(|| Self {
            label: client.name.clone(),
            address: format!("{}/", origin.ascii_serialization()),
        })
    }
}
