//! `tenantry auth0 export`: a tenant as JSON, one record a line.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use tenantry_auth0::setup::{Access, Export, Record};
use tenantry_ports::{Clock, Random};

use super::arguments::ExportArguments;
use super::private_file::PrivateFile;
use super::{access, product};

/// After so many records somebody is told.
const EVERY: u64 = 1000;

pub(super) async fn run(
    arguments: ExportArguments,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> anyhow::Result<ExitCode> {
    let access = access(arguments.access)?;
    let (auth0, _) = product::read(arguments.env_file)?;
    let access = access.unwrap_or(Access::Credentials {
        client_id: auth0.m2m_client_id,
        client_secret: auth0.m2m_client_secret,
    });
    let export = Export::new(&auth0.issuer, access, clock, Arc::clone(&random))?;
    match arguments.out.as_deref() {
        Some(path) => to_file(&export, path, &*random).await?,
        None => write(&export, &mut BufWriter::new(io::stdout())).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A file that is there when all of it is.
async fn to_file(export: &Export, path: &Path, random: &dyn Random) -> anyhow::Result<()> {
    let context = || format!("{} can't be written", path.display());
    let (target, file) = PrivateFile::create(path, random).with_context(context)?;
    let mut out = BufWriter::new(file);
    write(export, &mut out).await?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error).with_context(context)?;
    target.keep(&file).with_context(context)
}

async fn write(export: &Export, out: &mut (impl Write + Send)) -> anyhow::Result<()> {
    let mut written = 0_u64;
    let mut sink = |record: &Record| {
        serde_json::to_writer(&mut *out, record).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
        written += 1;
        match record {
            Record::End(counts) => tell(&format!(
                "{} organizations, {} members, {} subscriptions, {} connections",
                counts.organizations, counts.members, counts.subscriptions, counts.connections
            )),
            _ if written.is_multiple_of(EVERY) => tell(&format!("{written} records ...")),
            _ => {}
        }
        Ok(())
    };
    export.run(&mut sink).await?;
    Ok(out.flush()?)
}

#[expect(clippy::print_stderr, reason = "a command says how far it has come")]
fn tell(text: &str) {
    eprintln!("{text}");
}
