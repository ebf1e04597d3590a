//! Reading the rows of a query that is put together here, by the texts that they are looked up by.

use sqlx::sqlite::SqliteRow;

use super::Database;
use crate::error::StoreError;

/// What a row holds.
type Read<T> = fn(&SqliteRow) -> Result<T, StoreError>;

impl Database {
    /// What the only row holds. The texts stand for the question marks; nothing else in the query came from outside.
    pub(super) async fn one<T>(
        &self,
        query: String,
        texts: &[&str],
        read: Read<T>,
    ) -> Result<Option<T>, StoreError> {
        let mut asked = sqlx::query(sqlx::AssertSqlSafe(query));
        for text in texts {
            asked = asked.bind(*text);
        }
        asked.fetch_optional(&self.read).await?.as_ref().map(read).transpose()
    }

    /// The same of every row.
    pub(super) async fn all<T>(
        &self,
        query: String,
        texts: &[&str],
        read: Read<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut asked = sqlx::query(sqlx::AssertSqlSafe(query));
        for text in texts {
            asked = asked.bind(*text);
        }
        asked.fetch_all(&self.read).await?.iter().map(read).collect()
    }
}
