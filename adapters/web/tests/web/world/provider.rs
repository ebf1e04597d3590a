//! The identity provider: accounts, organizations, their members, and a login that believes the code.

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tenantry_domain::{
    Branding, EmailAddress, FoundMember, Member, MemberSearch, PersonName, Role, Roles, Subscription, Tenant,
    TenantId, TenantName, TenantRef, User, UserId,
};
use tenantry_ports::{
    Callback, Cursor, Customization, FoundMembers, IdentityProvider, IdentityProviderError, LoggedOut, Login,
    LoginAttempt, LoginRequest, LogoutRequest, MemberQuery, Members, MembersError, NewTenant, Page, PageSize,
    PasswordChange, Tenants, TenantsError, UpstreamFault, Users, UsersError,
};
use url::Url;

use super::{Fault, World, email_of, name_of, user_id};

#[async_trait]
impl IdentityProvider for World {
    fn issuer(&self) -> &'static str {
        "https://id.example/"
    }

    async fn authorization_url(&self, request: &LoginRequest) -> Result<Url, IdentityProviderError> {
        if let Some(source) = self.outage() {
            return Err(IdentityProviderError::Unavailable(source));
        }
        self.requests.lock().unwrap().push(request.clone());
        let text = format!("https://id.example/authorize?state={}", request.attempt.state);
        Ok(Url::parse(&text).unwrap())
    }

    async fn redeem(
        &self,
        callback: &Callback,
        attempt: &LoginAttempt,
    ) -> Result<Login, IdentityProviderError> {
        let code = match callback {
            Callback::Code { code, .. } => code.expose_secret().to_owned(),
            Callback::Error { error, description, .. } => {
                let (error, description) = (error.clone(), description.clone());
                let fault = match error.as_str() {
                    "invalid_client" => UpstreamFault::WrongClient,
                    "server_error" => UpstreamFault::Unreachable,
                    "consent_required" => UpstreamFault::Cancelled,
                    _ => return Err(IdentityProviderError::Denied { error, description }),
                };
                return Err(IdentityProviderError::Upstream { fault, error, description });
            }
        };
        if code == "forged" {
            return Err(IdentityProviderError::Rejected("alg none".into()));
        }
        let user = UserId::try_from(code.as_str()).unwrap();
        let mut state = self.lock();
        state.users.entry(code.clone()).or_insert(None);
        let roles = attempt.tenant.as_ref().map(|tenant| {
            state
                .roles
                .get(&(tenant.id.to_string(), code.clone()))
                .cloned()
                .ok_or(IdentityProviderError::NotAMember)
        });
        let roles = roles.transpose()?;
        let claims =
            serde_json::json!({ "sub": code, "org_id": attempt.tenant.as_ref().map(|tenant| &tenant.id) });
        Ok(Login {
            name: name_of(&user),
            email: email_of(&user),
            user,
            email_verified: true,
            picture: None,
            tenant: attempt.tenant.clone(),
            roles,
            subscription: None,
            federated: false,
            connection: None,
            provider_session: Some(format!("sid-of-{code}")),
            claims: claims.as_object().cloned().unwrap(),
        })
    }

    async fn logout_url(&self, request: &LogoutRequest) -> Result<Url, IdentityProviderError> {
        Ok(Url::parse(&format!("https://id.example/logout?returnTo={}", request.return_to)).unwrap())
    }

    /// Believes `sid:NAME` and `user:NAME`.
    async fn verify_logout_token(&self, token: &SecretString) -> Result<LoggedOut, IdentityProviderError> {
        if let Some(source) = self.outage() {
            return Err(IdentityProviderError::Unavailable(source));
        }
        match token.expose_secret().split_once(':') {
            Some(("sid", person)) => {
                Ok(LoggedOut::ProviderSession(format!("sid-of-{}", user_id(person.trim_end()))))
            }
            Some(("user", person)) => {
                Ok(LoggedOut::User(UserId::try_from(user_id(person).as_str()).unwrap()))
            }
            _ => Err(IdentityProviderError::Rejected("alg none".into())),
        }
    }
}

