//! `/organizations/{id}/invitations`: offers of membership.

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::format::Format;
use super::operation::Operation;
use super::organizations::of_path;
use super::paging::{Paging, by_page, limited_to_shown};
use super::schema::{
    self, Schema, UNLIMITED, flag, integer, object, one_of_shapes, open_object, optional, required, text,
};
use super::{Answer, Reply};
use crate::config::OrganizationUsage;
use crate::http::json::{present, with};
use crate::initiate_login;
use crate::model::{Invitation, Mail, MailKind, Organization};
use crate::store::State;

const PATH: &str = "/organizations/{id}/invitations";
const ONE: &str = "/organizations/{id}/invitations/{invitation_id}";
const DEFAULT_TTL: i64 = 604_800;
const LONGEST_TTL: i64 = 2_592_000;
/// Roles of one member (entity limits).
const ROLES: usize = 50;
const KEPT: [&str; 6] = ["inviter", "invitee", "connection_id", "roles", "app_metadata", "user_metadata"];

pub(super) fn operations() -> Vec<Operation> {
    let sort = optional("sort", text(1, 20));
    vec![
        Operation::get(PATH, "List the invitations to an organization", list)
            .scope(&["read:organization_invitations"])
            .query([by_page(), by_fields(), vec![sort]].into_iter().flatten())
            .answers(StatusCode::OK, page())
            .refuses(ApiError::paging())
            .refuses(ApiError::no_organization()),
        Operation::write(Method::POST, PATH, "Invite somebody to an organization", create)
            .scope(&["create:organization_invitations"])
            .body(body())
            .answers(StatusCode::CREATED, shape())
            .refuses(ApiError::no_organization())
            .refuses(no_client())
            .refuses(no_organizations("<client_id>"))
            .refuses(no_connection())
            .refuses(passwordless())
            .refuses(not_enabled("<connection_id>"))
            .refuses(no_roles("<roles>"))
            .refuses(no_login_route())
            .note(
                "Somebody who is a member, or has an invitation, is invited once more; how Auth0 answers is not known.",
            ),
        Operation::get(ONE, "Get an invitation", read)
            .scope(&["read:organization_invitations"])
            .query(by_fields())
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_invitation()),
        Operation::write(Method::DELETE, ONE, "Take an invitation back", delete)
            .scope(&["delete:organization_invitations"])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_invitation()),
    ]
}

fn body() -> Schema {
    object([
        required("inviter", object([required("name", text(1, 300))])),
        required("invitee", object([required("email", text(1, 320).of_format(Format::Email))])),
        required("client_id", text(1, 64)),
        optional("connection_id", text(1, 50)),
        optional("roles", schema::list(text(1, 64), 1, ROLES)),
        optional("app_metadata", open_object([])),
        optional("user_metadata", open_object([])),
        optional("ttl_sec", integer(0, LONGEST_TTL)),
        optional("send_invitation_email", flag()),
    ])
}

/// Any property may be missing: callers choose with `fields`.
fn shape() -> Schema {
    object([
        optional("id", text(21, 21)),
        optional("organization_id", text(20, 20)),
        optional("client_id", text(1, 64)),
        optional("connection_id", text(1, 50)),
        optional("inviter", object([required("name", text(1, 300))])),
        optional("invitee", object([required("email", text(1, 320))])),
        optional("invitation_url", text(1, UNLIMITED)),
        optional("ticket_id", text(32, 32)),
        optional("created_at", text(24, 24)),
        optional("expires_at", text(24, 24)),
        optional("roles", schema::list(text(1, 64), 1, ROLES)),
        optional("app_metadata", open_object([])),
        optional("user_metadata", open_object([])),
    ])
}

/// With totals there is no `total`.
fn page() -> Schema {
    let items = schema::list(shape(), 0, UNLIMITED);
    let totals = object([
        required("start", integer(0, i64::MAX)),
        required("limit", integer(0, i64::MAX)),
        required("invitations", items.clone()),
    ]);
    one_of_shapes([items, totals])
}

fn no_client() -> ApiError {
    ApiError::invalid_body("The specified client_id does not exist.")
}

fn no_organizations(client_id: &str) -> ApiError {
    ApiError::invalid_body(format!("The specified client_id ({client_id}) does not allow organizations."))
}

fn no_connection() -> ApiError {
    ApiError::invalid_body("The specified connection does not exist.")
}

fn passwordless() -> ApiError {
    ApiError::invalid_body("Passwordless connections are not supported.")
}

fn not_enabled(connection_id: &str) -> ApiError {
    ApiError::invalid_body(format!(
        "The specified connection ({connection_id}) is not enabled for the organization."
    ))
}

