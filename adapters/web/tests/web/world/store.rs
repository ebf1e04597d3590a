//! Tenantry's own store: sessions, login attempts and purchases in progress.

use async_trait::async_trait;
use tenantry_domain::{
    Conversion, Device, Holder, PersonName, SessionHandle, SessionId, Subscription, Timestamp, UserId,
};
use tenantry_ports::{
    EndedSession, Journeys, JourneysError, LoggedOut, LoginAttempts, LoginAttemptsError, Readiness, Revision,
    SavedConversion, Session, SessionOnDevice, Sessions, SessionsError, SessionsOf,
};

use super::{Fault, World};

fn concerns(whom: &LoggedOut, session: &Session) -> bool {
    match whom {
        LoggedOut::ProviderSession(name) => session.provider_session.as_ref() == Some(name),
        LoggedOut::User(user) => session.user == *user,
    }
}

#[async_trait]
impl Sessions for World {
    async fn begin(
        &self,
        session: &Session,
        claims: &serde_json::Map<String, serde_json::Value>,
        left_at: Timestamp,
    ) -> Result<(), SessionsError> {
        let mut state = self.lock();
        let is_later = |whom: &LoggedOut, at| matches!(whom, LoggedOut::ProviderSession(_)) || at >= left_at;
        if state.logouts.iter().any(|(whom, at)| concerns(whom, session) && is_later(whom, *at)) {
            return Err(SessionsError::LoggedOut);
        }
        state.sessions.insert(session.id.to_string(), session.clone());
        state.claims.insert(session.id.to_string(), claims.clone());
        Ok(())
    }

    async fn find(&self, session: &SessionId, now: Timestamp) -> Result<Option<Session>, SessionsError> {
        if let Some(source) = self.outage() {
            return Err(SessionsError::Unavailable(source));
        }
        let state = self.lock();
        let found = state.sessions.get(session.as_str()).map(|held| {
            let look = held.tenant.as_ref().and_then(|tenant| state.looks.get(&tenant.id));
            Session { look: look.map(|(look, _)| look.clone()), ..held.clone() }
        });
        Ok(found.filter(|held| now < held.idle_until && now < held.ends_at))
    }

    async fn claims(
        &self,
        session: &SessionId,
    ) -> Result<Option<serde_json::Map<String, serde_json::Value>>, SessionsError> {
        Ok(self.lock().claims.get(session.as_str()).cloned())
    }

    async fn keep_alive(&self, session: &SessionId, idle_until: Timestamp) -> Result<(), SessionsError> {
        if self.is_broken(Fault::ReadOnlyStore) {
            return Err(SessionsError::Unavailable("the disk is full".into()));
        }
        if let Some(held) = self.lock().sessions.get_mut(session.as_str()) {
            held.idle_until = idle_until;
        }
        Ok(())
    }

    async fn note_device(
        &self,
        session: &SessionId,
        device: &Device,
        at: Timestamp,
    ) -> Result<(), SessionsError> {
        self.lock().devices.insert(session.to_string(), (device.clone(), at));
        Ok(())
    }

    async fn of_user(&self, user: &UserId, now: Timestamp) -> Result<Vec<SessionOnDevice>, SessionsError> {
        let state = self.lock();
        let theirs = state.sessions.values().filter(|held| held.user == *user && now < held.idle_until);
        let shown = theirs.map(|held| {
            let noted = state.devices.get(held.id.as_str());
            SessionOnDevice {
                handle: held.id.handle(),
                tenant: held.tenant.clone(),
                device: noted.map(|(device, _)| device.clone()),
                began_at: held.began_at,
                used_at: noted.map_or(held.began_at, |(_, at)| *at),
                ends_at: held.ends_at,
            }
        });
        Ok(shown.collect())
    }

    async fn end_own(&self, user: &UserId, session: &SessionHandle) -> Result<bool, SessionsError> {
        let mut state = self.lock();
        let before = state.sessions.len();
        state.sessions.retain(|_, held| held.user != *user || held.id.handle() != *session);
        Ok(state.sessions.len() < before)
    }

    async fn set_name(&self, user: &UserId, name: &PersonName) -> Result<(), SessionsError> {
        for held in self.lock().sessions.values_mut().filter(|held| held.user == *user) {
            held.name = name.to_string();
        }
        Ok(())
    }

    async fn refresh(&self, before: &Session, after: &Session) -> Result<(), SessionsError> {
        if let Some(held) = self.lock().sessions.get_mut(before.id.as_str())
            && held.subscription == before.subscription
        {
            *held = Session { idle_until: held.idle_until, ..after.clone() };
        }
        Ok(())
    }