#[async_trait]
impl Users for World {
    async fn find(&self, user: &UserId) -> Result<Option<User>, UsersError> {
        let names = self.lock().names.clone();
        Ok(self.lock().users.get(user.as_str()).map(|subscription| User {
            id: user.clone(),
            name: names.get(user.as_str()).cloned().unwrap_or_else(|| name_of(user)),
            email: email_of(user),
            picture: None,
            subscription: subscription.clone(),
        }))
    }

    async fn find_by_email(&self, email: &EmailAddress) -> Result<Vec<User>, UsersError> {
        let users: Vec<String> = self.lock().users.keys().cloned().collect();
        let mut found = Vec::new();
        for user in users {
            found.extend(Users::find(self, &UserId::try_from(user.as_str()).unwrap()).await?);
        }
        found.retain(|user| user.email.as_ref() == Some(email));
        Ok(found)
    }

    async fn set_subscription(&self, user: &UserId, subscription: Subscription) -> Result<(), UsersError> {
        self.lock().users.insert(user.to_string(), Some(subscription.to_string()));
        Ok(())
    }

    async fn rename(&self, user: &UserId, name: &PersonName) -> Result<(), UsersError> {
        self.lock().names.insert(user.to_string(), name.to_string());
        Ok(())
    }

    async fn password_change(&self, user: &UserId, result_url: &Url) -> Result<PasswordChange, UsersError> {
        let page = format!("https://id.example/reset?user={user}&result_url={result_url}");
        Ok(PasswordChange::At(Url::parse(&page).unwrap()))
    }

    async fn delete(&self, user: &UserId) -> Result<(), UsersError> {
        let mut state = self.lock();
        state.users.remove(user.as_str());
        state.roles.retain(|(_, member), _| member != user.as_str());
        Ok(())
    }
}

#[async_trait]
impl Tenants for World {
    async fn create(&self, new: &NewTenant) -> Result<Tenant, TenantsError> {
        if self.is_broken(Fault::NoNewTenants) {
            return Err(TenantsError::Unavailable("the cable is cut".into()));
        }
        let mut state = self.lock();
        if state.tenants.iter().any(|held| held.tenant.name == new.name) {
            return Err(TenantsError::NameTaken);
        }
        let tenant = Tenant {
            tenant: TenantRef {
                id: TenantId::try_from(format!("org_{}", new.name).as_str()).unwrap(),
                name: new.name.clone(),
            },
            display_name: new.display_name.clone(),
            branding: Branding::default(),
            subscription: Some(new.subscription.to_string()),
            made_in: Some(new.conversion.clone()),
        };
        state.tenants.push(tenant.clone());
        Ok(tenant)
    }

    async fn find(&self, tenant: &TenantId) -> Result<Option<Tenant>, TenantsError> {
        Ok(self.lock().tenants.iter().find(|held| held.tenant.id == *tenant).cloned())
    }

    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, TenantsError> {
        assert!(!self.is_broken(Fault::Bug), "a lookup that panics");
        if self.is_broken(Fault::Silence) {
            std::future::pending::<()>().await;
        }
        match self.outage() {
            Some(source) => Err(TenantsError::Unavailable(source)),
            None => Ok(self.lock().tenants.iter().find(|held| held.tenant.name == *name).cloned()),
        }
    }