fn no_roles(roles: &str) -> ApiError {
    ApiError::invalid_body(format!("One or more of the specified roles do not exist: {roles}"))
}

fn no_login_route() -> ApiError {
    ApiError::invalid_body("A default login route is required to generate the invitation url.")
}

fn view(invitation: &Invitation) -> Value {
    let own = json!({
        "id": invitation.id,
        "organization_id": invitation.organization_id,
        "client_id": invitation.client_id,
        "ticket_id": invitation.ticket_id,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    });
    present(with(own, invitation.settings.clone().into()))
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let (paging, fields) = (Paging::of(call)?, Fields::of(call));
    let newest_first = match call.query.get("sort") {
        None | Some("created_at:-1") => true,
        Some("created_at:1") => false,
        Some(_) => {
            let rule = "String does not match pattern ^created_at:(1|-1)$";
            return Err(ApiError::query(rule, Some("sort")));
        }
    };
    let mut ordered: Vec<&Invitation> = state.invitations_of(&organization.id).collect();
    ordered.sort_by_key(|invitation| invitation.created_at);
    if newest_first {
        ordered.reverse();
    }
    let page = paging.reply(
        "invitations",
        |_| ordered.iter(),
        |invitation| invitation.id.clone(),
        |invitation| fields.apply(view(invitation)),
    );
    Ok(match limited_to_shown(page, "invitations") {
        Reply::Json(status, Value::Object(mut page)) => {
            page.remove("total");
            Reply::Json(status, page.into())
        }
        other => other,
    })
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(Fields::of(call).apply(view(invitation_of_path(state, call)?))))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let (body, context) = (call.body(), &call.context);
    let email = body.document("invitee").text("email").unwrap_or_default().to_owned();
    let ticket_id = context.ids.ticket();
    let link = link(state, call, organization, &ticket_id)?;
    let kept = KEPT.into_iter().filter_map(|name| Some((name.to_owned(), body.get(name)?.clone())));
    let mut settings: Map<String, Value> = kept.collect();
    settings.insert("invitation_url".to_owned(), link.as_str().into());
    let ttl = body.integer("ttl_sec").filter(|seconds| *seconds > 0).unwrap_or(DEFAULT_TTL);
    let invitation = Invitation {
        id: context.ids.invitation(),
        organization_id: organization.id.clone(),
        client_id: body.text("client_id").unwrap_or_default().to_owned(),
        ticket_id,
        created_at: context.now,
        expires_at: context.now + std::time::Duration::from_secs(ttl.unsigned_abs()),
        settings,
    };
    if body.flag("send_invitation_email").unwrap_or(true) {
        let user_id = state.users_by_email(&email.to_lowercase()).next().map(|user| user.id.clone());
        state.send(Mail {
            id: context.ids.log_entry(context.now),
            kind: MailKind::Invitation,
            to: email,
            link,
            user_id,
            organization_id: Some(invitation.organization_id.clone()),
            sent_at: context.now,
        });
    }
    let view = view(&invitation);
    state.invitations.put(invitation);
    Ok(Reply::created(view))
}

/// Where the invitation leads, when all that the body names fits together.
fn link(
    state: &State,
    call: &Call<'_>,
    organization: &Organization,
    ticket: &str,
) -> Result<String, ApiError> {
    let body = call.body();
    let client = state.clients.get(body.text("client_id").unwrap_or_default()).ok_or_else(no_client)?;
    if client.organization_usage() == OrganizationUsage::Deny {
        return Err(no_organizations(&client.id));
    }
    if let Some(id) = body.text("connection_id") {
        let connection = state.connections.get(id).ok_or_else(no_connection)?;
        if matches!(connection.strategy.as_str(), "email" | "sms") {
            return Err(passwordless());
        }
        organization.enabled_connection(id).ok_or_else(|| not_enabled(id))?;
    }
    let unknown: Vec<&str> = body.texts("roles").filter(|role| state.roles.get(role).is_none()).collect();
    if !unknown.is_empty() {
        return Err(no_roles(&unknown.join(", ")));
    }
    let mut address = initiate_login::address(client, organization).ok_or_else(no_login_route)?;
    address
        .query_pairs_mut()
        .append_pair("invitation", ticket)
        .append_pair("organization", &organization.id)
        .append_pair("organization_name", &organization.name);
    Ok(address.into())
}

fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let id = invitation_of_path(state, call)?.id.clone();
    state.invitations.remove(&id);
    Ok(Reply::NoContent)
}

fn invitation_of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a Invitation, ApiError> {
    let organization = of_path(state, call)?;
    let found = state.invitations.get(call.path("invitation_id"));
    found
        .filter(|invitation| invitation.organization_id == organization.id)
        .ok_or_else(ApiError::no_invitation)
}
