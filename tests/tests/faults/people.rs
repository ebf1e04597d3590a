//! Changes to an organization's people: one at a time, never without an Administrator, felt at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tenantry_application::{
    Authorize, ChangeRoles, ChangeRolesError, FindMember, LeaveOrganization, LeaveOrganizationError, People,
    RemoveMember, RemoveMemberError, TransferOwnership, TransferOwnershipError, WithdrawInvitations,
};
use tenantry_domain::{
    AdmissionRules, AuditAction, Catalogue, ConversionId, Enforcement, Role, Roles, SessionId, SsoKind,
    SsoRequest, SsoState, TenantName, TenantRef, Timestamp, UserId,
};
use tenantry_ports::{AuditLog, Clock, NewTenant, PageSize, Session, SsoArrival, SsoRequests};
use tenantry_sql::{SqlAuditLog, SqlSsoRequests, SqlTurns};

use crate::wire::{Loss, Wire, Wired};
use crate::world::{Provider, World};

/// The use cases, wired over a line, and what they left in the log.
pub struct Office {
    pub find: FindMember,
    pub change: ChangeRoles,
    pub remove: RemoveMember,
    pub leave: LeaveOrganization,
    pub transfer: TransferOwnership,
    pub audit: Arc<dyn AuditLog>,
}

pub fn office(world: &World, wire: &Arc<Wire>) -> Arc<Office> {
    let audit: Arc<dyn AuditLog> = Arc::new(SqlAuditLog::new(world.database.clone()));
    let people = People {
        authorize: Authorize {
            members: Wired::new(wire, Arc::clone(&world.members)),
            sessions: Wired::new(wire, Arc::clone(&world.sessions)),
            clock: world.clock.clone(),
        },
        members: Wired::new(wire, Arc::clone(&world.members)),
        sessions: Wired::new(wire, Arc::clone(&world.sessions)),
        turns: Arc::new(SqlTurns::new(&world.database)),
        catalogue: Arc::new(Catalogue::standard().unwrap()),
        requests: Arc::new(SqlSsoRequests::new(world.database.clone())),
        withdraw: WithdrawInvitations { seats: world.seats(wire), audit_log: Arc::clone(&audit) },
        audit_log: Arc::clone(&audit),
        clock: world.clock.clone(),
    };
    Arc::new(Office {
        find: FindMember { people: people.clone() },
        change: ChangeRoles { people: people.clone() },
        remove: RemoveMember { people: people.clone() },
        leave: LeaveOrganization { people: people.clone() },
        transfer: TransferOwnership { people },
        audit,
    })
}

/// An organization with these people in it.
pub async fn organization(world: &World, name: &str, people: &[(&UserId, Role)]) -> TenantRef {
    let wanted = NewTenant {
        name: TenantName::try_from(name).unwrap(),
        display_name: name.to_owned(),
        subscription: "team;2030-01-01T00:00:00.000Z;active".parse().unwrap(),
        created_by: world.ann.clone(),
        conversion: ConversionId::try_from(name).unwrap(),
    };
    let tenant = world.tenants.create(&wanted).await.unwrap().tenant;
    for (user, role) in people {
        world.members.add(&tenant.id, user).await.unwrap();
        world.members.assign(&tenant.id, user, *role).await.unwrap();
    }
    tenant
}

/// Signs a member in as what they are now.
pub async fn signed_in(world: &World, tenant: &TenantRef, user: &UserId) -> Session {
    // What ended sessions a moment ago ends no login that begins after it.
    world.clock.advance(Duration::from_secs(1));
    let id = format!("{}-{user}-{}", tenant.id, world.session().await.id);
    let session = Session {
        id: SessionId::try_from(id.as_str()).unwrap(),
        user: user.clone(),
        roles: world.members.roles(&tenant.id, user).await.unwrap(),
        ..world.session_under(tenant).await
    };
    world.sessions.begin(&session, &serde_json::Map::new(), world.clock.now()).await.unwrap();
    session
}

async fn is_signed_in(world: &World, session: &Session) -> bool {
    world.sessions.find(&session.id, world.clock.now()).await.unwrap().is_some()
}

