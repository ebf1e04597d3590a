//! Stylesheet, script and icon: kept in memory, and named by a hash of what is in them, so that browsers may keep them
//! for ever.

use aws_lc_rs::digest;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::Shared;
use crate::problem::Problem;

pub(crate) const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The files that pages refer to.
#[derive(Debug)]
pub(crate) struct Assets {
    pub(crate) stylesheet: Asset,
    pub(crate) script: Asset,
    pub(crate) icon: Asset,
}

/// One file.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Where it is served.
    pub(crate) url: String,
    content_type: &'static str,
    body: Bytes,
}

impl Assets {
    /// The files of a product whose mark is `mark`.
    pub(crate) fn new(mark: &str) -> Self {
        let stylesheet = compact(&[tenantry_look::STYLESHEET, include_str!("../assets/site.css")].concat());
        Self {
            stylesheet: Asset::new("app", "css", "text/css; charset=utf-8", stylesheet),
            script: Asset::new(
                "app",
                "js",
                "text/javascript; charset=utf-8",
                include_str!("../assets/app.js").to_owned(),
            ),
            icon: Asset::new("icon", "svg", "image/svg+xml", mark.to_owned()),
        }
    }

    fn find(&self, file: &str) -> Option<&Asset> {
        let is_it = |asset: &&Asset| asset.url.strip_prefix("/assets/") == Some(file);
        [&self.stylesheet, &self.script, &self.icon].into_iter().find(is_it)
    }
}

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, text: String) -> Self {
        let mut hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()));
        hash.truncate(12);
        Self { url: format!("/assets/{name}-{hash}.{extension}"), content_type, body: text.into() }
    }
}

/// Serves a file.
pub(crate) async fn serve(State(app): State<Shared>, Path(file): Path<String>) -> Result<Response, Problem> {
    let asset = app.site.assets.find(&file).ok_or_else(Problem::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (header::CACHE_CONTROL, FOR_EVER),
    ];
    Ok((headers, asset.body.clone()).into_response())
}

/// The stylesheet without comments and indentation.
fn compact(css: &str) -> String {
    let mut text = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let mut compacted = String::with_capacity(text.len());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        compacted.push_str(line);
        if !line.ends_with(['{', '}', ';', ',']) {
            compacted.push(' ');
        }
    }
    compacted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_what_is_in_it() {
        let (one, other) = (Assets::new("<svg/>"), Assets::new("<svg></svg>"));
        assert_eq!(one.stylesheet.url, other.stylesheet.url);
        assert_ne!(one.icon.url, other.icon.url);
        let file = one.icon.url.strip_prefix("/assets/").unwrap();
        assert_eq!(one.find(file).unwrap().body, "<svg/>");
        assert!(other.find(file).is_none());
    }

    #[test]
    fn compacting_keeps_every_rule() {
        let css = "/* a\n b */\n.a,\n.b {\n  color: red;\n  margin: 0\n    auto;\n}\n/* c */";
        assert_eq!(compact(css), ".a,.b {color: red;margin: 0 auto;}");
        let rules = |text: &str| text.matches('{').count();
        assert_eq!(
            rules(&compact(tenantry_look::STYLESHEET)),
            rules(tenantry_look::STYLESHEET) - commented_braces()
        );
    }

    fn commented_braces() -> usize {
        let comments = tenantry_look::STYLESHEET.split("/*").skip(1);
        comments
            .filter_map(|part| part.split_once("*/"))
            .map(|(comment, _)| comment.matches('{').count())
            .sum()
    }
}
