//! What the pages about connections say alike: how a connection stands, how it does, and how a domain's proof stands.

use std::time::Duration;

use tenantry_application::SsoView;
use tenantry_domain::{
    DomainProof, Expiring, NotReady, ProofState, SsoFault, SsoRequest, SsoState, SsoStep, Timestamp, Upstream,
};
use tenantry_ports::{KeptSsoRequest, SsoFailure};

use super::step_path;
use crate::steps::Step;
use crate::text;

/// How far a set-up is, on the page of the step that is `here`. Steps can be skipped and taken later: what counts is
/// what is there.
pub(super) fn progress(view: &SsoView, here: SsoStep) -> Vec<Step> {
    let request = &view.kept.request;
    let step = |step: SsoStep| {
        let (name, is_done) = match step {
            SsoStep::Domain => ("Domain", !request.domains.is_disjoint(&view.proved())),
            SsoStep::Credentials => ("Credentials", request.upstream.is_some()),
            SsoStep::Test => ("Test", request.passes_test(&view.proved()).is_ok()),
            SsoStep::People | SsoStep::Done => ("People", request.state != SsoState::SettingUp),
        };
        Step { name, is_done, is_here: step == here }
    };
    SsoStep::ALL.map(step).into()
}

/// How long before the end of a secret the pages begin to say so.
const SOON: Duration = Duration::from_hours(30 * 24);

/// A domain and its proof.
pub(super) struct DomainRow<'a> {
    pub(super) domain: &'a str,
    pub(super) record_name: String,
    pub(super) record_value: String,
    pub(super) proof: &'a DomainProof,
}

impl<'a> From<&'a DomainProof> for DomainRow<'a> {
    fn from(proof: &'a DomainProof) -> Self {
        Self {
            domain: proof.domain.as_str(),
            record_name: proof.record_name(),
            record_value: proof.record_value(),
            proof,
        }
    }
}

impl DomainRow<'_> {
    pub(super) fn is_proved(&self) -> bool {
        self.proof.holds()
    }

    /// A word for how it stands, with the class of its badge.
    pub(super) fn state(&self) -> (&'static str, &'static str) {
        match self.proof.state {
            ProofState::Claimed => ("badge-warn", "Waiting for the record"),
            ProofState::Proved { .. } => ("badge-good", "Proved"),
            ProofState::Lapsed { .. } => ("badge-bad", "The record is gone"),
        }
    }

    /// What becomes of it by itself, as HTML.
    pub(super) fn watch(&self, now: Timestamp) -> String {
        watch(self.proof, now)
    }

    /// When it was looked for, as HTML.
    pub(super) fn looked(&self, now: Timestamp) -> Option<String> {
        self.proof.checked_at.map(|at| text::when(at, now))
    }
}

/// What becomes of a claim by itself, as HTML.
pub(super) fn watch(proof: &DomainProof, now: Timestamp) -> String {
    match (proof.state, proof.waits_until(now)) {
        (ProofState::Claimed, Some(until)) => format!(
            "We go on looking every few minutes until {}, so you can leave this page. Check now looks at once.",
            text::date(until)
        ),
        (ProofState::Claimed, None) => {
            "We looked for it for a week, and do not look by ourselves any more. Check now looks at once."
                .to_owned()
        }
        (ProofState::Proved { .. } | ProofState::Lapsed { .. }, _) => {
            "We look for it every day. Check now looks at once.".to_owned()
        }
    }
}

/// A word for how a connection stands, with the class of its badge.
pub(super) fn state(request: &SsoRequest) -> (&'static str, &'static str) {
    match request.state {
        SsoState::SettingUp => ("badge-warn", "Being set up"),
        SsoState::On => ("badge-good", "On"),
        SsoState::Off => ("", "Off"),
    }
}

/// A login that failed, whoever came in since: whoever could not may ask about it a day later.
pub(super) struct Failure {
    /// When, as HTML.
    pub(super) at: String,
    /// What happened, and what to change where.
    pub(super) advice: (&'static str, &'static str),
    /// The number that the person was shown.
    pub(super) reference: String,
    /// How often.
    pub(super) times: u32,
    /// Whether somebody has come in since.
    pub(super) is_over: bool,
}

impl Failure {
    pub(super) fn of(kept: &KeptSsoRequest, now: Timestamp) -> Option<Self> {
        kept.last_failure.as_ref().map(|failure| Self::new(failure, kept, now))
    }

    pub(super) fn new(failure: &SsoFailure, kept: &KeptSsoRequest, now: Timestamp) -> Self {
        Self {
            at: text::when(failure.at, now),
            advice: advice(failure.fault),
            reference: failure.reference.clone(),
            times: failure.times,
            is_over: kept.last_login >= Some(failure.at),
        }
    }
}

/// How a connection does: whether it is well, and a sentence as HTML.
pub(super) fn health(kept: &KeptSsoRequest, proofs: &[DomainProof], now: Timestamp) -> Vec<(bool, String)> {
    let mut lines = health_but_failures(kept, proofs, now);
    if let Some(Failure { at, advice, reference, .. }) =
        Failure::of(kept, now).filter(|failure| !failure.is_over)
    {
        lines.push((false, format!("Last failure {at}: {} Reference {reference}.", advice.0)));
    }
    lines
}

/// The same without logins that failed.
pub(super) fn health_but_failures(
    kept: &KeptSsoRequest,
    proofs: &[DomainProof],
    now: Timestamp,
) -> Vec<(bool, String)> {
    let request = &kept.request;
    let mut lines = Vec::new();
    if let Some(at) = kept.last_login {
        lines.push((true, format!("Last login {}", text::when(at, now))));
    } else if request.state == SsoState::On {
        lines.push((true, "Nobody has come in through it yet".to_owned()));
    }
    if request.is_on_untested() {
        let there = step_path(&request.id, SsoStep::Test);
        let what = match request.passes_test(&request.domains) {
            Err(NotReady::TestRefused(_)) => "Whoever logged in for the last test would not be let in",
            _ if request.test.is_some() => "The last test failed",
            _ => "Changed since the last successful test",
        };
        lines.push((false, format!("{what}: <a href=\"{}\">test it</a>", there.replace('&', "&amp;"))));
    }
    let expires = request.upstream.as_ref().and_then(Upstream::expires);
    if let Some((expiring, at)) = expires.filter(|(_, at)| *at <= now + SOON) {
        let (what, remedy) = match expiring {
            Expiring::Secret => ("The client secret", "enter a new one"),
            Expiring::Certificate => ("The signing certificate", "enter the metadata anew"),
            Expiring::Metadata => ("What your provider says of itself", "enter the metadata anew"),
        };
        let when = if at <= now { "expired on" } else { "expires on" };
        lines.push((false, format!("{what} {when} {}: {remedy}", text::date(at))));
    }
    let is_lapsed = |proof: &&DomainProof| request.domains.contains(&proof.domain) && !proof.holds();
    for proof in proofs.iter().filter(is_lapsed).filter(|_| request.state == SsoState::On) {
        lines.push((false, format!("{} is not proved: its people can’t come in", proof.domain)));
    }
    lines
}

/// What an administrator does about a failed test: what happened, and what to change where.
pub(super) fn advice(fault: SsoFault) -> (&'static str, &'static str) {
    text::sso_fault(fault)
}
