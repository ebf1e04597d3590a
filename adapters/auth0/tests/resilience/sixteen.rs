//! Sixteen instances of the product under the rate limit of a free Auth0 tenant: two requests a second.

use std::time::Duration;

use tenantry_auth0::Limits;
use tenantry_fake::RateLimitPlan;
use tenantry_ports::{Tenants, TenantsError};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::world::{World, new_tenant};

const INSTANCES: u64 = 16;
/// So often somebody may be told to come again. All of the work takes sixteen seconds, and a call waits for up to nine.
const PATIENCE: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_instances_under_a_rate_limit_all_finish_and_nothing_is_done_twice() {
    let world = World::start().await;
    let rig = world.rig().await;
    let ann = rig.account("ann@example.com").await;
    world.asked();
    world.fake.limit_rates(Some(RateLimitPlan::Free));
    let mut instances = JoinSet::new();
    for number in 0..INSTANCES {
        // The product's own patience; each looks up its connections and makes an organization.
        let auth0 = world.cold_client(Limits::default(), number);
        let tenant = new_tenant(&format!("acme-{number}"), &ann);
        instances.spawn(async move {
            for come_again in 0..PATIENCE {
                match auth0.tenants().create(&tenant).await {
                    Ok(_) => return come_again,
                    Err(TenantsError::RateLimited { retry_after }) => {
                        sleep(retry_after.unwrap_or(Duration::from_secs(1))).await;
                    }
                    // What was asked for may have been done all the same: the next try finds it.
                    Err(TenantsError::Unavailable(_)) => sleep(Duration::from_secs(1)).await,
                    Err(error) => panic!("instance {number}: {error:?}"),
                }
            }
            panic!("instance {number} is starved")
        });
    }
    let came_again = instances.join_all().await;
    world.fake.limit_rates(None);
    let asked = world.asked();
    let made = asked.iter().filter(|call| *call == "POST /api/v2/organizations 201").count();
    assert_eq!(made, 16, "nothing is made twice: {asked:?}");
    assert!(asked.iter().any(|call| call.ends_with(" 429")), "the limit was in force");
    assert_eq!(rig.organizations().await.len(), 16);
    println!("{} requests; told to come again: {came_again:?}", asked.len());
}
