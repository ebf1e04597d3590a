//! How invited people may sign in: what the form offers, and what is left of it where single sign-on is demanded.

use tenantry_domain::{
    ConnectionId, EmailAddress, EmailDomain, Enforcement, LoginConnection, LoginKind, SsoRequest,
};
use tenantry_ports::Session;

use crate::App;
use crate::problem::Problem;

/// The ways of an organization.
pub(crate) struct Ways {
    /// All of them, as people call them.
    pub(crate) all: Vec<LoginConnection>,
    /// Its own connections that are on, and which way each of them is.
    own: Vec<(SsoRequest, ConnectionId)>,
}

impl Ways {
    pub(crate) async fn load(app: &App, session: &Session) -> Result<Self, Problem> {
        let mut all = app.use_cases.invite_members.connections(session).await?;
        let Some(tenant) = &session.tenant else { return Ok(Self { all, own: Vec::new() }) };
        let find_login = &app.use_cases.sso.find_login;
        let mut own = Vec::new();
        for request in find_login.open(&tenant.id).await? {
            let name = request.upstream.as_ref().map(|upstream| upstream.name.as_str());
            let is_it = |way: &&LoginConnection| Some(way.label.as_str()) == name;
            let way = all.iter().filter(|way| way.kind == LoginKind::Enterprise).find(is_it);
            own.extend(way.map(|way| way.id.clone()).map(|id| (request, id)));
        }
        for way in all.iter_mut().filter(|way| way.kind == LoginKind::Enterprise) {
            if let Some(name) = find_login.called(&tenant.id, &way.label).await? {
                way.label = name.to_string();
            }
        }
        Ok(Self { all, own })
    }

    /// What can be chosen for those of whom nothing is demanded: an id and a name each.
    pub(super) fn offered(&self) -> Vec<(&str, String)> {
        if self.of_everybody().is_some() {
            return Vec::new();
        }
        self.all.iter().map(|way| (way.id.as_str(), label(way))).collect()
    }

    /// What the form says of those who have no choice.
    pub(super) fn said(&self) -> Vec<String> {
        if let Some(request) = self.of_everybody() {
            return vec![format!(
                "They sign in with {}, as everybody in your organization has to: {}.",
                request.display_name,
                domains(request)
            )];
        }
        let demanded = self.own.iter().map(|(request, _)| request).filter(|request| request.is_demanded());
        let said = demanded.map(|request| {
            format!("Whoever has an address in {} signs in with {}.", domains(request), request.display_name)
        });
        said.collect()
    }

    /// The way by which somebody with this address comes, where that is not the one which was `chosen` for all; why they
    /// can't come at all.
    pub(super) fn of(
        &self,
        email: &EmailAddress,
        chosen: Option<&ConnectionId>,
    ) -> Result<Option<ConnectionId>, String> {
        let of_everybody = self.of_everybody();
        let its = self.own.iter().find(|(request, _)| {
            request.has_domain_of(Some(email)) && (of_everybody.is_some() || request.is_demanded())
        });
        match (its, of_everybody) {
            (Some((_, id)), _) => Ok(Some(id.clone())),
            (None, Some(request)) => Err(format!(
                "Can’t come in: everybody has to sign in with {}, and this address is not in {}.",
                request.display_name,
                domains(request)
            )),
            (None, None) => Ok(chosen.cloned()),
        }
    }

    /// The connection through which every member has to come, if there is one.
    fn of_everybody(&self) -> Option<&SsoRequest> {
        let mut requests = self.own.iter().map(|(request, _)| request);
        requests.find(|request| request.enforcement == Enforcement::Organization)
    }
}

fn domains(request: &SsoRequest) -> String {
    let domains: Vec<_> = request.domains.iter().map(EmailDomain::as_str).collect();
    domains.join(" or ")
}

/// What people call a way to log in.
pub(crate) fn label(way: &LoginConnection) -> String {
    match way.kind {
        LoginKind::Password => "E-mail and password".to_owned(),
        LoginKind::Social if way.label == "google-oauth2" => "Google".to_owned(),
        LoginKind::Social | LoginKind::Enterprise => way.label.clone(),
    }
}
