//! The keyboard of somebody who has no mouse.

use serde_json::Value;
use thirtyfour::prelude::*;

use super::Browser;

/// More stops of the Tab key than a page has.
const MOST_STOPS: usize = 80;

/// What is wrong with how the focus shows, or nothing: it is in the window, and has an outline of its own or around the
/// card that it is the control of.
const UNSEEN: &str = "const it = document.activeElement;
    if (!it || it === document.body) return '';
    const outlined = [it, it.closest('.choice')].some(part => {
        const style = part && getComputedStyle(part);
        return style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    });
    const box = it.getBoundingClientRect();
    const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    return outlined && inside ? '' : `${outlined ? 'out of sight' : 'no outline'}: ${it.outerHTML.slice(0, 200)}`;";

impl Browser {
    /// Moves on with the Tab key until the focus is on what a CSS selector names. It is seen at every stop.
    pub async fn tabs_to(&self, css: &str) {
        let is_there = format!("return document.activeElement.matches(\"{css}\")");
        for _ in 0..MOST_STOPS {
            self.strikes(Key::Tab).await;
            let unseen = self.evaluate(UNSEEN).await;
            if unseen != "" {
                self.give_up(format_args!("nobody sees the focus, {unseen}")).await;
            }
            if self.evaluate(&is_there).await == Value::Bool(true) {
                return;
            }
        }
        self.give_up(format_args!("the Tab key never came to {css}")).await;
    }

    /// Presses the Enter key on what the Tab key comes to.
    pub async fn enters_at(&self, css: &str) {
        self.tabs_to(css).await;
        self.strikes(Key::Enter).await;
    }

    /// Types where the focus is.
    pub async fn strikes(&self, keys: impl Into<TypingData>) {
        if let Err(error) = self.driver.action_chain().send_keys(keys).perform().await {
            self.give_up(format_args!("nothing can be typed: {error}")).await;
        }
    }
}
