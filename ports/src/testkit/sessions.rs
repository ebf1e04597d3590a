//! The contract of [`Sessions`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use std::time::Duration;

use tenantry_domain::{
    Device, EmailAddress, EmailDomain, Holder, PersonName, Role, Roles, SessionId, Subscription, TenantId,
    TenantName, TenantRef, Timestamp, UserId,
};

use crate::{EndedSession, LoggedOut, Session, Sessions, SessionsError, SessionsOf};

const SECOND: Duration = Duration::from_secs(1);

fn now() -> Timestamp {
    Timestamp::from_seconds(1_700_000_000)
}

fn tenant(name: &str) -> TenantRef {
    TenantRef {
        id: TenantId::try_from(format!("org_{name}").as_str()).unwrap(),
        name: TenantName::try_from(name).unwrap(),
    }
}

fn session(id: &str, user: &str, tenant: Option<TenantRef>) -> Session {
    Session {
        id: SessionId::try_from(id).unwrap(),
        user: UserId::try_from(user).unwrap(),
        name: "Ann \"the\" Lee; – ≤".to_owned(),
        email: Some(EmailAddress::try_from("ann@example.com").unwrap()),
        picture: None,
        look: None,
        is_brought: false,
        roles: if tenant.is_some() { Roles::from(Role::Administrator) } else { Roles::default() },
        tenant,
        subscription: Some(Subscription::trial(now(), 1)),
        provider_session: Some("sid".to_owned()),
        began_at: now(),
        refreshed_at: now(),
        idle_until: now() + Duration::from_mins(1),
        ends_at: now() + Duration::from_hours(1),
    }
}

async fn begin(sessions: &impl Sessions, session: &Session) {
    try_to_begin(sessions, session, now()).await.unwrap();
}

async fn try_to_begin(
    sessions: &impl Sessions,
    session: &Session,
    left_at: Timestamp,
) -> Result<(), SessionsError> {
    let claims = serde_json::json!({ "sub": session.user.as_str(), "nested": { "a": [1, null] } });
    sessions.begin(session, claims.as_object().unwrap(), left_at).await
}

/// One that belongs to this session at the provider.
fn session_at_provider(id: &str, user: &str, provider_session: Option<&str>) -> Session {
    Session { provider_session: provider_session.map(str::to_owned), ..session(id, user, None) }
}

/// Which of the sessions are there.
async fn found(sessions: &impl Sessions, all: &[&Session]) -> Vec<bool> {
    let mut found = Vec::new();
    for session in all {
        found.push(sessions.find(&session.id, now()).await.unwrap().is_some());
    }
    found
}

/// What was begun is found as it was, with its claims.
pub async fn is_found_as_it_was_begun(sessions: &impl Sessions) {
    let acme = session("s2", "ann", Some(tenant("acme")));
    let brought = Session { is_brought: true, ..session("s4", "ann", Some(tenant("acme"))) };
    for session in [session("s1", "ann", None), acme, brought] {
        begin(sessions, &session).await;
        assert_eq!(sessions.find(&session.id, now()).await.unwrap(), Some(session.clone()));
        let claims = sessions.claims(&session.id).await.unwrap().unwrap();
        assert_eq!(claims.get("sub").and_then(|sub| sub.as_str()), Some("ann"));
    }
    let nobody = SessionId::try_from("s3").unwrap();
    assert_eq!(sessions.find(&nobody, now()).await.unwrap(), None);
    assert_eq!(sessions.claims(&nobody).await.unwrap(), None);
}

/// An ended session is found by nobody; ending it again is success.
pub async fn is_gone_when_ended(sessions: &impl Sessions) {
    let (ended, other) = (session("s1", "ann", None), session("s2", "ann", None));
    begin(sessions, &ended).await;
    begin(sessions, &other).await;
    sessions.end(&ended.id).await.unwrap();
    sessions.end(&ended.id).await.unwrap();
    assert_eq!(sessions.find(&ended.id, now()).await.unwrap(), None);
    assert_eq!(sessions.claims(&ended.id).await.unwrap(), None);
    sessions.keep_alive(&ended.id, now() + SECOND).await.unwrap();
    assert_eq!(sessions.find(&ended.id, now()).await.unwrap(), None);
    assert!(sessions.find(&other.id, now()).await.unwrap().is_some());
}

