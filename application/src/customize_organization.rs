//! What people call the organization, its colours and its logo.

use std::sync::Arc;

use tenantry_domain::{
    AuditAction, AuditEntry, Branding, Colours, DisplayName, Logo, LogoId, LogoUrl, Permission, Tenant,
    TenantRef,
};
use tenantry_ports::{AuditLog, Clock, Customization, Random, Session, TenantLooks, Tenants, TenantsError};
use url::Url;

use crate::{Authorize, AuthorizeError, Outage, audit};

/// Shows how the organization looks, and changes it: for its people at once, and on the provider's login page.
pub struct CustomizeOrganization {
    /// Who may.
    pub authorize: Authorize,
    /// Where the display name and the branding are.
    pub tenants: Arc<dyn Tenants>,
    /// What pages show.
    pub looks: Arc<dyn TenantLooks>,
    /// Remembers who changed it.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
    /// Makes the ids of logos.
    pub random: Arc<dyn Random>,
    /// Below which logos are served to everybody. The provider is told of a logo only where this is https.
    pub logos_url: Url,
}

/// How the organization is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomizationView {
    /// Its id and its name: neither can be changed.
    pub tenant: TenantRef,
    /// What people call it.
    pub display_name: String,
    /// Its colours; the product's own without them.
    pub colours: Option<Colours>,
    /// The logo that was uploaded.
    pub logo: Option<LogoId>,
}

/// What is to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookChange {
    /// The display name and the colours, or the product's own colours instead.
    NameAndColours(DisplayName, Option<Colours>),
    /// Another logo.
    Logo(Logo),
    /// No logo any more.
    NoLogo,
}

/// Why it is not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum CustomizeOrganizationError {
    /// It was deleted meanwhile.
    #[error("there is no such organization")]
    UnknownOrganization,
    /// The actor may not do it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl From<TenantsError> for CustomizeOrganizationError {
    fn from(error: TenantsError) -> Self {
        match error {
            TenantsError::UnknownTenant => Self::UnknownOrganization,
            outage => Self::Outage(outage.into()),
        }
    }
}

impl CustomizeOrganization {
    /// Whether they may look at all.
    pub fn may_look(&self, session: &Session) -> Result<(), CustomizeOrganizationError> {
        self.authorize.to_look(session, Permission::CustomizeOrganization)?;
        Ok(())
    }

    /// How the organization is shown, as the provider says now.
    pub async fn view(&self, session: &Session) -> Result<CustomizationView, CustomizeOrganizationError> {
        let administrator = self.authorize.to_look(session, Permission::CustomizeOrganization)?;
        self.shown(administrator.tenant()).await
    }

    /// Changes it. Repeatable: the same change once more leaves it the same.
    pub async fn run(
        &self,
        session: &Session,
        change: LookChange,
    ) -> Result<CustomizationView, CustomizeOrganizationError> {
        let administrator = self.authorize.to_change(session, Permission::CustomizeOrganization).await?;
        let tenant = administrator.tenant();
        let found = self.find(tenant).await?;
        let subject = match change {
            LookChange::NameAndColours(display_name, colours) => {
                let branding = Branding { colours, ..found.branding };
                let changed = self.write(tenant, Some(display_name), branding).await?;
                changed.display_name
            }
            LookChange::Logo(logo) => {
                let id = self.new_id()?;
                // First ours: the provider is told where it is, and may look at once.
                let kept = self.looks.keep_logo(&tenant.id, &found.display_name, &id, &logo).await;
                kept.map_err(Outage::from)?;
                self.tell_of_logo(tenant, found.branding, self.logo_url(&id)).await?;
                "logo".to_owned()
            }
            LookChange::NoLogo => {
                self.tell_of_logo(tenant, found.branding, None).await?;
                self.looks.remove_logo(&tenant.id).await.map_err(Outage::from)?;
                "no logo".to_owned()
            }
        };
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: session.user.clone(),
            actor_name: Some(session.name.clone()),
            tenant: Some(tenant.id.clone()),
            action: AuditAction::OrganizationCustomized,
            subject,
        };
        audit::record(&*self.audit_log, &entry).await;
        self.shown(tenant).await
    }

    async fn shown(&self, tenant: &TenantRef) -> Result<CustomizationView, CustomizeOrganizationError> {
        let (found, look) = tokio::join!(self.find(tenant), self.looks.find(&tenant.id));
        let (found, look) = (found?, look.map_err(Outage::from)?);
        Ok(CustomizationView {
            tenant: tenant.clone(),
            display_name: found.display_name,
            colours: found.branding.colours,
            logo: look.and_then(|look| look.logo),
        })
    }

    async fn find(&self, tenant: &TenantRef) -> Result<Tenant, CustomizeOrganizationError> {
        let found = self.tenants.find(&tenant.id).await?;
        found.ok_or(CustomizeOrganizationError::UnknownOrganization)
    }

    async fn write(
        &self,
        tenant: &TenantRef,
        display_name: Option<DisplayName>,
        branding: Branding,
    ) -> Result<Tenant, CustomizeOrganizationError> {
        let changed = self.tenants.customize(&tenant.id, &Customization { display_name, branding }).await?;
        let shown = self.looks.show(&tenant.id, &changed.display_name, &changed.branding).await;
        shown.map_err(Outage::from)?;
        Ok(changed)
    }

    /// Tells the provider where the logo is, if that is news.
    async fn tell_of_logo(
        &self,
        tenant: &TenantRef,
        told: Branding,
        logo: Option<LogoUrl>,
    ) -> Result<(), CustomizeOrganizationError> {
        if told.logo != logo {
            self.write(tenant, None, Branding { logo, ..told }).await?;
        }
        Ok(())
    }

    fn new_id(&self) -> Result<LogoId, Outage> {
        LogoId::try_from(self.random.hex(16).as_str()).map_err(|error| Outage::Store(Box::new(error)))
    }

    fn logo_url(&self, id: &LogoId) -> Option<LogoUrl> {
        LogoUrl::try_from(self.logos_url.join(id.as_str()).ok()?.as_str()).ok()
    }
}
