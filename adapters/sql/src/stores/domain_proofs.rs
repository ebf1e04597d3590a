//! [`DomainProofs`] in a SQL database.

use async_trait::async_trait;
use tenantry_domain::{DomainProof, EmailDomain, Id, ProofState, ProofToken, TenantId, Timestamp};
use tenantry_ports::{DomainProofs, DomainProofsError};

use crate::database::Database;
use crate::error::StoreError;
use crate::statement::{Row, composed, statement};

const ALL: &str = "SELECT tenant_id, domain, token, state, since, missing_since, claimed_at, checked_at \
                   FROM domain_proofs";

/// Claims to domains in a SQL database.
#[derive(Clone, Debug)]
pub struct SqlDomainProofs(Database);

impl SqlDomainProofs {
    /// The claims in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    async fn kept(&self, proof: &DomainProof) -> Result<bool, StoreError> {
        let (state, since) = written(proof.state);
        let kept = statement(
            "UPDATE domain_proofs SET state = $1, since = $2, missing_since = $3, checked_at = $4 \
             WHERE tenant_id = $5 AND domain = $6 AND token = $7",
        )
        .bind(state)
        .bind(since)
        .bind(proof.missing_since.map(Timestamp::as_millis))
        .bind(proof.checked_at.map(Timestamp::as_millis))
        .of(&proof.tenant)
        .bind(proof.domain.as_str())
        // What was seen of an earlier claim proves nothing of this one.
        .bind(proof.token.as_str())
        .write(&self.0)
        .await;
        match kept {
            Ok(done) => Ok(done == 1),
            // Somebody else has proved it.
            Err(StoreError::Database(sqlx::Error::Database(error))) if error.is_unique_violation() => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl DomainProofs for SqlDomainProofs {
    async fn claim(&self, proof: &DomainProof) -> Result<DomainProof, DomainProofsError> {
        // Writing what is there already makes the row answer, and changes nothing.
        let row = statement(
            "INSERT INTO domain_proofs (tenant_id, domain, token, state, claimed_at) VALUES ($1, $2, $3, 'claimed', $4) \
             ON CONFLICT (tenant_id, domain) DO UPDATE SET token = domain_proofs.token \
             RETURNING tenant_id, domain, token, state, since, missing_since, claimed_at, checked_at",
        )
        .of(&proof.tenant)
        .bind(proof.domain.as_str())
        .bind(proof.token.as_str())
        .bind(proof.claimed_at.as_millis())
        .upsert(&self.0)
        .await?;
        Ok(read(&row)?)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        domain: &EmailDomain,
    ) -> Result<Option<DomainProof>, DomainProofsError> {
        let query = format!("{ALL} WHERE tenant_id = $1 AND domain = $2");
        Ok(composed(query).of(tenant).bind(domain.as_str()).find_as(&self.0, read).await?)
    }

    async fn keep(&self, proof: &DomainProof) -> Result<bool, DomainProofsError> {
        Ok(self.kept(proof).await?)
    }

    async fn take_look(&self, proof: &DomainProof, at: Timestamp) -> Result<bool, DomainProofsError> {
        let taken = statement(
            "UPDATE domain_proofs SET checked_at = $1 WHERE tenant_id = $2 AND domain = $3 AND token = $4 \
             AND checked_at IS NOT DISTINCT FROM $5",
        )
        .bind(at.as_millis())
        .of(&proof.tenant)
        .bind(proof.domain.as_str())
        .bind(proof.token.as_str())
        .bind(proof.checked_at.map(Timestamp::as_millis))
        .write(&self.0)
        .await?;
        Ok(taken == 1)
    }

    async fn of_tenant(&self, tenant: &TenantId) -> Result<Vec<DomainProof>, DomainProofsError> {
        let query = format!("{ALL} WHERE tenant_id = $1 ORDER BY domain");
        Ok(composed(query).of(tenant).list_as(&self.0, read).await?)
    }

    async fn proved(&self, domain: &EmailDomain) -> Result<Option<DomainProof>, DomainProofsError> {
        let query = format!("{ALL} WHERE domain = $1 AND state = 'proved'");
        Ok(composed(query).of_every_tenant().bind(domain.as_str()).find_as(&self.0, read).await?)
    }

    async fn due(
        &self,
        proved_before: Timestamp,
        claimed_before: Timestamp,
        claimed_after: Timestamp,
        limit: u32,
    ) -> Result<Vec<DomainProof>, DomainProofsError> {
        let due = format!(
            "{ALL} WHERE (state <> 'claimed' AND checked_at < $1) OR \
             (state = 'claimed' AND coalesce(checked_at, 0) < $2 AND claimed_at > $3) \
             ORDER BY coalesce(checked_at, 0), domain, tenant_id LIMIT $4"
        );
        Ok(composed(due)
            .of_every_tenant()
            .bind(proved_before.as_millis())
            .bind(claimed_before.as_millis())
            .bind(claimed_after.as_millis())
            .bind(limit)
            .list_as(&self.0, read)
            .await?)
    }

    async fn release(&self, tenant: &TenantId, domain: &EmailDomain) -> Result<(), DomainProofsError> {
        let released = statement("DELETE FROM domain_proofs WHERE tenant_id = $1 AND domain = $2")
            .of(tenant)
            .bind(domain.as_str());
        released.write(&self.0).await?;
        Ok(())
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), DomainProofsError> {
        let forgotten = statement("DELETE FROM domain_proofs WHERE tenant_id = $1").of(tenant);
        forgotten.write(&self.0).await?;
        Ok(())
    }
}

fn written(state: ProofState) -> (&'static str, Option<i64>) {
    match state {
        ProofState::Claimed => ("claimed", None),
        ProofState::Proved { since } => ("proved", Some(since.as_millis())),
        ProofState::Lapsed { since } => ("lapsed", Some(since.as_millis())),
    }
}

fn read(row: &Row) -> Result<DomainProof, StoreError> {
    let at = |column| Ok::<_, StoreError>(row.get::<Option<i64>>(column)?.map(Timestamp::from_millis));
    let state = match (row.get::<&str>("state")?, at("since")?) {
        ("claimed", _) => ProofState::Claimed,
        ("proved", Some(since)) => ProofState::Proved { since },
        ("lapsed", Some(since)) => ProofState::Lapsed { since },
        (state, _) => return Err(StoreError::row("state")(&state)),
    };
    let domain = EmailDomain::try_from(row.get::<&str>("domain")?);
    let token = ProofToken::try_from(row.get::<&str>("token")?);
    let tenant = Id::try_from(row.get::<&str>("tenant_id")?);
    Ok(DomainProof {
        tenant: tenant.map_err(|why| StoreError::row("tenant_id")(&why))?,
        domain: domain.map_err(|why| StoreError::row("domain")(&why))?,
        token: token.map_err(|why| StoreError::row("token")(&why))?,
        state,
        missing_since: at("missing_since")?,
        claimed_at: Timestamp::from_millis(row.get("claimed_at")?),
        checked_at: at("checked_at")?,
    })
}
