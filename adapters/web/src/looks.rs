//! What an organization's colours and logo are served as: files that browsers may keep for ever, for each is named by
//! what is in it.

use aws_lc_rs::digest;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenantry_application::Outage;
use tenantry_domain::{Colour, Colours, LogoId, Look};
use tenantry_look::restyle;
use url::Url;

use crate::Shared;
use crate::assets::FOR_EVER;
use crate::problem::Problem;
use crate::text;

/// What a picture of a stranger's may do in a browser that opens it alone: nothing.
const INERT: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
/// The provider's login page shows logos too.
const FOR_ALL_SITES: HeaderValue = HeaderValue::from_static("cross-origin");

/// Where stylesheets of colours are: below a hash of how they are made, so that another way is another address.
#[derive(Debug)]
pub(crate) struct Looks {
    folder: String,
}

/// Where the product at `base_url` serves logos.
pub fn logos_url(base_url: &Url) -> Url {
    let mut url = base_url.clone();
    url.set_path("/logos/");
    url
}

/// Where a logo is.
pub(crate) fn logo_path(logo: &LogoId) -> String {
    format!("/logos/{logo}")
}

impl Looks {
    pub(crate) fn new() -> Self {
        let samples = [([0x11, 0x44, 0x88], [255; 3]), ([255, 255, 0], [0; 3]), ([0x80; 3], [0x7f, 0, 0x7f])];
        let made: String = samples
            .into_iter()
            .map(|(primary, background)| restyle::stylesheet(primary, background))
            .collect();
        let mut hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, made.as_bytes()));
        hash.truncate(12);
        Self { folder: hash }
    }

    /// Below which all of them are.
    pub(crate) fn folder(&self) -> String {
        format!("/looks/{}/", self.folder)
    }

    /// The stylesheet of these colours.
    pub(crate) fn stylesheet(&self, colours: Colours) -> String {
        let [primary, background] =
            [colours.primary, colours.background].map(|colour| colour.to_string().replace('#', ""));
        format!("/looks/{}/{primary}-{background}.css", self.folder)
    }

    /// The stylesheet of this look, if it has one of its own.
    pub(crate) fn stylesheet_of(&self, look: Option<&Look>) -> Option<String> {
        look.and_then(|look| look.colours).map(|colours| self.stylesheet(colours))
    }
}

/// Serves the stylesheet of two colours, and what there is to say of their contrast.
pub(crate) async fn serve(
    State(app): State<Shared>,
    Path((folder, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    if folder != app.site.looks.folder {
        return Err(Problem::not_found());
    }
    let (name, extension) = file.split_once('.').ok_or_else(Problem::not_found)?;
    let Colours { primary, background } = parse(name).ok_or_else(Problem::not_found)?;
    let (kind, body) = match extension {
        "css" => ("text/css; charset=utf-8", restyle::stylesheet(primary.rgb, background.rgb)),
        "txt" => ("text/plain; charset=utf-8", text::contrast(&restyle::assess(primary.rgb, background.rgb))),
        _ => return Err(Problem::not_found()),
    };
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CACHE_CONTROL, FOR_EVER)];
    Ok((headers, body).into_response())
}

/// `rrggbb-rrggbb`, in small letters alone: one address for each pair.
fn parse(name: &str) -> Option<Colours> {
    let colour = |digits: &str| {
        let is_plain = digits.len() == 6 && !digits.bytes().any(|byte| byte.is_ascii_uppercase());
        is_plain.then(|| format!("#{digits}").parse::<Colour>().ok()).flatten()
    };
    let (primary, background) = name.split_once('-')?;
    Some(Colours { primary: colour(primary)?, background: colour(background)? })
}

/// Serves a logo.
pub(crate) async fn logo(State(app): State<Shared>, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = LogoId::try_from(id.as_str()).map_err(|_| Problem::not_found())?;
    let found = app.looks.logo(&id).await.map_err(Outage::from)?;
    let logo = found.ok_or_else(Problem::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(logo.kind().media_type())),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::CONTENT_SECURITY_POLICY, INERT),
        (HeaderName::from_static("cross-origin-resource-policy"), FOR_ALL_SITES),
    ];
    Ok((headers, logo.bytes().to_vec()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_one_address() {
        let looks = Looks::new();
        let colours = Colours { primary: "#Ff00aa".parse().unwrap(), background: "#00ff00".parse().unwrap() };
        let address = looks.stylesheet(colours);
        let file = address.strip_prefix(&looks.folder()).unwrap();
        assert_eq!(file, "ff00aa-00ff00.css");
        assert_eq!(parse("ff00aa-00ff00"), Some(colours));
        for other in [
            "",
            "-",
            "ff00aa",
            "FF00aa-00ff00",
            "f0a-0f0",
            "ff00aa-00ff00-",
            "ff00aa-00ff0g",
            "#f00aa-00ff00",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
