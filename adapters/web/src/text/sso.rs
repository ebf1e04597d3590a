//! What the pages say about an organization's own identity provider.

use tenantry_application::{Concerned, KeptOut};
use tenantry_domain::{EmailDomain, Enforcement, Member, SsoFault, Timestamp};

/// How many characters of a record are quoted.
const MOST_OF_A_RECORD: usize = 64;

/// How many people are called by their names, before the others are counted.
const MOST_NAMES: usize = 3;

/// What an administrator reads about a login that failed: what happened, and what to change where.
pub(crate) fn sso_fault(fault: SsoFault) -> (&'static str, &'static str) {
    match fault {
        SsoFault::Cancelled => (
            "The login was cancelled or refused at your provider.",
            "If nobody cancelled it, assign the application to this person, or to a group of theirs, at your provider.",
        ),
        SsoFault::WrongClient => (
            "Your provider does not accept the client ID with this secret.",
            "Copy both again from your provider, or make a new secret there, and enter them in the Credentials step.",
        ),
        SsoFault::WrongRedirect => (
            "Your provider does not know the address to which it is to send people back.",
            "Add the redirect URI from the Credentials step to the application at your provider, letter for letter.",
        ),
        SsoFault::Certificate => (
            "A certificate of your provider has expired or is not to be trusted.",
            "Renew it on the server of your provider, together with those that vouch for it, and test again. Nothing has to be \
             changed here.",
        ),
        SsoFault::Unreachable => (
            "Your provider can’t be reached.",
            "Look whether its discovery URL, as it stands in the Credentials step, opens from the Internet, and test again.",
        ),
        SsoFault::NotUnderstood => (
            "Your provider answered something that we don’t understand.",
            "Look whether the application there is one for OpenID Connect with the authorization code flow.",
        ),
        SsoFault::NoAddress => (
            "The login came without an e-mail address.",
            "Let your provider send the claim email: allow the scope email, or add the claim to its ID token.",
        ),
        SsoFault::UnverifiedAddress => (
            "Your provider does not say that the e-mail address is verified.",
            "Verify the address at your provider, or let such people in: the switch is in the People step.",
        ),
        SsoFault::OtherDomain => (
            "The e-mail address is in a domain that is not proved for this connection.",
            "Add that domain in the Domain step and prove it, or use an account of one of your domains.",
        ),
        SsoFault::NotAMember => (
            "The person is no member, and newcomers do not become members by themselves.",
            "Invite them, or let newcomers become members in the People step.",
        ),
        SsoFault::TurnedOff => {
            ("The connection is turned off.", "Turn it on when your people are to sign in with it.")
        }
        SsoFault::Quarantined => (
            "The person came before the client was changed, and was not let in again.",
            "Open the connection and let people in again, once you are sure that your provider gives them the same names \
             as before.",
        ),
        SsoFault::PlanEnded => (
            "Your plan does not include single sign-on any more.",
            "Renew the plan: sign in with a password and open Subscription.",
        ),
        SsoFault::Other => (
            "The login did not succeed.",
            "Test the connection. If that does not say more, tell us the reference.",
        ),
    }
}

/// What becomes of logins through an organization's own provider when its plan ends, or has ended, as HTML.
pub(crate) fn sso_until(ends: Option<Timestamp>, until: Timestamp, now: Timestamp) -> String {
    let day = super::date(until);
    if now >= until {
        format!(
            "Your plan has ended, and since {day} nobody can sign in with your own identity provider. They can again once \
             you choose a plan."
        )
    } else if ends.is_some_and(|ends| ends <= now) {
        format!(
            "Your plan has ended. Until {day} your people can still sign in with your own identity provider: choose a plan \
             by then, and nothing changes for them."
        )
    } else {
        format!(
            "Should your plan end, your people can sign in with your own identity provider for two more weeks, until {day}."
        )
    }
}

/// What the person who logs in reads: what happened, in as far as it concerns them. Whom to ask stands on every such page.
pub(crate) fn for_the_person(fault: SsoFault) -> &'static str {
    match fault {
        SsoFault::Cancelled => {
            "The login at your organization’s own provider was cancelled, or your account there may not use this product."
        }
        SsoFault::NoAddress | SsoFault::UnverifiedAddress => {
            "Your organization’s own provider did not vouch for your e-mail address."
        }
        SsoFault::OtherDomain => "Your e-mail address is not one that your organization lets in this way.",
        SsoFault::NotAMember => "You are not a member of this organization yet.",
        SsoFault::TurnedOff => "Your organization does not use this login any more.",
        SsoFault::Quarantined => "Your organization has changed its login, and has to let you in again.",
        SsoFault::PlanEnded => "Your organization’s plan has ended.",
        SsoFault::WrongClient
        | SsoFault::WrongRedirect
        | SsoFault::Certificate
        | SsoFault::Unreachable
        | SsoFault::NotUnderstood
        | SsoFault::Other => "The login of your organization does not work just now.",
    }
}

