//! Where a person stands when they come home.

use std::sync::Arc;

use tenantry_domain::{Catalogue, Standing, Timestamp};
use tenantry_ports::{Clock, Session};

/// Decides what `/home` shows.
pub struct Home {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How long a trial is.
    pub catalogue: Arc<Catalogue>,
}

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HomeView {
    /// What is open to them.
    pub standing: Standing,
    /// Days left of a trial, a started day counted whole; zero without one.
    pub days_left: u32,
    /// What is left of a trial, in percent; zero without one.
    pub percent_left: u8,
}

impl Home {
    /// Looks at the session alone: no call to anybody.
    pub fn run(&self, session: &Session) -> HomeView {
        let now = self.clock.now();
        let standing = standing(session, now);
        let (days_left, percent_left) = match standing {
            Standing::OnTrial(trial) => {
                (trial.days_left(now), trial.percent_left(now, self.catalogue.trial_days()))
            }
            _ => (0, 0),
        };
        HomeView { standing, days_left, percent_left }
    }
}

/// Where the person of a session stands at an instant.
pub(crate) fn standing(session: &Session, now: Timestamp) -> Standing {
    match session.tenant {
        Some(_) => Standing::in_tenant(session.subscription, &session.roles, now),
        None => Standing::of_person(session.subscription, now),
    }
}
