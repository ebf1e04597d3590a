//! Single sign-on: an administrator connects the organization's own identity provider, step by step, and runs it.

mod access;
mod admit;
mod answer_access;
mod begin;
mod choose_domains;
mod connect;
mod connect_saml;
mod delete;
mod domains;
mod enforce;
mod foresee;
mod gate;
mod holders;
mod list;
mod newcomer;
mod parts;
mod realm;
mod test_login;
mod turn;
mod watch;
mod ways_in;

pub use access::{AskForAccess, AskedForAccess};
pub use admit::{AdmissionWish, AdmitThroughSso};
pub use answer_access::{AnswerAccessError, DeclineAccess, GrantAccess, Granted, ListAccessRequests};
pub use begin::BeginSso;
pub use choose_domains::{ChooseSsoDomains, ChooseSsoDomainsError};
pub use connect::{ConnectSso, ConnectSsoError, Credentials};
pub use connect_saml::{ConnectSaml, SamlSource};
pub use delete::DeleteSso;
pub use domains::{CheckDomain, CheckDomainError, ClaimDomain, ClaimDomainError, ReleaseDomain};
pub use enforce::{EnforceSso, EnforceSsoError, MOST_GLASS_HOLDERS};
pub use foresee::{Concerned, Enforced, KeptOut};
pub use gate::{SsoGate, SsoRefusal};
pub use holders::GlassHolder;
pub use list::{ListSso, SsoView};
pub use parts::{SsoError, SsoParts};
pub use realm::{FindLogin, FoundLogin};
pub use test_login::{ReportSsoTest, ReportedTest, TestSso, TestSsoError};
pub use turn::{TurnOnSsoError, TurnSso};
pub use watch::WatchDomains;
pub use ways_in::{Demanded, FindWaysIn, NoLogin, NoWayIn, OwnWay, Through, WaysIn};

pub(crate) use gate::{GRACE, Passed};
pub(crate) use newcomer::Standing;
