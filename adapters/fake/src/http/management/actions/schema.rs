//! What a body may say about an Action, and what is shown of one.

use super::triggers;
use crate::http::management::schema::{
    Property, Schema, UNLIMITED, any, flag, integer, list, object, one_of, open_object, optional, required,
    text,
};

/// Secrets of one Action, and packages that one may use (entity limits).
pub(super) const SECRETS: usize = 30;
const DEPENDENCIES: usize = 10;
const RUNTIMES: &[&str] = &["node12", "node16", "node18", "node18-actions", "node22"];

fn supported_triggers() -> Schema {
    let trigger = open_object([required("id", triggers::ids()), optional("version", text(1, 10))]);
    list(trigger, 1, 1)
}

fn properties() -> Vec<Property> {
    let dependency = object([
        required("name", text(1, 214)),
        optional("version", text(1, 100)),
        optional("registry_url", text(0, 2048)),
    ]);
    let secret = object([required("name", text(1, 128)), optional("value", text(0, 4096))]);
    vec![
        optional("code", text(0, 250_000)),
        optional("dependencies", list(dependency, 0, DEPENDENCIES)),
        optional("runtime", one_of(RUNTIMES)),
        optional("secrets", list(secret, 0, SECRETS)),
        optional("modules", any()),
    ]
}

pub(super) fn new_action() -> Schema {
    object(properties()).with([
        required("name", text(1, 255)),
        required("supported_triggers", supported_triggers()),
        optional("deploy", flag()),
    ])
}

pub(super) fn changed_action() -> Schema {
    object(properties())
        .with([optional("name", text(1, 255)), optional("supported_triggers", supported_triggers())])
}

fn code() -> [Property; 5] {
    let secret = object([required("name", text(1, 128)), optional("updated_at", text(20, 40))]);
    let dependency = object([required("name", text(1, 214)), optional("version", text(1, 100))]);
    [
        optional("code", text(0, 250_000)),
        optional("runtime", text(1, 20)),
        optional("dependencies", list(dependency, 0, UNLIMITED)),
        optional("secrets", list(secret, 0, UNLIMITED)),
        optional("status", one_of(&["pending", "building", "packaged", "built", "retrying", "failed"])),
    ]
}

pub(super) fn action() -> Schema {
    open_object(code()).with([
        required("id", text(36, 36)),
        required("name", text(1, 255)),
        required("supported_triggers", list(open_object([required("id", text(1, 64))]), 1, 1)),
        required("all_changes_deployed", flag()),
        optional("deployed_version", open_object(code())),
        required("created_at", text(20, 40)),
        required("updated_at", text(20, 40)),
    ])
}

pub(super) fn version() -> Schema {
    open_object(code()).with([
        required("id", text(36, 36)),
        required("number", integer(1, i64::MAX)),
        required("deployed", flag()),
        optional("action", open_object([required("id", text(36, 36))])),
    ])
}
