//! What must come of a request: from the table of routes and the actor alone.

use reqwest::Method;
use tenantry_web::{IdParam, Resource, RouteSpec, Who};

use super::actors::Actor;

/// What is different from the request that the product's own pages would send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variation {
    /// Nothing.
    None,
    /// One id is not of the actor's own organization.
    Id(&'static IdParam, Given),
    /// The other organization's ids and the best of roles are sent along where nobody asked for them.
    Smuggled(Place),
    /// It comes from a page of another site.
    OtherOrigin,
    /// It comes without the token of the page.
    WithoutToken,
}

/// An id that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// Of the other organization.
    Foreign,
    /// Well-formed, and of nobody.
    Absent,
    /// Nothing that could be an id.
    Malformed,
}

impl Given {
    pub(super) const ALL: [Self; 3] = [Self::Foreign, Self::Absent, Self::Malformed];
}

/// Where something is sent that nobody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Query,
    Body,
    Header,
    Cookie,
    /// In all of them at once: for what needs a world of its own.
    Everywhere,
}

impl Place {
    pub(super) const ALL: [Self; 5] = [Self::Query, Self::Body, Self::Header, Self::Cookie, Self::Everywhere];
}

/// What comes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is refused with this status.
    Refused(u16),
    /// A person is sent to log in.
    ToLogin,
    /// It is done: a page, an answer, or a redirect to what comes next.
    Done,
}

/// What must come of it.
pub(super) fn expected(route: &RouteSpec, actor: Actor, variation: Variation) -> Outcome {
    use Outcome::{Refused, ToLogin};
    let changes = route.method.as_http() != Method::GET;
    let is_api = route.path.starts_with("/api/");
    if route.who == Who::IdentityProvider {
        // Nobody here can sign as the provider does.
        return Refused(400);
    }
    if changes && variation == Variation::OtherOrigin {
        return Refused(403);
    }
    if changes && variation == Variation::WithoutToken && actor.is_signed_in() {
        return Refused(403);
    }
    if route.who != Who::Anyone && !actor.is_signed_in() {
        return if is_api { Refused(401) } else { ToLogin };
    }
    let adds_fields = matches!(variation, Variation::Smuggled(Place::Body | Place::Everywhere));
    // A program is told of each field that it should not have sent.
    let is_told_of_fields = changes && adds_fields && route.operation.is_some();
    if is_told_of_fields && !asks_who_it_is_first(route) {
        return Refused(422);
    }
    // A cursor is looked at before anything is asked for.
    if is_api && matches!(variation, Variation::Id(id, _) if id.name == "cursor") {
        return Refused(422);
    }
    let has_the_role = match route.who {
        Who::Anyone | Who::SignedIn | Who::IdentityProvider => true,
        // Looking needs a role, whatever it is; leaving needs none.
        Who::Member if route.path == "/api/v1/organization" => actor.is_inside() && actor.has_a_role(),
        Who::Member => actor.is_inside(),
        Who::Administrator => actor.is_inside() && actor.runs_it(),
    };
    if !has_the_role {
        return Refused(403);
    }
    if route.needs_plan && actor == Actor::Lapsed {
        return Refused(402);
    }
    if is_told_of_fields {
        return Refused(422);
    }
    // Whoever runs their organization alone stays.
    if matches!(route.path, "/home/leave" | "/api/v1/organization/leave") && changes && actor.runs_it() {
        return Refused(409);
    }
    if let Some(outcome) = fresh_logins(route, actor, changes) {
        return outcome;
    }
    if let Some(outcome) = purchases(route, actor, changes, variation) {
        return outcome;
    }
    // Whoever belongs to both may go to the other.
    if route.path == "/api/v1/organizations/{organization}/switch" {
        return switching(actor, variation);
    }
    match variation {
        // A link leads on whoever follows it while it counts, and to its own organization alone.
        Variation::Id(..) if route.path == "/api/auth/invitation" => Refused(404),
        _ if route.path == "/api/auth/invitation" && actor == Actor::Lapsed => Refused(410),
        // Nobody asks to be let in, and no connection is on: the tests of access have better ones.
        _ if matches!(
            route.path,
            "/api/auth/ask-for-access"
                | "/admin/members/grant-access"
                | "/admin/members/decline-access"
                | "/api/v1/sso/access-requests/{person}/grant"
                | "/api/v1/sso/access-requests/{person}"
        ) =>
        {
            Refused(404)
        }
        Variation::Id(id, given) => of_id(route, id, given),
        _ => plain(route),
    }
}

/// What reads nothing of a body before it knows that whoever sends it may.
fn asks_who_it_is_first(route: &RouteSpec) -> bool {
    let operations = [
        "createSsoConnection",
        "editSsoConnection",
        "chooseSsoDomains",
        "enterSsoCredentials",
        "turnSsoConnection",
        "enforceSso",
        "claimSsoDomain",
        "uploadLogo",
        "grantAccess",
        "inviteMembers",
    ];
    route.operation.is_some_and(|operation| operations.contains(&operation.id))
}

