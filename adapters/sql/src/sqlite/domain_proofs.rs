//! [`DomainProofs`] in SQLite.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tenantry_domain::{DomainProof, EmailDomain, Id, ProofState, ProofToken, TenantId, Timestamp};
use tenantry_ports::{DomainProofs, DomainProofsError};

use super::Database;
use crate::error::StoreError;

const ALL: &str = "SELECT tenant_id, domain, token, state, since, missing_since, claimed_at, checked_at \
                   FROM domain_proofs";

/// Claims to domains in SQLite.
#[derive(Clone, Debug)]
pub struct SqlDomainProofs(Database);

impl SqlDomainProofs {
    /// The claims in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    async fn kept(&self, proof: &DomainProof) -> Result<bool, StoreError> {
        let (state, since) = written(proof.state);
        let kept = sqlx::query(
            "UPDATE domain_proofs SET state = ?, since = ?, missing_since = ?, checked_at = ? \
             WHERE tenant_id = ? AND domain = ? AND token = ?",
        )
        .bind(state)
        .bind(since)
        .bind(proof.missing_since.map(Timestamp::as_millis))
        .bind(proof.checked_at.map(Timestamp::as_millis))
        .bind(proof.tenant.as_str())
        .bind(proof.domain.as_str())
        // What was seen of an earlier claim proves nothing of this one.
        .bind(proof.token.as_str())
        .execute(&self.0.write)
        .await;
        match kept {
            Ok(done) => Ok(done.rows_affected() == 1),
            // Somebody else has proved it.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

#[async_trait]
impl DomainProofs for SqlDomainProofs {
    async fn claim(&self, proof: &DomainProof) -> Result<DomainProof, DomainProofsError> {
        // Writing what is there already makes the row answer, and changes nothing.
        let row = sqlx::query(
            "INSERT INTO domain_proofs (tenant_id, domain, token, state, claimed_at) VALUES (?, ?, ?, 'claimed', ?) \
             ON CONFLICT (tenant_id, domain) DO UPDATE SET token = token \
             RETURNING tenant_id, domain, token, state, since, missing_since, claimed_at, checked_at",
        )
        .bind(proof.tenant.as_str())
        .bind(proof.domain.as_str())
        .bind(proof.token.as_str())
        .bind(proof.claimed_at.as_millis())
        .fetch_one(&self.0.write)
        .await
        .map_err(StoreError::from)?;
        Ok(read(&row)?)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        domain: &EmailDomain,
    ) -> Result<Option<DomainProof>, DomainProofsError> {
        let query = format!("{ALL} WHERE tenant_id = ? AND domain = ?");
        Ok(self.0.one(query, &[tenant.as_str(), domain.as_str()], read).await?)
    }

    async fn keep(&self, proof: &DomainProof) -> Result<bool, DomainProofsError> {
        Ok(self.kept(proof).await?)
    }

    async fn of_tenant(&self, tenant: &TenantId) -> Result<Vec<DomainProof>, DomainProofsError> {
        let query = format!("{ALL} WHERE tenant_id = ? ORDER BY domain");
        Ok(self.0.all(query, &[tenant.as_str()], read).await?)
    }

    async fn proved(&self, domain: &EmailDomain) -> Result<Option<DomainProof>, DomainProofsError> {
        let query = format!("{ALL} WHERE domain = ? AND state = 'proved'");
        Ok(self.0.one(query, &[domain.as_str()], read).await?)
    }

    async fn due(
        &self,
        proved_before: Timestamp,
        claimed_before: Timestamp,
        claimed_after: Timestamp,
        limit: u32,
    ) -> Result<Vec<DomainProof>, DomainProofsError> {
        let due = format!(
            "{ALL} WHERE (state <> 'claimed' AND checked_at < ?) OR \
             (state = 'claimed' AND coalesce(checked_at, 0) < ? AND claimed_at > ?) \
             ORDER BY coalesce(checked_at, 0), domain, tenant_id LIMIT ?"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(due))
            .bind(proved_before.as_millis())
            .bind(claimed_before.as_millis())
            .bind(claimed_after.as_millis())
            .bind(limit)
            .fetch_all(&self.0.read)
            .await
            .map_err(StoreError::from)?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    async fn release(&self, tenant: &TenantId, domain: &EmailDomain) -> Result<(), DomainProofsError> {
        let released = sqlx::query("DELETE FROM domain_proofs WHERE tenant_id = ? AND domain = ?")
            .bind(tenant.as_str())
            .bind(domain.as_str());
        released.execute(&self.0.write).await.map_err(StoreError::from)?;
        Ok(())
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), DomainProofsError> {
        let forgotten = sqlx::query("DELETE FROM domain_proofs WHERE tenant_id = ?").bind(tenant.as_str());
        forgotten.execute(&self.0.write).await.map_err(StoreError::from)?;
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

fn read(row: &SqliteRow) -> Result<DomainProof, StoreError> {
    let at =
        |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_millis));
    let state = match (row.try_get::<&str, _>("state")?, at("since")?) {
        ("claimed", _) => ProofState::Claimed,
        ("proved", Some(since)) => ProofState::Proved { since },
        ("lapsed", Some(since)) => ProofState::Lapsed { since },
        (state, _) => return Err(StoreError::row("state")(&state)),
    };
    let domain = EmailDomain::try_from(row.try_get::<&str, _>("domain")?);
    let token = ProofToken::try_from(row.try_get::<&str, _>("token")?);
    let tenant = Id::try_from(row.try_get::<&str, _>("tenant_id")?);
    Ok(DomainProof {
        tenant: tenant.map_err(|why| StoreError::row("tenant_id")(&why))?,
        domain: domain.map_err(|why| StoreError::row("domain")(&why))?,
        token: token.map_err(|why| StoreError::row("token")(&why))?,
        state,
        missing_since: at("missing_since")?,
        claimed_at: Timestamp::from_millis(row.try_get("claimed_at")?),
        checked_at: at("checked_at")?,
    })
}
