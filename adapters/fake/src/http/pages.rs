//! Pages: their frame, their templates, and the headers that go with them.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use tenantry_domain::Branding;

use super::assets;
use super::self_service::{Domains, Entered, Mistakes, Offer};
use super::way_on::WayOn;
use crate::login::{Button, Identity, Invited};
use crate::passwords::Strength;

/// Nothing but our own stylesheet, and no page inside another. Forms are left open: browsers apply `form-action` to
/// the redirect that ends a login, too, and that leads to the application.
/// An organization's logo is wherever the organization keeps it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data: https:; \
    base-uri 'none'; frame-ancestors 'none'";

/// What is around every page.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) title: String,
    /// The application that the person comes from.
    pub(super) client: Option<String>,
    /// The organization that they log in to.
    pub(super) organization: Option<String>,
    /// How that organization looks.
    pub(super) branding: Branding,
    pub(super) stylesheet: &'static str,
}

impl Frame {
    pub(super) fn bare(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            client: None,
            organization: None,
            branding: Branding::default(),
            stylesheet: assets::stylesheet_path(),
        }
    }

    /// The stylesheet with the organization's colours.
    pub(super) fn restyling(&self) -> Option<String> {
        self.branding.colours.map(assets::restyling_path)
    }

    /// Up to two letters that stand for the organization.
    pub(super) fn initials(&self) -> String {
        let name = self.organization.as_deref().or(self.client.as_deref()).unwrap_or("?");
        let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        words.take(2).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
    }

    /// What the person logs in to.
    pub(super) fn destination(&self) -> String {
        match (&self.organization, &self.client) {
            (Some(organization), Some(client)) => format!("{organization} on {client}"),
            (None, Some(client)) => client.clone(),
            _ => "the application".to_owned(),
        }
    }
}

pub(super) fn html(status: StatusCode, page: &impl Template) -> Response {
    html_with_policy(status, page, CONTENT_SECURITY_POLICY)
}

/// A page that has a `Content-Security-Policy` of its own.
pub(super) fn html_with_policy(status: StatusCode, page: &impl Template, policy: &str) -> Response {
    let policy = HeaderValue::from_str(policy).unwrap_or(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    let Ok(body) = page.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::CONTENT_SECURITY_POLICY, policy),
        // The address holds the handle of the login.
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ];
    (status, headers, body).into_response()
}

#[derive(Template)]
#[template(path = "home_elsewhere.html")]
pub(super) struct ElsewherePage<'a> {
    pub(super) frame: Frame,
    pub(super) issuer: &'a str,
    pub(super) users: usize,
    pub(super) organizations: usize,
    pub(super) clients: usize,
}

#[derive(Template)]
#[template(path = "error.html")]
pub(super) struct ErrorPage<'a> {
    pub(super) frame: Frame,
    pub(super) error: &'a str,
    pub(super) description: &'a str,
    pub(super) way_on: Option<&'a WayOn>,
}

#[derive(Template)]
#[template(path = "login.html")]
pub(super) struct LoginPage<'a> {
    pub(super) frame: Frame,
    pub(super) state: &'a str,
    /// When an invitation led here.
    pub(super) invited: Option<&'a Invited>,
    pub(super) identifier: &'a str,
    pub(super) identifier_error: Option<&'a str>,
    pub(super) password_error: Option<&'a str>,
    pub(super) has_database: bool,
    /// Where a forgotten password is asked for, as a path.
    pub(super) forgot: &'a str,
    pub(super) sign_up: bool,
    pub(super) buttons: &'a [Button],
}

#[derive(Template)]
#[template(path = "identifier.html")]
pub(super) struct IdentifierPage<'a> {
    pub(super) frame: Frame,
    pub(super) state: &'a str,
    /// When an invitation led here.
    pub(super) invited: Option<&'a Invited>,
    pub(super) identifier: &'a str,
    pub(super) identifier_error: Option<&'a str>,
    pub(super) sign_up: bool,
    pub(super) buttons: &'a [Button],
}

#[derive(Template)]
#[template(path = "password.html")]
pub(super) struct PasswordPage<'a> {
    pub(super) frame: Frame,
    pub(super) state: &'a str,
    pub(super) identifier: &'a str,
    pub(super) password_error: Option<&'a str>,
    /// Where a forgotten password is asked for, as a path.
    pub(super) forgot: &'a str,
    pub(super) sign_up: bool,
}

#[derive(Template)]
#[template(path = "signup.html")]
pub(super) struct SignUpPage<'a> {
    pub(super) frame: Frame,
    pub(super) state: &'a str,
    /// When an invitation led here.
    pub(super) invited: Option<&'a Invited>,
    pub(super) email: &'a str,
    pub(super) email_error: Option<&'a str>,
    pub(super) password_error: Option<&'a str>,
    /// How far the password was right, once one was entered.
    pub(super) strength: Option<Strength>,
    pub(super) buttons: &'a [Button],
}