    async fn end(&self, session: &SessionId) -> Result<(), SessionsError> {
        self.lock().sessions.remove(session.as_str());
        Ok(())
    }

    async fn end_logged_out(
        &self,
        whom: &LoggedOut,
        at: Timestamp,
        _: Timestamp,
    ) -> Result<u64, SessionsError> {
        let mut state = self.lock();
        let before = state.sessions.len();
        state.sessions.retain(|_, held| !concerns(whom, held));
        let ended = before - state.sessions.len();
        state.logouts.push((whom.clone(), at));
        Ok(u64::try_from(ended).unwrap())
    }

    async fn end_all(
        &self,
        whose: &SessionsOf,
        spared: Option<SessionId>,
        _: Timestamp,
        _: Timestamp,
    ) -> Result<u64, SessionsError> {
        let is_theirs = |session: &Session| {
            let tenant = session.tenant.as_ref().map(|tenant| &tenant.id);
            match whose {
                SessionsOf::User(user) => session.user == *user,
                SessionsOf::Users(users) => users.contains(&session.user),
                SessionsOf::Member(of, user) => session.user == *user && tenant == Some(of),
                SessionsOf::Tenant(of) => tenant == Some(of),
                SessionsOf::Personal(domains) => {
                    let email = session.email.as_ref().filter(|_| tenant.is_none());
                    email.is_some_and(|email| domains.iter().any(|domain| domain.as_str() == email.domain()))
                }
            }
        };
        let mut state = self.lock();
        if let SessionsOf::Member(..) = whose {
            let ended: Vec<_> =
                state.sessions.values().filter(|session| is_theirs(session)).cloned().collect();
            state.ended_sessions.extend(ended.into_iter().map(|session| (session.id.to_string(), session)));
        }
        let before = state.sessions.len();
        state.sessions.retain(|_, session| spared.as_ref() == Some(&session.id) || !is_theirs(session));
        Ok(u64::try_from(before - state.sessions.len()).unwrap())
    }

    async fn find_ended(
        &self,
        session: &SessionId,
        _: Timestamp,
    ) -> Result<Option<EndedSession>, SessionsError> {
        let state = self.lock();
        let ended = state.ended_sessions.get(session.as_str());
        Ok(ended.and_then(|session| {
            let (user, tenant) = (session.user.clone(), session.tenant.clone()?);
            Some(EndedSession { user, tenant, is_brought: session.is_brought })
        }))
    }

    async fn set_subscription(
        &self,
        holder: &Holder,
        subscription: Subscription,
    ) -> Result<(), SessionsError> {
        for held in self.lock().sessions.values_mut() {
            let is_theirs = match holder {
                Holder::Person(user) => held.tenant.is_none() && held.user == *user,
                Holder::Tenant(tenant) => held.tenant.as_ref().is_some_and(|of| of.id == *tenant),
            };
            if is_theirs {
                held.subscription = Some(subscription);
            }
        }
        Ok(())
    }

    async fn forget_expired(&self, _: Timestamp) -> Result<u64, SessionsError> {
        Ok(0)
    }
}

#[async_trait]
impl LoginAttempts for World {
    async fn spend(&self, state: &str, _: Timestamp) -> Result<bool, LoginAttemptsError> {
        let spent = &mut self.lock().spent;
        let is_first = !spent.iter().any(|held| held == state);
        spent.push(state.to_owned());
        Ok(is_first)
    }
}

#[async_trait]
impl Journeys for World {
    async fn find(&self, holder: &Holder) -> Result<Option<SavedConversion>, JourneysError> {
        Ok(self.lock().journeys.get(holder).cloned())
    }

    async fn save(
        &self,
        conversion: &Conversion,
        seen: Option<Revision>,
        _: Timestamp,
    ) -> Result<SavedConversion, JourneysError> {
        let mut state = self.lock();
        let held = state.journeys.get(&conversion.holder()).map(|saved| saved.revision);
        if held != seen || self.is_broken(Fault::AnotherWindow) {
            return Err(JourneysError::Conflict);
        }
        let revision = Revision(seen.map_or(1, |seen| seen.0 + 1));
        let saved = SavedConversion { conversion: conversion.clone(), revision };
        state.journeys.insert(conversion.holder(), saved.clone());
        Ok(saved)
    }

    async fn unattended(&self, _: u32, _: Timestamp) -> Result<Vec<SavedConversion>, JourneysError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Readiness for World {
    async fn is_ready(&self) -> bool {
        !self.is_broken(Fault::Outage) && !self.is_broken(Fault::ReadOnlyStore)
    }
}
