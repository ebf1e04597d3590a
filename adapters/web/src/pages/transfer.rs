//! `/admin/members/transfer`: somebody else runs the organization from now on, and one steps back.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::csrf::Form;
use crate::fields::Fields;
use crate::pages::confirmation::Confirmation;
use crate::pages::member_table::in_query;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::{Shared, flash, icon};

pub(crate) async fn ask(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let view = app.use_cases.find_member.run(&person.session, query.text("user_id")?).await?;
    if view.is_you {
        return Err(Problem::runs_it_already());
    }
    let (organization, member) = (person.organization(), &view.member);
    let effects = vec![
        (icon::SETTINGS, format!("{} becomes an Administrator of {organization}.", member.name)),
        (icon::USER, "You become an Employee: its courses stay open to you, its settings do not.".to_owned()),
        (
            icon::USERS,
            "Other Administrators stay as they are; any of them can make you one again.".to_owned(),
        ),
    ];
    let question = Confirmation {
        frame: person.frame(&app, "/admin/members/transfer"),
        asks: "Hand over to",
        about: &member.name,
        lede: "You step back, and they run the organization from now on.",
        effects,
        action: "/admin/members/transfer",
        fields: vec![("user_id", member.user.as_str())],
        button: "Hand over",
        is_end: false,
        back: format!("/admin/members/edit-member?user_id={}", in_query(&member.user)),
        keep: "Stay as it is",
    };
    page(StatusCode::OK, &question)
}

/// Both have to log in anew: their sessions have ended.
pub(crate) async fn hand_over(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let owner = app.use_cases.transfer_ownership.run(&person.session, fields.text("user_id")?).await?;
    let said = format!("{} runs the organization now. You are an Employee.", owner.name);
    Ok(flash::tell(&app, &person.session.user, &person.login_again(), &said))
}
