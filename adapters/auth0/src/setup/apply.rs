//! Doing what the plan says, step by step. Each step can be repeated, so that it may stop between any two calls.

use std::future::Future;

use secrecy::SecretString;

use super::error::SetupError;
use super::plan::{Line, Plan};
use super::{Setup, logout};

/// How far set-up has come.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// This step begins.
    Begins(&'a Line),
    /// This step is done. Where Auth0 refused something that can be done without, the line says so.
    Done(&'a Line),
}

/// Who hears of it.
type Listener<'a> = dyn FnMut(Progress<'_>) + Send + 'a;

/// What the product needs to know of a tenant that is set up.
#[derive(Clone, Debug)]
pub struct ProductCredentials {
    /// The application that people log in to.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// The application that calls the Management API.
    pub m2m_client_id: String,
    /// Its secret.
    pub m2m_client_secret: SecretString,
}

impl Setup {
    /// Does what the plan says. With conflicts nothing is done.
    pub async fn apply(
        &self,
        plan: &Plan,
        listener: &mut Listener<'_>,
    ) -> Result<ProductCredentials, SetupError> {
        if plan.conflicts() > 0 {
            return Err(SetupError::Conflicts(plan.conflicts()));
        }
        let (api, audience) = (&self.api, self.audience());
        let web = step(&plan.web.line, listener, plan.web.apply(api)).await?;
        self.register_logout(&plan.logout, &web, listener).await?;
        let management = step(&plan.management.line, listener, plan.management.apply(api)).await?;
        step(&plan.grant.line, listener, plan.grant.apply(api, &audience, &management)).await?;
        step(&plan.administrator.line, listener, plan.administrator.apply(api)).await?;
        let employee = step(&plan.employee.line, listener, plan.employee.apply(api)).await?;
        step(&plan.password.line, listener, plan.password.apply(api, &web)).await?;
        step(&plan.google.line, listener, plan.google.apply(api, &web)).await?;
        step(&plan.prompts.line, listener, plan.prompts.apply(api)).await?;
        let code = self.subscription_code();
        let subscription =
            step(&plan.subscription.line, listener, plan.subscription.apply(api, &code)).await?;
        let code = self.member_role_code(&management, &employee);
        let member_role = step(&plan.member_role.line, listener, plan.member_role.apply(api, &code)).await?;
        let ours = [subscription.as_str(), member_role.as_str()];
        step(&plan.bindings.line, listener, plan.bindings.apply(api, ours)).await?;
        Ok(ProductCredentials {
            client_id: web.id,
            client_secret: web.secret,
            m2m_client_id: management.id,
            m2m_client_secret: management.secret,
        })
    }

    /// The one step that Auth0 may refuse, and that the product can do without.
    async fn register_logout(
        &self,
        plan: &logout::LogoutPlan,
        web: &super::Application,
        listener: &mut Listener<'_>,
    ) -> Result<(), SetupError> {
        listener(Progress::Begins(&plan.line));
        let line = plan.apply(&self.api, web).await?;
        listener(Progress::Done(&line));
        Ok(())
    }
}

async fn step<T>(
    line: &Line,
    listener: &mut Listener<'_>,
    work: impl Future<Output = Result<T, SetupError>> + Send,
) -> Result<T, SetupError> {
    listener(Progress::Begins(line));
    let outcome = work.await?;
    listener(Progress::Done(line));
    Ok(outcome)
}
