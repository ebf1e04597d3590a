//! How invited people may sign in, as the pages and the API say it: what can be chosen, of whom a way is demanded, and who
//! can't come in at all.

use std::collections::BTreeSet;

use tenantry_application::{NoWayIn, Through, WaysIn};
use tenantry_domain::{DisplayName, EmailDomain, LoginConnection, LoginKind};

/// What can be chosen for those of whom nothing is demanded: an id and a name each.
pub(crate) fn offered(ways: &WaysIn) -> Vec<(&str, String)> {
    if ways.of_everybody().is_some() {
        return Vec::new();
    }
    ways.all.iter().map(|way| (way.id.as_str(), label(way))).collect()
}

/// What the form says of those who have no choice.
pub(crate) fn said(ways: &WaysIn) -> Vec<String> {
    if let Some(through) = ways.of_everybody() {
        let names = any_of(&through.names);
        let who = if through.domains.is_empty() {
            "nobody can, as things are. See to the domains under SSO".to_owned()
        } else {
            domains(&through.domains)
        };
        return vec![format!("They sign in with {names}, as everybody in your organization has to: {who}.")];
    }
    let demanded = ways.own.iter().filter(|own| own.request.is_demanded() && !own.domains.is_empty());
    let said = demanded.map(|own| {
        let (domains, name) = (domains(&own.domains), &own.request.display_name);
        format!("Whoever has an address in {domains} signs in with {name}.")
    });
    said.collect()
}

/// Why an invitation from before is not sent anew. It keeps the way that was chosen for it.
pub(crate) fn no_way_in_any_more(why: &NoWayIn) -> String {
    match why {
        NoWayIn::Chosen(through) => {
            format!("{} Take the invitation back, and invite them anew.", not_by_the_chosen(through))
        }
        NoWayIn::Everybody(_) | NoWayIn::TheirDomain(_) | NoWayIn::Gone => no_way_in(why),
    }
}

/// Why nobody with this address is invited.
pub(crate) fn no_way_in(why: &NoWayIn) -> String {
    match why {
        NoWayIn::Everybody(through) if !through.domains.is_empty() => format!(
            "Can’t come in: everybody has to sign in with {}, and this address is not in {}.",
            any_of(&through.names),
            domains(&through.domains)
        ),
        NoWayIn::Everybody(through) => format!(
            "Can’t come in: everybody has to sign in with {}, which lets nobody in as things are. See to the domains under \
             SSO.",
            any_of(&through.names)
        ),
        NoWayIn::TheirDomain(through) => format!(
            "Can’t come in: whoever has such an address has to sign in with {}, which does not let them in as things are. \
             See to the record of their domain under SSO.",
            any_of(&through.names)
        ),
        NoWayIn::Chosen(through) => {
            format!("{} Choose another way to sign in for them.", not_by_the_chosen(through))
        }
        NoWayIn::Gone => {
            "Can’t come in: your organization does not have the way to sign in any more that was chosen for \
                          them. Take the invitation back, and invite them anew."
                .to_owned()
        }
    }
}

fn not_by_the_chosen(through: &Through) -> String {
    let names = any_of(&through.names);
    if through.domains.is_empty() {
        format!("Can’t come in with {names}, which lets nobody in as things are.")
    } else {
        format!("Can’t come in with {names}: this address is not in {}.", domains(&through.domains))
    }
}

/// "A or B".
pub(crate) fn any_of(names: &[DisplayName]) -> String {
    let names: Vec<_> = names.iter().map(DisplayName::as_str).collect();
    names.join(" or ")
}

fn domains(domains: &BTreeSet<EmailDomain>) -> String {
    let domains: Vec<_> = domains.iter().map(EmailDomain::as_str).collect();
    domains.join(" or ")
}

/// What people call a way to log in.
pub(crate) fn label(way: &LoginConnection) -> String {
    match way.kind {
        LoginKind::Password => "E-mail and password".to_owned(),
        LoginKind::Social if way.label == "google-oauth2" => "Google".to_owned(),
        LoginKind::Social | LoginKind::Enterprise => way.label.clone(),
    }
}
