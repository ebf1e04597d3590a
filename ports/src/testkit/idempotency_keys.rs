//! The contract of [`IdempotencyKeys`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use std::time::Duration;

use futures::future::join_all;
use tenantry_domain::Timestamp;

use crate::{IdempotencyKey, IdempotencyKeys, KeptAnswer, KeyTimes, KeyedRequest, Taken};

const MINUTE: Duration = Duration::from_mins(1);

fn request(user: &str, key: &str, fingerprint: &str) -> KeyedRequest {
    let key = IdempotencyKey { user: user.try_into().unwrap(), text: key.try_into().unwrap() };
    KeyedRequest { key, fingerprint: fingerprint.to_owned() }
}

fn begin() -> Timestamp {
    Timestamp::from_seconds(1_700_000_000)
}

fn at(now: Timestamp) -> KeyTimes {
    KeyTimes { now, gives_up_at: now + MINUTE, forget_at: now + 60 * MINUTE }
}

fn answer() -> KeptAnswer {
    let body = r#"{"said":"≤ \"x\""}"#.to_owned();
    KeptAnswer { status: 201, content_type: "application/json".to_owned(), body }
}

/// The same request gets the same answer, and another request none.
pub async fn an_answer_is_kept_for_its_request(keys: &impl IdempotencyKeys) {
    let first = request("ann", "k", "f");
    assert_eq!(keys.take(&first, &at(begin())).await.unwrap(), Taken::Fresh);
    assert_eq!(keys.take(&first, &at(begin())).await.unwrap(), Taken::UnderWay);
    assert_eq!(keys.take(&request("ann", "k", "g"), &at(begin())).await.unwrap(), Taken::OtherRequest);
    keys.keep(&first.key, &at(begin()), &answer()).await.unwrap();
    let later = begin() + 59 * MINUTE;
    assert_eq!(keys.take(&first, &at(later)).await.unwrap(), Taken::Answered(answer()));
    assert_eq!(keys.take(&request("ann", "k", "g"), &at(later)).await.unwrap(), Taken::OtherRequest);
    keys.release(&first.key, &at(begin())).await.unwrap();
    assert_eq!(keys.take(&first, &at(later)).await.unwrap(), Taken::Answered(answer()));
}

/// What one person has made up means nothing for another, and capitals count.
pub async fn a_key_belongs_to_its_person(keys: &impl IdempotencyKeys) {
    keys.take(&request("ann", "k", "f"), &at(begin())).await.unwrap();
    keys.keep(&request("ann", "k", "f").key, &at(begin()), &answer()).await.unwrap();
    for other in [request("bob", "k", "f"), request("ann", "K", "f")] {
        assert_eq!(keys.take(&other, &at(begin())).await.unwrap(), Taken::Fresh);
        assert_eq!(keys.take(&other, &at(begin())).await.unwrap(), Taken::UnderWay);
    }
    let (anns, bobs) = (request("ann", "j", "f"), request("bob", "j", "f"));
    keys.take(&anns, &at(begin())).await.unwrap();
    keys.take(&bobs, &at(begin())).await.unwrap();
    keys.keep(&bobs.key, &at(begin()), &answer()).await.unwrap();
    assert_eq!(keys.take(&anns, &at(begin())).await.unwrap(), Taken::UnderWay);
    keys.release(&request("bob", "k", "f").key, &at(begin())).await.unwrap();
    keys.release(&request("cy", "j", "f").key, &at(begin())).await.unwrap();
    assert_eq!(keys.take(&anns, &at(begin())).await.unwrap(), Taken::UnderWay);
}

/// A key that was released is as new; so is one whose holder has died, and one whose time is over.
pub async fn a_key_can_be_taken_again(keys: &impl IdempotencyKeys) {
    let (first, other) = (request("ann", "k", "f"), request("ann", "k", "g"));
    keys.take(&first, &at(begin())).await.unwrap();
    keys.release(&first.key, &at(begin())).await.unwrap();
    assert_eq!(keys.take(&other, &at(begin())).await.unwrap(), Taken::Fresh);
    let given_up = begin() + MINUTE;
    assert_eq!(keys.take(&other, &at(given_up)).await.unwrap(), Taken::Fresh);
    keys.keep(&other.key, &at(given_up), &answer()).await.unwrap();
    let over = given_up + 60 * MINUTE;
    assert_eq!(keys.take(&first, &at(over)).await.unwrap(), Taken::Fresh);
    assert_eq!(keys.take(&first, &at(over)).await.unwrap(), Taken::UnderWay);
}

/// Whoever was given up, and comes back after all, neither answers for the next one nor lets a third one in.
pub async fn who_was_given_up_is_out(keys: &impl IdempotencyKeys) {
    let same = request("ann", "k", "f");
    let (lost, next) = (at(begin()), at(begin() + MINUTE));
    assert_eq!(keys.take(&same, &lost).await.unwrap(), Taken::Fresh);
    assert_eq!(keys.take(&same, &next).await.unwrap(), Taken::Fresh);
    keys.release(&same.key, &lost).await.unwrap();
    assert_eq!(keys.take(&same, &next).await.unwrap(), Taken::UnderWay);
    keys.keep(&same.key, &lost, &KeptAnswer { status: 500, ..answer() }).await.unwrap();
    assert_eq!(keys.take(&same, &next).await.unwrap(), Taken::UnderWay);
    keys.keep(&same.key, &next, &answer()).await.unwrap();
    assert_eq!(keys.take(&same, &next).await.unwrap(), Taken::Answered(answer()));
}

/// Of many at the same time one runs.
pub async fn one_of_many_runs(keys: &impl IdempotencyKeys) {
    let same = request("ann", "k", "f");
    let times = at(begin());
    let taken = join_all((0..20).map(|_| keys.take(&same, &times))).await;
    let fresh = taken.into_iter().filter(|taken| *taken.as_ref().unwrap() == Taken::Fresh).count();
    assert_eq!(fresh, 1);
}

/// What is over is forgotten, and nothing else; an answer that comes too late is not kept.
pub async fn forgets_what_is_over(keys: &impl IdempotencyKeys) {
    let (old, new) = (request("ann", "old", "f"), request("ann", "new", "f"));
    keys.take(&old, &at(begin())).await.unwrap();
    let later = begin() + 30 * MINUTE;
    keys.take(&new, &at(later)).await.unwrap();
    keys.keep(&new.key, &at(later), &answer()).await.unwrap();
    assert_eq!(keys.forget_expired(begin() + 60 * MINUTE).await.unwrap(), 1);
    assert_eq!(keys.forget_expired(begin() + 60 * MINUTE).await.unwrap(), 0);
    keys.keep(&old.key, &at(begin()), &answer()).await.unwrap();
    assert_eq!(keys.take(&old, &at(later)).await.unwrap(), Taken::Fresh);
    assert_eq!(keys.take(&new, &at(later)).await.unwrap(), Taken::Answered(answer()));
}
