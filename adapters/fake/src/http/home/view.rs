//! What the page shows: the first rows of each list, and how many there are.

use std::time::Duration;

use askama::Template;
use tenantry_domain::Timestamp;

use crate::calls::Call;
use crate::control::{ActiveFault, FaultEffect, Reading};
use crate::fake::Core;
use crate::http::assets;
use crate::model::{Client, Mail, MailKind, Member, Organization, User};
use crate::rate_limits::RateLimitPlan;
use crate::store::{State, StoreError};

const ROWS: usize = 20;
const MEMBERS: usize = 5;

#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct HomePage {
    title: String,
    stylesheet: &'static str,
    issuer: String,
    clock: ClockView,
    plan: Option<&'static str>,
    mailbox: Rows<MailView>,
    requests: Rows<RequestView>,
    faults: Rows<FaultView>,
    users: Rows<UserView>,
    organizations: Rows<OrganizationView>,
    connections: Rows<ConnectionView>,
    clients: Rows<ClientView>,
    tenants: Vec<TenantView>,
}

/// The first rows of a list.
struct Rows<T> {
    rows: Vec<T>,
    total: usize,
}

impl<T> Rows<T> {
    fn of<S>(total: usize, rows: impl Iterator<Item = S>, view: impl Fn(S) -> T) -> Self {
        Self { rows: rows.take(ROWS).map(view).collect(), total }
    }
}

struct ClockView {
    now: String,
    shown: String,
    is_frozen: bool,
    is_moved: bool,
    steps: [ClockStep; 3],
}

struct ClockStep {
    seconds: u64,
    label: &'static str,
}

struct MailView {
    to: String,
    about: &'static str,
    verb: &'static str,
    link: String,
    sent_at: String,
    sent: String,
}

struct RequestView {
    method: String,
    path: String,
    answer: String,
    tone: &'static str,
    took: String,
    at: String,
    when: String,
}

struct FaultView {
    id: u64,
    what: String,
    place: String,
    struck: u64,
    matched: u64,
}

struct UserView {
    id: String,
    name: String,
    email: Option<String>,
    is_verified: bool,
    is_blocked: bool,
    connection: String,
    logins: u32,
}

struct OrganizationView {
    id: String,
    label: String,
    members: Vec<String>,
    more_members: usize,
    connections: String,
}

struct ConnectionView {
    id: String,
    name: String,
    strategy: String,
}

struct ClientView {
    id: String,
    name: String,
    kind: &'static str,
}

struct TenantView {
    name: String,
    issuer: String,
}

/// The page as it is now.
pub(super) fn page(core: &Core) -> Result<HomePage, StoreError> {
    let requests = core.calls.latest(ROWS, |_| true);
    let faults = core.control.faults.all();
    core.store.read(|state| HomePage {
        title: state.settings().tenant().text("friendly_name").unwrap_or("Development").to_owned(),
        stylesheet: assets::stylesheet_path(),
        issuer: core.config.issuer.to_string(),
        clock: clock(core.time.reading()),
        plan: core.control.rate_limits.plan().map(|plan| match plan {
            RateLimitPlan::Free => "Free",
            RateLimitPlan::Essentials => "Essentials",
            RateLimitPlan::Enterprise => "Enterprise",
        }),
        mailbox: Rows::of(state.mail.len(), state.mail.iter().rev(), mail),
        requests: Rows::of(core.calls.len(), requests.iter().rev(), request),
        faults: Rows::of(faults.len(), faults.iter(), fault),
        users: Rows::of(state.users.len(), state.users.iter(), user),
        organizations: Rows::of(state.organizations.len(), state.organizations.iter(), |row| {
            organization(state, row)
        }),
        connections: Rows::of(state.connections.len(), state.connections.iter(), |row| ConnectionView {
            id: row.id.clone(),
            name: row.name.clone(),
            strategy: row.strategy.clone(),
        }),
        clients: Rows::of(state.clients.len(), state.clients.iter(), client),
        tenants: core
            .control
            .tenants
            .all()
            .into_iter()
            .map(|(name, fake)| TenantView { name, issuer: fake.issuer().to_string() })
            .collect(),
    })
}

fn clock(reading: Reading) -> ClockView {
    let Reading { now, is_frozen, ahead_millis } = reading;
    ClockView {
        now: now.to_string(),
        shown: format!("{} UTC", to_the_second(now)),
        is_frozen,
        is_moved: ahead_millis != 0,
        steps: [
            ClockStep { seconds: 3_600, label: "An hour on" },
            ClockStep { seconds: 86_400, label: "A day on" },
            ClockStep { seconds: 30 * 86_400, label: "30 days on" },
        ],
    }
}

