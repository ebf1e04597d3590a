//! Logging in and out: `/api/auth/*`, at the addresses and with the parameters of the guide's own SDK.

pub(crate) mod access;
pub(crate) mod backchannel_logout;
pub(crate) mod callback;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod me;
