//! What is seen of a tenant's look on the way, so that no page has to ask for it.

use tenantry_domain::{Look, Tenant};
use tenantry_ports::TenantLooks;

/// Shows the tenant from now on as it was just read, unless it is shown so already; answers how. A failure is no reason
/// to stop: the next reading tries again.
pub(crate) async fn seen(looks: &dyn TenantLooks, tenant: &Tenant, shown: Option<&Look>) -> Look {
    let look = Look {
        display_name: tenant.display_name.clone(),
        colours: tenant.branding.colours,
        logo: shown.and_then(|shown| shown.logo.clone()),
    };
    if shown != Some(&look)
        && let Err(error) = looks.show(&tenant.tenant.id, &look.display_name, &tenant.branding).await
    {
        tracing::warn!(%error, tenant = %tenant.tenant.id, "how an organization looks can't be kept");
    }
    look
}

/// The same for whoever is not signed in yet.
pub(crate) async fn seen_before_login(looks: &dyn TenantLooks, tenant: &Tenant) {
    match looks.find(&tenant.tenant.id).await {
        Ok(shown) => {
            seen(looks, tenant, shown.as_ref()).await;
        }
        Err(error) => tracing::warn!(%error, "how an organization looks can't be read"),
    }
}
