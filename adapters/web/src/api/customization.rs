//! `/api/v1/organization/customization`: what people call the organization, and its colours.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Deserializer, Serialize};
use tenantry_application::{CustomizationView, LookChange};
use tenantry_domain::{Colour, Colours, DisplayName};
use utoipa::ToSchema;

use super::body;
use super::caller::Caller;
use super::operation::{Body, Operation};
use crate::looks::logo_path;
use crate::problem::Problem;
use crate::text::sentence;
use crate::{App, Shared};

pub(super) const SHOW: Operation =
    Operation::new("getCustomization", "How the organization is shown").answering::<Customization>(200);

pub(super) const CHANGE: Operation = Operation {
    details: "What is not sent stays as it is. The logo is uploaded on the pages.",
    body: Some(Body::of::<CustomizationChange>()),
    ..Operation::new("customizeOrganization", "Changes how the organization is shown")
        .answering::<Customization>(200)
};

/// How the organization is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Customization {
    /// Its name, as one types it to log in; it stays.
    name: String,
    /// What people call it.
    display_name: String,
    /// Its colours; null for the product's own.
    colours: Option<ColourPair>,
    /// Where its logo is.
    logo_url: Option<String>,
}

/// What is to be changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomizationChange {
    /// What people call it: 1 to 100 characters.
    #[serde(default, deserialize_with = "sent")]
    #[schema(nullable = false)]
    display_name: Option<String>,
    /// Its colours; null for the product's own.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<ColourPair>)]
    colours: Option<Option<ColourPair>>,
}

/// Two colours, each as `#` and six digits.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ColourPair {
    /// Of buttons and links.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    primary: String,
    /// Behind everything.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    background: String,
}

/// What was sent, even when it is null.
fn sent<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

pub(super) async fn show(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<Customization>, Problem> {
    let view = app.use_cases.customize_organization.view(&session).await?;
    Ok(Json(Customization::new(&app, view)))
}

pub(super) async fn change(
    State(app): State<Shared>,
    Caller(session): Caller,
    body::Json(change): body::Json<CustomizationChange>,
) -> Result<Json<Customization>, Problem> {
    let (display_name, colours) = change.read()?;
    let before = app.use_cases.customize_organization.view(&session).await?;
    let display_name = match display_name {
        Some(display_name) => display_name,
        // The provider may know it by a name that we would not have taken.
        None => read_name(&before.display_name)?,
    };
    let change = LookChange::NameAndColours(display_name, colours.unwrap_or(before.colours));
    let view = app.use_cases.customize_organization.run(&session, change).await?;
    Ok(Json(Customization::new(&app, view)))
}

impl CustomizationChange {
    fn read(self) -> Result<(Option<DisplayName>, Option<Option<Colours>>), Problem> {
        let display_name = self.display_name.as_deref().map(read_name).transpose()?;
        let colours = self.colours.map(|pair| pair.map(ColourPair::read).transpose()).transpose()?;
        Ok((display_name, colours))
    }
}

fn read_name(text: &str) -> Result<DisplayName, Problem> {
    DisplayName::try_from(text)
        .map_err(|why| Problem::wrong_value("display_name", sentence(&why.to_string())))
}

impl ColourPair {
    fn read(self) -> Result<Colours, Problem> {
        let read = |field: &'static str, text: &str| {
            text.parse::<Colour>().map_err(|why| Problem::wrong_value(field, sentence(&why.to_string())))
        };
        let primary = read("colours.primary", &self.primary)?;
        Ok(Colours { primary, background: read("colours.background", &self.background)? })
    }
}

impl Customization {
    fn new(app: &App, view: CustomizationView) -> Self {
        Self {
            name: view.tenant.name.to_string(),
            display_name: view.display_name.to_string(),
            colours: view.colours.map(|colours| ColourPair {
                primary: colours.primary.to_string(),
                background: colours.background.to_string(),
            }),
            logo_url: view.logo.map(|logo| format!("{}{}", app.origin, logo_path(&logo))),
        }
    }
}
