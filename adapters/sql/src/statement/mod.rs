//! Statements that both databases understand, and the rows that come back.
//!
//! A rule that is written in SQL (which tenant a row belongs to, what may be changed once) is written once. Parameters are
//! `$1`, `$2` and so on; where the two databases call something by different names, [`Dialect`](crate::database::Dialect)
//! has the name.

mod parameter;
mod row;
mod run;

use sqlx::postgres::{PgArguments, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use tenantry_domain::TenantId;

use crate::database::{Connections, Database, Transaction};
use crate::error::StoreError;
use parameter::Parameter;
pub(crate) use row::{Read, Row};
pub(crate) use run::Writer;

/// A statement and its parameters.
pub(crate) struct Statement {
    text: SqlStr,
    parameters: Vec<Parameter>,
    sees: Sees,
}

/// Whose rows a statement sees, of those that belong to a tenant. PostgreSQL holds it to that, whatever else it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sees {
    #[default]
    NoTenants,
    Tenant(TenantId),
    EveryTenants,
}

/// A statement, not yet given its parameters.
pub(crate) fn statement(text: &'static str) -> Statement {
    Statement { text: text.into_sql_str(), parameters: Vec::new(), sees: Sees::default() }
}

/// The same of one that is put together of several texts of ours: nothing in it came from outside.
pub(crate) fn composed(text: String) -> Statement {
    Statement { text: AssertSqlSafe(text).into_sql_str(), parameters: Vec::new(), sees: Sees::default() }
}

impl Statement {
    /// The value of the next parameter.
    pub(crate) fn bind(mut self, value: impl Into<Parameter>) -> Self {
        self.parameters.push(value.into());
        self
    }

    /// The next parameter is a tenant, if there is one, and it is this tenant's rows that the statement sees.
    pub(crate) fn of<'a>(self, tenant: impl Into<Option<&'a TenantId>>) -> Self {
        let tenant = tenant.into();
        let bound = self.bind(tenant.map(TenantId::as_str));
        match tenant {
            Some(tenant) => bound.within(tenant),
            None => bound,
        }
    }

    /// It is this tenant's rows that the statement sees.
    pub(crate) fn within(self, tenant: &TenantId) -> Self {
        Self { sees: Sees::Tenant(tenant.clone()), ..self }
    }

    /// The statement sees every tenant's rows: it looks for one whose tenant is not known yet, or is of all of them.
    pub(crate) fn of_every_tenant(self) -> Self {
        Self { sees: Sees::EveryTenants, ..self }
    }

    /// The only row that it finds.
    pub(crate) async fn find(self, database: &Database) -> Result<Option<Row>, StoreError> {
        Ok(match &database.connections {
            Connections::Sqlite(pools) => self.sqlite().fetch_optional(&pools.read).await?.map(Row::Sqlite),
            Connections::Postgres(pools) if self.sees == Sees::NoTenants => {
                self.postgres().fetch_optional(&pools.all).await?.map(Row::Postgres)
            }
            Connections::Postgres(_) => {
                let mut alone = database.begin().await?;
                let row = self.find_in(&mut alone).await?;
                alone.commit().await?;
                row
            }
        })
    }

    /// The only row that it finds, in a transaction.
    pub(crate) async fn find_in(self, transaction: &mut Transaction) -> Result<Option<Row>, StoreError> {
        transaction.fetch(self).await
    }

    /// The one row that it always finds, in a transaction.
    pub(crate) async fn get_in(self, transaction: &mut Transaction) -> Result<Row, StoreError> {
        Ok(self.find_in(transaction).await?.ok_or(sqlx::Error::RowNotFound)?)
    }

    /// What the only row says.
    pub(crate) async fn find_as<T>(
        self,
        database: &Database,
        read: Read<T>,
    ) -> Result<Option<T>, StoreError> {
        self.find(database).await?.as_ref().map(read).transpose()
    }

    /// The one row that it always finds.
    pub(crate) async fn get(self, database: &Database) -> Result<Row, StoreError> {
        Ok(self.find(database).await?.ok_or(sqlx::Error::RowNotFound)?)
    }

    /// Every row that it finds.
    pub(crate) async fn list(self, database: &Database) -> Result<Vec<Row>, StoreError> {
        Ok(match &database.connections {
            Connections::Sqlite(pools) => {
                self.sqlite().fetch_all(&pools.read).await?.into_iter().map(Row::Sqlite).collect()
            }
            Connections::Postgres(pools) if self.sees == Sees::NoTenants => {
                self.postgres().fetch_all(&pools.all).await?.into_iter().map(Row::Postgres).collect()
            }
            Connections::Postgres(_) => {
                let mut alone = database.begin().await?;
                let rows = alone.list(self).await?;
                alone.commit().await?;
                rows
            }
        })
    }

    /// What every row says.
    pub(crate) async fn list_as<T>(self, database: &Database, read: Read<T>) -> Result<Vec<T>, StoreError> {
        self.list(database).await?.iter().map(read).collect()
    }

    /// Changes what it changes, and says how many rows that was.
    pub(crate) async fn write(self, writer: impl Writer) -> Result<u64, StoreError> {
        writer.execute(self).await
    }

    /// The same of rows that belong to another, which may be deleted at the same moment: then nothing is changed.
    pub(crate) async fn write_unless_orphaned(self, writer: impl Writer) -> Result<u64, StoreError> {
        match self.write(writer).await {
            Err(StoreError::Database(sqlx::Error::Database(error))) if error.is_foreign_key_violation() => {
                Ok(0)
            }
            written => written,
        }
    }

    /// Changes a row, and gives what the row says then.
    pub(crate) async fn write_returning(self, writer: impl Writer) -> Result<Option<Row>, StoreError> {
        writer.fetch(self).await
    }

    /// Adds or changes a row, and gives what it says then.
    pub(crate) async fn upsert(self, writer: impl Writer) -> Result<Row, StoreError> {
        Ok(writer.fetch(self).await?.ok_or(sqlx::Error::RowNotFound)?)
    }

    fn sqlite(self) -> Query<'static, Sqlite, SqliteArguments> {
        let query = sqlx::query(self.text);
        self.parameters.into_iter().fold(query, |query, parameter| match parameter {
            Parameter::Text(text) => query.bind(text),
            Parameter::Number(number) => query.bind(number),
            Parameter::Flag(flag) => query.bind(flag),
            Parameter::Bytes(bytes) => query.bind(bytes),
        })
    }

    fn postgres(self) -> Query<'static, Postgres, PgArguments> {
        let query = sqlx::query(self.text);
        self.parameters.into_iter().fold(query, |query, parameter| match parameter {
            Parameter::Text(text) => query.bind(text.map(without_nul)),
            Parameter::Number(number) => query.bind(number),
            Parameter::Flag(flag) => query.bind(flag),
            Parameter::Bytes(bytes) => query.bind(bytes),
        })
    }
}

/// PostgreSQL takes every character but one. Whatever a provider calls somebody, they get in: it is replaced by the one that
/// stands for what can't be shown.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}
