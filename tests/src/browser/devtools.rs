//! The browser's own protocol, on a line of its own: the driver carries out one command after the other, and one that
//! Chromium never answers would be its last.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::WebDriver;
use thirtyfour::cdp::CdpSession;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::view::{Theme, Width};

/// How long a command may take on a busy machine. Now and then Chromium takes a picture for ever.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a command is given, each time on a new line.
const TRIES: usize = 4;

/// A line to the page, and how the page is looked at: that lasts as long as the line.
#[derive(Debug, Default)]
pub(super) struct Devtools(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    line: Option<CdpSession>,
    look: Option<(Width, Theme)>,
}

impl Devtools {
    /// Looks at the page like this from now on.
    pub(super) async fn look(&self, driver: &WebDriver, width: Width, theme: Theme) {
        let mut state = self.0.lock().await;
        state.look = Some((width, theme));
        let (metrics, media) = settings(width, theme);
        state.ask(driver, METRICS, &metrics).await;
        state.ask(driver, MEDIA, &media).await;
    }

    /// The answer to a command.
    pub(super) async fn ask(&self, driver: &WebDriver, command: &str, parameters: &Value) -> Value {
        self.0.lock().await.ask(driver, command, parameters).await
    }
}

const METRICS: &str = "Emulation.setDeviceMetricsOverride";
const MEDIA: &str = "Emulation.setEmulatedMedia";

fn settings(width: Width, theme: Theme) -> (Value, Value) {
    let (width, height) = width.size();
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    let media = json!({ "features": [
        { "name": "prefers-color-scheme", "value": theme.name() },
        // A picture taken half-way through a transition is of no colour that the design knows.
        { "name": "prefers-reduced-motion", "value": "reduce" },
    ] });
    (metrics, media)
}

impl State {
    async fn ask(&mut self, driver: &WebDriver, command: &str, parameters: &Value) -> Value {
        let mut why = String::new();
        for _ in 0..TRIES {
            let answer = timeout(PATIENCE, async {
                let line = match &self.line {
                    Some(line) => line.clone(),
                    None => open(driver, self.look).await?,
                };
                let answer = line.send_raw(command, parameters.clone()).await;
                answer.map(|answer| (line, answer)).map_err(|error| error.to_string())
            });
            match answer.await {
                Ok(Ok((line, answer))) => {
                    self.line = Some(line);
                    return answer;
                }
                Ok(Err(error)) => why = error,
                Err(_) => "it does not answer".clone_into(&mut why),
            }
            self.line = None;
        }
        panic!("Chromium does not carry out {command}: {why}");
    }
}

async fn open(driver: &WebDriver, look: Option<(Width, Theme)>) -> Result<CdpSession, String> {
    let line = driver.cdp().connect().await.map_err(|error| error.to_string())?;
    if let Some((width, theme)) = look {
        let (metrics, media) = settings(width, theme);
        for (command, parameters) in [(METRICS, metrics), (MEDIA, media)] {
            line.send_raw(command, parameters).await.map_err(|error| error.to_string())?;
        }
    }
    Ok(line)
}
