//! [`TenantLooks`] in a SQL database.

use async_trait::async_trait;
use tenantry_domain::{Branding, Colours, Logo, LogoId, Look, TenantId};
use tenantry_ports::{TenantLooks, TenantLooksError};

use crate::database::{Concerns, Database};
use crate::error::StoreError;
use crate::statement::{Row, statement};

/// How organizations look, in a SQL database.
#[derive(Clone, Debug)]
pub struct SqlTenantLooks(Database);

impl SqlTenantLooks {
    /// The looks in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl TenantLooks for SqlTenantLooks {
    async fn find(&self, tenant: &TenantId) -> Result<Option<Look>, TenantLooksError> {
        let row = statement(
            "SELECT display_name, primary_colour, background_colour, tenant_logos.id AS logo \
             FROM tenant_looks LEFT JOIN tenant_logos USING (tenant_id) WHERE tenant_id = $1",
        )
        .bind(tenant.as_str())
        .find(&self.0)
        .await?;
        Ok(row.as_ref().map(read_look).transpose()?.flatten())
    }

    async fn show(
        &self,
        tenant: &TenantId,
        display_name: &str,
        branding: &Branding,
    ) -> Result<(), TenantLooksError> {
        let colours = branding.colours;
        let query = statement(
            "INSERT INTO tenant_looks (tenant_id, display_name, primary_colour, background_colour) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id) DO UPDATE SET display_name = excluded.display_name, \
             primary_colour = excluded.primary_colour, background_colour = excluded.background_colour",
        )
        .bind(tenant.as_str())
        .bind(display_name)
        .bind(colours.map(|colours| colours.primary.to_string()))
        .bind(colours.map(|colours| colours.background.to_string()));
        self.0.write_concerning(Concerns::All, query).await?;
        Ok(())
    }

    async fn keep_logo(
        &self,
        tenant: &TenantId,
        display_name: &str,
        id: &LogoId,
        logo: &Logo,
    ) -> Result<(), TenantLooksError> {
        let name = statement(
            "INSERT INTO tenant_looks (tenant_id, display_name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(tenant.as_str())
        .bind(display_name);
        let picture = statement(
            "INSERT INTO tenant_logos (tenant_id, id, picture) VALUES ($1, $2, $3) \
             ON CONFLICT (tenant_id) DO UPDATE SET id = excluded.id, picture = excluded.picture",
        )
        .bind(tenant.as_str())
        .bind(id.as_str())
        .bind(logo.bytes());
        let database = self.0.clone();
        let write = async move {
            let mut write = database.begin().await?;
            name.write(&mut write).await?;
            picture.write(&mut write).await?;
            write.commit().await
        };
        Ok(self.0.write_to_its_end(Concerns::All, write).await?)
    }

    async fn remove_logo(&self, tenant: &TenantId) -> Result<(), TenantLooksError> {
        let query = statement("DELETE FROM tenant_logos WHERE tenant_id = $1").bind(tenant.as_str());
        self.0.write_concerning(Concerns::All, query).await?;
        Ok(())
    }

    async fn logo(&self, id: &LogoId) -> Result<Option<Logo>, TenantLooksError> {
        let picture = statement("SELECT picture FROM tenant_logos WHERE id = $1")
            .bind(id.as_str())
            .find(&self.0)
            .await?;
        let picture = picture.map(|row| row.only::<Vec<u8>>()).transpose()?;
        let logo = picture.map(Logo::try_from).transpose();
        Ok(logo.map_err(|why| StoreError::row("picture")(&why))?)
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), TenantLooksError> {
        let (database, tenant) = (self.0.clone(), tenant.as_str().to_owned());
        let write = async move {
            let mut write = database.begin().await?;
            statement("DELETE FROM tenant_logos WHERE tenant_id = $1")
                .bind(&tenant)
                .write(&mut write)
                .await?;
            statement("DELETE FROM tenant_looks WHERE tenant_id = $1")
                .bind(&tenant)
                .write(&mut write)
                .await?;
            write.commit().await
        };
        Ok(self.0.write_to_its_end(Concerns::All, write).await?)
    }
}

/// The look in a row that has its columns; `None` where the tenant has none.
pub(super) fn read_look(row: &Row) -> Result<Option<Look>, StoreError> {
    let Some(display_name) = row.get("display_name")? else { return Ok(None) };
    let colour = |column: &'static str| {
        let text: Option<&str> = row.get(column)?;
        text.map(str::parse).transpose().map_err(|why| StoreError::row(column)(&why))
    };
    let colours = colour("primary_colour")?.zip(colour("background_colour")?);
    let logo: Option<&str> = row.get("logo")?;
    Ok(Some(Look {
        display_name,
        colours: colours.map(|(primary, background)| Colours { primary, background }),
        logo: logo.map(LogoId::try_from).transpose().map_err(|why| StoreError::row("logo")(&why))?,
    }))
}