/// To an organization of one's own, wherever one is signed in.
fn switching(actor: Actor, variation: Variation) -> Outcome {
    let belongs = match variation {
        Variation::Id(_, Given::Foreign) => actor == Actor::Both,
        Variation::Id(..) => false,
        _ => actor.is_inside() && actor != Actor::Removed,
    };
    if belongs { Outcome::Done } else { Outcome::Refused(404) }
}

/// An id that is not one's own, of whatever kind, is one that does not exist.
fn of_id(route: &RouteSpec, id: &IdParam, given: Given) -> Outcome {
    use Outcome::{Done, Refused};
    match (id.name, id.of, route.who) {
        // A page of a list that is not one's own does not exist; nor is there a connection for what is not one's own, or
        // a way to log in that is.
        ("cursor" | "domains" | "break_glass", ..) | ("connection", Resource::Organization, _) => {
            Refused(422)
        }
        // What a form calls itself is nobody's: it names the purchase to its own sender alone.
        ("purchase", Resource::Plan, _) => Done,
        // Anybody may know that an organization exists, and log in there as its member.
        ("organization", Resource::Organization, Who::Anyone) if given == Given::Foreign => Done,
        ("name", ..) if route.path == "/api/v1/organizations/look-up" && given == Given::Foreign => Done,
        ("organization", Resource::Organization, Who::Anyone) if route.path == "/orgprompt" => Refused(422),
        // It is typed to confirm what the session says, and leads nowhere by itself.
        ("organization", ..) if route.path == "/admin/customization/delete" => Refused(422),
        ("name", ..) if route.path == "/api/v1/organization" => Refused(422),
        _ => Refused(404),
    }
}

/// What needs a login of the last minutes. Whoever has just signed up has one; what they confirm is wrong all the same.
fn fresh_logins(route: &RouteSpec, actor: Actor, changes: bool) -> Option<Outcome> {
    use Outcome::{Done, Refused};
    let is_fresh = matches!(actor, Actor::Person | Actor::Onboarding | Actor::WrongInvitee);
    match (route.path, route.method.as_http()) {
        ("/api/v1/me", Method::DELETE) => Some(Refused(if is_fresh { 422 } else { 403 })),
        ("/api/v1/me/password-change", _) if !is_fresh => Some(Refused(403)),
        ("/home/account/delete", _) if changes => Some(if is_fresh { Refused(422) } else { Done }),
        _ => None,
    }
}

/// Buying and naming, which depend on what the person has paid for.
fn purchases(route: &RouteSpec, actor: Actor, changes: bool, variation: Variation) -> Option<Outcome> {
    use Outcome::{Done, Refused};
    let given = match variation {
        Variation::Id(_, given) => Some(given),
        _ => None,
    };
    match (route.path, changes) {
        // Who may not buy for their organization is told so before anything else.
        ("/home/confirm-plan", _) if actor.is_inside() && !actor.runs_it() => Some(Refused(403)),
        // What they have paid for comes first.
        ("/home/confirm-plan", true) if actor == Actor::Onboarding => Some(Done),
        // A form that no page of ours has shown buys nothing.
        ("/home/confirm-plan", true) if given == Some(Given::Malformed) => Some(Refused(402)),
        ("/home/register-business" | "/home/register-personal", false) => Some(Done),
        ("/home/register-business" | "/api/v1/organizations", true) => Some(match (actor, given) {
            (_, Some(Given::Malformed)) | (Actor::Onboarding, Some(Given::Foreign)) => Refused(422),
            (Actor::Onboarding, _) => Done,
            // What an Administrator has bought is set up, and what others have not bought is not.
            _ => Refused(402),
        }),
        ("/home/register-personal", true) => Some(Refused(402)),
        _ => None,
    }
}

/// A request as the product's own pages send it.
fn plain(route: &RouteSpec) -> Outcome {
    match route.path {
        // Nothing is entered that could be tested, and nobody answers at the address that is.
        "/admin/sso/test" => Outcome::Refused(409),
        "/admin/sso/credentials" | "/admin/sso/saml" | "/api/v1/sso/connections/{connection}/credentials" => {
            Outcome::Refused(422)
        }
        // Nobody here comes back from a login that began here.
        "/api/auth/callback" => Outcome::Refused(400),
        // It names a session of nobody: one of one's own is for the tests of accounts. And nobody has uploaded a logo.
        "/home/account/sessions/end"
        | "/api/v1/me/sessions/{session}"
        | "/logos/{id}"
        | "/looks/{folder}/{file}" => Outcome::Refused(404),
        _ => Outcome::Done,
    }
}
