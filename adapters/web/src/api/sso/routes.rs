//! The operations on single sign-on: lines of the table of routes.

use axum::routing::on;

use super::{connections, credentials, domains, enforcement, test_report};
use crate::route::Carrier::{Body, Path};
use crate::route::Resource::{Connection, Domain, Member};
use crate::route::RouteMethod::{Delete as DELETE, Get as GET, Patch as PATCH, Post as POST, Put as PUT};
use crate::route::Verb::{Create, Delete, Get, List, Update};
use crate::route::Who::Administrator;
use crate::route::{IdParam, RouteSpec};

const CONNECTION: IdParam = IdParam { name: "connection", carrier: Path, of: Connection };
const DOMAIN: IdParam = IdParam { name: "domain", carrier: Path, of: Domain };

/// The organization's own identity providers.
pub(in crate::api) const CONNECTIONS: [RouteSpec; 11] = [
    RouteSpec::api(
        (GET, "/api/v1/sso/connections"),
        (List, Connection),
        Administrator,
        &connections::LIST,
        |method| on(method, connections::list),
    )
    .with_plan(),
    RouteSpec::api(
        (POST, "/api/v1/sso/connections"),
        (Create, Connection),
        Administrator,
        &connections::CREATE,
        |method| on(method, connections::create),
    )
    .with_plan(),
    RouteSpec::api(
        (GET, "/api/v1/sso/connections/{connection}"),
        (Get, Connection),
        Administrator,
        &connections::SHOW,
        |method| on(method, connections::show),
    )
    .with_plan()
    .taking(&[CONNECTION]),
    RouteSpec::api(
        (PATCH, "/api/v1/sso/connections/{connection}"),
        (Update, Connection),
        Administrator,
        &connections::EDIT,
        |method| on(method, connections::edit),
    )
    .with_plan()
    .taking(&[CONNECTION]),
    RouteSpec::api(
        (DELETE, "/api/v1/sso/connections/{connection}"),
        (Delete, Connection),
        Administrator,
        &connections::DELETE,
        |method| on(method, connections::delete),
    )
    .with_plan()
    .taking(&[CONNECTION]),
    RouteSpec::api(
        (PUT, "/api/v1/sso/connections/{connection}/domains"),
        (Update, Connection),
        Administrator,
        &connections::CHOOSE_DOMAINS,
        |method| on(method, connections::choose_domains),
    )
    .with_plan()
    .taking(&[CONNECTION, IdParam { name: "domains", carrier: Body, of: Domain }]),
    RouteSpec::api(
        (PUT, "/api/v1/sso/connections/{connection}/credentials"),
        (Update, Connection),
        Administrator,
        &credentials::ENTER,
        |method| on(method, credentials::enter),
    )
    .with_plan()
    .taking(&[CONNECTION]),
    RouteSpec::api(
        (GET, "/api/v1/sso/connections/{connection}/test"),
        (Get, Connection),
        Administrator,
        &test_report::SHOW,
        |method| on(method, test_report::show),
    )
    .with_plan()
    .taking(&[CONNECTION]),
    RouteSpec::api(
        (PUT, "/api/v1/sso/connections/{connection}/state"),
        (Update, Connection),
        Administrator,
        &connections::TURN,
        |method| on(method, connections::turn),
    )
    .with_plan()
    .taking(&[CONNECTION]),
    RouteSpec::api(
        (PUT, "/api/v1/sso/connections/{connection}/enforcement"),
        (Update, Connection),
        Administrator,
        &enforcement::ENFORCE,
        |method| on(method, enforcement::enforce),
    )
    .with_plan()
    .taking(&[CONNECTION, IdParam { name: "break_glass", carrier: Body, of: Member }]),
    RouteSpec::api(
        (POST, "/api/v1/sso/connections/{connection}/let-in-again"),
        (Update, Connection),
        Administrator,
        &connections::LET_IN_AGAIN,
        |method| on(method, connections::let_in_again),
    )
    .with_plan()
    .taking(&[CONNECTION]),
];

/// The domains of its people's addresses.
pub(in crate::api) const DOMAINS: [RouteSpec; 5] = [
    RouteSpec::api((GET, "/api/v1/sso/domains"), (List, Domain), Administrator, &domains::LIST, |method| {
        on(method, domains::list)
    })
    .with_plan(),
    RouteSpec::api(
        (POST, "/api/v1/sso/domains"),
        (Create, Domain),
        Administrator,
        &domains::CLAIM,
        |method| on(method, domains::claim),
    )
    .with_plan(),
    RouteSpec::api(
        (GET, "/api/v1/sso/domains/{domain}"),
        (Get, Domain),
        Administrator,
        &domains::SHOW,
        |method| on(method, domains::show),
    )
    .with_plan()
    .taking(&[DOMAIN]),
    RouteSpec::api(
        (DELETE, "/api/v1/sso/domains/{domain}"),
        (Delete, Domain),
        Administrator,
        &domains::RELEASE,
        |method| on(method, domains::release),
    )
    .with_plan()
    .taking(&[DOMAIN]),
    RouteSpec::api(
        (POST, "/api/v1/sso/domains/{domain}/check"),
        (Update, Domain),
        Administrator,
        &domains::CHECK,
        |method| on(method, domains::check),
    )
    .with_plan()
    .taking(&[DOMAIN]),
];
