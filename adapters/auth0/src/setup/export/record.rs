//! What an export is made of, and who takes it.

use std::io;

use serde::Serialize;
use serde_json::{Map, Value};
use tenantry_domain::Subscription;

/// Something of the tenant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// Where people may come from, without its secrets.
    Connection(Map<String, Value>),
    /// An organization; its subscription and its members follow.
    Organization(Map<String, Value>),
    /// A member of an organization.
    Member {
        /// The organization's id.
        organization: String,
        /// The person's id.
        user_id: String,
        /// Their address.
        email: Option<String>,
        /// Their name.
        name: Option<String>,
        /// The names of their roles there.
        roles: Vec<String>,
    },
    /// Who is on which plan.
    Subscription {
        /// `organization` or `user`.
        of: &'static str,
        /// Whose it is.
        id: String,
        /// As it is stored: `plan;end;status`.
        text: String,
        /// The plan; none when the text can't be read.
        plan: Option<String>,
        /// Until when.
        ends: Option<String>,
    },
    /// The last record of a whole export.
    End(Counts),
}

/// How much there was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Connections.
    pub connections: u64,
    /// Organizations.
    pub organizations: u64,
    /// Memberships.
    pub members: u64,
    /// Subscriptions.
    pub subscriptions: u64,
}

/// Who takes the records.
pub(super) type Sink<'a> = dyn FnMut(&Record) -> io::Result<()> + Send + 'a;

/// Hands records on, and counts them.
pub(super) struct Writer<'a, 'b> {
    sink: &'a mut Sink<'b>,
    counts: Counts,
}

impl<'a, 'b> Writer<'a, 'b> {
    pub(super) fn new(sink: &'a mut Sink<'b>) -> Self {
        Self { sink, counts: Counts::default() }
    }

    pub(super) fn write(&mut self, record: &Record) -> io::Result<()> {
        (self.sink)(record)?;
        let counts = &mut self.counts;
        match record {
            Record::Connection(_) => counts.connections += 1,
            Record::Organization(_) => counts.organizations += 1,
            Record::Member { .. } => counts.members += 1,
            Record::Subscription { .. } => counts.subscriptions += 1,
            Record::End(_) => {}
        }
        Ok(())
    }

    /// A subscription, if one is stored.
    pub(super) fn subscription(
        &mut self,
        of: &'static str,
        id: &str,
        stored: Option<&Value>,
    ) -> io::Result<()> {
        let text = match stored {
            None | Some(Value::Null) => return Ok(()),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let read = text.parse::<Subscription>().ok();
        self.write(&Record::Subscription {
            of,
            id: id.to_owned(),
            plan: read.map(|read| read.plan().to_string()),
            ends: read.map(|read| read.ends().to_string()),
            text,
        })
    }

    /// Says that this was all.
    pub(super) fn end(self) -> io::Result<()> {
        (self.sink)(&Record::End(self.counts))
    }
}
