//! The contract of [`Turns`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tenantry_domain::TenantId;

use crate::Turns;

fn tenant(id: &str) -> TenantId {
    TenantId::try_from(id).unwrap()
}

/// While somebody has a tenant's turn nobody else gets it; another tenant's is free all the while.
pub async fn one_at_a_time(turns: &impl Turns) {
    let (acme, other) = (tenant("org_acme"), tenant("org_other"));
    let mine = turns.take(&acme).await.unwrap();
    let mut theirs = pin!(turns.take(&acme));
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(theirs.as_mut().poll(&mut context), Poll::Pending));
    drop(turns.take(&other).await.unwrap());
    assert!(matches!(theirs.as_mut().poll(&mut context), Poll::Pending));
    drop(mine);
    drop(theirs.await.unwrap());
    drop(turns.take(&acme).await.unwrap());
}

/// Somebody who does not wait any longer stands in nobody's way.
pub async fn whoever_gives_up_is_passed_over(turns: &impl Turns) {
    let acme = tenant("org_acme");
    let mine = turns.take(&acme).await.unwrap();
    {
        let mut impatient = pin!(turns.take(&acme));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(impatient.as_mut().poll(&mut context), Poll::Pending));
    }
    drop(mine);
    drop(turns.take(&acme).await.unwrap());
}
