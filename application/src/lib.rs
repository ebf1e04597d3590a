//! What people do with Tenantry: one use case a file, each with one method, `run`.
//!
//! Authorization happens here, in the first lines of a use case, never in a handler. A use case takes the session of the
//! person who asks, and reads the tenant from it alone.

mod activity;
mod audit;
mod authorize;
mod begin_sign_in;
mod change_password;
mod change_roles;
mod choose_plan;
mod confirm_checkout;
mod conversions;
mod customize_organization;
mod delete_account;
mod delete_organization;
mod edit_profile;
mod end_sessions;
mod explain_sign_out;
mod export_account;
mod export_organization;
mod find_member;
mod find_organization;
mod finish_conversions;
mod follow_logout;
mod fresh_login;
mod home;
mod invitation_mails;
mod invite_members;
mod keep_fresh;
mod leave_organization;
mod list_invitations;
mod list_members;
mod looks;
mod my_organizations;
mod my_sessions;
mod open_invitation;
mod outage;
mod pay_by_card;
mod people;
mod plan_and_usage;
mod profile;
mod rate;
mod redeem;
mod register_organization;
mod register_personal;
mod remove_member;
mod resend_invitation;
mod revoke_invitation;
mod search_members;
mod seats;
mod sign_in;
mod sign_out;
mod sso;
mod transfer_ownership;
mod withdraw_invitations;

pub use activity::{Activity, ActivityError};
pub use authorize::{Authorize, AuthorizeError};
pub use begin_sign_in::{BeginSignIn, BeginSignInError, SignInWish, StartedSignIn, Under};
pub use change_password::{ChangePassword, ChangePasswordError};
pub use change_roles::{ChangeRoles, ChangeRolesError};
pub use choose_plan::{Bought, Choice, ChoosePlan, ChoosePlanError};
pub use confirm_checkout::{ConfirmCheckout, ConfirmCheckoutError};
pub use conversions::{Conversions, Next};
pub use customize_organization::{
    CustomizationView, CustomizeOrganization, CustomizeOrganizationError, LookChange,
};
pub use delete_account::{AccountDeletionView, DeleteAccount, DeleteAccountError};
pub use delete_organization::{DeleteOrganization, DeleteOrganizationError, DeletionView, Remains};
pub use edit_profile::{EditProfile, EditProfileError};
pub use end_sessions::{EndSessions, EndSessionsError};
pub use explain_sign_out::{ExplainSignOut, SignedOut};
pub use export_account::{AccountCopy, ExportAccount, ExportAccountError};
pub use export_organization::{Export, ExportOrganization, ExportOrganizationError, Exported};
pub use find_member::{FindMember, FindMemberError, MemberView};
pub use find_organization::{FindOrganization, FindOrganizationError};
pub use finish_conversions::FinishConversions;
pub use follow_logout::{FollowLogout, FollowLogoutError};
pub use home::{Home, HomeView};
pub use invitation_mails::InvitationMails;
pub use invite_members::{InvitationWish, InviteAnswer, InviteMembers, InviteMembersError, InviteOutcome};
pub use keep_fresh::KeepFresh;
pub use leave_organization::{LeaveOrganization, LeaveOrganizationError, LeavingView};
pub use list_invitations::{InvitationView, ListInvitations, ListInvitationsError};
pub use list_members::{ListMembers, ListMembersError};
pub use my_organizations::{MyOrganization, MyOrganizations};
pub use my_sessions::{MySession, MySessions};
pub use open_invitation::{OpenInvitation, OpenInvitationError, OpenedInvitation, Reader};
pub use outage::Outage;
pub use pay_by_card::{CardPayment, PayByCard, PayByCardError};
pub use people::People;
pub use plan_and_usage::{PlanAndUsage, PlanAndUsageError, PlanAndUsageView};
pub use profile::{Profile, ProfileView};
pub use rate::{Rate, RateLimit};
pub use redeem::Redeem;
pub use register_organization::{RegisterOrganization, RegisterOrganizationError};
pub use register_personal::{RegisterPersonal, RegisterPersonalError};
pub use remove_member::{RemoveMember, RemoveMemberError};
pub use resend_invitation::{ResendInvitation, ResendInvitationError};
pub use revoke_invitation::{RevokeInvitation, RevokeInvitationError};
pub use search_members::{SearchMembers, SearchMembersError, WantedMembers};
pub use seats::{Pending, SeatCount, TakenSeats};
pub use sign_in::{Arrival, SessionLimits, SignIn, SignInError, SignedIn};
pub use sign_out::SignOut;
pub use sso::{
    AdmissionWish, AdmitThroughSso, AnswerAccessError, AskForAccess, AskedForAccess, BeginSso, CheckDomain,
    CheckDomainError, ChooseSsoDomains, ChooseSsoDomainsError, ClaimDomain, ClaimDomainError, Concerned,
    ConnectSaml, ConnectSso, ConnectSsoError, Credentials, DeclineAccess, DeleteSso, EnforceSso,
    EnforceSsoError, Enforced, FindLogin, FoundLogin, GlassHolder, GrantAccess, Granted, KeptOut,
    ListAccessRequests, ListSso, MOST_GLASS_HOLDERS, ReleaseDomain, ReportSsoTest, ReportedTest, SamlSource,
    SsoError, SsoGate, SsoParts, SsoRefusal, SsoView, TestSso, TestSsoError, TurnOnSsoError, TurnSso,
    WatchDomains,
};
pub use sso::{Demanded, FindWaysIn, NoLogin, NoWayIn, OwnWay, Through, WaysIn};
pub use transfer_ownership::{TransferOwnership, TransferOwnershipError};
pub use withdraw_invitations::WithdrawInvitations;