/// The limits hold to the second, whatever the browser's cookie says.
pub async fn ends_by_itself(sessions: &impl Sessions) {
    let begun = session("s1", "ann", None);
    begin(sessions, &begun).await;
    let found_at = |at: Timestamp| sessions.find(&begun.id, at);
    assert!(found_at(now() + Duration::from_secs(59)).await.unwrap().is_some());
    assert_eq!(found_at(now() + Duration::from_secs(61)).await.unwrap(), None);
    sessions.keep_alive(&begun.id, now() + Duration::from_hours(2)).await.unwrap();
    assert!(found_at(now() + Duration::from_secs(3599)).await.unwrap().is_some());
    assert_eq!(found_at(now() + Duration::from_secs(3601)).await.unwrap(), None);
}

/// A changed subscription is seen in the holder's sessions and in no other.
pub async fn shows_a_changed_subscription_at_once(sessions: &impl Sessions) {
    let own = session("s1", "ann", None);
    let acme = session("s2", "ann", Some(tenant("acme")));
    let colleague = session("s3", "bo", Some(tenant("acme")));
    let stranger = session("s4", "cy", Some(tenant("other")));
    let alone = session("s5", "di", None);
    for session in [&own, &acme, &colleague, &stranger, &alone] {
        begin(sessions, session).await;
    }
    let seen = |session: &Session| {
        let id = session.id.clone();
        async move { sessions.find(&id, now()).await.unwrap().unwrap().subscription.unwrap() }
    };
    let team: Subscription = "team;2030-01-01T00:00:00.000Z;active".parse().unwrap();
    let trial = Subscription::trial(now(), 1);

    sessions.set_subscription(&Holder::Tenant(tenant("acme").id), team).await.unwrap();
    assert_eq!((seen(&acme).await, seen(&colleague).await), (team, team));
    assert_eq!((seen(&own).await, seen(&stranger).await), (trial, trial));

    let personal: Subscription = "personal;2030-01-01T00:00:00.000Z;active".parse().unwrap();
    sessions.set_subscription(&Holder::Person(own.user.clone()), personal).await.unwrap();
    assert_eq!((seen(&own).await, seen(&acme).await, seen(&alone).await), (personal, team, trial));
}

/// What was read at the provider is seen from then on, in this session alone; an ended one does not come back.
pub async fn is_refreshed(sessions: &impl Sessions) {
    let other = session("s2", "ann", Some(tenant("acme")));
    let begun = Session { is_brought: true, ..session("s1", "ann", Some(tenant("acme"))) };
    begin(sessions, &begun).await;
    begin(sessions, &other).await;
    let refreshed = Session {
        roles: Roles::from(Role::Employee),
        subscription: None,
        refreshed_at: now() + SECOND,
        ..begun.clone()
    };
    sessions.refresh(&begun, &refreshed).await.unwrap();
    assert_eq!(sessions.find(&begun.id, now()).await.unwrap(), Some(refreshed.clone()));
    assert_eq!(sessions.find(&other.id, now()).await.unwrap(), Some(other));
    sessions.refresh(&begun, &begun).await.unwrap();
    assert_eq!(sessions.find(&begun.id, now()).await.unwrap(), Some(refreshed.clone()), "it is older");
    sessions.end(&begun.id).await.unwrap();
    sessions.refresh(&refreshed, &refreshed).await.unwrap();
    assert_eq!(sessions.find(&begun.id, now()).await.unwrap(), None);
}

/// What is over is forgotten, what is not stays.
pub async fn forgets_what_is_over(sessions: &impl Sessions) {
    let (over, running) = (session("s1", "ann", None), session("s2", "bo", None));
    begin(sessions, &over).await;
    begin(sessions, &running).await;
    sessions.keep_alive(&running.id, now() + Duration::from_mins(30)).await.unwrap();
    let later = now() + Duration::from_mins(2);
    assert_eq!(sessions.forget_expired(later).await.unwrap(), 1);
    assert_eq!(sessions.forget_expired(later).await.unwrap(), 0);
    assert_eq!(sessions.claims(&over.id).await.unwrap(), None);
    assert!(sessions.find(&running.id, later).await.unwrap().is_some());
}

/// Whatever the provider calls somebody, their session begins. A character that the store can't keep may be another one then.
pub async fn begin_whatever_somebody_is_called(sessions: &impl Sessions) {
    let names = ["", "\0", "A\0nn", "\u{202e}nnA", "👩‍👩‍👧‍👦", "'; DROP TABLE sessions; --"];
    for (number, name) in names.into_iter().enumerate() {
        let called = Session { name: name.to_owned(), ..session(&format!("s{number}"), "ann", None) };
        begin(sessions, &called).await;
        let found = sessions.find(&called.id, now()).await.unwrap().unwrap();
        assert_eq!(found.name.replace('\u{fffd}', "\0"), name);
    }
}