/// What is said of a look for the record of a domain that found another text.
pub(crate) fn other_record(domain: &EmailDomain, found: &[String]) -> String {
    let first = found.first().map(String::as_str).unwrap_or_default();
    let shown: String = first.chars().filter(|c| !c.is_control()).take(MOST_OF_A_RECORD).collect();
    let cut = if first.chars().count() > MOST_OF_A_RECORD { "…" } else { "" };
    let others = if found.len() > 1 { ", among others" } else { "" };
    format!("We found “{shown}{cut}”{others}, and not the value above that we expected for {domain}.")
}

/// "Nobody", "1 person", "20 people".
pub(crate) fn people(count: u32) -> String {
    match count {
        0 => "Nobody".to_owned(),
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    }
}

/// "1 member has", "20 members have", "At least 20 members have".
fn members_have(concerned: &Concerned) -> String {
    let said = match concerned.names.len() {
        0 => return "Some of your members may have".to_owned(),
        1 => "1 member has".to_owned(),
        count => format!("{count} members have"),
    };
    if concerned.or_more { format!("At least {said}") } else { said }
}

/// ": Ann Lee, Bo Ek, Cy Dahl and 4 others"; nothing when nobody is known by name.
fn named(concerned: &Concerned) -> String {
    if concerned.names.is_empty() {
        return String::new();
    }
    let (first, rest) = concerned.names.split_at(concerned.names.len().min(MOST_NAMES));
    let first = first.join(", ");
    match (rest.len(), concerned.or_more) {
        (0, false) => format!(": {first}"),
        (0, true) => format!(": {first}, perhaps others"),
        (1, false) => format!(": {first} and 1 other"),
        (others, false) => format!(": {first} and {others} others"),
        (others, true) => format!(": {first} and at least {others} others"),
    }
}

/// What was said about who has to come in through a connection, told after it was.
pub(crate) fn enforced(rule: Enforcement) -> &'static str {
    match rule {
        Enforcement::Off => "Saved. Your people can sign in either way.",
        Enforcement::Domains => "Saved. Whoever has an address in your domains has to sign in this way now.",
        Enforcement::Organization => "Saved. Every member has to sign in this way now.",
    }
}

/// Whom a rule keeps out.
pub(crate) fn never_came(name: &str, all: &Concerned) -> String {
    format!(
        "{} never signed in with {name}{}. They are signed out, and can’t come in as they do now.",
        members_have(all),
        named(all)
    )
}

/// Which of them can't come in the new way either.
pub(crate) fn cant_come_instead(name: &str, kept_out: &KeptOut) -> String {
    let (all, outside) = (&kept_out.all, &kept_out.outside);
    let whose = if outside.names.len() == all.names.len() { "None" } else { "Not all" };
    format!(
        "{whose} of them can come in with {name} instead. {} an address outside of its proved domains{}.",
        members_have(outside),
        named(outside)
    )
}

/// Who is invited and could not come any more.
pub(crate) fn invited_in_vain(name: &str, invited: &Concerned) -> String {
    let invitations = match invited.names.len() {
        1 => "1 invitation".to_owned(),
        count => format!("{count} invitations"),
    };
    format!("{invitations} can’t be accepted with {name}{}.", named(invited))
}

/// What becomes of the others when they come in the new way.
pub(crate) fn first_time(joins: bool) -> &'static str {
    if joins {
        "Whoever comes through it for the first time is a new member, with the roles that it gives. What they have now \
         stays with the old account."
    } else {
        "Whoever comes through it for the first time has to be let in: newcomers do not become members by themselves."
    }
}

/// Who can still come in another way.
pub(crate) fn still_come(name: &str, holders: &[Member]) -> String {
    let called: Vec<_> = holders.iter().map(|holder| holder.name.as_str()).collect();
    format!("In case {name} fails, these can still come in another way: {}.", called.join(", "))
}

/// Said to somebody who is none of those.
pub(crate) const NOT_YOU: &str = "You are none of them: your own next login has to come through it, too.";

/// Whom turning a connection off keeps out.
pub(crate) fn came_through(count: u32) -> String {
    format!(
        "{} came in through it and can’t sign in any more. Who is in now stays in until their session ends.",
        people(count)
    )
}

/// What else it does.
pub(crate) const ACCOUNTS_STAY: &str =
    "Their accounts and memberships stay: turned on again, it lets them in as before.";
/// The same where it is demanded.
pub(crate) const NOT_DEMANDED: &str =
    "Nobody has to sign in this way any more, also when it is turned on again.";

/// Whom the end of a domain keeps out.
pub(crate) fn came_by(domain: &EmailDomain, concerned: &Concerned) -> String {
    format!(
        "{} signed in with an address in {domain}, and can’t any more{}.",
        members_have(concerned),
        named(concerned)
    )
}

/// What else it does.
pub(crate) const MEMBERSHIPS_STAY: &str =
    "Their memberships stay. Who is in now stays in until their session ends.";
/// What becomes of a domain that is given up.
pub(crate) const NEXT_HAS_IT: &str =
    "Whoever proves it next has it. To have it again, you claim and prove it anew.";
/// What becomes of one that is taken from a connection.
pub(crate) const STAYS_YOURS: &str = "It stays yours, and proved. Add it again, and they come in again.";
