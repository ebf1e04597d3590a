//! The pages: one file each, with what it shows and the handler that shows it.

pub(crate) mod about;
pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod add_member;
pub(crate) mod admin;
pub(crate) mod business;
pub(crate) mod checkout;
pub(crate) mod confirmation;
pub(crate) mod customers;
pub(crate) mod customization;
pub(crate) mod deletion;
pub(crate) mod home;
pub(crate) mod invitation;
pub(crate) mod landing;
pub(crate) mod leave;
pub(crate) mod member;
pub(crate) mod members;
pub(crate) mod organizations;
pub(crate) mod orgprompt;
pub(crate) mod pending_invitations;
pub(crate) mod personal;
pub(crate) mod pricing;
pub(crate) mod profile;
pub(crate) mod removal;
pub(crate) mod transfer;
pub(crate) mod upgrade;
