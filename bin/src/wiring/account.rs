//! The use cases of one's own account.

use std::sync::Arc;

use tenantry_application::{
    ChangePassword, Conversions, DeleteAccount, EditProfile, EndSessions, ExportAccount,
};

use super::Parts;

impl Parts {
    pub(super) fn edit_profile(&self) -> EditProfile {
        EditProfile {
            users: self.users(),
            sessions: self.sessions(),
            audit_log: self.audit_log(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn end_sessions(&self) -> EndSessions {
        EndSessions { sessions: self.sessions(), audit_log: self.audit_log(), clock: Arc::clone(&self.clock) }
    }

    pub(super) fn change_password(&self) -> ChangePassword {
        ChangePassword {
            users: self.users(),
            sessions: self.sessions(),
            audit_log: self.audit_log(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn export_account(&self) -> ExportAccount {
        ExportAccount {
            users: self.users(),
            tenants: self.tenants(),
            members: self.members(),
            sessions: self.sessions(),
            audit_log: self.audit_log(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn delete_account(&self, conversions: &Arc<Conversions>) -> DeleteAccount {
        DeleteAccount {
            users: self.users(),
            tenants: self.tenants(),
            members: self.members(),
            turns: self.turns(),
            withdraw: self.withdraw(),
            requests: self.sso_requests(),
            sessions: self.sessions(),
            conversions: Arc::clone(conversions),
            audit_log: self.audit_log(),
            clock: Arc::clone(&self.clock),
        }
    }
}
