//! `/api/v1/organization/customization`: what people call the organization, and its colours.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Deserializer, Serialize};
use tenantry_application::{CustomizationView, LookChange};
use tenantry_domain::{Colour, Colours, DisplayName};
use utoipa::ToSchema;

use super::body::{self, sent};
use super::caller::Caller;
use super::operation::{Body, Operation};
use crate::looks::logo_path;
use crate::problem::Problem;
use crate::text::sentence;
use crate::{App, Shared};

pub(super) const SHOW: Operation =
    Operation::new("getCustomization", "How the organization is shown").answering::<Customization>(200);

pub(super) const CHANGE: Operation = Operation {
    details: "What is not sent stays as it is. The logo has operations of its own.",
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
    colours: Option<WantedColours>,
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

/// Colours that are to be shown.
#[derive(Debug)]
enum WantedColours {
    /// The product's own.
    Products,
    /// The organization's own.
    Own(ColourPair),
}

impl<'de> Deserialize<'de> for WantedColours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Products, Self::Own))
    }
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
    let before = app.use_cases.customize_organization.view(&session).await?;
    if change.display_name.is_none() && change.colours.is_none() {
        return Ok(Json(Customization::new(&app, before)));
    }
    let change = change.onto(before)?;
    let view = app.use_cases.customize_organization.run(&session, change).await?;
    Ok(Json(Customization::new(&app, view)))
}

impl CustomizationChange {
    /// What is sent in the place of what was there.
    fn onto(self, before: CustomizationView) -> Result<LookChange, Problem> {
        // The provider may know it by a name that we would not have taken.
        let display_name = DisplayName::try_from(self.display_name.unwrap_or(before.display_name).as_str());
        let display_name =
            display_name.map_err(|why| Problem::wrong_value("display_name", sentence(&why.to_string())))?;
        let colours = match self.colours {
            None => before.colours,
            Some(WantedColours::Products) => None,
            Some(WantedColours::Own(pair)) => Some(pair.read()?),
        };
        Ok(LookChange::NameAndColours(display_name, colours))
    }
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
    pub(super) fn new(app: &App, view: CustomizationView) -> Self {
        Self {
            name: view.tenant.name.to_string(),
            display_name: view.display_name,
            colours: view.colours.map(|colours| ColourPair {
                primary: colours.primary.to_string(),
                background: colours.background.to_string(),
            }),
            logo_url: view.logo.map(|logo| format!("{}{}", app.origin, logo_path(&logo))),
        }
    }
}