    async fn set_subscription(
        &self,
        tenant: &TenantId,
        subscription: Subscription,
    ) -> Result<Subscription, TenantsError> {
        let mut state = self.lock();
        let held = state.tenants.iter_mut().find(|held| held.tenant.id == *tenant);
        let held = held.ok_or(TenantsError::UnknownTenant)?;
        let stored = subscription.or_later(held.subscription.as_deref());
        held.subscription = Some(stored.to_string());
        Ok(stored)
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Tenant>, TenantsError> {
        let state = self.lock();
        let is_theirs =
            |held: &&Tenant| state.roles.contains_key(&(held.tenant.id.to_string(), user.to_string()));
        Ok(state.tenants.iter().filter(is_theirs).cloned().collect())
    }

    async fn customize(
        &self,
        tenant: &TenantId,
        customization: &Customization,
    ) -> Result<Tenant, TenantsError> {
        let mut state = self.lock();
        let held = state.tenants.iter_mut().find(|held| held.tenant.id == *tenant);
        let held = held.ok_or(TenantsError::UnknownTenant)?;
        if let Some(display_name) = &customization.display_name {
            held.display_name = display_name.to_string();
        }
        held.branding = customization.branding.clone();
        Ok(held.clone())
    }

    async fn delete(&self, tenant: &TenantId) -> Result<(), TenantsError> {
        let mut state = self.lock();
        state.tenants.retain(|held| held.tenant.id != *tenant);
        state.roles.retain(|(of, _), _| of != tenant.as_str());
        Ok(())
    }
}

#[async_trait]
impl Members for World {
    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<Member>, MembersError> {
        let start: usize = match from {
            Some(cursor) => cursor.as_str().parse().map_err(|_| MembersError::InvalidCursor)?,
            None => 0,
        };
        let state = self.lock();
        let mut members: Vec<Member> = state
            .roles
            .iter()
            .filter(|((of, _), _)| of == tenant.as_str())
            .map(|((_, user), roles)| {
                let user = UserId::try_from(user.as_str()).unwrap();
                let (name, email) = (name_of(&user), email_of(&user));
                Member { user, name, email, picture: None, roles: roles.clone() }
            })
            .collect();
        members.sort_by(|one, other| one.name.cmp(&other.name));
        let size = usize::from(size.get());
        let next = (members.len() > start + size).then(|| Cursor::new((start + size).to_string()));
        Ok(Page { items: members.into_iter().skip(start).take(size).collect(), next })
    }

    async fn count(&self, tenant: &TenantId) -> Result<u32, MembersError> {
        let count = self.lock().roles.keys().filter(|(of, _)| of == tenant.as_str()).count();
        Ok(u32::try_from(count).unwrap())
    }

    async fn roles(&self, tenant: &TenantId, user: &UserId) -> Result<Roles, MembersError> {
        let key = (tenant.to_string(), user.to_string());
        Ok(self.lock().roles.get(&key).cloned().unwrap_or_default())
    }

    async fn add(&self, tenant: &TenantId, user: &UserId) -> Result<(), MembersError> {
        self.lock().roles.entry((tenant.to_string(), user.to_string())).or_default();
        Ok(())
    }

    async fn assign(&self, tenant: &TenantId, user: &UserId, role: Role) -> Result<(), MembersError> {
        self.lock().roles.insert((tenant.to_string(), user.to_string()), Roles::from(role));
        Ok(())
    }

    async fn find(&self, tenant: &TenantId, user: &UserId) -> Result<Option<Member>, MembersError> {
        let roles = self.lock().roles.get(&(tenant.to_string(), user.to_string())).cloned();
        Ok(roles.map(|roles| Member {
            user: user.clone(),
            name: name_of(user),
            email: email_of(user),
            picture: None,
            roles,
        }))
    }

    async fn unassign(&self, tenant: &TenantId, user: &UserId, role: Role) -> Result<(), MembersError> {
        if let Some(held) = self.lock().roles.get_mut(&(tenant.to_string(), user.to_string())) {
            *held = held.iter().filter(|kept| *kept != role).collect();
        }
        Ok(())
    }

    async fn remove(&self, tenant: &TenantId, user: &UserId) -> Result<(), MembersError> {
        self.lock().roles.remove(&(tenant.to_string(), user.to_string()));
        Ok(())
    }

    async fn search(&self, tenant: &TenantId, query: &MemberQuery) -> Result<FoundMembers, MembersError> {
        let text = query.text.as_ref().map_or("", MemberSearch::as_str);
        let everybody = self.page(tenant, None, PageSize::at_most(100)).await?.items;
        let found = everybody.into_iter().filter(|member| member.name.contains(text));
        let found = found.map(|member| {
            let Member { user, name, email, picture, .. } = member;
            FoundMember { user, name, email, picture, last_login: None }
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        let total = u32::try_from(found.len()).unwrap();
        let start = query.start()?;
        let page = found.into_iter().skip(start.try_into().unwrap()).take(query.size.get().into());
        Ok(query.page(page.collect(), start, total))
    }

    async fn administrators(&self, tenant: &TenantId) -> Result<Vec<UserId>, MembersError> {
        let everybody = self.page(tenant, None, PageSize::at_most(100)).await?.items;
        let runs = everybody.into_iter().filter(|member| member.roles.contains(Role::Administrator));
        Ok(runs.map(|member| member.user).collect())
    }
}
