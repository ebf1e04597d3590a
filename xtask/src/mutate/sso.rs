//! The guards of single sign-on: who sets it up, whose connections, domains and requests for access they see, and what the
//! gate lets pass.

use super::mutants::Noticed::{Contract, Test};
use super::mutants::Without::{Filter, This};
use super::mutants::{Mutant, asks_for_too_little, mutant, of_anybody};

const PARTS: &str = "application/src/sso/parts.rs";
const GATE: &str = "application/src/sso/gate.rs";
const ANSWER: &str = "application/src/sso/answer_access.rs";
const REQUESTS: &str = "adapters/sql/src/stores/sso_requests.rs";
const FAILURES: &str = "adapters/sql/src/stores/sso_failures.rs";
const PROOFS: &str = "adapters/sql/src/stores/domain_proofs.rs";
const ACCESS: &str = "adapters/sql/src/stores/access_requests.rs";
const DOMAIN_REQUEST: &str = "domain/src/sso_request.rs";

/// The case of requests that tells tenants apart.
const ONE_TENANTS: &str = "sso_requests::memory::belongs_to_one_tenant";

pub(super) const MUTANTS: &[Mutant] = &[
    asks_for_too_little(
        "every member sees the connections",
        (PARTS, "to_look(session, ‹Permission::ManageSso›)"),
        "/admin/sso by employee",
    ),
    asks_for_too_little(
        "every member changes connections",
        (PARTS, "to_change(session, ‹Permission::ManageSso›)"),
        "/admin/sso/test by employee",
    ),
    asks_for_too_little(
        "every member runs connections",
        (PARTS, "in_turn(&*self.turns, session, ‹Permission::ManageSso›)"),
        "/admin/sso/delete by employee",
    ),
    asks_for_too_little(
        "every member sees who asks to be let in",
        (ANSWER, "to_look(session, ‹Permission::InviteMembers›)"),
        "/api/v1/sso/access-requests by employee",
    ),
    asks_for_too_little(
        "every member lets people in",
        (ANSWER, "let (_turn, tenant) = people.take_turn(session, ‹Permission::InviteMembers›)"),
        "/admin/members/grant-access by employee",
    ),
    asks_for_too_little(
        "every member declines people",
        (ANSWER, "self.people.take_turn(session, ‹Permission::InviteMembers›)"),
        "/admin/members/decline-access by employee",
    ),
    // The gate.
    mutant(
        "an address of any domain is believed",
        (DOMAIN_REQUEST, "if ‹!self.domains.intersection(proved).any(is_ours)› {"),
        This("false"),
        Test("s05_an_address_of_somebody_elses"),
    ),
    mutant(
        "an address that is not verified is believed",
        (DOMAIN_REQUEST, "if ‹email_verified || self.admission.trusts_addresses› {"),
        This("true"),
        Test("s06_an_address_that_is_not_verified"),
    ),
    mutant(
        "who came as another client is let in",
        (GATE, "if ‹recognized == Recognized::OtherClient› {"),
        This("false"),
        Test("s08_"),
    ),
    mutant(
        "demanded or not, every way is open",
        (GATE, "if ‹!request.concerns(login.email.as_ref())› {"),
        This("true"),
        Test("s13_"),
    ),
    mutant(
        "who runs the organization no more breaks the glass",
        (GATE, "if ‹!roles.contains(Role::Administrator)› {"),
        This("false"),
        Test("s13_a_glass_that_nobody_can_break"),
    ),
    mutant(
        "who is refused stays a member",
        ("application/src/sign_in/newcomers.rs", "login.connection.is_some(), ‹standing.roles.is_empty()›)"),
        This("false"),
        Test("who_is_refused_is_no_member"),
    ),
    mutant(
        "who was invited stays a member although they have to come another way",
        (
            "application/src/sign_in.rs",
            "if let SsoRefusal::Required { .. } = refusal {\n                    ‹self.uninvite(&login, offer, now).await›;",
        ),
        This("()"),
        Test("s13_an_invitation_is_no_way_in"),
    ),
    mutant(
        "a connection that is off lets people in",
        (DOMAIN_REQUEST, "if ‹self.state != SsoState::On› {"),
        This("false"),
        Test("adv05_a_connection_that_ends"),
    ),
    mutant(
        "a test of somebody who would be refused counts",
        (
            DOMAIN_REQUEST,
            "‹self.believe(login.email.as_ref(), login.email_verified, proved).map_err(NotReady::TestRefused)›",
        ),
        This("Ok(())"),
        Test("a_test_of_somebody_who_would_not_be_let_in"),
    ),
    mutant(
        "newcomers join where they are not let in",
        (GATE, "standing.is_newcomer && ‹!request.admission.auto_membership›"),
        This("false"),
        Test("s14_a_membership_that_was_had_behind_the_products_back_ends"),
    ),
    mutant(
        "people come in for ever after the plan",
        (GATE, "fault.is_none() && ‹!self.is_included(subscription, now)›"),
        This("false"),
        Test("two_weeks_after_the_plan"),
    ),
    mutant(
        "another organization's domain comes in by a connection of nobody's",
        (GATE, "let is_anothers = ‹holder.is_some_and(|holder| holder != tenant.id)›;"),
        This("holder.is_some_and(|_| false)"),
        Test("s05_whoever_is_refused_for_a_domain_of_another"),
    ),
    mutant(
        "people's own sessions outlive a rule",
        (PARTS, "let proved = ‹self.proved(&request.tenant.id).await?›;"),
        This("BTreeSet::new()"),
        Test("s13_"),
    ),
    mutant(
        "people are invited by a connection that refuses them",
        ("application/src/sso/ways_in.rs", "Some(own) if ‹!own.lets_in(email)› => Err(NoWayIn::Chosen"),
        This("false"),
        Test("nobody_is_invited_to_a_connection_that"),
    ),
    mutant(
        "a role that an unfinished login gave counts",
        (
            "application/src/authorize.rs",
            "let is_unsure = ‹session.roles.is_empty() && may_come_of_a_login(&roles)›;",
        ),
        This("false"),
        Test("s14_a_seat_is_counted_for_who_was_made_a_member"),
    ),
    // Beneath the ports.
    of_anybody(
        "anybody's connection",
        (REQUESTS, "{REQUESTS} WHERE ‹tenant_id = $1› AND sso_requests.{column} = $2"),
        ONE_TENANTS,
    ),
    of_anybody(
        "anybody's connection is changed",
        (REQUESTS, "WHERE id = $3 AND ‹tenant_id = $4› AND revision = $5"),
        ONE_TENANTS,
    ),
    of_anybody("anybody's connections", (REQUESTS, "WHERE ‹tenant_id = $1› ORDER BY made_at"), ONE_TENANTS),
    of_anybody(
        "anybody's login is noted",
        (REQUESTS, "SET last_login_at = $1 WHERE id = $2 AND ‹tenant_id = $3›"),
        "sso_requests::memory::",
    ),
    of_anybody(
        "a failure of anybody's connection is noted",
        (FAILURES, "FROM sso_requests WHERE id = $5 AND ‹tenant_id = $6›"),
        "sso_requests::memory::",
    ),
    of_anybody(
        "whom anybody's connection has brought is counted",
        (REQUESTS, "WHERE sso_requests.id = $2 AND ‹sso_requests.tenant_id = $3›\","),
        "sso_requests::memory::",
    ),
    of_anybody(
        "any connection has brought them",
        (REQUESTS, "WHERE ‹sso_requests.tenant_id = $1› AND sso_people.user_id = $2)"),
        "sso_requests::memory::",
    ),
    of_anybody(
        "anybody's connection is deleted",
        (REQUESTS, "DELETE FROM sso_requests WHERE id = $1 AND ‹tenant_id = $2›"),
        ONE_TENANTS,
    ),
    of_anybody(
        "everybody's connections are forgotten",
        (REQUESTS, "DELETE FROM {table} WHERE ‹tenant_id = $1›"),
        "sso_requests::memory::",
    ),
    of_anybody(
        "anybody's domains",
        (PROOFS, "{ALL} WHERE ‹tenant_id = $1› ORDER BY domain"),
        "domain_proofs::memory::",
    ),
    of_anybody(
        "anybody's domain",
        (PROOFS, "{ALL} WHERE ‹tenant_id = $1› AND domain = $2"),
        "domain_proofs::memory::",
    ),
    of_anybody(
        "a look is taken at anybody's domain",
        (PROOFS, "SET checked_at = $1 WHERE ‹tenant_id = $2› AND domain = $3"),
        "domain_proofs::memory::a_look_is_taken_once",
    ),
    of_anybody(
        "anybody's domain is given up",
        (PROOFS, "DELETE FROM domain_proofs WHERE ‹tenant_id = $1› AND domain = $2"),
        "domain_proofs::memory::",
    ),
    of_anybody(
        "everybody's domains are forgotten",
        (PROOFS, "DELETE FROM domain_proofs WHERE ‹tenant_id = $1›\").of"),
        "domain_proofs::memory::a_tenant_is_forgotten_alone",
    ),
    of_anybody(
        "anybody is asked through any connection",
        (ACCESS, "FROM sso_requests WHERE id = $6 AND ‹tenant_id = $7›"),
        "access_requests::memory::is_one_tenants_alone",
    ),
    of_anybody(
        "everybody who asks",
        (ACCESS, "FROM access_requests WHERE ‹tenant_id = $1› ORDER BY"),
        "access_requests::memory::is_one_tenants_alone",
    ),
    of_anybody(
        "whom anybody was asked by",
        (ACCESS, "SELECT {COLUMNS} FROM access_requests WHERE ‹tenant_id = $1› AND user_id = $2"),
        "access_requests::memory::is_one_tenants_alone",
    ),
    mutant(
        "anybody answers",
        (ACCESS, "DELETE FROM access_requests WHERE ‹tenant_id = $1› AND user_id = $2"),
        Filter,
        Contract("access_requests::memory::is_one_tenants_alone"),
    ),
];
