//! How the pages say things: initials, dates, days left, and the sentences that more than one page needs.

mod sso;

use std::time::Duration;

use tenantry_application::InviteOutcome;
use tenantry_domain::{AuditAction, EmailAddress, PlanId, Role, Roles, Timestamp, UserId};
use tenantry_look::restyle::Assessment;

use crate::invitation_ways::no_way_in;

pub(crate) use sso::{
    ACCOUNTS_STAY, MEMBERSHIPS_STAY, NEXT_HAS_IT, NOT_DEMANDED, NOT_YOU, STAYS_YOURS, came_by, came_through,
    cant_come_instead, enforced, first_time, for_the_person, invited_in_vain, never_came, other_record,
    people, sso_fault, sso_until, still_come,
};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The steps from choosing a plan to using it.
pub(crate) const STEPS_PERSONAL: &[&str] = &["Choose a plan", "Pay", "Start"];
/// The same for a plan that belongs to an organization.
pub(crate) const STEPS_ORGANIZATION: &[&str] = &["Choose a plan", "Pay", "Name your organization"];

/// One or two letters that stand for a name.
pub(crate) fn initials(name: &str) -> String {
    let letter = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let name = name.split('@').next().unwrap_or(name);
    let mut letters = name.split([' ', '.', '-', '_']).filter_map(letter);
    let first = letters.next().into_iter();
    first.chain(letters.next_back()).flat_map(char::to_uppercase).collect()
}

/// A day as HTML: the reader's browser shows it in the reader's own zone, with the exact time on hover.
pub(crate) fn date(at: Timestamp) -> String {
    let (year, month, day) = at.date();
    let month = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).unwrap_or(&"");
    format!(r#"<time datetime="{at}">{day} {month} {year}</time>"#)
}

/// "1 day", "20 days".
pub(crate) fn days(count: u32) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

/// "just now", "a minute ago", "20 minutes ago".
pub(crate) fn ago(time: Duration) -> String {
    match time.as_secs() / 60 {
        0 => "just now".to_owned(),
        1 => "a minute ago".to_owned(),
        minutes => format!("{minutes} minutes ago"),
    }
}

/// When something was that is told to the minute for an hour, and by its day after that; as HTML.
pub(crate) fn when(at: Timestamp, now: Timestamp) -> String {
    let time = at.until(now);
    if time < Duration::from_hours(1) { ago(time) } else { date(at) }
}

/// What somebody changed about their own account, told after they did.
pub(crate) const RENAMED: &str = "Saved. This is what others call you from now on.";
pub(crate) const SIGNED_OUT_THERE: &str = "Signed out there. The next page in that browser asks for a login.";
pub(crate) const SIGNED_OUT_ELSEWHERE: &str =
    "Signed out everywhere else. This browser is the only one left.";

/// A time as HTML, in UTC: the reader's browser shows it in the reader's own zone.
pub(crate) fn moment(at: Timestamp) -> String {
    let (day, whole) = (date(at), at.to_string());
    let (hour, day) = (whole.get(11..16).unwrap_or_default(), day.replace("<time ", "<time data-hour "));
    day.replace("</time>", &format!(", {hour} UTC</time>"))
}

/// Roles as a sentence names them: "an Administrator and Employee".
pub(crate) fn roles(roles: &Roles) -> String {
    let names: Vec<_> = roles.iter().map(Role::name).collect();
    if names.is_empty() { "without a role".to_owned() } else { format!("an {}", names.join(" and ")) }
}

/// What a role is for.
pub(crate) fn means(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Runs the organization: its members, plan and look.",
        Role::Employee => "Uses the product.",
    }
}

/// Somebody whose name nobody knows here: the end of what identifies their account.
pub(crate) fn account(user: &UserId) -> String {
    let id = user.as_str();
    let start = id.char_indices().rev().nth(5).map_or(0, |(at, _)| at);
    format!("Account …{}", id.get(start..).unwrap_or(id))
}

