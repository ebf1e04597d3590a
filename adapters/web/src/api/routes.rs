//! The operations: lines of the table of routes.

use axum::routing::on;

use super::{
    account, audit_log, customization, invitations, login_connections, logo, members, my_sessions,
    organization, organizations, page, session, sso, subscription,
};
use crate::route::Carrier::{Body, Path, Query};
use crate::route::Resource::{Activity, Invitation, Member, Organization, Page, Plan, Profile, Session};
use crate::route::RouteMethod::{Delete as DELETE, Get as GET, Patch as PATCH, Post as POST, Put as PUT};
use crate::route::Verb::{Create, Delete, Get, List, Update};
use crate::route::Who::{Administrator, Anyone, Member as AnyMember, SignedIn};
use crate::route::{IdParam, RouteSpec};

/// The API itself.
const ABOUT: [RouteSpec; 2] = [
    RouteSpec::get("/api/v1", (Get, Page), Anyone, |method| on(method, page::show)),
    RouteSpec::get("/api/v1/openapi.json", (Get, Page), Anyone, |method| on(method, page::describe)),
];

/// One's own session and account.
const MINE: [RouteSpec; 10] = [
    RouteSpec::api((GET, "/api/v1/session"), (Get, Session), SignedIn, &session::SHOW, |method| {
        on(method, session::show)
    }),
    RouteSpec::api((DELETE, "/api/v1/session"), (Delete, Session), SignedIn, &session::END, |method| {
        on(method, session::end)
    }),
    RouteSpec::api((GET, "/api/v1/me"), (Get, Profile), SignedIn, &account::SHOW, |method| {
        on(method, account::show)
    }),
    RouteSpec::api((PATCH, "/api/v1/me"), (Update, Profile), SignedIn, &account::EDIT, |method| {
        on(method, account::edit)
    }),
    RouteSpec::api((DELETE, "/api/v1/me"), (Delete, Profile), SignedIn, &account::DELETE, |method| {
        on(method, account::delete)
    }),
    RouteSpec::api(
        (POST, "/api/v1/me/password-change"),
        (Update, Profile),
        SignedIn,
        &account::CHANGE_PASSWORD,
        |method| on(method, account::change_password),
    ),
    RouteSpec::api((POST, "/api/v1/me/export"), (List, Profile), SignedIn, &account::EXPORT, |method| {
        on(method, account::export)
    }),
    RouteSpec::api((GET, "/api/v1/me/sessions"), (List, Session), SignedIn, &my_sessions::LIST, |method| {
        on(method, my_sessions::list)
    }),
    RouteSpec::api(
        (DELETE, "/api/v1/me/sessions"),
        (Delete, Session),
        SignedIn,
        &my_sessions::END_OTHERS,
        |method| on(method, my_sessions::end_others),
    ),
    RouteSpec::api(
        (DELETE, "/api/v1/me/sessions/{session}"),
        (Delete, Session),
        SignedIn,
        &my_sessions::END,
        |method| on(method, my_sessions::end),
    )
    .taking(&[IdParam { name: "session", carrier: Path, of: Session }]),
];

/// Organizations.
const ORGANIZATIONS: [RouteSpec; 12] = [
    RouteSpec::api(
        (GET, "/api/v1/organizations"),
        (List, Organization),
        SignedIn,
        &organizations::LIST,
        |method| on(method, organizations::list),
    ),
    RouteSpec::api(
        (POST, "/api/v1/organizations"),
        (Create, Organization),
        SignedIn,
        &organizations::CREATE,
        |method| on(method, organizations::create),
    )
    .taking(&[IdParam { name: "name", carrier: Body, of: Organization }]),
    RouteSpec::api(
        (GET, "/api/v1/organizations/look-up"),
        (Get, Organization),
        SignedIn,
        &organizations::LOOK_UP,
        |method| on(method, organizations::look_up),
    )
    .taking(&[IdParam { name: "name", carrier: Query, of: Organization }]),
    RouteSpec::api(
        (POST, "/api/v1/organizations/{organization}/switch"),
        (Get, Organization),
        SignedIn,
        &organizations::SWITCH,
        |method| on(method, organizations::switch),
    )
    .taking(&[IdParam { name: "organization", carrier: Path, of: Organization }]),
    RouteSpec::api(
        (GET, "/api/v1/organization"),
        (Get, Organization),
        AnyMember,
        &organization::SHOW,
        |method| on(method, organization::show),
    ),
    RouteSpec::api(
        (DELETE, "/api/v1/organization"),
        (Delete, Organization),
        Administrator,
        &organization::DELETE,
        |method| on(method, organization::delete),
    )
    .taking(&[IdParam { name: "name", carrier: Body, of: Organization }]),
    RouteSpec::api(
        (POST, "/api/v1/organization/export"),
        (List, Organization),
        Administrator,
        &organization::EXPORT,
        |method| on(method, organization::export),
    ),
    RouteSpec::api(
        (GET, "/api/v1/organization/customization"),
        (Get, Organization),
        Administrator,
        &customization::SHOW,
        |method| on(method, customization::show),
    )
    .with_plan(),
    RouteSpec::api(
        (PATCH, "/api/v1/organization/customization"),
        (Update, Organization),
        Administrator,
        &customization::CHANGE,
        |method| on(method, customization::change),
    )
    .with_plan(),
    RouteSpec::api(
        (PUT, "/api/v1/organization/logo"),
        (Update, Organization),
        Administrator,
        &logo::UPLOAD,
        |method| on(method, logo::upload),
    )
    .with_plan(),
    RouteSpec::api(
        (DELETE, "/api/v1/organization/logo"),
        (Update, Organization),
        Administrator,
        &logo::REMOVE,
        |method| on(method, logo::remove),
    )
    .with_plan(),
    RouteSpec::api(
        (GET, "/api/v1/organization/subscription"),
        (Get, Plan),
        Administrator,
        &subscription::SHOW,
        |method| on(method, subscription::show),
    ),
];

