//! The use cases of an organization: what it pays, how it looks, and its end.

use std::sync::Arc;

use tenantry_application::{
    ConfirmCheckout, Conversions, CustomizeOrganization, DeleteOrganization, ExportOrganization, PayByCard,
    PlanAndUsage,
};
use url::Url;

use super::Parts;

impl Parts {
    pub(super) fn pay_by_card(&self, conversions: &Arc<Conversions>) -> PayByCard {
        PayByCard {
            catalogue: Arc::clone(&self.catalogue),
            conversions: Arc::clone(conversions),
            cards: Arc::new(self.checkout()),
            members: self.members(),
            confirm: Arc::new(ConfirmCheckout { conversions: Arc::clone(conversions) }),
        }
    }

    pub(super) fn plan_and_usage(&self) -> PlanAndUsage {
        PlanAndUsage {
            seats: self.seats(),
            audit_log: self.audit_log(),
            requests: self.sso_requests(),
            catalogue: Arc::clone(&self.catalogue),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn customize_organization(&self, product: &Url) -> CustomizeOrganization {
        CustomizeOrganization {
            authorize: self.authorize(),
            tenants: self.tenants(),
            looks: self.looks(),
            audit_log: self.audit_log(),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            logos_url: tenantry_web::logos_url(product),
        }
    }

    pub(super) fn export_organization(&self) -> ExportOrganization {
        ExportOrganization {
            authorize: self.authorize(),
            tenants: self.tenants(),
            members: self.members(),
            seats: self.seats(),
            proofs: self.domain_proofs(),
            requests: self.sso_requests(),
            audit_log: self.audit_log(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn delete_organization(&self, conversions: &Arc<Conversions>) -> DeleteOrganization {
        DeleteOrganization {
            authorize: self.authorize(),
            tenants: self.tenants(),
            turns: self.turns(),
            conversions: Arc::clone(conversions),
            remains: self.remains(),
            audit_log: self.audit_log(),
        }
    }
}
