//! Naming the organization that was paid for: it is made, and its buyer becomes its Administrator.

use std::sync::Arc;

use tenantry_domain::{Conversion, InvalidTenantName, Stage, TenantName, TenantRef};
use tenantry_ports::{SavedConversion, Session};

use crate::conversions::StepError;
use crate::{Conversions, Outage};

/// Makes the organization that someone has paid for.
pub struct RegisterOrganization {
    /// Moves the purchase on.
    pub conversions: Arc<Conversions>,
}

/// Why no organization was made.
#[derive(Debug, thiserror::Error)]
pub enum RegisterOrganizationError {
    /// The name can't be one.
    #[error(transparent)]
    InvalidName(#[from] InvalidTenantName),
    /// The name belongs to somebody else.
    #[error("this name is taken: choose another, for example with your city or a number")]
    NameTaken,
    /// Nothing has been paid that an organization belongs to.
    #[error("choose a plan for organizations first")]
    NotPaid,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl From<StepError> for RegisterOrganizationError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::NameTaken => Self::NameTaken,
            StepError::Conversion(_) => Self::NotPaid,
            StepError::Outage(outage) => Self::Outage(outage),
        }
    }
}

impl RegisterOrganization {
    /// Makes the organization under this name. Repeatable: a second click, or the first one after a crash, goes on
    /// where the last one stopped.
    pub async fn run(&self, session: &Session, name: &str) -> Result<TenantRef, RegisterOrganizationError> {
        let name = TenantName::try_from(name)?;
        let saved = self.owed(session).await?;
        let saved = match saved.conversion.stage().clone() {
            Stage::Creating { name: tried, .. } if tried != name => {
                self.other_name(saved, &tried, name).await?
            }
            Stage::Activation { .. } | Stage::Creating { .. } => self.named(saved, name).await?,
            Stage::Done { tenant: Some(tenant) } if tenant.name == name => return Ok(tenant),
            Stage::Paid { .. } => {
                let recorded = self.conversions.advance(saved).await?;
                self.named(recorded, name).await?
            }
            _ => saved,
        };
        let saved = self.conversions.advance(saved).await?;
        match saved.conversion.stage() {
            Stage::Done { tenant: Some(tenant) } => Ok(tenant.clone()),
            _ => Err(RegisterOrganizationError::NotPaid),
        }
    }

    /// The name that was asked for before, if making it did not come to an end: to be offered again.
    pub async fn name_before(&self, session: &Session) -> Result<Option<TenantName>, Outage> {
        let saved = self.conversions.find(&session.user).await?;
        Ok(saved.and_then(|saved| match saved.conversion.stage() {
            Stage::Creating { name, .. } => Some(name.clone()),
            _ => None,
        }))
    }

    /// The purchase that waits for its organization: our own record, or else what the provider says, read now.
    async fn owed(&self, session: &Session) -> Result<SavedConversion, RegisterOrganizationError> {
        let found = self.conversions.find(&session.user).await?;
        match found {
            Some(saved) if saved.conversion.is_owed() => return Ok(saved),
            Some(saved) if matches!(saved.conversion.stage(), Stage::Done { tenant: Some(_) }) => {
                return Ok(saved);
            }
            _ => {}
        }
        let user = self.conversions.users.find(&session.user).await.map_err(Outage::from)?;
        let subscription = user.and_then(|user| user.subscription).and_then(|text| text.parse().ok());
        let subscription = subscription.ok_or(RegisterOrganizationError::NotPaid)?;
        let (id, now) = (self.conversions.new_id()?, self.conversions.clock.now());
        let resumed = Conversion::resume(id, session.user.clone(), subscription, now)
            .map_err(|_| RegisterOrganizationError::NotPaid)?;
        Ok(self.conversions.save(&resumed, found.as_ref()).await?)
    }

    async fn named(
        &self,
        saved: SavedConversion,
        name: TenantName,
    ) -> Result<SavedConversion, RegisterOrganizationError> {
        let named = saved.conversion.clone().named(name).map_err(StepError::from)?;
        Ok(self.conversions.save(&named, Some(&saved)).await?)
    }

    /// The person wants another name than the one that was tried. If the first was made and its answer lost, it is
    /// theirs: two organizations for one payment there will not be.
    async fn other_name(
        &self,
        saved: SavedConversion,
        tried: &TenantName,
        name: TenantName,
    ) -> Result<SavedConversion, RegisterOrganizationError> {
        let made = self.conversions.tenants.find_by_name(tried).await.map_err(Outage::from)?;
        let is_theirs = made.is_some_and(|tenant| tenant.made_in.as_ref() == Some(saved.conversion.id()));
        if is_theirs { Ok(saved) } else { self.named(saved, name).await }
    }
}