#[derive(Template)]
#[template(path = "organization_prompt.html")]
pub(super) struct OrganizationPromptPage<'a> {
    pub(super) frame: Frame,
    pub(super) state: &'a str,
    /// Present when people may give their address to be found by.
    pub(super) email: Option<&'a str>,
    pub(super) email_error: Option<&'a str>,
    /// Present when people may name their organization.
    pub(super) name: Option<&'a str>,
    pub(super) name_error: Option<&'a str>,
    pub(super) may_go_without: bool,
}

/// One of a person's organizations.
pub(super) struct PickableOrganization {
    pub(super) id: String,
    pub(super) label: String,
}

#[derive(Template)]
#[template(path = "organization_picker.html")]
pub(super) struct OrganizationPickerPage<'a> {
    pub(super) frame: Frame,
    pub(super) state: &'a str,
    pub(super) organizations: &'a [PickableOrganization],
    pub(super) may_go_without: bool,
}

#[derive(Template)]
#[template(path = "stand_in.html")]
pub(super) struct StandInPage<'a> {
    pub(super) frame: Frame,
    pub(super) state: &'a str,
    /// Whom the page stands for.
    pub(super) label: &'a str,
    pub(super) identities: &'a [Identity],
    pub(super) email: &'a str,
    pub(super) email_error: Option<&'a str>,
    pub(super) name: &'a str,
}

#[derive(Template)]
#[template(path = "logout.html")]
pub(super) struct LogoutPage<'a> {
    pub(super) frame: Frame,
    /// What has to be repeated when the person agrees; `None` when they are logged out already.
    pub(super) confirm: Option<LogoutParameters<'a>>,
    pub(super) way_on: Option<WayOn>,
}

/// What a logout was asked for with.
pub(super) struct LogoutParameters<'a> {
    pub(super) client_id: Option<&'a str>,
    pub(super) return_to: Option<&'a str>,
    pub(super) state: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "self_service.html")]
pub(super) struct SelfServicePage<'a> {
    pub(super) frame: Frame,
    pub(super) ticket: &'a str,
    /// What the identity provider has to send people back to.
    pub(super) callback: &'a str,
    pub(super) offer: &'a Offer,
    pub(super) entered: &'a Entered,
    pub(super) mistakes: &'a Mistakes,
    /// The field to begin with.
    pub(super) first: &'static str,
}

#[derive(Template)]
#[template(path = "self_service_done.html")]
pub(super) struct SelfServiceDonePage<'a> {
    pub(super) frame: Frame,
    /// What it is called.
    pub(super) connection: &'a str,
    pub(super) domains: &'a [String],
    pub(super) organizations: &'a [String],
}

#[derive(Template)]
#[template(path = "forgot_password.html")]
pub(super) struct ForgotPasswordPage<'a> {
    pub(super) frame: Frame,
    pub(super) state: &'a str,
    /// As a segment of a path.
    pub(super) connection: &'a str,
    pub(super) email: &'a str,
    pub(super) email_error: Option<&'a str>,
    /// The page to go back to.
    pub(super) back: &'a str,
}

#[derive(Template)]
#[template(path = "mail_sent.html")]
pub(super) struct MailSentPage<'a> {
    pub(super) frame: Frame,
    pub(super) state: &'a str,
    /// As a segment of a path.
    pub(super) connection: &'a str,
    pub(super) email: &'a str,
    /// The page to go back to.
    pub(super) back: &'a str,
}

#[derive(Template)]
#[template(path = "reset_password.html")]
pub(super) struct ResetPasswordPage<'a> {
    pub(super) frame: Frame,
    pub(super) ticket: &'a str,
    /// Whose password it is.
    pub(super) email: Option<&'a str>,
    pub(super) password_error: Option<&'a str>,
    /// What is wrong with the repetition.
    pub(super) again_error: Option<&'a str>,
    /// How far the password was right, once one was entered.
    pub(super) strength: Option<Strength>,
}

/// What came of a link; the frame's title says it in short.
#[derive(Template)]
#[template(path = "ticket_end.html")]
pub(super) struct TicketEndPage<'a> {
    pub(super) frame: Frame,
    pub(super) text: &'a str,
    pub(super) way_on: Option<&'a WayOn>,
}

#[derive(Template)]
#[template(path = "continue.html")]
pub(super) struct ContinuePage<'a> {
    pub(super) frame: Frame,
    pub(super) state: &'a str,
    /// What another site has sent, to be sent once more from here.
    pub(super) fields: &'a [(&'a str, &'a str)],
}

#[derive(Template)]
#[template(path = "form_post.html")]
pub(super) struct FormPostPage<'a> {
    pub(super) frame: Frame,
    /// The client's callback.
    pub(super) action: &'a str,
    pub(super) answers: &'a [(&'static str, String)],
    /// Named by the page's policy; without it there is the button.
    pub(super) script: &'a str,
}

#[derive(Template)]
#[template(path = "web_message.html")]
pub(super) struct WebMessagePage<'a> {
    pub(super) frame: Frame,
    /// Named by the page's policy.
    pub(super) script: &'a str,
}
