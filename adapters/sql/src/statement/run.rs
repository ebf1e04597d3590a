//! Where statements are carried out: by themselves, or in a transaction.

use sqlx::postgres::Postgres;

use super::{Row, Sees, Statement};
use crate::database::{Connections, Database, Transaction};
use crate::error::StoreError;

/// Where statements that write are carried out: by themselves, or in a transaction.
pub(crate) trait Writer: Send {
    fn execute(self, statement: Statement) -> impl Future<Output = Result<u64, StoreError>> + Send;
    fn fetch(self, statement: Statement) -> impl Future<Output = Result<Option<Row>, StoreError>> + Send;
}

impl Writer for &Database {
    async fn execute(self, statement: Statement) -> Result<u64, StoreError> {
        Ok(match &self.connections {
            Connections::Sqlite(pools) => statement.sqlite().execute(&pools.write).await?.rows_affected(),
            Connections::Postgres(pools) if statement.sees == Sees::NoTenants => {
                statement.postgres().execute(&pools.all).await?.rows_affected()
            }
            Connections::Postgres(_) => {
                let mut alone = self.begin().await?;
                let changed = statement.write(&mut alone).await?;
                alone.commit().await?;
                changed
            }
        })
    }

    async fn fetch(self, statement: Statement) -> Result<Option<Row>, StoreError> {
        Ok(match &self.connections {
            Connections::Sqlite(pools) => {
                statement.sqlite().fetch_optional(&pools.write).await?.map(Row::Sqlite)
            }
            // The same is done to find a row and to write one.
            Connections::Postgres(_) => statement.find(self).await?,
        })
    }
}

impl Writer for &mut Transaction {
    async fn execute(self, statement: Statement) -> Result<u64, StoreError> {
        Ok(match self {
            Transaction::Sqlite(write) => statement.sqlite().execute(&mut **write).await?.rows_affected(),
            Transaction::Postgres { write, sees, .. } => {
                see(write, sees, &statement.sees).await?;
                statement.postgres().execute(&mut **write).await?.rows_affected()
            }
        })
    }

    async fn fetch(self, statement: Statement) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Transaction::Sqlite(write) => {
                statement.sqlite().fetch_optional(&mut **write).await?.map(Row::Sqlite)
            }
            Transaction::Postgres { write, sees, .. } => {
                see(write, sees, &statement.sees).await?;
                statement.postgres().fetch_optional(&mut **write).await?.map(Row::Postgres)
            }
        })
    }
}

impl Transaction {
    pub(super) async fn list(&mut self, statement: Statement) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(read) => {
                statement.sqlite().fetch_all(&mut **read).await?.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres { write, sees, .. } => {
                see(write, sees, &statement.sees).await?;
                statement.postgres().fetch_all(&mut **write).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }
}

/// Lets the rest of a transaction see what its next statement is for.
async fn see(
    write: &mut sqlx::Transaction<'static, Postgres>,
    seen: &mut Sees,
    wanted: &Sees,
) -> Result<(), StoreError> {
    if seen == wanted {
        return Ok(());
    }
    let setting = match wanted {
        Sees::NoTenants => String::new(),
        Sees::Tenant(tenant) => format!("tenant:{tenant}"),
        Sees::EveryTenants => "every".to_owned(),
    };
    let set = sqlx::query("SELECT set_config('tenantry.sees', $1, TRUE)").bind(setting);
    set.execute(&mut **write).await?;
    seen.clone_from(wanted);
    Ok(())
}