/// C07: what the provider ends is ended here, once or twice said, and nothing else.
pub async fn c07_ends_with_the_providers_session(sessions: &impl Sessions) {
    let one = session_at_provider("s1", "ann", Some("sid-1"));
    let under_tenant =
        Session { tenant: Some(tenant("acme")), ..session_at_provider("s2", "ann", Some("sid-1")) };
    let other = session_at_provider("s3", "ann", Some("sid-2"));
    let unnamed = session_at_provider("s4", "ann", None);
    let all = [&one, &under_tenant, &other, &unnamed];
    for session in all {
        begin(sessions, session).await;
        sessions.find(&session.id, now()).await.unwrap();
    }
    let whom = LoggedOut::ProviderSession("sid-1".to_owned());
    let forget_at = now() + Duration::from_hours(1);
    assert_eq!(sessions.end_logged_out(&whom, now(), forget_at).await.unwrap(), 2);
    assert_eq!(found(sessions, &all).await, [false, false, true, true]);
    assert_eq!(sessions.end_logged_out(&whom, now() + SECOND, forget_at).await.unwrap(), 0);
    assert_eq!(sessions.claims(&one.id).await.unwrap(), None);
    let nobody = LoggedOut::ProviderSession("sid-9".to_owned());
    assert_eq!(sessions.end_logged_out(&nobody, now(), forget_at).await.unwrap(), 0);
    assert_eq!(found(sessions, &all).await, [false, false, true, true]);
}

/// C07: a person who is logged out everywhere keeps no session; others keep theirs.
pub async fn c07_ends_with_the_person(sessions: &impl Sessions) {
    let all = [
        &session_at_provider("s1", "ann", Some("sid-1")),
        &session_at_provider("s2", "ann", None),
        &session_at_provider("s3", "bo", Some("sid-3")),
        // Whose session has the name of a person, and the other way round.
        &session_at_provider("s4", "sid-1", Some("ann")),
    ];
    for session in all {
        begin(sessions, session).await;
    }
    let ann = LoggedOut::User(UserId::try_from("ann").unwrap());
    assert_eq!(sessions.end_logged_out(&ann, now(), now() + SECOND).await.unwrap(), 2);
    assert_eq!(found(sessions, &all).await, [false, false, true, true]);
}

/// C07: a logout that is told before the login has completed wins; a login that begins afterwards succeeds.
pub async fn c07_a_logout_wins_against_a_login_that_is_under_way(sessions: &impl Sessions) {
    let forget_at = now() + Duration::from_mins(15);
    let ended = LoggedOut::ProviderSession("sid-1".to_owned());
    sessions.end_logged_out(&ended, now(), forget_at).await.unwrap();
    let late = session_at_provider("s1", "ann", Some("sid-1"));
    for left_at in [now(), now() + SECOND] {
        let refused = try_to_begin(sessions, &late, left_at).await;
        assert!(matches!(refused, Err(SessionsError::LoggedOut)), "{refused:?}");
    }
    assert_eq!(found(sessions, &[&late]).await, [false]);
    begin(sessions, &session_at_provider("s2", "ann", Some("sid-2"))).await;

    let bo = LoggedOut::User(UserId::try_from("bo").unwrap());
    sessions.end_logged_out(&bo, now() + SECOND, forget_at).await.unwrap();
    // The same is told late and once more: the later one counts.
    sessions.end_logged_out(&bo, now(), forget_at).await.unwrap();
    let of_bo = session_at_provider("s3", "bo", Some("sid-3"));
    for left_at in [now(), now() + SECOND] {
        let refused = try_to_begin(sessions, &of_bo, left_at).await;
        assert!(matches!(refused, Err(SessionsError::LoggedOut)), "{refused:?}");
    }
    try_to_begin(sessions, &of_bo, now() + 2 * SECOND).await.unwrap();
    begin(sessions, &session_at_provider("s4", "cy", Some("bo"))).await;
    assert_eq!(found(sessions, &[&of_bo]).await, [true]);
}

