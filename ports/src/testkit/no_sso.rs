//! An organization without single sign-on, for tests of everything else.

use crate::{MockDomainProofs, MockSsoRequests};

/// Stores in which nobody has claimed a domain or asked for single sign-on.
pub fn without_sso() -> (MockSsoRequests, MockDomainProofs) {
    let mut requests = MockSsoRequests::new();
    requests.expect_of_tenant().returning(|_| Ok(Vec::new()));
    requests.expect_of_connection().returning(|_, _| Ok(None));
    requests.expect_owner().returning(|_| Ok(None));
    requests.expect_has_brought().returning(|_, _| Ok(false));
    requests.expect_brought_by().returning(|_, _| Ok(Vec::new()));
    requests.expect_admit().returning(|_, _, _| Ok(()));
    requests.expect_is_admitted().returning(|_, _| Ok(false));
    requests.expect_dismiss().returning(|_, _| Ok(()));
    requests.expect_forget_person().returning(|_| Ok(()));
    requests.expect_find().returning(|_, _| Ok(None));
    requests.expect_forget().returning(|_| Ok(()));
    let mut proofs = MockDomainProofs::new();
    proofs.expect_of_tenant().returning(|_| Ok(Vec::new()));
    proofs.expect_proved().returning(|_| Ok(None));
    proofs.expect_find().returning(|_, _| Ok(None));
    proofs.expect_forget().returning(|_| Ok(()));
    (requests, proofs)
}