/// `2026-03-02 10:00:00`.
fn to_the_second(at: Timestamp) -> String {
    at.to_string().chars().take(19).map(|letter| if letter == 'T' { ' ' } else { letter }).collect()
}

fn mail(mail: &Mail) -> MailView {
    let (about, verb) = match mail.kind {
        MailKind::Invitation => ("Invitation", "Accept it"),
        MailKind::EmailVerification => ("Proof of the address", "Prove it"),
        MailKind::PasswordChange => ("New password", "Set it"),
    };
    MailView {
        to: mail.to.clone(),
        about,
        verb,
        link: mail.link.clone(),
        sent_at: mail.sent_at.to_string(),
        sent: to_the_second(mail.sent_at),
    }
}

fn request(call: &Call) -> RequestView {
    let tone = match call.status {
        200..=399 => "badge-good",
        400..=499 => "badge-warn",
        _ => "badge-bad",
    };
    let answer = if call.status == 0 { "cut".to_owned() } else { call.status.to_string() };
    RequestView {
        method: call.method.clone(),
        path: call.path.clone(),
        answer,
        tone,
        took: format!("{:.1} ms", call.duration.as_secs_f64() * 1000.0),
        at: call.at.to_string(),
        when: to_the_second(call.at),
    }
}

fn fault(active: &ActiveFault) -> FaultView {
    let millis = |time: &Duration| format!("{} ms", time.as_millis());
    let what = match &active.fault.effect {
        FaultEffect::Status { status, .. } => format!("Answers {status}"),
        FaultEffect::Delay { delay, .. } => format!("Waits {}", millis(delay)),
        FaultEffect::Cut { after_bytes: Some(bytes), .. } => format!("Cuts the answer after {bytes} bytes"),
        FaultEffect::Cut { after_bytes: None, performs: true } => "Loses the answer".to_owned(),
        FaultEffect::Cut { after_bytes: None, .. } => "Cuts the connection".to_owned(),
        FaultEffect::Malformed(_) => "Spoils the answer".to_owned(),
    };
    let (method, path) = (active.fault.method.as_deref(), active.fault.path.as_deref());
    FaultView {
        id: active.id,
        what,
        place: format!("{} {}", method.unwrap_or("*"), path.unwrap_or("*")),
        struck: active.struck,
        matched: active.matched,
    }
}

fn user(user: &User) -> UserView {
    UserView {
        id: user.id.clone(),
        name: user.display_name().to_owned(),
        email: user.email.clone().filter(|email| email != user.display_name()),
        is_verified: user.email_verified,
        is_blocked: user.is_blocked(),
        connection: user.connection.clone(),
        logins: user.logins_count,
    }
}

fn organization(state: &State, organization: &Organization) -> OrganizationView {
    let prefix = Member::prefix(&organization.id);
    let total = state.members.with_prefix(&prefix, None).count();
    let members =
        state.members.with_prefix(&prefix, None).take(MEMBERS).map(|member| member_label(state, member));
    let connections = organization.enabled_connections.iter();
    let connections = connections.filter_map(|enabled| state.connections.get(&enabled.connection_id));
    let members: Vec<String> = members.collect();
    OrganizationView {
        id: organization.id.clone(),
        label: organization.label().to_owned(),
        more_members: total.saturating_sub(members.len()),
        members,
        connections: connections.map(|connection| connection.name.as_str()).collect::<Vec<_>>().join(", "),
    }
}

fn member_label(state: &State, member: &Member) -> String {
    let name = state.users.get(&member.user_id).map_or(member.user_id.as_str(), User::display_name);
    let roles = member.roles.iter().filter_map(|id| state.roles.get(id)).map(|role| role.name.as_str());
    let roles: Vec<&str> = roles.collect();
    if roles.is_empty() { name.to_owned() } else { format!("{name} ({})", roles.join(", ")) }
}

fn client(client: &Client) -> ClientView {
    ClientView {
        id: client.id.clone(),
        name: client.name.clone(),
        kind: match client.app_type() {
            Some("non_interactive") => "Calls APIs",
            Some("spa") => "In the browser",
            Some("native") => "On a device",
            _ => "On a server",
        },
    }
}
