//! The window through which a page is seen: its width, its theme, and pictures of it.

use std::collections::BTreeMap;
use std::fs;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

use super::Browser;
use crate::output;

/// Light or dark, as the person's system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// How wide the window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// A small phone, 360 pixels.
    Phone,
    /// A laptop, 1280 pixels.
    Desk,
}

impl Theme {
    const ALL: [Self; 2] = [Self::Light, Self::Dark];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Width {
    const ALL: [Self; 2] = [Self::Desk, Self::Phone];

    pub(super) fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (360, 740),
            Self::Desk => (1280, 800),
        }
    }
}

impl Browser {
    /// Makes the window this wide and the system this light.
    pub async fn view(&self, width: Width, theme: Theme) {
        self.devtools.look(&self.driver, width, theme).await;
    }

    /// Looks at the page in every width and theme: leaves a picture of each in target/screenshots, and says what is
    /// wrong with it.
    pub async fn inspect(&self, name: &str) -> Vec<String> {
        let mut faults: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for width in Width::ALL {
            for theme in Theme::ALL {
                self.view(width, theme).await;
                let view = format!("{}-{}", width.size().0, theme.name());
                self.picture(&format!("{name}-{view}")).await;
                let overflow = self.overflow().await;
                let wide = (overflow > 0).then(|| format!("{overflow} pixels wider than the window\n"));
                for fault in self.accessibility_violations().await.into_iter().chain(wide) {
                    faults.entry(fault).or_default().push(view.clone());
                }
            }
        }
        self.view(Width::Desk, Theme::Light).await;
        for complaint in self.complaints().await {
            faults.entry(format!("{complaint}\n")).or_default().push("console".to_owned());
        }
        faults.into_iter().map(|(fault, views)| format!("{name} ({}): {fault}", views.join(", "))).collect()
    }

    /// Leaves a picture of the whole page in target/screenshots.
    pub async fn picture(&self, name: &str) {
        self.capture(
            &format!("screenshots/{name}.png"),
            json!({ "format": "png", "captureBeyondViewport": true }),
        )
        .await;
    }

    /// Leaves a small, sharp picture of what the window shows, for people to read, in target/pictures.
    pub async fn publish(&self, name: &str, width: Width, theme: Theme) {
        self.view(width, theme).await;
        let (width, height) = width.size();
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 2 });
        let parameters = json!({ "format": "webp", "quality": 80, "clip": clip });
        self.capture(&format!("pictures/{name}.webp"), parameters).await;
        self.view(Width::Desk, Theme::Light).await;
    }

    async fn capture(&self, file: &str, parameters: Value) {
        let (directory, file) = file.split_once('/').expect("a directory and a file");
        let shot = self.devtools.ask(&self.driver, "Page.captureScreenshot", &parameters).await;
        let picture =
            shot["data"].as_str().and_then(|data| BASE64_STANDARD.decode(data).ok()).expect("a picture");
        fs::write(output::directory(directory).join(file), picture).expect("the picture can be written");
    }
}
