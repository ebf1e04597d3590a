//! Inbound adapter: the pages and the JSON API.
//!
//! [`router`] makes them of [`Web`]: the settings, the ports and the use cases. Every route is a line of [`ROUTES`].

mod api;
mod assets;
mod attempts;
mod auth;
mod brand;
mod canonical;
mod card_form;
mod client_address;
mod containment;
mod cookies;
mod csrf;
mod device;
mod fields;
mod flash;
mod frame;
mod health;
mod invitation_ways;
mod keys;
mod looks;
mod multipart;
mod pages;
mod plan_card;
mod problem;
mod respond;
mod return_to;
mod route;
mod routes;
mod session;
mod sso;
mod steps;
mod text;
mod web;

pub use api::{Operation, description};
pub use brand::{Art, Brand, Course, Customer, Glyph};
pub use keys::KeysError;
pub use looks::logos_url;
pub use route::{Carrier, IdParam, Resource, RouteMethod, RouteSpec, Verb, Who};
pub use routes::ROUTES;
pub use sso::{SsoOutside, SsoUseCases};
pub use web::{UseCases, Web, WebError, router};

use tenantry_look::icon;
use web::{App, Shared};
