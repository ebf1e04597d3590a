//! What pages load: the stylesheet, and pictures for people who chose none.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use tenantry_domain::Colours;
use tenantry_look::restyle;

use crate::secrets::sha256;

/// What all paths of assets begin with.
pub(super) const BASE: &str = "/u/assets/";
pub(super) const STYLESHEET_ROUTE: &str = "/u/assets/{file}";

static CSS: LazyLock<String> =
    LazyLock::new(|| format!("{}{}", tenantry_look::STYLESHEET, include_str!("../../assets/fake.css")));

/// The name changes with the content, so that browsers may keep it for ever.
static PATH: LazyLock<String> = LazyLock::new(|| {
    let hash: String = sha256(&CSS).chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    format!("/u/assets/look-{hash}.css")
});

pub(super) fn stylesheet_path() -> &'static str {
    &PATH
}

/// The stylesheet that gives pages an organization's colours, after the one of all pages.
pub(super) fn restyling_path(colours: Colours) -> String {
    let [primary, background] =
        [colours.primary, colours.background].map(|colour| colour.to_string().replace('#', ""));
    format!("{}-{primary}-{background}.css", PATH.trim_end_matches(".css"))
}

pub(super) async fn stylesheet(Path(file): Path<String>) -> Response {
    let css = match colours_of(&file) {
        Some(colours) => restyle::stylesheet(colours.primary.rgb, colours.background.rgb),
        None if PATH.ends_with(&format!("/{file}")) => CSS.clone(),
        None => return StatusCode::NOT_FOUND.into_response(),
    };
    (headers("text/css; charset=utf-8"), css).into_response()
}

/// The colours for which a file is asked; `None` when it is not named as one of those.
fn colours_of(file: &str) -> Option<Colours> {
    let mut parts = file.strip_suffix(".css")?.rsplit('-');
    let mut colour = || format!("#{}", parts.next()?).parse().ok();
    let (background, primary) = (colour()?, colour()?);
    let colours = Colours { primary, background };
    restyling_path(colours).ends_with(&format!("/{file}")).then_some(colours)
}

/// Two letters on a ground whose colour follows from them.
pub(super) async fn avatar(Path(file): Path<String>) -> Response {
    let letters = file.strip_suffix(".svg").filter(|letters| {
        (1..=2).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    let Some(letters) = letters else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let hue = letters.bytes().fold(0_u32, |hue, byte| (hue * 31 + u32::from(byte) * 7) % 360);
    let letters = letters.to_ascii_uppercase();
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"96\" height=\"96\" viewBox=\"0 0 96 96\">\
         <rect width=\"96\" height=\"96\" fill=\"hsl({hue} 45% 38%)\"/>\
         <text x=\"48\" y=\"50\" fill=\"#fff\" font-family=\"system-ui, sans-serif\" font-size=\"38\" \
         font-weight=\"600\" text-anchor=\"middle\" dominant-baseline=\"central\">{letters}</text></svg>"
    );
    (headers("image/svg+xml"), svg).into_response()
}

fn headers(content_type: &'static str) -> [(header::HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]
}