/// C07: what was remembered of a logout is forgotten when no login can be under way any more.
pub async fn c07_a_logout_is_forgotten_in_time(sessions: &impl Sessions) {
    let forget_at = now() + Duration::from_mins(15);
    let ended = LoggedOut::ProviderSession("sid-1".to_owned());
    sessions.end_logged_out(&ended, now(), forget_at).await.unwrap();
    let late = session_at_provider("s1", "ann", Some("sid-1"));
    let (just_before, after) = (now() + Duration::from_mins(14), now() + Duration::from_mins(16));
    assert_eq!(sessions.forget_expired(just_before).await.unwrap(), 0);
    assert!(try_to_begin(sessions, &late, now()).await.is_err());
    // Not a session that was over: it does not count.
    assert_eq!(sessions.forget_expired(after).await.unwrap(), 0);
    try_to_begin(sessions, &late, now()).await.unwrap();
}

/// A change ends every session that it concerns and no other, but for the one that is spared.
pub async fn a_change_ends_what_it_concerns(sessions: &impl Sessions) {
    let at = |id, user, name| session(id, user, Some(tenant(name)));
    let acme = tenant("acme").id;
    let ann = UserId::try_from("ann").unwrap();
    let forget_at = now() + Duration::from_mins(15);
    let all = [
        &session("s1", "ann", None),
        &at("s2", "ann", "acme"),
        &at("s3", "ann", "acme"),
        &at("s4", "ann", "other"),
        &at("s5", "bo", "acme"),
        // Who is named as if two names ran into each other.
        &at("s6", "nn", "acmea"),
    ];
    for session in all {
        begin(sessions, session).await;
        sessions.find(&session.id, now()).await.unwrap();
    }
    let member = SessionsOf::Member(acme.clone(), ann.clone());
    let spared = Some(all[1].id.clone());
    assert_eq!(sessions.end_all(&member, spared, now(), forget_at).await.unwrap(), 1);
    assert_eq!(found(sessions, &all).await, [true, true, false, true, true, true]);
    assert_eq!(sessions.end_all(&member, None, now(), forget_at).await.unwrap(), 1);
    assert_eq!(sessions.end_all(&member, None, now(), forget_at).await.unwrap(), 0);
    assert_eq!(found(sessions, &all).await, [true, false, false, true, true, true]);
    assert_eq!(sessions.end_all(&SessionsOf::User(ann), None, now(), forget_at).await.unwrap(), 2);
    assert_eq!(found(sessions, &all).await, [false, false, false, false, true, true]);
    assert_eq!(sessions.end_all(&SessionsOf::Tenant(acme), None, now(), forget_at).await.unwrap(), 1);
    assert_eq!(found(sessions, &all).await, [false, false, false, false, false, true]);
    let people = SessionsOf::Users(["nn", "nobody", "bo"].map(|name| UserId::try_from(name).unwrap()).into());
    let (colleague, other) = (at("s7", "bo", "third"), at("s8", "cy", "third"));
    for session in [&colleague, &other] {
        begin(sessions, session).await;
    }
    assert_eq!(sessions.end_all(&people, None, now(), forget_at).await.unwrap(), 2);
    assert_eq!(found(sessions, &[all[5], &colleague, &other]).await, [false, false, true]);
    let nobody = SessionsOf::Users(Vec::new());
    assert_eq!(sessions.end_all(&nobody, None, now(), forget_at).await.unwrap(), 0);
}

/// A session with this address.
fn session_of(id: &str, email: &str, tenant: Option<TenantRef>) -> Session {
    Session { email: Some(EmailAddress::try_from(email).unwrap()), ..session(id, email, tenant) }
}

fn personal(domains: &[&str]) -> SessionsOf {
    SessionsOf::Personal(domains.iter().map(|domain| EmailDomain::try_from(*domain).unwrap()).collect())
}

