//! The request of a cell: what the product's own pages would send, and the one thing that is different.

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, ORIGIN};
use serde_json::{Map, Value, json};
use tenantry_tests::steps::{GOOD_CARD, card};
use tenantry_web::{Carrier, IdParam, Resource, RouteSpec, Who};

use super::actors::Actor;
use super::expected::{Given, Place, Variation};
use super::world::World;
use crate::answer::Answer;
use crate::browser::Browser;

/// An actor at their browser, with the token of its forms.
#[derive(Clone)]
pub(super) struct Asking {
    pub(super) actor: Actor,
    pub(super) browser: Browser,
    pub(super) token: String,
}

impl Asking {
    pub(super) async fn new(world: &World, actor: Actor) -> Self {
        let mut browser = world.browser(actor).await;
        let token = browser.token().await;
        Self { actor, browser, token }
    }

    /// Sends the request of a cell. Each begins with the same cookies.
    pub(super) async fn send(&self, world: &World, route: &RouteSpec, variation: Variation) -> Answer {
        let mut sending = Sending::of(world, route);
        for id in route.ids {
            let value = match variation {
                Variation::Id(varied, given) if std::ptr::eq(varied, id) => {
                    strange(world, route, id, self.actor, given)
                }
                _ => own(world, route, id, self.actor),
            };
            if !value.is_empty() {
                sending.put(id, value);
            }
        }
        let mut browser = self.browser.clone();
        let is_post = route.method.as_http() != Method::GET;
        let is_api = route.operation.is_some();
        if is_post && !is_api && variation != Variation::WithoutToken {
            sending.body.push(("csrf", self.token.clone()));
        }
        let smuggled = smuggled(world, self.actor);
        let is_smuggled_in =
            |place| matches!(variation, Variation::Smuggled(at) if at == place || at == Place::Everywhere);
        if is_smuggled_in(Place::Query) {
            sending.add(&smuggled, |sending| &mut sending.query);
        }
        if is_smuggled_in(Place::Body) {
            sending.add(&smuggled, |sending| &mut sending.body);
        }
        let target = sending.target();
        let mut request = browser.site.request(route.method.as_http(), &target).header(ACCEPT, "text/html");
        let origin = match variation {
            Variation::OtherOrigin => "https://evil.example".to_owned(),
            _ => browser.site.origin(),
        };
        if is_post && is_api {
            let token = if variation == Variation::WithoutToken { "" } else { &self.token };
            request = request.header(ORIGIN, origin).header("x-csrf-token", token);
            request = match route.operation.map(|operation| operation.id) {
                Some("uploadLogo") => {
                    request.header(CONTENT_TYPE, "application/octet-stream").body(sending.picture())
                }
                _ => request.json(&sending.json()),
            };
        } else if is_post {
            request = request.header(ORIGIN, origin).form(&sending.body);
        }
        if is_smuggled_in(Place::Header) {
            for (name, value) in &smuggled {
                let name = HeaderName::try_from(format!("x-{}", name.replace('_', "-"))).unwrap();
                request = request.header(name, HeaderValue::try_from(value).unwrap());
            }
        }
        if is_smuggled_in(Place::Cookie) {
            for (name, value) in &smuggled {
                request = request.header(COOKIE, format!("{name}={value}"));
            }
        }
        browser.send(request, &target).await
    }
}

/// What an operation of the API takes besides ids.
fn of_operation(route: &RouteSpec) -> &'static [(&'static str, &'static str)] {
    match route.operation.map_or("", |operation| operation.id) {
        "editMe" => &[("name", "Changed")],
        "deleteMe" => &[("confirmation", "nobody@example.com")],
        "customizeOrganization" => &[("display_name", "Changed")],
        "changeRoles" => &[("roles", "Employee")],
        "inviteMembers" => &[("emails", "newcomer@example.com")],
        "grantAccess" => &[("role", "Employee")],
        "createSsoConnection" => &[("kind", "okta")],
        "editSsoConnection" => &[("display_name", "Staff")],
        "enterSsoCredentials" => {
            &[("protocol", "oidc"), ("discovery_url", "https://127.0.0.1:1"), ("client_id", "us")]
        }
        "turnSsoConnection" => &[("state", "off")],
        "enforceSso" => &[("scope", "off")],
        "claimSsoDomain" => &[("domain", "another.example")],
        _ => &[],
    }
}

