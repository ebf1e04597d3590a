//! What searches and orders see of a user: as much as they look at, since they go through everybody.

use serde_json::{Map, Value, json};

use super::super::call::Call;
use super::super::views;
use crate::model::User;
use crate::search::Query;
use crate::store::State;

/// The fields that are looked at.
pub(super) enum Columns {
    /// These, which are had without the rest.
    Few(Vec<Column>),
    /// Any.
    All,
}

#[derive(Clone, Copy)]
pub(super) enum Column {
    Id,
    Name,
    Email,
    LastLogin,
    Organizations,
}

impl Column {
    const ALL: [Self; 5] = [Self::Id, Self::Name, Self::Email, Self::LastLogin, Self::Organizations];

    fn name(self) -> &'static str {
        match self {
            Self::Id => "user_id",
            Self::Name => "name",
            Self::Email => "email",
            Self::LastLogin => "last_login",
            Self::Organizations => "organization_id",
        }
    }

    fn value(self, state: &State, user: &User) -> Value {
        match self {
            Self::Id => json!(user.id),
            Self::Name => json!(user.display_name()),
            Self::Email => json!(user.email),
            Self::LastLogin => json!(user.last_login),
            Self::Organizations => {
                state.memberships_of(&user.id).map(|member| member.organization_id.as_str()).collect()
            }
        }
    }
}

impl Columns {
    /// What this query looks at.
    pub(super) fn of(query: &Query) -> Self {
        let fields: Option<Vec<_>> = query.terms().into_iter().map(Query::field).collect();
        fields.map_or(Self::All, Self::named)
    }

    pub(super) fn named<'a>(fields: impl IntoIterator<Item = &'a str>) -> Self {
        let column = |field| Column::ALL.into_iter().find(|column| column.name() == field);
        fields.into_iter().map(column).collect::<Option<_>>().map_or(Self::All, Self::Few)
    }

    /// The user as far as these go.
    pub(super) fn row(&self, state: &State, user: &User, call: &Call<'_>) -> Value {
        let Self::Few(columns) = self else { return whole(state, user, call) };
        let values = columns.iter().map(|column| (column.name().to_owned(), column.value(state, user)));
        // As everywhere, what has no value is left out.
        values.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>().into()
    }
}

fn whole(state: &State, user: &User, call: &Call<'_>) -> Value {
    let mut row = views::user(user, call.context.issuer);
    if let Some(row) = row.as_object_mut() {
        let domain = user.email.as_deref().and_then(|email| email.rsplit_once('@'));
        row.insert("email.domain".to_owned(), json!(domain.map(|(_, domain)| domain)));
        row.insert(Column::Organizations.name().to_owned(), Column::Organizations.value(state, user));
    }
    row
}
