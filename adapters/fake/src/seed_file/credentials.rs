//! The public keys by which an application proves itself in place of a secret.

use serde_json::{Map, Value, json};

use super::Planting;
use super::place::{Place, SeedError};
use crate::document::Document;
use crate::model::{Client, ClientCredential};
use crate::store::State;

const NAME: &str = "client_authentication_methods";

/// Keeps the keys that the application's settings describe, as `POST /clients` takes them, and names them there.
pub(super) fn plant(
    client: &mut Client,
    place: &Place,
    state: &mut State,
    planting: &Planting<'_>,
) -> Result<(), SeedError> {
    let Some(mut methods) = client.settings().object(NAME).cloned() else { return Ok(()) };
    let place = place.at("settings").at(NAME);
    if client.settings().has("token_endpoint_auth_method") {
        return Err(place.error("can't stand beside token_endpoint_auth_method"));
    }
    if !methods.contains_key("private_key_jwt") {
        return Ok(());
    }
    let place = place.at("private_key_jwt");
    let mut ids: Vec<Value> = Vec::new();
    for (index, described) in
        Document::new(&methods).document("private_key_jwt").list("credentials").iter().enumerate()
    {
        let place = place.item_of("credentials", index);
        let id = credential(Document::of(described), &client.id, &place, state, planting)?;
        ids.push(json!({ "id": id }));
    }
    methods.insert(
        "private_key_jwt".to_owned(),
        Map::from_iter([("credentials".to_owned(), ids.into())]).into(),
    );
    client.settings.insert(NAME.to_owned(), methods.into());
    Ok(())
}

/// The id of the credential that is there now.
fn credential(
    described: Document<'_>,
    client_id: &str,
    place: &Place,
    state: &mut State,
    planting: &Planting<'_>,
) -> Result<String, SeedError> {
    let id = planting.ids.client_credential();
    let new = ClientCredential::of(described, id, client_id, planting.now)
        .map_err(|error| place.error(error.to_string()))?;
    let of = |state: &State| state.credentials_of(client_id).find(|known| known.kid == new.kid).cloned();
    let earlier = of(state);
    let kept = earlier.clone().or_else(|| of(planting.known));
    let credential = match kept {
        Some(kept) => {
            ClientCredential { id: kept.id, created_at: kept.created_at, updated_at: kept.updated_at, ..new }
        }
        None => new,
    };
    let id = credential.id.clone();
    if earlier.is_some() {
        state.client_credentials.put(credential);
    } else {
        state.add_credential(credential).map_err(|error| place.error(error.to_string()))?;
    }
    Ok(id)
}