/// Who belongs to the organization, and what was done in it.
const PEOPLE: [RouteSpec; 7] = [
    RouteSpec::api(
        (GET, "/api/v1/organization/members"),
        (List, Member),
        Administrator,
        &members::LIST,
        |method| on(method, members::list),
    )
    .with_plan()
    .taking(&[IdParam { name: "cursor", carrier: Query, of: Member }]),
    RouteSpec::api(
        (GET, "/api/v1/organization/members/{member}"),
        (Get, Member),
        Administrator,
        &members::SHOW,
        |method| on(method, members::show),
    )
    .with_plan()
    .taking(&[IdParam { name: "member", carrier: Path, of: Member }]),
    RouteSpec::api(
        (PUT, "/api/v1/organization/members/{member}/roles"),
        (Update, Member),
        Administrator,
        &members::CHANGE_ROLES,
        |method| on(method, members::change_roles),
    )
    .with_plan()
    .taking(&[IdParam { name: "member", carrier: Path, of: Member }]),
    RouteSpec::api(
        (DELETE, "/api/v1/organization/members/{member}"),
        (Delete, Member),
        Administrator,
        &members::REMOVE,
        |method| on(method, members::remove),
    )
    .with_plan()
    .taking(&[IdParam { name: "member", carrier: Path, of: Member }]),
    RouteSpec::api(
        (POST, "/api/v1/organization/transfer"),
        (Update, Member),
        Administrator,
        &members::TRANSFER,
        |method| on(method, members::transfer),
    )
    .with_plan()
    .taking(&[IdParam { name: "member_id", carrier: Body, of: Member }]),
    RouteSpec::api(
        (POST, "/api/v1/organization/leave"),
        (Delete, Member),
        AnyMember,
        &members::LEAVE,
        |method| on(method, members::leave),
    ),
    RouteSpec::api(
        (GET, "/api/v1/organization/audit-log"),
        (List, Activity),
        Administrator,
        &audit_log::LIST,
        |method| on(method, audit_log::list),
    )
    .with_plan()
    .taking(&[IdParam { name: "cursor", carrier: Query, of: Activity }]),
];

/// Who is invited.
const INVITATIONS: [RouteSpec; 5] = [
    RouteSpec::api(
        (GET, "/api/v1/organization/invitations"),
        (List, Invitation),
        Administrator,
        &invitations::LIST,
        |method| on(method, invitations::list),
    )
    .with_plan()
    .taking(&[IdParam { name: "cursor", carrier: Query, of: Invitation }]),
    RouteSpec::api(
        (POST, "/api/v1/organization/invitations"),
        (Create, Invitation),
        Administrator,
        &invitations::CREATE,
        |method| on(method, invitations::create),
    )
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Organization }]),
    RouteSpec::api(
        (GET, "/api/v1/organization/login-connections"),
        (List, Invitation),
        Administrator,
        &login_connections::LIST,
        |method| on(method, login_connections::list),
    )
    .with_plan(),
    RouteSpec::api(
        (POST, "/api/v1/organization/invitations/{invitation}/resend"),
        (Update, Invitation),
        Administrator,
        &invitations::RESEND,
        |method| on(method, invitations::resend),
    )
    .with_plan()
    .taking(&[IdParam { name: "invitation", carrier: Path, of: Invitation }]),
    RouteSpec::api(
        (DELETE, "/api/v1/organization/invitations/{invitation}"),
        (Delete, Invitation),
        Administrator,
        &invitations::REVOKE,
        |method| on(method, invitations::revoke),
    )
    .with_plan()
    .taking(&[IdParam { name: "invitation", carrier: Path, of: Invitation }]),
];

/// Every route below `/api/v1`, in rooms of a size that can be read.
pub(crate) const ROUTES: [&[RouteSpec]; 8] = [
    &ABOUT,
    &MINE,
    &ORGANIZATIONS,
    &PEOPLE,
    &INVITATIONS,
    &sso::CONNECTIONS,
    &sso::DOMAINS,
    &sso::ACCESS_REQUESTS,
];
