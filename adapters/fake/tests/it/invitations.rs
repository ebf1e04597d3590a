//! Invitations, accepted with a login.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::support::{APP, PASSWORD, World, parameter, segment};

const DATABASE: &str = "Username-Password-Authentication";

