//! Naming the organization that was paid for: it is made, and its buyer becomes its Administrator.

use std::sync::Arc;

use tenantry_domain::{Holder, InvalidTenantName, Stage, TenantName, TenantRef};
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
    /// where the last one stopped. A name that was tried before, and of which it is not known whether it was taken, is
    /// tried again first: there is one organization for each payment.
    pub async fn run(&self, session: &Session, name: &str) -> Result<TenantRef, RegisterOrganizationError> {
        let name = TenantName::try_from(name)?;
        let owed = self.conversions.owed(&session.user).await?.ok_or(RegisterOrganizationError::NotPaid)?;
        if let Stage::Done { tenant: Some(tenant) } = owed.conversion.stage() {
            let is_this = tenant.name == name;
            return if is_this { Ok(tenant.clone()) } else { Err(RegisterOrganizationError::NotPaid) };
        }
        let tried = match owed.conversion.stage() {
            Stage::Creating { name, .. } => Some(name.clone()),
            _ => None,
        };
        let saved = match self.conversions.advance(owed).await {
            Err(StepError::NameTaken) if tried.as_ref() != Some(&name) => self.asking(session).await?,
            outcome => outcome?,
        };
        let saved = match saved.conversion.stage() {
            Stage::Activation { .. } => {
                let now = self.conversions.clock.now();
                let named = saved.conversion.clone().named(name, now).map_err(StepError::from)?;
                let named = self.conversions.save(&named, Some(&saved)).await?;
                self.conversions.advance(named).await?
            }
            _ => saved,
        };
        match saved.conversion.stage() {
            Stage::Done { tenant: Some(tenant) } => Ok(tenant.clone()),
            _ => Err(RegisterOrganizationError::NotPaid),
        }
    }

    /// The name that was asked for before, if making it did not come to an end: to be offered again.
    pub async fn name_before(&self, session: &Session) -> Result<Option<TenantName>, Outage> {
        let saved = self.conversions.find(&Holder::Person(session.user.clone())).await?;
        Ok(saved.and_then(|saved| match saved.conversion.stage() {
            Stage::Creating { name, .. } => Some(name.clone()),
            Stage::Joining { tenant, .. } => Some(tenant.name.clone()),
            _ => None,
        }))
    }

    /// The purchase, once it is known that the name tried before was taken.
    async fn asking(&self, session: &Session) -> Result<SavedConversion, RegisterOrganizationError> {
        let saved = self.conversions.find(&Holder::Person(session.user.clone())).await?;
        saved.ok_or(RegisterOrganizationError::NotPaid)
    }
}
