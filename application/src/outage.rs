//! What every use case may meet: something outside is down, or asks us to wait.

use std::time::Duration;

use tenantry_ports::{
    AccessRequestsError, AuditLogError, BillingError, CheckoutsError, DomainProofsError,
    IdempotencyKeysError, IdentityProviderError, InvitationsError, JourneysError, LoginAttemptsError,
    MembersError, OffersError, SessionsError, Source, SsoConnectionsError, SsoRequestsError,
    TenantLooksError, TenantsError, TurnsError, TxtRecordsError, UsersError,
};

/// Something outside did not do what was asked. Nothing is lost: the same request can be made again.
#[derive(Debug, thiserror::Error)]
pub enum Outage {
    /// The identity provider asks us to wait.
    #[error("the identity provider is asked too often")]
    RateLimited {
        /// For how long, when it says so.
        retry_after: Option<Duration>,
    },
    /// The identity provider can't be reached, or its set-up is wrong.
    #[error("the identity provider can't be reached")]
    IdentityProvider(#[source] Source),
    /// The billing provider can't be reached.
    #[error("the billing provider can't be reached")]
    Billing(#[source] Source),
    /// The purchase was changed by somebody else meanwhile; looking again shows how.
    #[error("the purchase was changed in another window")]
    Conflict,
    /// Others change the same organization's people just now; in a moment it is this request's turn.
    #[error("others are changing this organization's people just now")]
    Busy,
    /// DNS can't be asked.
    #[error("DNS does not answer")]
    Dns(#[source] Source),
    /// Our own store can't be reached.
    #[error("the store can't be reached")]
    Store(#[source] Source),
}

impl From<UsersError> for Outage {
    fn from(error: UsersError) -> Self {
        match error {
            UsersError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::IdentityProvider(Box::new(other)),
        }
    }
}

impl From<TenantsError> for Outage {
    fn from(error: TenantsError) -> Self {
        match error {
            TenantsError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::IdentityProvider(Box::new(other)),
        }
    }
}

impl From<MembersError> for Outage {
    fn from(error: MembersError) -> Self {
        match error {
            MembersError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::IdentityProvider(Box::new(other)),
        }
    }
}

impl From<IdentityProviderError> for Outage {
    fn from(error: IdentityProviderError) -> Self {
        match error {
            IdentityProviderError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::IdentityProvider(Box::new(other)),
        }
    }
}

impl From<SsoConnectionsError> for Outage {
    fn from(error: SsoConnectionsError) -> Self {
        match error {
            SsoConnectionsError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::IdentityProvider(Box::new(other)),
        }
    }
}

impl From<InvitationsError> for Outage {
    fn from(error: InvitationsError) -> Self {
        match error {
            InvitationsError::RateLimited { retry_after } => Self::RateLimited { retry_after },
            other => Self::IdentityProvider(Box::new(other)),
        }
    }
}

impl From<OffersError> for Outage {
    fn from(error: OffersError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<BillingError> for Outage {
    fn from(error: BillingError) -> Self {
        Self::Billing(Box::new(error))
    }
}

impl From<CheckoutsError> for Outage {
    fn from(error: CheckoutsError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<JourneysError> for Outage {
    fn from(error: JourneysError) -> Self {
        match error {
            JourneysError::Conflict => Self::Conflict,
            JourneysError::Unavailable(_) => Self::Store(Box::new(error)),
        }
    }
}

impl From<SessionsError> for Outage {
    fn from(error: SessionsError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<TenantLooksError> for Outage {
    fn from(error: TenantLooksError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<LoginAttemptsError> for Outage {
    fn from(error: LoginAttemptsError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<AuditLogError> for Outage {
    fn from(error: AuditLogError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<IdempotencyKeysError> for Outage {
    fn from(error: IdempotencyKeysError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<TurnsError> for Outage {
    fn from(error: TurnsError) -> Self {
        match error {
            TurnsError::Busy => Self::Busy,
            TurnsError::Unavailable(_) => Self::Store(Box::new(error)),
        }
    }
}

impl From<DomainProofsError> for Outage {
    fn from(error: DomainProofsError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<AccessRequestsError> for Outage {
    fn from(error: AccessRequestsError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<SsoRequestsError> for Outage {
    fn from(error: SsoRequestsError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<TxtRecordsError> for Outage {
    fn from(error: TxtRecordsError) -> Self {
        Self::Dns(Box::new(error))
    }
}