#[tokio::test]
async fn s12_nobody_takes_the_last_administrator_away() {
    let provider = Provider::start().await;
    let world = World::new(&provider, 1).await;
    let (ann, bo) = (world.ann.clone(), provider.account("bo@example.com").await);
    let tenant = organization(&world, "acme", &[(&ann, Role::Administrator), (&bo, Role::Employee)]).await;
    let office = office(&world, &Arc::new(Wire::default()));
    let session = signed_in(&world, &tenant, &ann).await;

    let demoted = office.change.run(&session, ann.as_str(), &["Employee"]).await;
    assert!(matches!(demoted, Err(ChangeRolesError::LastAdministrator)), "{demoted:?}");
    let removed = office.remove.run(&session, ann.as_str()).await;
    assert!(matches!(removed, Err(RemoveMemberError::Yourself)), "{removed:?}");
    let left = office.leave.run(&session).await;
    assert!(matches!(left, Err(LeaveOrganizationError::LastAdministrator)), "{left:?}");
    let to_oneself = office.transfer.run(&session, ann.as_str()).await;
    assert!(matches!(to_oneself, Err(TransferOwnershipError::Yourself)), "{to_oneself:?}");
    let none = office.change.run(&session, bo.as_str(), &[]).await;
    assert!(matches!(none, Err(ChangeRolesError::NoRole)), "{none:?}");
    assert_eq!(world.members.administrators(&tenant.id).await.unwrap(), std::slice::from_ref(&ann));
    assert!(is_signed_in(&world, &session).await, "what is refused ends no session");

    office.transfer.run(&session, bo.as_str()).await.unwrap();
    assert_eq!(world.members.administrators(&tenant.id).await.unwrap(), [bo]);
    let after = signed_in(&world, &tenant, &ann).await;
    assert_eq!(after.roles, Roles::from(Role::Employee));
    office.leave.run(&after).await.unwrap();
    assert_eq!(world.members.find(&tenant.id, &ann).await.unwrap(), None);
}

