//! The use cases of invitations.

use std::sync::Arc;

use tenantry_application::{
    FindWaysIn, InvitationMails, InviteMembers, OpenInvitation, ResendInvitation, RevokeInvitation,
};

use super::Parts;

impl Parts {
    pub(super) fn find_ways_in(&self) -> FindWaysIn {
        FindWaysIn {
            invitations: self.invitations(),
            requests: self.sso_requests(),
            proofs: self.domain_proofs(),
        }
    }

    pub(super) fn invite_members(&self, mails: &Arc<InvitationMails>) -> InviteMembers {
        InviteMembers {
            authorize: self.authorize(),
            ways: self.find_ways_in(),
            seats: self.seats(),
            turns: self.turns(),
            users: self.users(),
            tenants: self.tenants(),
            invitations: self.invitations(),
            offers: self.offers(),
            mails: Arc::clone(mails),
            audit_log: self.audit_log(),
            catalogue: Arc::clone(&self.catalogue),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn resend_invitation(&self, mails: &Arc<InvitationMails>) -> ResendInvitation {
        ResendInvitation {
            authorize: self.authorize(),
            turns: self.turns(),
            ways: self.find_ways_in(),
            invitations: self.invitations(),
            offers: self.offers(),
            mails: Arc::clone(mails),
            audit_log: self.audit_log(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn revoke_invitation(&self) -> RevokeInvitation {
        RevokeInvitation {
            authorize: self.authorize(),
            turns: self.turns(),
            invitations: self.invitations(),
            offers: self.offers(),
            audit_log: self.audit_log(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn open_invitation(&self) -> OpenInvitation {
        OpenInvitation {
            tenants: self.tenants(),
            members: self.members(),
            seats: self.seats(),
            invitations: self.invitations(),
            ways: self.find_ways_in(),
            offers: self.offers(),
            sessions: self.sessions(),
            catalogue: Arc::clone(&self.catalogue),
            clock: Arc::clone(&self.clock),
        }
    }
}
