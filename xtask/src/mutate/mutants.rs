//! Every guard that keeps one tenant from another, or one role from what is another's.

/// One guard, and what is there without it.
#[derive(Clone, Copy)]
pub(super) struct Mutant {
    pub(super) name: &'static str,
    pub(super) file: &'static str,
    /// The place, with the expression or the filter that is taken out between the marks.
    pub(super) guard: &'static str,
    pub(super) without: Without,
    pub(super) noticed: Noticed,
}

/// What is there in the guard's place.
#[derive(Clone, Copy)]
pub(super) enum Without {
    /// This expression.
    This(&'static str),
    /// A condition of SQL that takes the same value and is always true.
    Filter,
}

/// Who notices.
#[derive(Clone, Copy)]
pub(super) enum Noticed {
    /// These cells of the isolation matrix: those whose name contains this.
    Cells(&'static str),
    /// This test over HTTP, where the matrix can't: it asks for nothing but what pages link to.
    Test(&'static str),
    /// This case of a port's contract, where the guard lies beneath a port.
    Contract(&'static str),
    /// This test of signing in, where the identity provider of the tests refuses the same before we are asked.
    SignIn(&'static str),
}

use Noticed::{Cells, Contract, SignIn, Test};
use Without::{Filter, This};

pub(super) const fn mutant(
    name: &'static str,
    (file, guard): (&'static str, &'static str),
    without: Without,
    noticed: Noticed,
) -> Mutant {
    Mutant { name, file, guard, without, noticed }
}

/// In a use case: what it asks for is something that every member may do.
pub(super) const fn asks_for_too_little(
    name: &'static str,
    place: (&'static str, &'static str),
    cells: &'static str,
) -> Mutant {
    mutant(name, place, This("Permission::UseProduct"), Cells(cells))
}

/// In a query: whose it is, is not asked for.
pub(super) const fn of_anybody(
    name: &'static str,
    place: (&'static str, &'static str),
    case: &'static str,
) -> Mutant {
    mutant(name, place, Filter, Contract(case))
}

const ROLE: &str = "domain/src/role.rs";
const AUTHORIZE: &str = "application/src/authorize.rs";
const DELETE: &str = "application/src/delete_organization.rs";
const CUSTOMIZE: &str = "application/src/customize_organization.rs";
const EXPORT: &str = "application/src/export_organization.rs";
const INVITE: &str = "application/src/invite_members.rs";
const CSRF: &str = "adapters/web/src/csrf.rs";
const LISTING: &str = "adapters/web/src/api/listing.rs";
const AUDIT_LOG: &str = "adapters/sql/src/stores/audit_log.rs";
const OFFERS: &str = "adapters/sql/src/stores/offers.rs";
const KEYS: &str = "adapters/sql/src/stores/idempotency_keys.rs";
const LOOKS: &str = "adapters/sql/src/stores/tenant_looks.rs";
const SESSIONS: &str = "adapters/sql/src/stores/sessions.rs";

/// What those who were removed or demoted a moment ago try.
const DEMOTED: &str = "isolation::demoted";

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Mutant> {
    MUTANTS.iter().chain(super::sso::MUTANTS)
}

const MUTANTS: &[Mutant] = &[
    // The table of permissions, and the one place that asks it.
    mutant(
        "an Employee has every permission",
        (ROLE, "| Self::ViewAuditLog => ‹&[Administrator]›,"),
        This("&[Administrator, Employee]"),
        Cells(" by employee"),
    ),
    mutant(
        "no role is asked for",
        ("domain/src/actor.rs", "if ‹self.roles.permit(permission)› {"),
        This("true"),
        Cells(" by roleless"),
    ),
    mutant(
        "the plan may be over",
        (AUTHORIZE, "let is_open = ‹standing(session, self.clock.now()).opens(Feature::Administration)›;"),
        This("true"),
        Cells(" by lapsed"),
    ),
    mutant(
        "the plan may be over for the list of members",
        (
            "application/src/list_members.rs",
            "if !‹standing(session, self.clock.now()).opens(Feature::Administration)› {",
        ),
        This("true"),
        Cells(" by lapsed"),
    ),
    // Roles are read live before a change.
    mutant(
        "a role is not read again before a change",
        (
            AUTHORIZE,
            "let roles = ‹self.members.roles(&actor.tenant().id, actor.user()).await.map_err(Outage::from)?›;",
        ),
        This("session.roles.clone()"),
        Test(DEMOTED),
    ),
    mutant(
        "a role is not read again when the turn has come",
        (AUTHORIZE, "Ok((turn, ‹self.to_change(session, permission).await?›))"),
        This("looked"),
        Test(DEMOTED),
    ),
    mutant(
        "a role is not read again before the look changes",
        (CUSTOMIZE, "= ‹self.authorize.to_change(session, Permission::CustomizeOrganization).await›?;"),
        This("self.authorize.to_look(session, Permission::CustomizeOrganization)"),
        Test(DEMOTED),
    ),
    mutant(
        "a role is not read again before an organization is deleted",
        (DELETE, "‹self.authorize.to_change(session, Permission::DeleteOrganization).await›?;"),
        This("self.authorize.to_look(session, Permission::DeleteOrganization)"),
        Test(DEMOTED),
    ),
    mutant(
        "a role is not read again before everything is copied",
        (EXPORT, "= ‹self.authorize.to_change(session, Permission::ExportOrganization).await›?;"),
        This("self.authorize.to_look(session, Permission::ExportOrganization)"),
        Test(DEMOTED),
    ),
    mutant(
        "what changed at the provider is not read again",
        ("application/src/keep_fresh.rs", "‹now >= session.refreshed_at + FRESH_FOR›"),
        This("false"),
        Cells(" by removed"),
    ),
    // What each use case asks for.
    asks_for_too_little(
        "every member sees a member",
        ("application/src/find_member.rs", "to_look(session, ‹Permission::ViewMembers›)"),
        " by employee",
    ),
    asks_for_too_little(
        "every member sees the list",
        ("application/src/list_members.rs", "permitted(‹Permission::ViewMembers›)"),
        "GET /admin/members by ",
    ),
    mutant(
        "every member searches",
        ("application/src/search_members.rs", "to_look(session, ‹Permission::ViewMembers›)"),
        This("Permission::UseProduct"),
        Test("nobody_else_searches"),
    ),
    asks_for_too_little(
        "every member sees the plan",
        ("application/src/plan_and_usage.rs", "permitted(‹Permission::ViewSubscription›)"),
        " by employee",
    ),
    asks_for_too_little(
        "every member buys",
        ("application/src/choose_plan.rs", "permitted(‹Permission::ChangeSubscription›)"),
        "/home/confirm-plan by employee",
    ),
    asks_for_too_little(
        "every member sees how people are invited",
        (INVITE, "let administrator = self.authorize.to_look(session, ‹Permission::InviteMembers›)?;"),
        "/admin/members/add-member by employee",
    ),
    // Whoever can't is told so before, by what their session says.
    mutant(
        "every member invites",
        (INVITE, "in_turn(&*self.turns, session, ‹Permission::InviteMembers›)"),
        This("Permission::UseProduct"),
        Test(DEMOTED),
    ),
    mutant(
        "an invitation of somebody who may invite nobody any more counts",
        ("application/src/open_invitation.rs", "if ‹!inviter.permit(Permission::InviteMembers)› {"),
        This("false"),
        Test("invitations::s14_what_has_changed_since"),
    ),
    mutant(
        "an invitation is accepted by whoever comes with it",
        (
            "application/src/sign_in.rs",
            "if ‹!login.email_verified || login.email.as_ref() != Some(&offer.email)› {",
        ),
        This("false"),
        SignIn("adv09_neither_another_nor_an_unproved_address"),
    ),
    mutant(
        "whoever was an Administrator a moment ago buys",
        ("application/src/pay_by_card.rs", "if ‹!roles.permit(Permission::ChangeSubscription)› {"),
        This("false"),
        Test(DEMOTED),
    ),
    asks_for_too_little(
        "every member sees who is invited",
        ("application/src/list_invitations.rs", "to_look(session, ‹Permission::ViewMembers›)"),
        "/api/v1/organization/invitations by employee",
    ),
    asks_for_too_little(
        "every member sends an invitation anew",
        (
            "application/src/resend_invitation.rs",
            "in_turn(&*self.turns, session, ‹Permission::InviteMembers›)",
        ),
        " by employee",
    ),
    asks_for_too_little(
        "every member takes an invitation back",
        (
            "application/src/revoke_invitation.rs",
            "in_turn(&*self.turns, session, ‹Permission::InviteMembers›)",
        ),
        " by employee",
    ),
    asks_for_too_little(
        "every member changes roles",
        ("application/src/change_roles.rs", "take_turn(session, ‹Permission::ChangeRoles›)"),
        "/admin/members/edit-member by employee",
    ),
    asks_for_too_little(
        "every member removes others",
        ("application/src/remove_member.rs", "take_turn(session, ‹Permission::RemoveMembers›)"),
        "/admin/members/remove by employee",
    ),
    asks_for_too_little(
        "every member hands the organization over",
        ("application/src/transfer_ownership.rs", "take_turn(session, ‹Permission::ChangeRoles›)"),
        "/admin/members/transfer by employee",
    ),
    asks_for_too_little(
        "every member sees how it looks",
        (
            CUSTOMIZE,
            "let administrator = self.authorize.to_look(session, ‹Permission::CustomizeOrganization›)?;",
        ),
        "/admin/customization by employee",
    ),
    mutant(
        "every member changes how it looks",
        (CUSTOMIZE, "= ‹self.authorize.to_change(session, Permission::CustomizeOrganization).await›?;"),
        This("self.authorize.to_change(session, Permission::UseProduct).await"),
        Test(DEMOTED),
    ),
    mutant(
        "every member copies everything",
        (EXPORT, "= ‹self.authorize.to_change(session, Permission::ExportOrganization).await›?;"),
        This("self.authorize.to_change(session, Permission::UseProduct).await"),
        Cells("/admin/customization/export by employee"),
    ),
    asks_for_too_little(
        "every member is asked whether to delete it",
        (DELETE, "to_look(session, ‹Permission::DeleteOrganization›)?;\n        let is_current"),
        "/admin/customization/delete by employee",
    ),
    asks_for_too_little(
        "every member may try to name what is deleted",
        (DELETE, "to_look(session, ‹Permission::DeleteOrganization›)?;\n        let tenant"),
        "DELETE /api/v1/organization by employee",
    ),
    asks_for_too_little(
        "every member reads what was done",
        ("application/src/activity.rs", "to_look(session, ‹Permission::ViewAuditLog›)"),
        "/admin/activity by employee",
    ),
    // Ids of others, in use cases and adapters.
    mutant(
        "a member of any organization is found",
        ("adapters/auth0/src/members.rs", "if !‹belongs.iter().any(is_this)› {"),
        This("true"),
        Cells(" by administrator (member"),
    ),
    mutant(
        "anybody is told the way into any organization",
        ("adapters/web/src/api/organizations.rs", "mine.iter().find(|one| ‹one.tenant.id == wanted›)"),
        This("true"),
        Cells("/switch by "),
    ),
    mutant(
        "any account may accept what was sent to another",
        ("application/src/open_invitation.rs", "if ‹session.email.as_ref() != Some(invited)› {"),
        This("false"),
        Test("s14_another_account_is_told_before_it_spends_the_invitation"),
    ),
    mutant(
        "a cursor is good for every organization",
        (LISTING, "let scope = ‹format!(\"{list}\\n{whose}\")›;"),
        This("list.to_owned()"),
        Test("a_cursor_that_was_not_given_out"),
    ),
    mutant(
        "any text is a cursor",
        (LISTING, "‹app.keys.is_token(&signed(scope, &cursor), signature)›"),
        This("true"),
        Test("a_cursor_that_was_not_given_out"),
    ),
    mutant(
        "a browser left open is enough",
        (
            "application/src/fresh_login.rs",
            "Ok(‹proved_at.is_some_and(|at| at.until(now) <= FRESH_FOR && now.until(at) <= SKEW)›)",
        ),
        This("true"),
        Cells("/api/v1/me"),
    ),
    // Where a request comes from.
    mutant(
        "a form may come from anywhere",
        (CSRF, "‹matches!(provenance(app, headers), (Some(true), None | Some(true)) | (None, Some(true)))›"),
        This("true"),
        Cells("(OtherOrigin)"),
    ),
    mutant(
        "a program may come from anywhere",
        (CSRF, "‹origin == Some(false) || site == Some(false)›"),
        This("false"),
        Cells("by administrator (OtherOrigin)"),
    ),
    mutant(
        "a form needs no token",
        (CSRF, "‹!app.keys.is_token(session.as_str(), fields.text(\"csrf\")?)›"),
        This("false"),
        Cells("by administrator (WithoutToken)"),
    ),
    mutant(
        "a program needs no token",
        ("adapters/web/src/api/guard.rs", "if ‹app.keys.is_token(session.as_str(), token)› {"),
        This("true"),
        Cells("by administrator (WithoutToken)"),
    ),
    // Beneath the ports: by tenant, or by person.
    of_anybody(
        "anybody's activity",
        (AUDIT_LOG, "WHERE ‹tenant_id = $1› AND id < $2"),
        "audit_log::memory::pages_hold_every_entry_once",
    ),
    of_anybody(
        "anybody's own activity",
        (AUDIT_LOG, "WHERE ‹actor = $1› AND tenant_id IS NULL"),
        "audit_log::memory::an_account_has_entries_of_its_own",
    ),
    of_anybody(
        "anybody's invitation",
        (OFFERS, "FROM offers WHERE ‹tenant_id = $1› AND {column} = $2"),
        "offers::memory::belongs_to_one_tenant",
    ),
    of_anybody(
        "anybody's invitation ends",
        (OFFERS, "SET state = $1 WHERE ‹tenant_id = $2› AND {column}"),
        "offers::memory::s14_ends_once",
    ),
    of_anybody(
        "anybody's expired invitation makes room",
        (
            OFFERS,
            "WHERE ‹tenant_id = $1› AND email = $2 AND state IN ('sending', 'open') AND expires_at <= $3",
        ),
        "offers::memory::one_address_has_an_offer_of_each_tenant",
    ),
    of_anybody(
        "anybody's invitation is opened",
        (OFFERS, "expires_at = $4 \\\n             WHERE ‹tenant_id = $5› AND email = $6"),
        "offers::memory::one_address_has_an_offer_of_each_tenant",
    ),
    of_anybody(
        "anybody's pending invitations",
        (OFFERS, "FROM offers WHERE ‹tenant_id = $1› AND state IN"),
        "offers::memory::belongs_to_one_tenant",
    ),
    of_anybody(
        "anybody's invitations are forgotten",
        (OFFERS, "DELETE FROM offers WHERE ‹tenant_id = $1›"),
        "offers::memory::belongs_to_one_tenant",
    ),
    of_anybody(
        "anybody's kept answer",
        (KEYS, "body FROM idempotency_keys WHERE ‹user_id = $1› AND key = $2"),
        "idempotency_keys::memory::a_key_belongs_to_its_person",
    ),
    of_anybody(
        "an answer is kept for anybody",
        (KEYS, "body = $3 \\\n             WHERE ‹user_id = $4› AND key = $5"),
        "idempotency_keys::memory::a_key_belongs_to_its_person",
    ),
    of_anybody(
        "anybody's key is released",
        (KEYS, "DELETE FROM idempotency_keys WHERE ‹user_id = $1› AND key = $2"),
        "idempotency_keys::memory::a_key_belongs_to_its_person",
    ),
    of_anybody(
        "anybody's look",
        (LOOKS, "USING (tenant_id) WHERE ‹tenant_id = $1›"),
        "tenant_looks::memory::",
    ),
    of_anybody(
        "anybody's logo is removed",
        (
            LOOKS,
            "statement(\"DELETE FROM tenant_logos WHERE ‹tenant_id = $1›\").bind(tenant.as_str());\n        self",
        ),
        "tenant_looks::memory::",
    ),
    of_anybody(
        "anybody's logo is forgotten",
        (LOOKS, "\"DELETE FROM tenant_logos WHERE ‹tenant_id = $1›\")\n                .bind(&tenant)"),
        "tenant_looks::memory::is_forgotten_alone",
    ),
    of_anybody(
        "anybody's look is forgotten",
        (LOOKS, "DELETE FROM tenant_looks WHERE ‹tenant_id = $1›"),
        "tenant_looks::memory::is_forgotten_alone",
    ),
    of_anybody(
        "anybody's sessions are listed",
        ("adapters/sql/src/stores/session_devices.rs", "WHERE ‹user_id = $1› AND idle_until > $2"),
        "sessions::memory::are_shown_to_their_owner",
    ),
    mutant(
        "anybody's session is ended",
        (SESSIONS, "DELETE FROM sessions WHERE ‹user_id = $1› AND substr(id, 1, 16) = $2"),
        Filter,
        Cells("/home/account/sessions/end by"),
    ),
    of_anybody(
        "anybody is called so",
        (SESSIONS, "UPDATE sessions SET name = $1 WHERE ‹user_id = $2›"),
        "sessions::memory::call_a_person_by_their_name",
    ),
    of_anybody(
        "everybody is logged out",
        (SESSIONS, "\"DELETE FROM sessions WHERE ‹user_id = $1›\""),
        "sessions::memory::c07_ends_with_the_person",
    ),
    of_anybody(
        "everybody's sessions end with one person's",
        (SESSIONS, "\"DELETE FROM sessions WHERE id <> $1 AND ‹user_id = $2›\""),
        "sessions::memory::a_change_ends_what_it_concerns",
    ),
    of_anybody(
        "everybody's sessions end with one member's",
        (SESSIONS, "\"DELETE FROM sessions WHERE id <> $1 AND ‹user_id = $2› AND tenant_id = $3\""),
        "sessions::memory::a_change_ends_what_it_concerns",
    ),
    of_anybody(
        "a member's sessions end everywhere",
        (SESSIONS, "\"DELETE FROM sessions WHERE id <> $1 AND user_id = $2 AND ‹tenant_id = $3›\""),
        "sessions::memory::a_change_ends_what_it_concerns",
    ),
    of_anybody(
        "everybody's sessions end with one tenant's",
        (SESSIONS, "\"DELETE FROM sessions WHERE id <> $1 AND ‹tenant_id = $2›\""),
        "sessions::memory::a_change_ends_what_it_concerns",
    ),
    of_anybody(
        "everybody has one person's plan",
        (SESSIONS, "SET subscription = $1 WHERE ‹user_id = $2› AND tenant_id IS NULL"),
        "sessions::memory::shows_a_changed_subscription_at_once",
    ),
    of_anybody(
        "everybody has one tenant's plan",
        (SESSIONS, "\"UPDATE sessions SET subscription = $1 WHERE ‹tenant_id = $2›\""),
        "sessions::memory::shows_a_changed_subscription_at_once",
    ),
    of_anybody(
        "everybody is told of an end of membership",
        ("adapters/sql/src/stores/ended_sessions.rs", "WHERE id <> $1 AND ‹user_id = $2› AND tenant_id = $3"),
        "sessions::memory::are_remembered_when_a_membership_ends_them",
    ),
    of_anybody(
        "a member is told of an end of membership everywhere",
        ("adapters/sql/src/stores/ended_sessions.rs", "WHERE id <> $1 AND user_id = $2 AND ‹tenant_id = $3›"),
        "sessions::memory::are_remembered_when_a_membership_ends_them",
    ),
    of_anybody(
        "anybody's purchase",
        ("adapters/sql/src/stores/journeys.rs", "FROM conversions WHERE ‹holder = $1›"),
        "journeys::memory::",
    ),
];
