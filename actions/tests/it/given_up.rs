//! An engine that can't be stopped is given up: what is told of it, and what it still holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::Value;
use tenantry_actions::{ApiRequest, ApiResponse, Cache, Credentials, End, Host, post_login};

use crate::world::{World, action, event, handler, short};

/// Keeps whoever wants randomness until it is let go: for the engine a call that does not look at its deadline.
struct Keeping {
    world: Arc<World>,
    lets_go: AtomicBool,
}

#[async_trait]
impl Host for Keeping {
    async fn management(&self, credentials: &Credentials, request: ApiRequest) -> ApiResponse {
        self.world.management(credentials, request).await
    }

    async fn authentication(&self, credentials: &Credentials, request: ApiRequest) -> ApiResponse {
        self.world.authentication(credentials, request).await
    }

    fn now_ms(&self) -> i64 {
        self.world.now_ms()
    }

    fn random(&self, _: &mut [u8]) {
        let began = Instant::now();
        while !self.lets_go.load(Ordering::Relaxed) && began.elapsed() < Duration::from_mins(1) {
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn cache(&self) -> &Cache {
        self.world.cache()
    }
}

#[tokio::test]
async fn it_is_told_which_action_was_given_up_and_what_ran_before() {
    let host = Arc::new(Keeping { world: World::answering(&[]), lets_go: AtomicBool::new(false) });
    let stuck = action("stuck", "exports.onExecutePostLogin = () => { Math.random(); };");
    let actions = [handler("console.log('well'); api.idToken.setCustomClaim('a', 1);"), stuck];
    let execution = post_login(&actions, event(), host.clone(), &short()).await;
    let End::Failed { action, message } = execution.end else { panic!("{:?}", execution.end) };
    assert_eq!(action, "stuck");
    assert!(message.contains("longer than 0.3 seconds"), "{message}");
    assert_eq!(execution.runs.len(), 1, "of the one that was given up nobody knows more");
    assert_eq!((execution.runs[0].action.as_str(), &execution.runs[0].error), ("handler", &None));
    assert_eq!(execution.runs[0].console[0].text, "well");
    assert_eq!(Value::from(execution.effects.id_token_claims), serde_json::json!({}));

    // The thread holds its host, and what that holds, until it ends.
    assert!(Arc::strong_count(&host) > 1);
    host.lets_go.store(true, Ordering::Relaxed);
    let began = Instant::now();
    while Arc::strong_count(&host) > 1 {
        assert!(began.elapsed() < Duration::from_secs(5), "it still runs");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
