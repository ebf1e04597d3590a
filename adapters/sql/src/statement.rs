//! Statements that both databases understand, and the rows that come back.
//!
//! A rule that is written in SQL (which tenant a row belongs to, what may be changed once) is written once. Parameters are
//! `$1`, `$2` and so on; where the two databases call something by different names, [`Dialect`](crate::database::Dialect)
//! has the name.

use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Decode, Row as _, SqlSafeStr, SqlStr, Type};

use crate::database::{Connections, Database, Transaction};
use crate::error::StoreError;

/// A statement and its parameters.
#[derive(Debug)]
pub(crate) struct Statement {
    text: SqlStr,
    parameters: Vec<Parameter>,
}

/// A value for a statement.
#[derive(Debug)]
pub(crate) enum Parameter {
    Text(Option<String>),
    Number(Option<i64>),
    Flag(bool),
    Bytes(Vec<u8>),
}

/// A statement, not yet given its parameters.
pub(crate) fn statement(text: &'static str) -> Statement {
    Statement { text: text.into_sql_str(), parameters: Vec::new() }
}

/// The same of one that is put together of several texts of ours: nothing in it came from outside.
pub(crate) fn composed(text: String) -> Statement {
    Statement { text: AssertSqlSafe(text).into_sql_str(), parameters: Vec::new() }
}

impl Statement {
    /// The value of the next parameter.
    pub(crate) fn bind(mut self, value: impl Into<Parameter>) -> Self {
        self.parameters.push(value.into());
        self
    }

    /// The only row that it finds.
    pub(crate) async fn find(self, database: &Database) -> Result<Option<Row>, StoreError> {
        Ok(match &database.connections {
            Connections::Sqlite(pools) => self.sqlite().fetch_optional(&pools.read).await?.map(Row::Sqlite),
            Connections::Postgres(pools) => {
                self.postgres().fetch_optional(&pools.all).await?.map(Row::Postgres)
            }
        })
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
            Connections::Postgres(pools) => {
                self.postgres().fetch_all(&pools.all).await?.into_iter().map(Row::Postgres).collect()
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
            Parameter::Text(text) => query.bind(text),
            Parameter::Number(number) => query.bind(number),
            Parameter::Flag(flag) => query.bind(flag),
            Parameter::Bytes(bytes) => query.bind(bytes),
        })
    }
}

/// Where statements that write are carried out: by themselves, or in a transaction.
pub(crate) trait Writer: Send {
    fn execute(self, statement: Statement) -> impl Future<Output = Result<u64, StoreError>> + Send;
    fn fetch(self, statement: Statement) -> impl Future<Output = Result<Option<Row>, StoreError>> + Send;
}

impl Writer for &Database {
    async fn execute(self, statement: Statement) -> Result<u64, StoreError> {
        Ok(match &self.connections {
            Connections::Sqlite(pools) => statement.sqlite().execute(&pools.write).await?.rows_affected(),
            Connections::Postgres(pools) => statement.postgres().execute(&pools.all).await?.rows_affected(),
        })
    }

    async fn fetch(self, statement: Statement) -> Result<Option<Row>, StoreError> {
        Ok(match &self.connections {
            Connections::Sqlite(pools) => {
                statement.sqlite().fetch_optional(&pools.write).await?.map(Row::Sqlite)
            }
            Connections::Postgres(pools) => {
                statement.postgres().fetch_optional(&pools.all).await?.map(Row::Postgres)
            }
        })
    }
}

impl Writer for &mut Transaction {
    async fn execute(self, statement: Statement) -> Result<u64, StoreError> {
        Ok(match self {
            Transaction::Sqlite(write) => statement.sqlite().execute(&mut **write).await?.rows_affected(),
            Transaction::Postgres(write) => statement.postgres().execute(&mut **write).await?.rows_affected(),
        })
    }

    async fn fetch(self, statement: Statement) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Transaction::Sqlite(write) => {
                statement.sqlite().fetch_optional(&mut **write).await?.map(Row::Sqlite)
            }
            Transaction::Postgres(write) => {
                statement.postgres().fetch_optional(&mut **write).await?.map(Row::Postgres)
            }
        })
    }
}

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// How a row is read.
pub(crate) type Read<T> = fn(&Row) -> Result<T, StoreError>;

/// What both databases can give.
pub(crate) trait Column<'r>:
    Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl<'r, T> Column<'r> for T where T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{}

impl Row {
    /// What stands in a column.
    pub(crate) fn get<'r, T: Column<'r>>(&'r self, column: &str) -> Result<T, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// What stands in the only column.
    pub(crate) fn only<'r, T: Column<'r>>(&'r self) -> Result<T, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(0)?,
            Self::Postgres(row) => row.try_get(0)?,
        })
    }

    /// A number that was never negative when it was written.
    pub(crate) fn count<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        let number: i64 = self.get(column)?;
        T::try_from(number).map_err(|_| StoreError::row(column)(&format_args!("{number}")))
    }
}

impl From<String> for Parameter {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Parameter {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<&str> for Parameter {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<String>> for Parameter {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<&Option<String>> for Parameter {
    fn from(text: &Option<String>) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Option<&str>> for Parameter {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<i64> for Parameter {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Parameter {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Parameter {
    fn from(number: u32) -> Self {
        Self::Number(Some(number.into()))
    }
}

impl From<u16> for Parameter {
    fn from(number: u16) -> Self {
        Self::Number(Some(number.into()))
    }
}

impl From<bool> for Parameter {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<&[u8]> for Parameter {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_owned())
    }
}
