//! What a route is: said once, in data, from which the router and the tests are made.

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter};

use crate::api::{self, Operation};
use crate::{Shared, csrf};

/// One method of one path. A route without one of these can't exist: the router is built from them alone.
#[derive(Clone, Copy, Debug)]
pub struct RouteSpec {
    /// `GET` answers `HEAD` too.
    pub method: RouteMethod,
    /// The path, as axum matches it.
    pub path: &'static str,
    /// What the route is about.
    pub resource: Resource,
    /// What it does with it.
    pub verb: Verb,
    /// Who may. The use case decides; this is what the tests hold it to.
    pub who: Who,
    /// Whether the request must come from one of our own pages, with its token.
    pub csrf: bool,
    /// Whether the form comes with a file (`multipart/form-data`).
    pub takes_file: bool,
    /// Whether it is closed while the organization's plan is over.
    pub needs_plan: bool,
    /// The ids and names that it takes from the request.
    pub ids: &'static [IdParam],
    /// What a program reads about it; `None` for what is no part of the API.
    pub operation: Option<&'static Operation>,
    pub(crate) handler: fn(MethodFilter) -> MethodRouter<Shared>,
}

/// The methods that routes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RouteMethod {
    /// Looks.
    Get,
    /// Changes something.
    Post,
    /// Puts one thing in another's place.
    Put,
    /// Changes parts of one thing.
    Patch,
    /// Ends one thing.
    Delete,
}

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Everybody, signed in or not.
    Anyone,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever is signed in under an organization.
    Member,
    /// Whoever runs the organization under which they are signed in.
    Administrator,
    /// The identity provider itself, by what it has signed: no browser.
    IdentityProvider,
}

/// What a route is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// A public page that says the same to everybody.
    Page,
    /// The service itself.
    Service,
    /// A login, or the session that it begins.
    Session,
    /// A customer organization.
    Organization,
    /// The product: courses.
    Product,
    /// One's own account.
    Profile,
    /// A plan, and paying for it.
    Plan,
    /// Who belongs to the organization.
    Member,
    /// What was changed in the organization.
    Activity,
    /// Who is invited into it.
    Invitation,
    /// Its own identity provider.
    Connection,
    /// A domain of its people's addresses.
    Domain,
}

/// What a route does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Shows many.
    List,
    /// Shows one.
    Get,
    /// Makes one.
    Create,
    /// Changes one.
    Update,
    /// Ends one.
    Delete,
}

/// An id or a name that a route takes from the request, and with which another tenant could be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdParam {
    /// The parameter's name.
    pub name: &'static str,
    /// Where it is.
    pub carrier: Carrier,
    /// What it identifies.
    pub of: Resource,
}

/// Where in a request a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// In the path.
    Path,
    /// After the question mark.
    Query,
    /// In the form, or in the JSON.
    Body,
}

impl RouteSpec {
    const fn new(
        (method, path): (RouteMethod, &'static str),
        (verb, resource): (Verb, Resource),
        who: Who,
        handler: fn(MethodFilter) -> MethodRouter<Shared>,
    ) -> Self {
        Self {
            method,
            path,
            resource,
            verb,
            who,
            csrf: false,
            takes_file: false,
            needs_plan: false,
            ids: &[],
            operation: None,
            handler,
        }
    }

    pub(crate) const fn get(
        path: &'static str,
        what: (Verb, Resource),
        who: Who,
        handler: fn(MethodFilter) -> MethodRouter<Shared>,
    ) -> Self {
        Self::new((RouteMethod::Get, path), what, who, handler)
    }

    /// A route to which the identity provider posts. What it has signed guards it: there is no page of ours, and no cookie.
    pub(crate) const fn notice(
        path: &'static str,
        what: (Verb, Resource),
        handler: fn(MethodFilter) -> MethodRouter<Shared>,
    ) -> Self {
        Self::new((RouteMethod::Post, path), what, Who::IdentityProvider, handler)
    }

    /// A route with which a browser changes something is always guarded.
    pub(crate) const fn post(
        path: &'static str,
        what: (Verb, Resource),
        who: Who,
        handler: fn(MethodFilter) -> MethodRouter<Shared>,
    ) -> Self {
        Self { csrf: true, ..Self::new((RouteMethod::Post, path), what, who, handler) }
    }

    /// A route of the API. One that changes something is always guarded.
    pub(crate) const fn api(
        (method, path): (RouteMethod, &'static str),
        what: (Verb, Resource),
        who: Who,
        operation: &'static Operation,
        handler: fn(MethodFilter) -> MethodRouter<Shared>,
    ) -> Self {
        let csrf = !matches!(method, RouteMethod::Get);
        Self { csrf, operation: Some(operation), ..Self::new((method, path), what, who, handler) }
    }

    pub(crate) const fn taking(self, ids: &'static [IdParam]) -> Self {
        Self { ids, ..self }
    }

    /// Takes a form with a file in it.
    pub(crate) const fn with_file(self) -> Self {
        Self { takes_file: true, ..self }
    }

    /// Closed while the organization's plan is over.
    pub(crate) const fn with_plan(self) -> Self {
        Self { needs_plan: true, ..self }
    }

    /// Adds this route to `router`.
    pub(crate) fn mount(&self, router: Router<Shared>, app: &Shared) -> Router<Shared> {
        let route = (self.handler)(self.method.filter());
        let route = match (self.csrf, self.operation) {
            (true, Some(operation)) => {
                route.layer(from_fn_with_state((app.clone(), operation), api::guard::guard))
            }
            (true, None) if self.takes_file => {
                route.layer(from_fn_with_state(app.clone(), csrf::guard_with_file))
            }
            (true, None) => route.layer(from_fn_with_state(app.clone(), csrf::guard)),
            (false, _) => route,
        };
        router.route(self.path, route)
    }
}

impl RouteMethod {
    /// The method of HTTP.
    pub fn as_http(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
            Self::Patch => Method::PATCH,
            Self::Delete => Method::DELETE,
        }
    }

    fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}
