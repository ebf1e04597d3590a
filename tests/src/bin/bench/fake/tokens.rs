//! Tokens by client credentials.

use anyhow::Result;

use crate::drive::Operation;
use crate::wire::Connection;

/// Asks for a token again and again.
#[derive(Clone)]
pub(crate) struct Tokens(pub(crate) Vec<u8>);

impl Operation for Tokens {
    async fn perform(&mut self, connection: &mut Connection) -> Result<()> {
        connection.ask(&self.0).await?.expect(200)?;
        Ok(())
    }
}