/// A request that is put together.
struct Sending {
    path: String,
    query: Vec<(&'static str, String)>,
    body: Vec<(&'static str, String)>,
}

impl Sending {
    /// What a route takes besides ids.
    fn of(world: &World, route: &RouteSpec) -> Self {
        let is_get = route.method.as_http() == Method::GET;
        let text =
            |pairs: &[(&'static str, &str)]| pairs.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        let (mut query, mut body) = (Vec::new(), Vec::new());
        match (route.path, is_get) {
            ("/home/confirm-plan", true) => query = text(&[("plan", "team")]),
            ("/home/confirm-plan", false) => {
                body = text(&card(GOOD_CARD));
                body.push(("plan", "team".to_owned()));
            }
            ("/api/auth/backchannel-logout", false) => {
                body = text(&[("logout_token", "eyJhbGciOiJub25lIn0.e30.")]);
            }
            ("/admin/customization", false) => {
                body = text(&[("display_name", "Changed"), ("colours", "product")]);
            }
            ("/admin/customization/logo", false) => body = text(&[("remove", "yes")]),
            (path, false) if path.starts_with("/api/v1/") => body = text(of_operation(route)),
            ("/admin/members/edit-member", false) => body = text(&[("role.Employee", "on")]),
            ("/admin/members/add-member", false) => {
                body =
                    text(&[("emails", "newcomer@nowhere.example"), ("role", "Employee"), ("hours", "168")]);
            }
            ("/admin/members/grant-access", false) => body = text(&[("role", "Employee")]),
            ("/api/auth/invitation", false) => body = text(&[("account", "existing")]),
            ("/home/profile", false) => body = text(&[("name", "Somebody Else")]),
            ("/admin/sso", false) => body = text(&[("kind", "okta")]),
            ("/admin/sso/domain", false) => body = text(&[("domain", "another.example")]),
            ("/admin/sso/domain/remove", false) => body = text(&[("domain", "none.example")]),
            ("/admin/sso/people", false) => body = text(&[("display_name", "Staff")]),
            ("/admin/sso/turn", false) => body = text(&[("turn", "off")]),
            ("/admin/sso/policy", false) => body = text(&[("enforcement", "off")]),
            ("/admin/sso/saml", false) => body = text(&[("metadata_url", "https://127.0.0.1:1")]),
            ("/admin/sso/credentials", false) => {
                body = text(&[("discovery_url", "https://127.0.0.1:1"), ("client_id", "us")]);
            }
            // These take nothing but ids.
            (
                "/api/auth/ask-for-access"
                | "/admin/members/resend-invitation"
                | "/admin/members/revoke-invitation"
                | "/home/account/sessions/end"
                | "/home/account/sessions/end-others"
                | "/home/account/password"
                | "/home/account/export"
                | "/home/account/delete"
                | "/orgprompt"
                | "/api/auth/logout"
                | "/home/register-business"
                | "/home/register-personal"
                | "/home/leave"
                | "/admin/members/decline-access"
                | "/admin/members/remove"
                | "/admin/members/transfer"
                | "/admin/customization/export"
                | "/admin/customization/delete"
                | "/admin/sso/domain/check"
                | "/admin/sso/domain/release"
                | "/admin/sso/let-in-again"
                | "/admin/sso/test"
                | "/admin/sso/delete",
                false,
            )
            | (_, true) => {}
            (path, _) => panic!("say here what a good request to {} {path} sends", route.method.as_http()),
        }
        let path = match route.path {
            "/assets/{file}" => format!("/assets/{}", world.asset),
            // Nobody has uploaded a logo, and this folder is none.
            path => path.replace("{folder}", "none").replace("{file}", "none").replace("{id}", "none"),
        };
        Self { path, query, body }
    }

    fn put(&mut self, id: &IdParam, value: String) {
        match id.carrier {
            Carrier::Path => self.path = self.path.replace(&format!("{{{}}}", id.name), &encoded(&value)),
            Carrier::Query => self.query.push((id.name, value)),
            Carrier::Body => self.body.push((id.name, value)),
        }
    }

    /// The body as a program sends it.
    fn json(&self) -> Value {
        let fields = self.body.iter().map(|(name, value)| {
            let is_list = matches!(*name, "emails" | "roles" | "domains" | "break_glass");
            ((*name).to_owned(), if is_list { json!([value]) } else { value.as_str().into() })
        });
        fields.collect::<Map<_, _>>().into()
    }

    /// The body of a logo; with fields it is none.
    fn picture(&self) -> Vec<u8> {
        let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\0\0\0\0";
        if self.body.is_empty() { head.to_vec() } else { self.json().to_string().into_bytes() }
    }

    /// Adds what nobody asked for, but nothing twice.
    fn add(
        &mut self,
        smuggled: &[(&'static str, String)],
        place: impl Fn(&mut Self) -> &mut Vec<(&'static str, String)>,
    ) {
        let there = place(self);
        let taken: Vec<_> = there.iter().map(|(name, _)| *name).collect();
        there.extend(smuggled.iter().filter(|(name, _)| !taken.contains(name)).cloned());
    }

    fn target(&self) -> String {
        let pairs = self.query.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }
}

/// What somebody sends who hopes that it is believed.
fn smuggled(world: &World, actor: Actor) -> Vec<(&'static str, String)> {
    let foreign = world.foreign(actor);
    let pairs = [
        ("organization", foreign.id.as_str()),
        ("organization_id", &foreign.id),
        ("org_id", &foreign.id),
        ("tenant", foreign.name),
        ("tenant_id", &foreign.id),
        ("user_id", &foreign.member),
        ("invitation_id", &foreign.invitation),
        ("role", "Administrator"),
        ("roles", "Administrator"),
        ("subscription", "enterprise;2099-01-01T00:00:00.000Z;active"),
        ("admin", "true"),
    ];
    pairs.map(|(name, value)| (name, value.to_owned())).to_vec()
}

/// The id that belongs to the actor's own organization.
fn own(world: &World, route: &RouteSpec, id: &IdParam, actor: Actor) -> String {
    let organization = world.own(actor);
    match (id.of, id.name) {
        (Resource::Connection, _) => organization.connection.clone(),
        (Resource::Domain, _) => organization.domain.to_owned(),
        // Any connection, the first page, and oneself.
        (_, "connection" | "cursor" | "break_glass") => String::new(),
        // Logins without one: those with one are for the tests of invitations.
        (Resource::Invitation, _) if route.method.as_http() == Method::GET && takes_ticket(route) => {
            String::new()
        }
        (Resource::Invitation, _) if takes_ticket(route) => organization.ticket.clone(),
        (Resource::Invitation, _) => organization.invitation.clone(),
        (Resource::Session, _) => NO_SESSION.to_owned(),
        // Where a new organization gets its name.
        (Resource::Organization, _) if makes_one(route) => "fresh-org".to_owned(),
        (Resource::Organization, _) if is_name(route) => organization.name.to_owned(),
        (Resource::Organization, _) => organization.id.clone(),
        (Resource::Plan, "purchase") => format!("purchase-of-{}-{}", actor as u8, world.now().as_millis()),
        (Resource::Member, _) => organization.member.clone(),
        (of, name) => panic!("say here what {name} of {of:?} is"),
    }
}

/// A session of nobody.
const NO_SESSION: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// Where an invitation is known by what its link carries.
fn takes_ticket(route: &RouteSpec) -> bool {
    route.who == Who::Anyone
}

/// Where a new organization gets its name.
fn makes_one(route: &RouteSpec) -> bool {
    matches!(route.path, "/home/register-business" | "/api/v1/organizations")
}

/// Where an organization is named, not identified.
fn is_name(route: &RouteSpec) -> bool {
    let by_name = [
        "/orgprompt",
        "/admin/customization/delete",
        "/api/v1/organizations",
        "/api/v1/organizations/look-up",
        "/api/v1/organization",
    ];
    by_name.contains(&route.path)
}

/// An id that does not.
fn strange(world: &World, route: &RouteSpec, id: &IdParam, actor: Actor, given: Given) -> String {
    let foreign = world.foreign(actor);
    let is_name = is_name(route) || makes_one(route);
    let text = match (given, id.of) {
        // Longer than any id, and what it is made of leads elsewhere where somebody joins paths.
        (Given::Malformed, _) => return "../<b>".repeat(50),
        (Given::Foreign, Resource::Connection) => &foreign.connection,
        (Given::Absent, Resource::Connection) => "00000000000000000000000000000000",
        (Given::Foreign, Resource::Domain) => foreign.domain,
        (Given::Absent, Resource::Domain) => "nobody.example",
        (Given::Absent | Given::Foreign, _) if id.name == "connection" => "con_0000000000000000",
        (Given::Foreign, Resource::Invitation) if takes_ticket(route) => &foreign.ticket,
        (Given::Absent, Resource::Invitation) if takes_ticket(route) => "00000000000000000000000000000000",
        (Given::Foreign, Resource::Invitation) => &foreign.invitation,
        (Given::Absent, Resource::Invitation) => "uinv_0000000000000000",
        (Given::Foreign, Resource::Session) if actor == Actor::OtherAdministrator => NO_SESSION,
        (Given::Foreign, Resource::Session) => &world.session_there,
        (Given::Absent, Resource::Session) => NO_SESSION,
        (_, _) if id.name == "cursor" => "bm8gcGFnZSBvZiB0aGlzIGxpc3Q",
        (Given::Foreign, Resource::Organization) if is_name => foreign.name,
        (Given::Foreign, Resource::Organization) => &foreign.id,
        (Given::Absent, Resource::Organization) if is_name => "absent-org",
        (Given::Absent, Resource::Organization) => "org_0000000000000000",
        (Given::Foreign, Resource::Member) => &foreign.member,
        (Given::Absent, Resource::Member) => "auth0|000000000000000000000000",
        (Given::Foreign | Given::Absent, Resource::Plan) => "a-purchase-of-nobody",
        (_, of) => panic!("say here what a strange {} of {of:?} is", id.name),
    };
    text.to_owned()
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
