//! The operations: lines of the table of routes.

use axum::routing::on;

use super::{me, members, organization, organizations, page, session, subscription};
use crate::route::Carrier::{Body, Query};
use crate::route::Resource::{Member, Organization, Page, Plan, Profile, Session};
use crate::route::RouteMethod::{Delete as DELETE, Get as GET, Post as POST};
use crate::route::Verb::{Create, Delete, Get, List};
use crate::route::Who::{Administrator, Anyone, Member as AnyMember, SignedIn};
use crate::route::{IdParam, RouteSpec};

pub(crate) const ROUTES: &[RouteSpec] = &[
    RouteSpec::get("/api/v1", (Get, Page), Anyone, |method| on(method, page::show)),
    RouteSpec::get("/api/v1/openapi.json", (Get, Page), Anyone, |method| on(method, page::describe)),
    RouteSpec::api((GET, "/api/v1/session"), (Get, Session), SignedIn, &session::SHOW, |method| {
        on(method, session::show)
    }),
    RouteSpec::api((DELETE, "/api/v1/session"), (Delete, Session), SignedIn, &session::END, |method| {
        on(method, session::end)
    }),
    RouteSpec::api((GET, "/api/v1/me"), (Get, Profile), SignedIn, &me::SHOW, |method| on(method, me::show)),
    RouteSpec::api(
        (POST, "/api/v1/organizations"),
        (Create, Organization),
        SignedIn,
        &organizations::CREATE,
        |method| on(method, organizations::create),
    )
    .taking(&[IdParam { name: "name", carrier: Body, of: Organization }]),
    RouteSpec::api(
        (GET, "/api/v1/organization"),
        (Get, Organization),
        AnyMember,
        &organization::SHOW,
        |method| on(method, organization::show),
    ),
    RouteSpec::api(
        (GET, "/api/v1/organization/subscription"),
        (Get, Plan),
        Administrator,
        &subscription::SHOW,
        |method| on(method, subscription::show),
    ),
    RouteSpec::api(
        (GET, "/api/v1/organization/members"),
        (List, Member),
        Administrator,
        &members::LIST,
        |method| on(method, members::list),
    )
    .with_plan()
    .taking(&[IdParam { name: "cursor", carrier: Query, of: Member }]),
];