/// Whose address is in exactly one of the domains has no session of their own any more, but for the one that is spared.
pub async fn people_of_a_domain_are_signed_out_of_what_is_their_own(sessions: &impl Sessions) {
    let forget_at = now() + Duration::from_mins(15);
    let all = [
        &session_of("s1", "ann@corp.example", None),
        &session_of("s2", "bo@corp.example", None),
        &session_of("s3", "cy@other.example", None),
        &session_of("s4", "ann@corp.example", Some(tenant("acme"))),
        // What ends alike, and what begins alike.
        &session_of("s5", "di@sub.corp.example", None),
        &session_of("s6", "ed@corp.example.org", None),
        &Session { email: None, ..session("s7", "fay", None) },
    ];
    for session in all {
        begin(sessions, session).await;
        sessions.find(&session.id, now()).await.unwrap();
    }
    let (both, spared) = (personal(&["corp.example", "other.example"]), Some(all[1].id.clone()));
    assert_eq!(sessions.end_all(&both, spared, now(), forget_at).await.unwrap(), 2);
    assert_eq!(found(sessions, &all).await, [false, true, false, true, true, true, true]);
    assert_eq!(sessions.end_all(&personal(&[]), None, now(), forget_at).await.unwrap(), 0);
    // A login that is under way comes too late, under no tenant and in the domain alone.
    let late = session_of("s8", "gus@corp.example", None);
    let refused = try_to_begin(sessions, &late, now()).await;
    assert!(matches!(refused, Err(SessionsError::LoggedOut)), "{refused:?}");
    try_to_begin(sessions, &late, now() + SECOND).await.unwrap();
    try_to_begin(sessions, &session_of("s9", "gus@sub.corp.example", None), now()).await.unwrap();
    let inside = session_of("s10", "gus@corp.example", Some(tenant("acme")));
    try_to_begin(sessions, &inside, now()).await.unwrap();
}

/// Of a session that ended with a membership it is known whose it was, until it would have ended anyway; of others not.
pub async fn are_remembered_when_a_membership_ends_them(sessions: &impl Sessions) {
    let acme = tenant("acme");
    let (ann, bo) = (UserId::try_from("ann").unwrap(), UserId::try_from("bo").unwrap());
    let own = session("s1", "ann", Some(acme.clone()));
    let spared = session("s2", "ann", Some(acme.clone()));
    let elsewhere = session("s3", "ann", Some(tenant("other")));
    let colleague = session("s4", "bo", Some(acme.clone()));
    let brought = Session { is_brought: true, ..session("s5", "ann", Some(acme.clone())) };
    for session in [&own, &spared, &elsewhere, &colleague, &brought] {
        begin(sessions, session).await;
    }
    let forget_at = now() + Duration::from_mins(15);
    let member = SessionsOf::Member(acme.id.clone(), ann.clone());
    for _ in 0..2 {
        sessions.end_all(&member, Some(spared.id.clone()), now(), forget_at).await.unwrap();
    }
    sessions.end_all(&SessionsOf::User(bo), None, now(), forget_at).await.unwrap();
    sessions.end(&elsewhere.id).await.unwrap();
    for session in [&own, &brought] {
        let (user, tenant) = (ann.clone(), acme.clone());
        let ended = EndedSession { user, tenant, is_brought: session.is_brought };
        assert_eq!(sessions.find_ended(&session.id, now()).await.unwrap(), Some(ended));
    }
    assert_eq!(sessions.find(&own.id, now()).await.unwrap(), None);
    for session in [&spared, &elsewhere, &colleague] {
        assert_eq!(sessions.find_ended(&session.id, now()).await.unwrap(), None, "{}", session.id);
    }
    sessions.forget_expired(own.ends_at).await.unwrap();
    assert_eq!(sessions.find_ended(&own.id, own.ends_at).await.unwrap(), None);
}

/// A change wins against a login that is under way; one that begins afterwards succeeds, and so does a login elsewhere.
pub async fn a_change_wins_against_a_login_that_is_under_way(sessions: &impl Sessions) {
    let acme = tenant("acme").id;
    let ann = UserId::try_from("ann").unwrap();
    let forget_at = now() + Duration::from_mins(15);
    let changed_at = now() + SECOND;
    let member = SessionsOf::Member(acme.clone(), ann);
    sessions.end_all(&member, None, changed_at, forget_at).await.unwrap();
    let inside = session("s1", "ann", Some(tenant("acme")));
    for left_at in [now(), changed_at] {
        let refused = try_to_begin(sessions, &inside, left_at).await;
        assert!(matches!(refused, Err(SessionsError::LoggedOut)), "{refused:?}");
    }
    try_to_begin(sessions, &session("s2", "ann", Some(tenant("other"))), now()).await.unwrap();
    try_to_begin(sessions, &session("s3", "ann", None), now()).await.unwrap();
    let colleague = session("s4", "bo", Some(tenant("acme")));
    try_to_begin(sessions, &colleague, now()).await.unwrap();
    try_to_begin(sessions, &inside, changed_at + SECOND).await.unwrap();

    sessions.end_all(&SessionsOf::Tenant(acme), None, changed_at, forget_at).await.unwrap();
    let refused = try_to_begin(sessions, &session("s5", "bo", Some(tenant("acme"))), now()).await;
    assert!(matches!(refused, Err(SessionsError::LoggedOut)), "{refused:?}");
}