#[tokio::test]
async fn s12_two_who_demote_each_other_leave_one() {
    let provider = Provider::start().await;
    let world = World::new(&provider, 1).await;
    let (ann, bo) = (world.ann.clone(), provider.account("bo@example.com").await);
    let both = [(&ann, Role::Administrator), (&bo, Role::Administrator)];
    let tenant = organization(&world, "acme", &both).await;
    let office = office(&world, &Arc::new(Wire::default()));
    let (anns, bos) = (signed_in(&world, &tenant, &ann).await, signed_in(&world, &tenant, &bo).await);
    let (one, other) = tokio::join!(
        office.change.run(&anns, bo.as_str(), &["Employee"]),
        office.change.run(&bos, ann.as_str(), &["Employee"])
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(world.members.administrators(&tenant.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_ends_the_sessions_that_it_concerns_and_is_remembered() {
    let provider = Provider::start().await;
    let world = World::new(&provider, 1).await;
    let (ann, bo) = (world.ann.clone(), provider.account("bo@example.com").await);
    let people = [(&ann, Role::Administrator), (&bo, Role::Employee)];
    let tenant = organization(&world, "acme", &people).await;
    let elsewhere = organization(&world, "other", &people).await;
    let office = office(&world, &Arc::new(Wire::default()));
    let anns = signed_in(&world, &tenant, &ann).await;
    let bos_elsewhere = signed_in(&world, &elsewhere, &bo).await;

    let bos = signed_in(&world, &tenant, &bo).await;
    office.change.run(&anns, bo.as_str(), &["Administrator"]).await.unwrap();
    assert!(!is_signed_in(&world, &bos).await, "promoted");
    let bos = signed_in(&world, &tenant, &bo).await;
    office.change.run(&anns, bo.as_str(), &["Employee"]).await.unwrap();
    assert!(!is_signed_in(&world, &bos).await, "demoted");
    let bos = signed_in(&world, &tenant, &bo).await;
    office.remove.run(&anns, bo.as_str()).await.unwrap();
    assert!(!is_signed_in(&world, &bos).await, "removed");
    assert!(is_signed_in(&world, &anns).await && is_signed_in(&world, &bos_elsewhere).await);
    assert!(world.members.find(&elsewhere.id, &bo).await.unwrap().is_some());

    let logged = office.audit.of_tenant(&tenant.id, None, PageSize::SCREEN).await.unwrap().items;
    let actions: Vec<_> = logged.iter().map(|entry| entry.action).collect();
    let expected = [AuditAction::MemberRemoved, AuditAction::RolesChanged, AuditAction::RolesChanged];
    assert_eq!(actions, expected);
    assert!(
        logged.iter().all(|entry| entry.actor == ann && entry.subject.starts_with("bo@example.com")),
        "{logged:?}"
    );
}

#[tokio::test]
async fn who_comes_through_a_login_that_makes_members_becomes_one_again_after_being_removed() {
    let provider = Provider::start().await;
    let world = World::new(&provider, 1).await;
    let (ann, bo) = (world.ann.clone(), provider.account("bo@example.com").await);
    let people = [(&ann, Role::Administrator), (&bo, Role::Employee)];
    let tenant = organization(&world, "acme", &people).await;
    let office = office(&world, &Arc::new(Wire::default()));
    let session = signed_in(&world, &tenant, &ann).await;
    let requests = SqlSsoRequests::new(world.database.clone());
    let rejoins = async || {
        let view = office.find.run(&session, bo.as_str()).await.unwrap();
        view.rejoins_through.map(|name| name.to_string())
    };
    let mut request = connection(&tenant, &ann, world.clock.now());
    requests.begin(&request).await.unwrap();
    assert_eq!(rejoins().await, None, "they have come another way");

    let arrival = SsoArrival {
        user: bo.clone(),
        email: "bo@example.com".try_into().unwrap(),
        client: "client".to_owned(),
        at: world.clock.now(),
    };
    requests.recognize(&tenant.id, &request.id, &arrival).await.unwrap();
    assert_eq!(rejoins().await.as_deref(), Some("Acme staff"));
    let mut kept = requests.find(&tenant.id, &request.id).await.unwrap().unwrap();
    request.admission.auto_membership = false;
    kept.revision = requests.save(&request, kept.revision).await.unwrap();
    assert_eq!(rejoins().await, None, "newcomers have to be let in");
    request.admission.auto_membership = true;
    request.state = SsoState::Off;
    requests.save(&request, kept.revision).await.unwrap();
    assert_eq!(rejoins().await, None, "nobody comes through it");
}

fn connection(tenant: &TenantRef, made_by: &UserId, made_at: Timestamp) -> SsoRequest {
    SsoRequest {
        id: "r1".try_into().unwrap(),
        tenant: tenant.clone(),
        kind: SsoKind::Okta,
        display_name: "Acme staff".try_into().unwrap(),
        domains: BTreeSet::new(),
        upstream: None,
        test: None,
        test_begun: None,
        admission: AdmissionRules::default(),
        state: SsoState::On,
        enforcement: Enforcement::Off,
        break_glass: BTreeSet::new(),
        made_by: made_by.clone(),
        made_at,
    }
}

#[tokio::test]
async fn s12_whatever_call_is_lost_somebody_runs_the_organization_and_a_repeat_finishes() {
    let provider = Provider::start().await;
    let world = World::new(&provider, 1).await;
    let (ann, bo) = (world.ann.clone(), provider.account("bo@example.com").await);
    for at in 0..20 {
        for loss in [Loss::NotSent, Loss::ReplyLost] {
            let name = format!("acme-{at}-{}", if loss == Loss::NotSent { "a" } else { "b" });
            let people = [(&ann, Role::Administrator), (&bo, Role::Employee)];
            let tenant = organization(&world, &name, &people).await;
            let session = signed_in(&world, &tenant, &ann).await;
            let cut = office(&world, &Arc::new(Wire::cut_at(at, loss)));
            let first = cut.transfer.run(&session, bo.as_str()).await;
            let administrators = world.members.administrators(&tenant.id).await.unwrap();
            assert!(!administrators.is_empty(), "{name}: {first:?}");
            if administrators.contains(&ann) {
                let whole = office(&world, &Arc::new(Wire::default()));
                whole.transfer.run(&session, bo.as_str()).await.unwrap();
            }
            assert_eq!(
                world.members.administrators(&tenant.id).await.unwrap(),
                std::slice::from_ref(&bo),
                "{name}"
            );
        }
    }
}
