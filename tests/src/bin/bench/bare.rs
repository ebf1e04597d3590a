//! The yardstick: an axum handler that does nothing but return the same bytes, in a process of its own.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderValue, header::CONTENT_TYPE};
use axum::routing::any;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use url::Url;

use crate::load::Answer;

/// A running yardstick.
#[derive(Debug)]
pub(crate) struct Bare {
    pub(crate) url: Url,
    child: Child,
    _body: NamedTempFile,
}

impl Bare {
    /// Starts one that answers like the page that was fetched.
    pub(crate) fn start(answer: &Answer) -> Result<Self> {
        let body = NamedTempFile::new()?;
        fs::write(body.path(), &answer.body)?;
        let mut child = Command::new(env::current_exe()?)
            .arg("bare")
            .arg(body.path())
            .arg(&answer.media_type)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().context("its output is piped")?).read_line(&mut address)?;
        Ok(Self { url: Url::parse(address.trim())?, child, _body: body })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> Result<SocketAddr> {
        self.url.socket_addrs(|| None)?.first().copied().context("no address")
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves a file at every request until it is killed.
pub(crate) async fn serve(file: &str, media_type: &str) -> Result<()> {
    let body = Bytes::from(fs::read(file)?);
    let media_type = HeaderValue::from_str(media_type)?;
    let handler = move || {
        let answer = ([(CONTENT_TYPE, media_type.clone())], body.clone());
        async move { answer }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().route("/", any(handler))).await?)
}
