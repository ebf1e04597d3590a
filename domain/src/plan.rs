//! Plans: what can be bought, for how much, and what each includes.

use std::fmt;
use std::str::FromStr;

/// Which plan. The names are part of the subscription's text format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanId {
    /// What a new user gets without paying.
    Trial,
    /// One person.
    Personal,
    /// An organization with a limited number of seats.
    Team,
    /// An organization without a limit.
    Enterprise,
}

/// The name is not a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a plan: use personal, team or enterprise")]
pub struct UnknownPlan(String);

impl PlanId {
    /// The plans that can be bought, the cheapest first.
    pub const FOR_SALE: [Self; 3] = [Self::Personal, Self::Team, Self::Enterprise];

    /// The name, as the subscription's text format writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Personal => "personal",
            Self::Team => "team",
            Self::Enterprise => "enterprise",
        }
    }

    /// Whether the plan belongs to an organization rather than to a person.
    pub fn is_for_organizations(self) -> bool {
        matches!(self, Self::Team | Self::Enterprise)
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PlanId {
    type Err = UnknownPlan;

    fn from_str(name: &str) -> Result<Self, UnknownPlan> {
        [Self::Trial, Self::Personal, Self::Team, Self::Enterprise]
            .into_iter()
            .find(|plan| plan.as_str() == name)
            .ok_or_else(|| UnknownPlan(name.to_owned()))
    }
}

/// A price in whole US dollars a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(transparent)]
pub struct Price(u32);

impl Price {
    /// US dollars a month.
    pub fn dollars_a_month(self) -> u32 {
        self.0
    }

    /// US dollars for the twelve months that are paid at once.
    pub fn dollars_a_year(self) -> u32 {
        self.0.saturating_mul(12)
    }
}

/// How many people a plan admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seats {
    /// At most so many.
    UpTo(u32),
    /// Any number.
    Unlimited,
}

impl Seats {
    /// Whether one more fits beside `taken`.
    pub fn admit_one_more(self, taken: u32) -> bool {
        match self {
            Self::UpTo(most) => taken < most,
            Self::Unlimited => true,
        }
    }
}

impl<'de> serde::Deserialize<'de> for Seats {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u32),
            Word(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(most @ 1..) => Ok(Self::UpTo(most)),
            Written::Word(word) if word == "unlimited" => Ok(Self::Unlimited),
            _ => Err(serde::de::Error::custom("write seats as a number of at least 1, or as \"unlimited\"")),
        }
    }
}

/// What a plan lets an organization do beyond using the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entitlements {
    /// Let its people in through its own identity provider.
    #[serde(default)]
    pub sso: bool,
    /// Its own logo and colours.
    #[serde(default)]
    pub customization: bool,
    /// Analytics and reports.
    #[serde(default)]
    pub reports: bool,
}

/// One plan that can be bought.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Which.
    pub id: PlanId,
    /// What people call it.
    pub name: String,
    /// One sentence on whom it is for.
    pub summary: String,
    /// What it costs.
    pub price: Price,
    /// How many people it admits.
    pub seats: Seats,
    /// What it lets an organization do.
    #[serde(default)]
    pub entitlements: Entitlements,
    /// What the price list says that it includes, a line each.
    pub includes: Vec<String>,
    /// Whether the price list marks it as the one that most people choose.
    #[serde(default)]
    pub most_popular: bool,
}

/// Everything that can be bought, and how long one may try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    trial_days: u32,
    plans: Vec<Plan>,
}

/// Why a catalogue can't be used; says what to write where.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// Not TOML, or not of the catalogue's form.
    #[error("the catalogue of plans can't be read: {0}")]
    Form(#[from] toml::de::Error),
    /// A plan that can be bought is missing, or there twice.
    #[error("the catalogue of plans needs exactly one [[plan]] with id = \"{0}\"")]
    Plan(PlanId),
    /// The trial can't be bought.
    #[error("the catalogue of plans must not sell id = \"trial\": set [trial] days instead")]
    TrialForSale,
    /// Zero, or more than ten years.
    #[error("the catalogue of plans needs [trial] days from 1 to 3650")]
    TrialDays,
}

impl Catalogue {
    /// Reads a catalogue from TOML: `[trial] days`, then one `[[plan]]` each for personal, team and enterprise.
    pub fn from_toml(text: &str) -> Result<Self, CatalogueError> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            trial: TrialTerms,
            plan: Vec<Plan>,
        }
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct TrialTerms {
            days: u32,
        }
        let file: File = toml::from_str(text)?;
        if file.plan.iter().any(|plan| plan.id == PlanId::Trial) {
            return Err(CatalogueError::TrialForSale);
        }
        for id in PlanId::FOR_SALE {
            if file.plan.iter().filter(|plan| plan.id == id).count() != 1 {
                return Err(CatalogueError::Plan(id));
            }
        }
        Self { trial_days: 1, plans: file.plan }.with_trial_days(file.trial.days)
    }

    /// The same plans with another length of trial, from 1 to 3650 days.
    pub fn with_trial_days(self, days: u32) -> Result<Self, CatalogueError> {
        if (1..=3650).contains(&days) {
            Ok(Self { trial_days: days, ..self })
        } else {
            Err(CatalogueError::TrialDays)
        }
    }

    /// The catalogue that the product comes with: the guide's plans, and its trial of one day.
    pub fn standard() -> Result<Self, CatalogueError> {
        Self::from_toml(include_str!("catalogue.toml"))
    }

    /// How many days one may try.
    pub fn trial_days(&self) -> u32 {
        self.trial_days
    }

    /// The plans, in the order in which they are shown.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// One plan; `None` for the trial, which is not for sale.
    pub fn plan(&self, id: PlanId) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_catalogue_is_the_guides() {
        let catalogue = Catalogue::standard().unwrap();
        let prices: Vec<_> =
            catalogue.plans().iter().map(|plan| (plan.id.as_str(), plan.price.dollars_a_month())).collect();
        assert_eq!(prices, [("personal", 12), ("team", 32), ("enterprise", 65)]);
        assert_eq!(catalogue.trial_days(), 1);
        assert_eq!(catalogue.plan(PlanId::Team).unwrap().seats, Seats::UpTo(20));
        assert_eq!(catalogue.plan(PlanId::Enterprise).unwrap().seats, Seats::Unlimited);
        assert!(catalogue.plan(PlanId::Trial).is_none());
        assert!(!catalogue.plan(PlanId::Personal).unwrap().entitlements.sso);
    }

    #[test]
    fn says_what_is_wrong_with_a_catalogue() {
        let standard = include_str!("catalogue.toml");
        for (from, to, message) in [
            ("days = 1", "days = 0", "days from 1 to 3650"),
            ("id = \"team\"", "id = \"personal\"", "exactly one [[plan]] with id = \"personal\""),
            ("id = \"team\"", "id = \"trial\"", "must not sell"),
            ("seats = 20", "seats = 0", "at least 1"),
            ("price = 32", "cost = 32", "unknown field `cost`"),
        ] {
            assert!(standard.contains(from), "{from}");
            let error = Catalogue::from_toml(&standard.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn a_seat_is_free_until_the_last_is_taken() {
        assert!(Seats::UpTo(20).admit_one_more(19));
        assert!(!Seats::UpTo(20).admit_one_more(20));
        assert!(Seats::Unlimited.admit_one_more(u32::MAX));
    }
}
