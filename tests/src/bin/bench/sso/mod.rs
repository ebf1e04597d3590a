//! Single sign-on: a login through an organization's own provider beside one with a password, and finding the login that
//! an address leads to among few domains and among very many.

mod company;
mod discovery;

use std::time::Duration;

use anyhow::Result;

use crate::logins::{self, Logins};
use crate::table::{Budget, Table};

/// How often each of two is loaded, one after the other.
const TURNS: u32 = 3;

/// Measures both.
pub(crate) async fn measure(table: &mut Table, each: Duration) -> Result<()> {
    federated(table, each).await?;
    discovery::measure(table, each).await
}

async fn federated(table: &mut Table, each: Duration) -> Result<()> {
    let company = company::Company::connect().await?;
    let with_passwords = logins::with_passwords(&company.product).await?;
    let (plain, theirs) = (company.product.at("/api/auth/login"), company.login());
    let mut figures = [Logins::default(), Logins::default()];
    let [passwords, federated] = &mut figures;
    for _ in 0..TURNS {
        passwords.add(logins::again_and_again(with_passwords.clone(), &plain, each / TURNS).await?);
        federated.add(logins::again_and_again(company::Company::people(), &theirs, each / TURNS).await?);
    }
    table.row("complete logins with a password", &passwords.to_string(), Budget::None, 0.0);
    let name = "complete logins through an organization’s own provider, with a password there";
    table.row(name, &federated.to_string(), Budget::None, 0.0);
    let ratio = federated.per_second() / passwords.per_second();
    table.row("  of those with a password at our own", &format!("{ratio:.2}"), Budget::None, ratio);
    Ok(())
}
