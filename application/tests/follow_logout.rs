//! Logouts that the provider tells of: what is believed, what is ended, and for how long it is remembered.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use mockall::predicate::eq;
use tenantry_application::{FollowLogout, FollowLogoutError};
use tenantry_domain::{Timestamp, UserId};
use tenantry_ports::testkit::FixedClock;
use tenantry_ports::{IdentityProviderError, LoggedOut, MockIdentityProvider, MockSessions, SessionsError};

const NOW: &str = "2026-01-02T03:04:05.678Z";
/// The ten minutes of a login, and five more.
const FORGET_AT: &str = "2026-01-02T03:19:05.678Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn use_case(verdict: Result<LoggedOut, IdentityProviderError>, sessions: MockSessions) -> FollowLogout {
    let mut provider = MockIdentityProvider::new();
    provider.expect_verify_logout_token().once().return_once(|_| verdict);
    FollowLogout {
        provider: Arc::new(provider),
        sessions: Arc::new(sessions),
        clock: Arc::new(FixedClock::at(NOW)),
    }
}

#[tokio::test]
async fn rp45_whom_the_token_names_is_logged_out_and_stays_so() {
    for whom in
        [LoggedOut::ProviderSession("sid".to_owned()), LoggedOut::User(UserId::try_from("ann").unwrap())]
    {
        let mut sessions = MockSessions::new();
        let end = sessions.expect_end_logged_out().with(eq(whom.clone()), eq(at(NOW)), eq(at(FORGET_AT)));
        end.once().returning(|_, _, _| Ok(2));
        assert_eq!(use_case(Ok(whom), sessions).run(&"token".into()).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn rp45_a_token_that_is_not_believed_ends_nothing() {
    let refusal = Err(IdentityProviderError::Rejected("forged".into()));
    let refused = use_case(refusal, MockSessions::new()).run(&"token".into()).await;
    assert!(matches!(refused, Err(FollowLogoutError::Rejected(_))), "{refused:?}");
}

#[tokio::test]
async fn f02_what_is_down_is_told_apart_from_what_is_forged() {
    for outage in [
        IdentityProviderError::Unavailable("down".into()),
        IdentityProviderError::RateLimited { retry_after: None },
    ] {
        let failed = use_case(Err(outage), MockSessions::new()).run(&"token".into()).await;
        assert!(matches!(failed, Err(FollowLogoutError::Outage(_))), "{failed:?}");
    }
    let mut sessions = MockSessions::new();
    sessions
        .expect_end_logged_out()
        .returning(|_, _, _| Err(SessionsError::Unavailable("the disk is full".into())));
    let whom = LoggedOut::ProviderSession("sid".to_owned());
    let failed = use_case(Ok(whom), sessions).run(&"token".into()).await;
    assert!(matches!(failed, Err(FollowLogoutError::Outage(_))), "{failed:?}");
}
