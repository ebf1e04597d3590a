//! `/admin/members/remove`: the end of somebody else's membership.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_domain::{DisplayName, Member};

use crate::csrf::Form;
use crate::fields::Fields;
use crate::pages::confirmation::Confirmation;
use crate::pages::member_table::in_query;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{SignedIn, see_other};
use crate::{App, Shared, flash, icon};

pub(crate) async fn ask(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let view = app.use_cases.find_member.run(&person.session, query.text("user_id")?).await?;
    if view.is_you {
        return Ok(see_other("/home/leave"));
    }
    let (organization, member) = (person.organization(), &view.member);
    let again = match comes_back(&app, &person, member).await? {
        Some(name) => (
            icon::ALERT,
            format!(
                "{name} makes whoever comes through it a member: at their next login there they are back, as a newcomer. To \
                 keep them out, remove them at your identity provider too, or let newcomers of {name} no longer become \
                 members, under SSO."
            ),
        ),
        None => (icon::MAIL, "An invitation lets them in again.".to_owned()),
    };
    let effects = vec![
        (
            icon::LOCK,
            format!("They are signed out of {organization} at once, and its courses close to them."),
        ),
        (icon::USER, "An account of their own stays theirs, with what belongs to it.".to_owned()),
        again,
    ];
    let question = Confirmation {
        frame: person.frame(&app, "/admin/members/remove"),
        asks: "Remove",
        about: &member.name,
        lede: "Their membership ends now.",
        effects,
        action: "/admin/members/remove",
        fields: vec![("user_id", member.user.as_str())],
        button: "Remove",
        is_end: true,
        back: format!("/admin/members/edit-member?user_id={}", in_query(&member.user)),
        keep: "Keep them",
    };
    page(StatusCode::OK, &question)
}

/// The connection of the organization that would make them a member again.
async fn comes_back(app: &App, person: &SignedIn, member: &Member) -> Result<Option<DisplayName>, Problem> {
    let Some(tenant) = &person.session.tenant else { return Ok(None) };
    Ok(app.use_cases.find_ways_in.bringing_back(&tenant.id, member.email.as_ref()).await?)
}

pub(crate) async fn remove(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let removed = app.use_cases.remove_member.run(&person.session, fields.text("user_id")?).await?;
    let said = format!("{} is no longer a member.", removed.name);
    Ok(flash::tell(&app, &person.session.user, "/admin/members", &said))
}
