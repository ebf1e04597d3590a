//! How fast the fake is: each figure beside its yardstick, and beside the other fakes where they can do the same.

mod logins;
mod management;
mod memory;
mod provider;
mod signatures;
mod simulators;
mod starts;
mod tokens;

use std::time::Duration;

use anyhow::Result;

use self::logins::Login;
use self::provider::Provider;
use self::simulators::{Kind, Simulator};
use self::tokens::Tokens;
use crate::drive::{Operation, Subject};
use crate::table::{Budget, Table};

/// Measures everything; each load runs for so long.
pub(crate) async fn measure(table: &mut Table, each: Duration) -> Result<()> {
    starts::measure(table).await?;
    for keeps_data in [false, true] {
        management::measure(table, keeps_data, each).await?;
    }
    tokens(table, each).await?;
    logins(table, each).await?;
    memory::measure(table).await
}

async fn tokens(table: &mut Table, each: Duration) -> Result<()> {
    let provider = Provider::start(false).await?;
    let request = provider::credentials(provider::MACHINE_ID, provider::CLIENT_SECRET, &provider.audience);
    let figure = Subject::new(provider.address(), |_| Tokens(request.clone())).measure(each)?;
    let one = signatures::per_second(1, each)?;
    let two = signatures::per_second(2, each)?;
    plain(table, "RS256 signatures of 2048 bits, one thread", &format!("{one:.0} a second"));
    plain(table, "RS256 signatures of 2048 bits, two threads", &format!("{two:.0} a second"));
    plain(table, "fake: tokens by client credentials", &figure.to_string());
    let ratio = figure.per_second / two;
    let budget = Budget::AtLeast(0.5);
    table.row("  of the bare signatures in two threads", &format!("{ratio:.2}"), budget, ratio);
    for kind in Kind::ALL {
        let simulator = Simulator::start(kind)?;
        let other = Subject::new(simulator.address(), |_| kind.tokens()).measure(each)?;
        plain(table, &format!("{}: tokens by client credentials", kind.name()), &other.to_string());
    }
    Ok(())
}

async fn logins(table: &mut Table, each: Duration) -> Result<()> {
    for keeps_data in [false, true] {
        let provider = Provider::start(keeps_data).await?;
        let place = if keeps_data { "on disk" } else { "in memory" };
        let mut subject = Subject::new(provider.address(), |_| Login::by_form());
        login(table, &format!("fake, {place}: logins with the form and its password"), &mut subject, each)?;
        // The first login of each connection fills in the form, and leaves the session that the others go on with.
        let mut subject = Subject::new(provider.address(), |_| Login::with_session());
        login(table, &format!("fake, {place}: logins with a session"), &mut subject, each)?;
    }
    let (form, session) = ("logins with the form and its password", "logins with a session");
    for kind in Kind::ALL {
        let simulator = Simulator::start(kind)?;
        let (can, can_not) = match kind {
            Kind::Auth0Simulator => (form, session),
            Kind::Oauth2MockServer => ("logins of anybody, without a session", form),
        };
        let mut subject = Subject::new(simulator.address(), |_| simulators::Login(kind));
        login(table, &format!("{}: {can}", kind.name()), &mut subject, each)?;
        plain(table, &format!("{}: {can_not}", kind.name()), "can't");
        plain(table, &format!("{}: Management API", kind.name()), "can't");
    }
    Ok(())
}

fn login<O: Operation>(
    table: &mut Table,
    name: &str,
    subject: &mut Subject<O>,
    each: Duration,
) -> Result<()> {
    let figure = subject.measure(each)?;
    plain(table, name, &figure.to_string());
    Ok(())
}

fn plain(table: &mut Table, name: &str, shown: &str) {
    table.row(name, shown, Budget::None, 0.0);
}