/// What was done to whom, or to what.
pub(crate) fn done(action: AuditAction, subject: &str) -> String {
    match action {
        AuditAction::InvitationSent => format!("Invited {subject}"),
        AuditAction::InvitationResent => format!("Invited {subject} again"),
        AuditAction::InvitationRevoked => format!("Took back the invitation of {subject}"),
        AuditAction::InvitationAccepted => "Accepted an invitation".to_owned(),
        AuditAction::SeatRefused => "Signed in and found every seat taken".to_owned(),
        AuditAction::RolesChanged => format!("Changed roles. {subject}"),
        AuditAction::MemberRemoved => format!("Removed {subject}"),
        AuditAction::MemberLeft => "Left the organization".to_owned(),
        AuditAction::OwnershipTransferred => format!("Handed the organization over to {subject}"),
        AuditAction::OrganizationCustomized => "Changed how the organization looks".to_owned(),
        AuditAction::OrganizationExported => "Took a copy of the organization".to_owned(),
        AuditAction::OrganizationDeleted => "Deleted the organization".to_owned(),
        AuditAction::DomainClaimed => format!("Claimed the domain {subject}"),
        AuditAction::DomainProved => format!("The domain {subject} was proved"),
        AuditAction::DomainLapsed => format!("The record of {subject} is gone"),
        AuditAction::DomainReleased => format!("Gave up the domain {subject}"),
        AuditAction::SsoRequested => format!("Began to connect {subject}"),
        AuditAction::SsoConnected => format!("Entered the credentials of {subject}"),
        AuditAction::SsoTested => format!("Tested {subject}"),
        AuditAction::SsoChanged => format!("Changed the connection {subject}"),
        AuditAction::SsoTurnedOn => format!("Turned on {subject}"),
        AuditAction::SsoTurnedOff => format!("Turned off {subject}"),
        AuditAction::SsoEnforced => format!("Changed who has to sign in with {subject}"),
        AuditAction::SsoPeopleLetInAgain => format!("Let people in again through {subject}"),
        AuditAction::SsoGlassBroken => {
            format!("Signed in another way than through {subject}, as only they may")
        }
        AuditAction::SsoAddressOfAnother => {
            format!("Came as somebody new with a known address, through {subject}")
        }
        AuditAction::AccessRequested => "Asked to be let in".to_owned(),
        AuditAction::AccessGranted => format!("Let somebody in who had asked. {subject}"),
        AuditAction::AccessDeclined => format!("Did not let {subject} in"),
        AuditAction::SsoRefused => format!("Was refused, coming through {subject}"),
        AuditAction::SsoDeleted => format!("Deleted the connection {subject}"),
        AuditAction::ProfileChanged => "Changed their own profile".to_owned(),
        AuditAction::PasswordChangeRequested => "Asked for a new password".to_owned(),
        AuditAction::SessionsEnded => "Signed out elsewhere".to_owned(),
        AuditAction::AccountExported => "Took a copy of their own data".to_owned(),
        AuditAction::AccountDeleted => "Deleted their account".to_owned(),
    }
}

/// The look of a role's badge.
pub(crate) fn role_class(role: Role) -> &'static str {
    match role {
        Role::Administrator => "badge-accent",
        Role::Employee => "",
    }
}

/// The steps of buying `plan`; an organization that exists needs no name.
pub(crate) fn steps(plan: PlanId, for_existing: bool) -> &'static [&'static str] {
    if plan.is_for_organizations() && !for_existing { STEPS_ORGANIZATION } else { STEPS_PERSONAL }
}

/// What there is to say of an organization's colours, in words: the first sentence of the text on its buttons.
pub(crate) fn contrast(assessment: &Assessment) -> String {
    let text = if assessment.text_is_white { "White" } else { "Black" };
    // Down, not up: a contrast is not to be praised for what it has not.
    let ratio = (assessment.contrast * 10.0).floor() / 10.0;
    let mut words = format!("{text} text stands on your main colour, at {ratio} to 1: easy to read.");
    if assessment.is_darkened {
        words.push_str(" On light pages the colour is made a little darker, so that it can be seen.");
    }
    if assessment.is_lightened {
        words.push_str(" On dark pages it is made a little lighter, so that it can be seen.");
    }
    words
}

