//! A person with a real browser: headless Chromium, driven through chromedriver.

mod accessibility;
mod devtools;
mod driver;
mod keyboard;
mod view;

use std::fmt::Display;
use std::time::{Duration, Instant};

use serde_json::Value;
use thirtyfour::prelude::*;
use url::Url;

use self::devtools::Devtools;
use self::driver::Driver;
pub use self::view::{Theme, Width};

/// How long a page may take to become what a test expects.
const PATIENCE: Duration = Duration::from_secs(30);

/// One browser with a profile of its own. Ends with the value, even when a test panics; then it leaves a picture of
/// what it showed in target/failures.
#[derive(Debug)]
pub struct Browser {
    driver: Driver,
    devtools: Devtools,
}

impl Browser {
    /// Opens an empty browser.
    pub async fn start() -> Self {
        Self { driver: Driver::start().await, devtools: Devtools::default() }
    }

    /// Goes to an address, as if it was typed in.
    pub async fn open(&self, url: &Url) {
        if let Err(error) = self.driver.goto(url.as_str()).await {
            self.give_up(format_args!("{url} does not open: {error}")).await;
        }
    }

    /// Goes to a path of the site that the browser is on.
    pub async fn go(&self, path: &str) {
        let url = self.url().await.join(path).expect("a path");
        self.open(&url).await;
    }

    /// Where the browser is.
    pub async fn url(&self) -> Url {
        self.driver.current_url().await.expect("the browser is somewhere")
    }

    /// What a person reads on the page.
    pub async fn text(&self) -> String {
        let body = self.driver.execute("return document.body.innerText", vec![]).await;
        body.ok().and_then(|text| text.json().as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The value of a script that reads something from the page. A page that has not come whole yet may lack what it reads,
    /// so one that fails is tried again.
    pub async fn evaluate(&self, script: &str) -> Value {
        let start = Instant::now();
        loop {
            let error = match self.driver.execute(script, vec![]).await {
                Ok(value) => return value.json().clone(),
                Err(error) => error,
            };
            if start.elapsed() > PATIENCE {
                self.give_up(format_args!("{script} fails: {error}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a script says that the page has become what it should be.
    pub async fn comes_to(&self, script: &str) {
        if !self.until(async || self.evaluate(script).await == true).await {
            self.give_up(format_args!("{script} never came true")).await;
        }
    }

    /// Waits until the page is at this path, whatever its query.
    pub async fn arrives_at(&self, path: &str) {
        let arrived = self.until(async || self.url().await.path() == path).await;
        if !arrived {
            self.give_up(format_args!("never came to {path}")).await;
        }
    }

    /// Waits until the page says this, in any case of letters: styles may change that.
    pub async fn says(&self, text: &str) {
        let wanted = words(text);
        if !self.until(async || words(&self.text().await).contains(&wanted)).await {
            self.give_up(format_args!("the page never said {text:?}")).await;
        }
    }

    /// Checks that the page, as it is now, does not say this.
    pub async fn does_not_say(&self, text: &str) {
        if words(&self.text().await).contains(&words(text)) {
            self.give_up(format_args!("the page says {text:?}")).await;
        }
    }

    /// Types values into the fields with these names, in place of what is there.
    pub async fn fill(&self, values: &[(&str, &str)]) {
        for (name, value) in values {
            let css = format!("[name='{name}']:not([type='hidden'])");
            let typed = async |field: WebElement| {
                field.clear().await?;
                field.send_keys(*value).await
            };
            self.with(By::Css(css), &format!("{name} to fill in"), typed).await;
        }
    }

    /// What stands in the field with this name.
    pub async fn value_of(&self, name: &str) -> String {
        self.find(&format!("[name='{name}']")).await.value().await.ok().flatten().unwrap_or_default()
    }

    /// Presses the one button or link that a person sees under this label.
    pub async fn press(&self, label: &str) {
        let is = format!("[normalize-space(.)='{label}' or @aria-label='{label}' or @value='{label}']");
        let controls =
            format!("//main//*[self::a or self::button or self::input]{is}|//*[self::a or self::button]{is}");
        self.click(By::XPath(controls), label).await;
    }

    /// Presses what a CSS selector names, where a label alone would be ambiguous.
    pub async fn press_at(&self, css: &str) {
        self.click(By::Css(css), css).await;
    }

    /// Presses what opens a window of its own, and waits until that says this. Then it is closed: the page that opened it
    /// is there as before.
    pub async fn opens_a_window_at(&self, css: &str, text: &str) {
        let here = self.driver.window().await.expect("the browser has a window");
        self.press_at(css).await;
        let others = async || {
            let all = self.driver.windows().await.expect("the windows can be listed");
            all.into_iter().find(|window| *window != here)
        };
        if !self.until(async || others().await.is_some()).await {
            self.give_up(format_args!("{css} opens no window")).await;
        }
        let there = others().await.expect("a window that was there just now");
        self.driver.switch_to_window(there).await.expect("the new window can be looked at");
        self.says(text).await;
        self.driver.close_window().await.expect("the new window can be closed");
        self.driver.switch_to_window(here).await.expect("the first window is still there");
    }

    /// The first element that a CSS selector names, as soon as it can be seen.
    pub async fn find(&self, css: &str) -> WebElement {
        self.visible(By::Css(css), css).await
    }

    /// What is written in the first element that a CSS selector names.
    pub async fn text_of(&self, css: &str) -> String {
        self.with(By::Css(css), &format!("{css:?}"), async |element| element.text().await).await
    }

    /// Whether the page, once it has come whole, has such an element.
    pub async fn has(&self, css: &str) -> bool {
        self.comes_to("return document.readyState === 'complete'").await;
        self.driver.find(By::Css(css)).await.is_ok()
    }

    /// Forgets the session of the site, as when its cookie expires.
    pub async fn drop_cookie(&self, name: &str) {
        self.driver.delete_cookie(name).await.expect("the cookie can be deleted");
    }

    /// What went wrong in pages, as the console says: a refused style or script, an exception, a missing picture.
    /// That a page was itself answered with an error status is no news to its test.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.driver.browser_log().await.expect("the console can be read");
        let severe = log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message);
        severe.filter(|message| !message.contains("the server responded with a status of 4")).collect()
    }

    async fn click(&self, by: By, name: &str) {
        self.with(by, &format!("{name:?} to press"), async |element| element.click().await).await;
    }

    async fn visible(&self, by: By, name: &str) -> WebElement {
        self.with(by, &format!("{name:?}"), async |element: WebElement| Ok(element)).await
    }

    /// Does something with the first such element that can be seen. A page that is on its way out takes its elements
    /// along, so whatever fails is tried again with what is there then.
    async fn with<T>(&self, by: By, what: &str, act: impl AsyncFn(WebElement) -> WebDriverResult<T>) -> T {
        let start = Instant::now();
        loop {
            let tried = async {
                for element in self.driver.find_all(by.clone()).await? {
                    if element.is_displayed().await? {
                        return act(element).await.map(Some);
                    }
                }
                Ok(None)
            };
            let why = match tried.await {
                Ok(Some(done)) => return done,
                Ok(None) => "it is not to be seen".to_owned(),
                Err(error) => error.to_string(),
            };
            if start.elapsed() > PATIENCE {
                self.give_up(format_args!("there is no {what}: {why}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn until(&self, holds: impl AsyncFn() -> bool) -> bool {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if holds().await {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    async fn give_up(&self, why: impl Display) -> ! {
        let (url, text) = (self.url().await, self.text().await);
        panic!("{why}\non {url}, which says:\n{text}\n");
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
