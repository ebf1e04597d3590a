//! [`TenantLooks`] in SQLite.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tenantry_domain::{Branding, Colours, Logo, LogoId, Look, TenantId};
use tenantry_ports::{TenantLooks, TenantLooksError};

use super::Database;
use super::session_cache::Concerns;
use crate::error::StoreError;

/// How organizations look, in SQLite.
#[derive(Clone, Debug)]
pub struct SqlTenantLooks(Database);

impl SqlTenantLooks {
    /// The looks in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Carries out a write to its end, also when whoever asked for it does not wait any longer; only then are sessions
    /// read anew.
    async fn write(
        &self,
        write: impl Future<Output = Result<(), sqlx::Error>> + Send + 'static,
    ) -> Result<(), StoreError> {
        let writing = self.0.sessions.writing(Concerns::All);
        let written = tokio::spawn(async move {
            let outcome = write.await;
            drop(writing);
            outcome
        });
        Ok(written.await.map_err(|error| sqlx::Error::Io(error.into()))??)
    }
}

#[async_trait]
impl TenantLooks for SqlTenantLooks {
    async fn find(&self, tenant: &TenantId) -> Result<Option<Look>, TenantLooksError> {
        let row = sqlx::query(
            "SELECT display_name, primary_colour, background_colour, tenant_logos.id AS logo \
             FROM tenant_looks LEFT JOIN tenant_logos USING (tenant_id) WHERE tenant_id = ?",
        )
        .bind(tenant.as_str())
        .fetch_optional(&self.0.read)
        .await
        .map_err(StoreError::from)?;
        Ok(row.as_ref().map(read_look).transpose()?.flatten())
    }

    async fn show(
        &self,
        tenant: &TenantId,
        display_name: &str,
        branding: &Branding,
    ) -> Result<(), TenantLooksError> {
        let colours = branding.colours;
        let query = sqlx::query(
            "INSERT INTO tenant_looks (tenant_id, display_name, primary_colour, background_colour) \
             VALUES (?, ?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET display_name = excluded.display_name, \
             primary_colour = excluded.primary_colour, background_colour = excluded.background_colour",
        )
        .bind(tenant.as_str().to_owned())
        .bind(display_name.to_owned())
        .bind(colours.map(|colours| colours.primary.to_string()))
        .bind(colours.map(|colours| colours.background.to_string()));
        let pool = self.0.write.clone();
        Ok(self.write(async move { query.execute(&pool).await.map(drop) }).await?)
    }

    async fn keep_logo(
        &self,
        tenant: &TenantId,
        display_name: &str,
        id: &LogoId,
        logo: &Logo,
    ) -> Result<(), TenantLooksError> {
        let name = sqlx::query(
            "INSERT INTO tenant_looks (tenant_id, display_name) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(tenant.as_str().to_owned())
        .bind(display_name.to_owned());
        let picture = sqlx::query(
            "INSERT INTO tenant_logos (tenant_id, id, picture) VALUES (?, ?, ?) \
             ON CONFLICT (tenant_id) DO UPDATE SET id = excluded.id, picture = excluded.picture",
        )
        .bind(tenant.as_str().to_owned())
        .bind(id.as_str().to_owned())
        .bind(logo.bytes().to_vec());
        let pool = self.0.write.clone();
        let write = async move {
            let mut write = pool.begin().await?;
            name.execute(&mut *write).await?;
            picture.execute(&mut *write).await?;
            write.commit().await
        };
        Ok(self.write(write).await?)
    }

    async fn remove_logo(&self, tenant: &TenantId) -> Result<(), TenantLooksError> {
        let query =
            sqlx::query("DELETE FROM tenant_logos WHERE tenant_id = ?").bind(tenant.as_str().to_owned());
        let pool = self.0.write.clone();
        Ok(self.write(async move { query.execute(&pool).await.map(drop) }).await?)
    }

    async fn logo(&self, id: &LogoId) -> Result<Option<Logo>, TenantLooksError> {
        let picture: Option<Vec<u8>> = sqlx::query_scalar("SELECT picture FROM tenant_logos WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.0.read)
            .await
            .map_err(StoreError::from)?;
        let logo = picture.map(Logo::try_from).transpose();
        Ok(logo.map_err(|why| StoreError::row("picture")(&why))?)
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), TenantLooksError> {
        let (pool, tenant) = (self.0.write.clone(), tenant.as_str().to_owned());
        let write = async move {
            let mut write = pool.begin().await?;
            sqlx::query("DELETE FROM tenant_logos WHERE tenant_id = ?")
                .bind(&tenant)
                .execute(&mut *write)
                .await?;
            sqlx::query("DELETE FROM tenant_looks WHERE tenant_id = ?")
                .bind(&tenant)
                .execute(&mut *write)
                .await?;
            write.commit().await
        };
        Ok(self.write(write).await?)
    }
}

/// The look in a row that has its columns; `None` where the tenant has none.
pub(super) fn read_look(row: &SqliteRow) -> Result<Option<Look>, StoreError> {
    let Some(display_name) = row.try_get("display_name")? else { return Ok(None) };
    let colour = |column: &'static str| {
        let text: Option<&str> = row.try_get(column)?;
        text.map(str::parse).transpose().map_err(|why| StoreError::row(column)(&why))
    };
    let colours = colour("primary_colour")?.zip(colour("background_colour")?);
    let logo: Option<&str> = row.try_get("logo")?;
    Ok(Some(Look {
        display_name,
        colours: colours.map(|(primary, background)| Colours { primary, background }),
        logo: logo.map(LogoId::try_from).transpose().map_err(|why| StoreError::row("logo")(&why))?,
    }))
}