/// What was changed about the organization, told after it was.
pub(crate) const LOOK_SAVED: &str = "Saved. This is what your people see from now on.";
pub(crate) const LOGO_SAVED: &str = "Your logo is saved, and stands at the top of every page.";
pub(crate) const LOGO_REMOVED: &str = "Your logo is gone. The first letters of the name stand in its place.";

/// Said where somebody invites to come in by a way that is gone.
pub(crate) const UNKNOWN_WAY_IN: &str =
    "Your organization has no such way to sign in, or none any more. Choose one of these.";

/// What was done about an invitation.
pub(crate) fn invited_again(email: &EmailAddress) -> String {
    format!("{email} gets a new link by e-mail. The old one does not work any more.")
}

pub(crate) fn not_invited_any_more(email: &EmailAddress) -> String {
    format!("The invitation to {email} is taken back. Its link does not work any more.")
}

/// Why somebody was not invited.
pub(crate) fn not_invited(outcome: &InviteOutcome) -> String {
    let said = match outcome {
        InviteOutcome::Invited(_) => "Invited.",
        InviteOutcome::AlreadyMember => "Belongs to your organization already.",
        InviteOutcome::AlreadyInvited => "Is invited already. You can send that invitation again.",
        InviteOutcome::NoWayIn(why) => return no_way_in(why),
        InviteOutcome::NoSeat => "Every seat is taken. Change your plan, or take an invitation back.",
        InviteOutcome::TooOften(_) => {
            "Was sent several invitations in a short time. Invite them again in ten minutes."
        }
        InviteOutcome::Failed(_) => "Could not be invited just now. Send it again in a minute.",
    };
    said.to_owned()
}

/// "an Employee", "an Administrator".
pub(crate) fn with_article(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::Administrator) => "an Administrator",
        Some(Role::Employee) => "an Employee",
        None => "a member",
    }
}

/// A message as a sentence: a capital first, a full stop last.
pub(crate) fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    let mut text: String = first.chain(characters).collect();
    if !text.ends_with(['.', '?']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_the_last_name() {
        for (name, letters) in [
            ("Ann Lee", "AL"),
            ("ann.maria.lee@example.com", "AL"),
            ("acme-1", "A1"),
            ("émile", "É"),
            ("", ""),
            ("…", ""),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn a_date_keeps_the_exact_time_for_the_browser() {
        let html = date("2026-11-23T17:04:00.000Z".parse().unwrap());
        assert_eq!(html, r#"<time datetime="2026-11-23T17:04:00.000Z">23 November 2026</time>"#);
    }

    #[test]
    fn a_moment_says_the_hour_too() {
        let html = moment("2026-11-23T17:04:00.000Z".parse().unwrap());
        let words = "23 November 2026, 17:04 UTC";
        assert_eq!(html, format!(r#"<time data-hour datetime="2026-11-23T17:04:00.000Z">{words}</time>"#));
    }

    #[test]
    fn people_are_told_what_they_are() {
        assert_eq!(roles(&Roles::from(Role::Employee)), "an Employee");
        assert_eq!(roles(&Role::ALL.into_iter().collect()), "an Administrator and Employee");
        assert_eq!(roles(&Roles::default()), "without a role");
        for (id, text) in [("auth0|6543210", "Account …543210"), ("é", "Account …é")] {
            assert_eq!(account(&UserId::try_from(id).unwrap()), text);
        }
    }

    #[test]
    fn what_was_lately_is_told_in_minutes() {
        for (seconds, text) in [
            (0, "just now"),
            (59, "just now"),
            (60, "a minute ago"),
            (120, "2 minutes ago"),
            (3599, "59 minutes ago"),
        ] {
            assert_eq!(ago(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn errors_become_sentences() {
        assert_eq!(sentence("use 3 to 50 characters"), "Use 3 to 50 characters.");
        assert_eq!(sentence("Done."), "Done.");
    }
}
