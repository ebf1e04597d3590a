//! What the product keeps of organizations: how they look, who changed what, and whose turn it is.

use async_trait::async_trait;
use tenantry_domain::{AuditAction, AuditEntry, Branding, Logo, LogoId, Look, TenantId, Timestamp, UserId};
use tenantry_ports::{
    AuditLog, AuditLogError, Cursor, Page, PageSize, TenantLooks, TenantLooksError, Turn, Turns, TurnsError,
};

use super::World;

#[async_trait]
impl TenantLooks for World {
    async fn find(&self, tenant: &TenantId) -> Result<Option<Look>, TenantLooksError> {
        Ok(self.lock().looks.get(tenant).map(|(look, _)| look.clone()))
    }

    async fn show(
        &self,
        tenant: &TenantId,
        display_name: &str,
        branding: &Branding,
    ) -> Result<(), TenantLooksError> {
        let mut state = self.lock();
        let logo = state.looks.get(tenant).and_then(|(look, _)| look.logo.clone());
        let picture = state.looks.remove(tenant).and_then(|(_, picture)| picture);
        let look = Look { display_name: display_name.to_owned(), colours: branding.colours, logo };
        state.looks.insert(tenant.clone(), (look, picture));
        Ok(())
    }

    async fn keep_logo(
        &self,
        tenant: &TenantId,
        display_name: &str,
        id: &LogoId,
        logo: &Logo,
    ) -> Result<(), TenantLooksError> {
        let nothing = Look { display_name: display_name.to_owned(), colours: None, logo: None };
        let mut state = self.lock();
        let kept = state.looks.entry(tenant.clone()).or_insert((nothing, None));
        kept.0.logo = Some(id.clone());
        kept.1 = Some(logo.clone());
        Ok(())
    }

    async fn remove_logo(&self, tenant: &TenantId) -> Result<(), TenantLooksError> {
        if let Some((look, picture)) = self.lock().looks.get_mut(tenant) {
            (look.logo, *picture) = (None, None);
        }
        Ok(())
    }

    async fn logo(&self, id: &LogoId) -> Result<Option<Logo>, TenantLooksError> {
        let state = self.lock();
        let kept = state.looks.values().find(|(look, _)| look.logo.as_ref() == Some(id));
        Ok(kept.and_then(|(_, picture)| picture.clone()))
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), TenantLooksError> {
        self.lock().looks.remove(tenant);
        Ok(())
    }
}

#[async_trait]
impl AuditLog for World {
    async fn record(&self, entry: &AuditEntry) -> Result<(), AuditLogError> {
        self.lock().audit.push(entry.clone());
        Ok(())
    }

    async fn record_once(
        &self,
        entry: &AuditEntry,
        _: &str,
        _: Timestamp,
    ) -> Result<AuditEntry, AuditLogError> {
        self.record(entry).await?;
        Ok(entry.clone())
    }

    async fn of_tenant(
        &self,
        tenant: &TenantId,
        _: Option<Cursor>,
        _: PageSize,
    ) -> Result<Page<AuditEntry>, AuditLogError> {
        let state = self.lock();
        let items = state.audit.iter().rev().filter(|entry| entry.tenant.as_ref() == Some(tenant)).cloned();
        Ok(Page { items: items.collect(), next: None })
    }

    async fn of_action(
        &self,
        tenant: &TenantId,
        action: AuditAction,
        since: Timestamp,
        _: PageSize,
    ) -> Result<Vec<AuditEntry>, AuditLogError> {
        let all = self.of_tenant(tenant, None, PageSize::SCREEN).await?.items;
        Ok(all.into_iter().filter(|entry| entry.action == action && entry.at > since).collect())
    }

    async fn of_account(&self, _: &UserId, _: PageSize) -> Result<Vec<AuditEntry>, AuditLogError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Turns for World {
    async fn take(&self, _: &TenantId) -> Result<Turn, TurnsError> {
        Ok(Turn::holding(()))
    }
}
