//! The window through which a page is seen: its width, its theme, and pictures of it.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};
use tokio::time::timeout;

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

    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Width {
    const ALL: [Self; 2] = [Self::Desk, Self::Phone];

    fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (360, 740),
            Self::Desk => (1280, 800),
        }
    }
}

impl Browser {
    /// Makes the window this wide and the system this light.
    pub async fn view(&self, width: Width, theme: Theme) {
        let (width, height) = width.size();
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": theme.name() },
            // A picture taken half-way through a transition is of no colour that the design knows.
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        for (command, parameters) in
            [("Emulation.setDeviceMetricsOverride", metrics), ("Emulation.setEmulatedMedia", media)]
        {
            self.driver.cdp().send_raw(command, parameters).await.expect("the window can be set");
        }
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
        let shot = self.screenshot(parameters).await;
        let picture =
            shot["data"].as_str().and_then(|data| BASE64_STANDARD.decode(data).ok()).expect("a picture");
        fs::write(output::directory(directory).join(file), picture).expect("the picture can be written");
    }

    // Now and then Chromium never answers, most of all where it is to show more than the window for a moment: it is brought
    // to the front and asked again, and in the end for what the window shows.
    async fn screenshot(&self, parameters: Value) -> Value {
        let devtools = self.driver.cdp();
        let mut window = parameters.clone();
        window["captureBeyondViewport"] = false.into();
        for parameters in [&parameters, &parameters, &window, &window] {
            let shot = devtools.send_raw("Page.captureScreenshot", parameters.clone());
            if let Ok(Ok(shot)) = timeout(Duration::from_secs(30), shot).await {
                return shot;
            }
            let front = devtools.send_raw("Page.bringToFront", json!({}));
            let _ = timeout(Duration::from_secs(5), front).await;
        }
        panic!("Chromium takes no picture");
    }
}
