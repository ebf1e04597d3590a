//! What a change does to those who sign in now: asked about before it closes a door.

use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{Concerned, GlassHolder, KeptOut, SsoView};
use tenantry_domain::{EmailDomain, Enforcement, SsoRequest};

use super::{connection_path, policy};
use crate::pages::confirmation::{CONFIRMED, Confirmation};
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::{App, icon, text};

/// Asks before members have to come in through a connection through which they have never come.
pub(super) fn of_rule(
    app: &App,
    person: &SignedIn,
    request: &SsoRequest,
    enforcement: Enforcement,
    holders: &[GlassHolder],
    kept_out: &KeptOut,
) -> Result<Response, Problem> {
    let name = request.display_name.as_str();
    let (all, outside) = (&kept_out.all, &kept_out.outside);
    let mut effects = vec![(
        icon::LOCK,
        format!(
            "{} never signed in with {name}{}. They are signed out, and can’t come in as they do now.",
            text::members_have(all),
            text::named(all)
        ),
    )];
    if !outside.names.is_empty() {
        let whose = if outside.names.len() == all.names.len() { "None" } else { "Not all" };
        effects.push((
            icon::ALERT,
            format!(
                "{whose} of them can come in with {name} instead. {} an address outside of its proved domains{}.",
                text::members_have(outside),
                text::named(outside)
            ),
        ));
    }
    let first = if request.admission.auto_membership {
        "Whoever comes through it for the first time is a new member, with the roles that it gives. What they have now \
         stays with the old account."
    } else {
        "Whoever comes through it for the first time has to be let in: newcomers do not become members by themselves."
    };
    effects.push((icon::USERS, first.to_owned()));
    let called: Vec<_> = holders.iter().map(|holder| holder.member.name.as_str()).collect();
    effects.push((
        icon::KEY,
        format!("In case {name} fails, these can still come in another way: {}.", called.join(", ")),
    ));
    if !holders.iter().any(|holder| holder.member.user == person.session.user) {
        let warning = "You are none of them: your own next login has to come through it, too.";
        effects.push((icon::ALERT, warning.to_owned()));
    }
    let fields: Vec<_> = holders.iter().map(|holder| policy::field_of(&holder.member.user)).collect();
    let mut names =
        vec![("connection", request.id.as_str()), ("enforcement", enforcement.as_str()), CONFIRMED];
    names.extend(fields.iter().map(|field| (field.as_str(), CONFIRMED.1)));
    let question = Confirmation {
        frame: person.frame(app, "/admin/sso"),
        asks: match enforcement {
            Enforcement::Organization => "Let every member sign in only with",
            Enforcement::Domains | Enforcement::Off => "Let people of its domains sign in only with",
        },
        about: name,
        lede: "This closes every other way in at once.",
        effects,
        action: "/admin/sso/policy",
        names,
        button: "Close the other ways in",
        is_end: true,
        back: connection_path(&request.id),
        keep: "Leave it as it is",
    };
    page(StatusCode::OK, &question)
}

/// Asks before a connection is turned off through which people have come.
pub(super) fn of_turning_off(app: &App, person: &SignedIn, view: &SsoView) -> Result<Response, Problem> {
    let request = &view.kept.request;
    let name = request.display_name.as_str();
    let mut effects = vec![
        (
            icon::LOCK,
            format!(
                "{} came in through it and can’t sign in any more. Who is in now stays in until their session ends.",
                text::people(view.people.all)
            ),
        ),
        (
            icon::USERS,
            "Their accounts and memberships stay: turned on again, it lets them in as before.".to_owned(),
        ),
    ];
    if request.is_demanded() {
        effects.push((
            icon::KEY,
            "Nobody has to sign in this way any more, also when it is turned on again.".to_owned(),
        ));
    }
    let question = Confirmation {
        frame: person.frame(app, "/admin/sso"),
        asks: "Turn off",
        about: name,
        lede: "Nobody signs in with it until you turn it on again.",
        effects,
        action: "/admin/sso/turn",
        names: vec![("connection", request.id.as_str()), ("turn", "off"), CONFIRMED],
        button: "Turn it off",
        is_end: true,
        back: connection_path(&request.id),
        keep: "Leave it on",
    };
    page(StatusCode::OK, &question)
}

/// How a domain ends for people who come in by it.
pub(super) enum End<'a> {
    /// The organization gives it up.
    GivenUp,
    /// It is no longer one of this connection's.
    TakenFrom(&'a SsoRequest),
}

/// Asks before people lose the domain by which they come in.
pub(super) fn of_domain(
    app: &App,
    person: &SignedIn,
    domain: &EmailDomain,
    concerned: &Concerned,
    end: &End<'_>,
    back: String,
) -> Result<Response, Problem> {
    let mut effects = vec![
        (
            icon::LOCK,
            format!(
                "{} signed in with an address in {domain}, and can’t any more{}.",
                text::members_have(concerned),
                text::named(concerned)
            ),
        ),
        (icon::USERS, "Their memberships stay. Who is in now stays in until their session ends.".to_owned()),
    ];
    let domain_field = ("domain", domain.as_str());
    let (asks, lede, action, names, button) = match end {
        End::GivenUp => {
            let whose = "Whoever proves it next has it. To have it again, you claim and prove it anew.";
            effects.push((icon::GLOBE, whose.to_owned()));
            let (lede, action) = ("Nobody signs in by it any more.", "/admin/sso/domain/release");
            ("Give up", lede, action, vec![domain_field, CONFIRMED], "Give it up")
        }
        End::TakenFrom(request) => {
            effects.push((
                icon::GLOBE,
                "It stays yours, and proved. Add it again, and they come in again.".to_owned(),
            ));
            let names = vec![("connection", request.id.as_str()), domain_field, CONFIRMED];
            let (lede, action) =
                ("Nobody signs in by it with this connection any more.", "/admin/sso/domain/remove");
            ("Take away", lede, action, names, "Take it away")
        }
    };
    let question = Confirmation {
        frame: person.frame(app, "/admin/sso"),
        asks,
        about: domain.as_str(),
        lede,
        effects,
        action,
        names,
        button,
        is_end: true,
        back,
        keep: "Keep it",
    };
    page(StatusCode::OK, &question)
}
