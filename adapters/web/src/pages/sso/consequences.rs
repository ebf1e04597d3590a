//! What a change does to those who sign in now: asked about before it closes a door.

use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{Concerned, KeptOut, SsoView};
use tenantry_domain::{EmailDomain, Enforcement, SsoRequest};

use super::{connection_path, policy};
use crate::pages::confirmation::{CONFIRMED, Confirmation};
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::{App, icon, text};

/// Asks before members have to come in through a connection through which they have never come.
pub(super) fn of_rule(app: &App, person: &SignedIn, kept_out: &KeptOut) -> Result<Response, Problem> {
    let KeptOut { request, holders, all, outside, invited } = kept_out;
    let name = request.display_name.as_str();
    let mut effects = Vec::new();
    if !all.is_nobody() {
        effects.push((icon::LOCK, text::never_came(name, all)));
    }
    if !outside.names.is_empty() {
        effects.push((icon::ALERT, text::cant_come_instead(name, kept_out)));
    }
    if !invited.is_nobody() {
        effects.push((icon::MAIL, text::invited_in_vain(name, invited)));
    }
    effects.push((icon::USERS, text::first_time(request.admission.auto_membership).to_owned()));
    effects.push((icon::KEY, text::still_come(name, holders)));
    if !request.break_glass.contains(&person.session.user) {
        effects.push((icon::ALERT, text::NOT_YOU.to_owned()));
    }
    let chosen: Vec<_> = request.break_glass.iter().map(policy::field_of).collect();
    let mut fields =
        vec![("connection", request.id.as_str()), ("enforcement", request.enforcement.as_str()), CONFIRMED];
    fields.extend(chosen.iter().map(|field| (field.as_str(), policy::TICKED)));
    let question = Confirmation {
        frame: person.frame(app, "/admin/sso"),
        asks: match request.enforcement {
            Enforcement::Organization => "Let every member sign in only with",
            Enforcement::Domains | Enforcement::Off => "Let people of its domains sign in only with",
        },
        about: name,
        lede: "This closes every other way in at once.",
        effects,
        action: "/admin/sso/policy",
        fields,
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
        (icon::LOCK, text::came_through(view.people.all)),
        (icon::USERS, text::ACCOUNTS_STAY.to_owned()),
    ];
    if request.is_demanded() {
        effects.push((icon::KEY, text::NOT_DEMANDED.to_owned()));
    }
    let question = Confirmation {
        frame: person.frame(app, "/admin/sso"),
        asks: "Turn off",
        about: name,
        lede: "Nobody signs in with it until you turn it on again.",
        effects,
        action: "/admin/sso/turn",
        fields: vec![("connection", request.id.as_str()), ("turn", "off"), CONFIRMED],
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
        (icon::LOCK, text::came_by(domain, concerned)),
        (icon::USERS, text::MEMBERSHIPS_STAY.to_owned()),
    ];
    let domain_field = ("domain", domain.as_str());
    let (asks, lede, action, fields, button) = match end {
        End::GivenUp => {
            effects.push((icon::GLOBE, text::NEXT_HAS_IT.to_owned()));
            let (lede, action) = ("Nobody signs in by it any more.", "/admin/sso/domain/release");
            ("Give up", lede, action, vec![domain_field, CONFIRMED], "Give it up")
        }
        End::TakenFrom(request) => {
            effects.push((icon::GLOBE, text::STAYS_YOURS.to_owned()));
            let fields = vec![("connection", request.id.as_str()), domain_field, CONFIRMED];
            let (lede, action) =
                ("Nobody signs in by it with this connection any more.", "/admin/sso/domain/remove");
            ("Take away", lede, action, fields, "Take it away")
        }
    };
    let question = Confirmation {
        frame: person.frame(app, "/admin/sso"),
        asks,
        about: domain.as_str(),
        lede,
        effects,
        action,
        fields,
        button,
        is_end: true,
        back,
        keep: "Keep it",
    };
    page(StatusCode::OK, &question)
}
