//! `/admin/customization`: what people call the organization, its two colours and its logo.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{CustomizationView, LookChange};
use tenantry_domain::{Colour, Colours, DisplayName, Logo};
use tenantry_look::restyle;

use crate::csrf::{Form, FormWithFile};
use crate::fields::Fields;
use crate::frame::Frame;
use crate::looks::logo_path;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::text::{self, sentence};
use crate::{App, Shared, flash};

const HERE: &str = "/admin/customization";
/// What the colour fields show before anybody has chosen.
const FIRST_PRIMARY: &str = "#4457c8";
const FIRST_BACKGROUND: &str = "#ffffff";

#[derive(Template)]
#[template(path = "pages/customization.html")]
struct Customization<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    logo: Option<String>,
    logo_error: Option<String>,
    form: LookForm<'a>,
    contrast: String,
    looks: String,
    is_preview: bool,
}

/// The form as it was typed, or as it stands.
struct LookForm<'a> {
    display_name: &'a str,
    display_name_error: Option<String>,
    has_colours: bool,
    colours_error: Option<String>,
    primary: String,
    primary_error: Option<String>,
    background: String,
    background_error: Option<String>,
}

pub(crate) async fn show(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    let view = app.use_cases.customize_organization.view(&person.session).await?;
    page(StatusCode::OK, &Customization::new(&app, &person, &view, LookForm::standing(&view)))
}

/// Changes the name and the colours, or shows what they would look like.
pub(crate) async fn change(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    app.use_cases.customize_organization.may_look(&person.session)?;
    let (mut form, change) = LookForm::read(&fields)?;
    let is_preview = fields.get("preview")?.is_some();
    match change {
        Some(change) if !is_preview => {
            app.use_cases.customize_organization.run(&person.session, change).await?;
            Ok(flash::tell(&app, &person.session.user, HERE, text::LOOK_SAVED))
        }
        change => {
            let view = app.use_cases.customize_organization.view(&person.session).await?;
            let status = if change.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            if form.colours_error.is_some() {
                form.has_colours = view.colours.is_some();
            }
            let is_preview = change.is_some();
            page(status, &Customization { is_preview, ..Customization::new(&app, &person, &view, form) })
        }
    }
}

/// Takes another logo, or takes the logo away.
pub(crate) async fn change_logo(
    State(app): State<Shared>,
    person: SignedIn,
    FormWithFile(fields, upload): FormWithFile,
) -> Result<Response, Problem> {
    app.use_cases.customize_organization.may_look(&person.session)?;
    let change = match fields.get("remove")? {
        Some("yes") => Ok(LookChange::NoLogo),
        Some(_) => return Err(Problem::not_offered("remove")),
        None => Logo::try_from(upload.0).map(LookChange::Logo),
    };
    match change {
        Ok(change) => {
            let said =
                if matches!(change, LookChange::NoLogo) { text::LOGO_REMOVED } else { text::LOGO_SAVED };
            app.use_cases.customize_organization.run(&person.session, change).await?;
            Ok(flash::tell(&app, &person.session.user, HERE, said))
        }
        Err(error) => {
            let view = app.use_cases.customize_organization.view(&person.session).await?;
            let shown = Customization::new(&app, &person, &view, LookForm::standing(&view));
            let logo_error = Some(sentence(&error.to_string()));
            page(StatusCode::UNPROCESSABLE_ENTITY, &Customization { logo_error, ..shown })
        }
    }
}

impl<'a> Customization<'a> {
    fn new(app: &'a App, person: &'a SignedIn, view: &'a CustomizationView, form: LookForm<'a>) -> Self {
        let mut frame = person.frame(app, HERE);
        let typed = form.colours();
        if form.is_right() {
            frame.look = typed.filter(|_| form.has_colours).map(|colours| app.site.looks.stylesheet(colours));
        }
        Self {
            frame,
            organization: view.tenant.name.as_str(),
            logo: view.logo.as_ref().map(logo_path),
            logo_error: None,
            contrast: typed.map(contrast).unwrap_or_default(),
            looks: app.site.looks.folder(),
            form,
            is_preview: false,
        }
    }
}

fn contrast(colours: Colours) -> String {
    text::contrast(&restyle::assess(colours.primary.rgb, colours.background.rgb))
}

impl<'a> LookForm<'a> {
    fn standing(view: &'a CustomizationView) -> Self {
        let text = |colour: Option<Colour>, first: &str| {
            colour.map_or_else(|| first.to_owned(), |it| it.to_string())
        };
        Self {
            display_name: &view.display_name,
            display_name_error: None,
            has_colours: view.colours.is_some(),
            colours_error: None,
            primary: text(view.colours.map(|colours| colours.primary), FIRST_PRIMARY),
            primary_error: None,
            background: text(view.colours.map(|colours| colours.background), FIRST_BACKGROUND),
            background_error: None,
        }
    }

    /// What was typed, and the change that it asks for when all of it is right.
    fn read(fields: &'a Fields) -> Result<(Self, Option<LookChange>), Problem> {
        let display_name = DisplayName::try_from(fields.text("display_name")?);
        let wanted = match fields.text("colours")? {
            "own" => Some(true),
            "product" => Some(false),
            _ => None,
        };
        let has_colours = wanted == Some(true);
        let (primary, background) = (fields.text("primary")?, fields.text("background")?);
        // Colours that are not asked for can't be wrong.
        let error = |text: &str| {
            text.parse::<Colour>().err().filter(|_| has_colours).map(|why| sentence(&why.to_string()))
        };
        let form = Self {
            display_name: fields.text("display_name")?,
            display_name_error: display_name.as_ref().err().map(|why| sentence(&why.to_string())),
            has_colours,
            colours_error: wanted.is_none().then(|| "Choose one of the two.".to_owned()),
            primary: primary.to_owned(),
            primary_error: error(primary),
            background: background.to_owned(),
            background_error: error(background),
        };
        let colours = form.colours().filter(|_| has_colours);
        let change = display_name.ok().filter(|_| form.is_right());
        let change = change.map(|name| LookChange::NameAndColours(name, colours));
        Ok((form, change))
    }

    fn is_right(&self) -> bool {
        [&self.display_name_error, &self.colours_error, &self.primary_error, &self.background_error]
            .iter()
            .all(|error| error.is_none())
    }

    fn colours(&self) -> Option<Colours> {
        Some(Colours { primary: self.primary.parse().ok()?, background: self.background.parse().ok()? })
    }
}