fn device(name: &str, network: Option<&str>) -> Device {
    Device { name: name.to_owned(), network: network.map(str::to_owned) }
}

/// Their owner sees every running session and nobody else's, with the device that was noted last; noting it for a session
/// that is not there makes none.
pub async fn are_shown_to_their_owner(sessions: &impl Sessions) {
    let ann = UserId::try_from("ann").unwrap();
    assert_eq!(sessions.of_user(&ann, now()).await.unwrap(), []);
    let own = session("s1-of-sixteen-characters-and-more", "ann", None);
    let acme = session("s2", "ann", Some(tenant("acme")));
    let over = Session { idle_until: now() + SECOND, ..session("s3", "ann", None) };
    let ended = session("s4", "ann", None);
    let colleague = session("s5", "bo", Some(tenant("acme")));
    for session in [&own, &acme, &over, &ended, &colleague] {
        begin(sessions, session).await;
        sessions.find(&session.id, now()).await.unwrap();
    }
    sessions.end(&ended.id).await.unwrap();
    let (firefox, safari) =
        (device("Firefox on Linux", Some("203.0.113.x")), device("Safari on iPhone", None));
    let (first, later) = (now() + SECOND, now() + 2 * SECOND);
    for (session, device, at) in [
        (&own, &safari, first),
        (&own, &firefox, later),
        (&ended, &firefox, later),
        (&colleague, &safari, later),
    ] {
        sessions.note_device(&session.id, device, at).await.unwrap();
    }
    let shown = sessions.of_user(&ann, later).await.unwrap();
    let seen: Vec<_> =
        shown.iter().map(|one| (one.handle.clone(), one.device.clone(), one.used_at)).collect();
    let expected = [(own.id.handle(), Some(firefox), later), (acme.id.handle(), None, now())];
    assert_eq!(seen, expected);
    assert_eq!(shown.iter().map(|one| one.tenant.clone()).collect::<Vec<_>>(), [None, acme.tenant]);
    assert!(shown.iter().all(|one| one.began_at == now() && one.ends_at == own.ends_at));
    assert_eq!(own.id.handle().as_str(), "s1-of-sixteen-ch");
    let again = session("s4", "ann", None);
    begin(sessions, &again).await;
    let shown = sessions.of_user(&ann, now()).await.unwrap();
    let handle = again.id.handle();
    assert!(shown.iter().any(|one| one.handle == handle && one.device.is_none()), "{shown:?}");
}

/// A person ends sessions of their own: somebody else's and one that is not there are the same.
pub async fn are_ended_by_their_owner_alone(sessions: &impl Sessions) {
    let all = [
        &session("s1-of-sixteen-characters-and-more", "ann", None),
        &session("s2", "ann", Some(tenant("acme"))),
        &session("s3", "bo", Some(tenant("acme"))),
    ];
    for session in all {
        begin(sessions, session).await;
        sessions.find(&session.id, now()).await.unwrap();
    }
    let (ann, bo) = (&all[0].user, &all[2].user);
    let nothing = SessionId::try_from("s9").unwrap();
    for handle in [all[2].id.handle(), nothing.handle()] {
        assert!(!sessions.end_own(ann, &handle).await.unwrap(), "{handle}");
    }
    assert!(!sessions.end_own(bo, &all[0].id.handle()).await.unwrap());
    assert_eq!(found(sessions, &all).await, [true, true, true]);
    assert!(sessions.end_own(ann, &all[0].id.handle()).await.unwrap());
    assert!(!sessions.end_own(ann, &all[0].id.handle()).await.unwrap(), "it has ended");
    assert_eq!(found(sessions, &all).await, [false, true, true]);
}

/// A new name is seen in every session of the person, and in no other.
pub async fn call_a_person_by_their_name(sessions: &impl Sessions) {
    let (own, acme) = (session("s1", "ann", None), session("s2", "ann", Some(tenant("acme"))));
    let other = session("s3", "bo", None);
    for session in [&own, &acme, &other] {
        begin(sessions, session).await;
        sessions.find(&session.id, now()).await.unwrap();
    }
    let name = PersonName::try_from("Ännchen").unwrap();
    sessions.set_name(&own.user, &name).await.unwrap();
    for session in [own, acme] {
        let renamed = Session { name: name.to_string(), ..session.clone() };
        assert_eq!(sessions.find(&session.id, now()).await.unwrap(), Some(renamed));
    }
    assert_eq!(sessions.find(&other.id, now()).await.unwrap(), Some(other));
}
