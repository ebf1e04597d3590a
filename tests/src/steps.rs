//! The steps of the journey for a visitor without a browser: each fails unless it led where it should.

use anyhow::{Result, ensure};
use url::Url;

use crate::visitor::Visitor;

/// Everybody's password in the tests: strong enough for the provider's own rules.
pub const PASSWORD: &str = "Correct-horse-9";
/// A card that the test checkout accepts.
pub const GOOD_CARD: &str = "4242 4242 4242 4242";
/// A card that the test checkout declines.
pub const DECLINED_CARD: &str = "4000 0000 0000 0002";

impl Visitor {
    /// Makes an account, which signs them in and starts their trial.
    pub async fn sign_up(&mut self, site: &Url, email: &str) -> Result<()> {
        self.open(&site.join("/api/auth/signup")?).await?;
        self.fill(&[("email", email), ("password", PASSWORD)]).await?;
        self.is_at("/home")
    }

    /// Signs in with the password, starting from one of the product's login addresses.
    pub async fn log_in(&mut self, login: &Url, email: &str) -> Result<()> {
        self.open(login).await?;
        if self.page().url.path() != "/home" {
            self.fill(&[("username", email), ("password", PASSWORD)]).await?;
        }
        self.is_at("/home")
    }

    /// Chooses a plan and pays for it.
    pub async fn pay(&mut self, site: &Url, plan: &str) -> Result<()> {
        self.open(&site.join(&format!("/home/confirm-plan?plan={plan}"))?).await?;
        self.fill(&card(GOOD_CARD)).await?;
        let next = if plan == "personal" { "/home/register-personal" } else { "/home/register-business" };
        self.is_at(next)
    }

    /// Names the organization that they have paid for, which signs them in under it.
    pub async fn name_organization(&mut self, name: &str) -> Result<()> {
        self.fill(&[("organization", name)]).await?;
        self.is_at("/home")
    }

    /// Fails unless they are at this path, on a page that isn't an error.
    pub fn is_at(&self, path: &str) -> Result<()> {
        let page = self.page();
        ensure!(
            page.url.path() == path && page.status.is_success(),
            "not at {path} but {}",
            self.whereabouts()
        );
        Ok(())
    }
}

/// The fields of the checkout with this card in them.
pub fn card(number: &str) -> [(&str, &str); 3] {
    [("card_number", number), ("expiry", "11/33"), ("cvc", "321")]
}
