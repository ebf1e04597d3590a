//! S14: who never lets the login that made them a member come back to the product is a newcomer at the next one.

use std::time::Duration;

use serde_json::json;
use tenantry_fake::SeedFile;

use super::corp::{BO, Corp};
use crate::browser::Browser;

const CAL: &str = "cal@corp.example";

impl Corp {
    /// Somebody logs in at the company's provider, is made a member at ours, and closes the tab before the product hears
    /// of it.
    async fn gives_up(&self, email: &str) {
        let (mut browser, page) = self.enters_address(email).await;
        browser.up_to_the_callback(&page, email).await;
    }

    /// Whether newcomers become members from now on.
    async fn lets_newcomers_in(&mut self, id: &str, yes: bool) {
        let mut fields =
            vec![("connection", id), ("display_name", "Corp staff"), ("default_role", "Employee")];
        if yes {
            fields.push(("auto_membership", "yes"));
        }
        self.admin.post("/admin/sso/people", &fields).await.is(303);
    }

    /// Every seat but `free` is taken.
    async fn has_seats(&self, free: usize) {
        let management = self.site.management().await;
        let seated = self.members("corp").await.iter().filter(|(_, roles)| !roles.is_empty()).count();
        for number in seated..20 - free {
            let email = format!("user{number}@nowhere.example");
            let file = SeedFile::from_json(json!({ "users": [{ "email": email }] })).unwrap();
            self.site.fake().seed(&file).await.unwrap();
            management.add_member("corp", &email, &["Employee"]).await;
        }
    }

    /// Somebody comes, and there is no seat for them.
    async fn finds_no_seat(&self, email: &str) -> Browser {
        let (mut browser, end) = self.comes(email).await;
        assert_eq!((end.url.path(), end.status.as_u16()), ("/home/no-seat", 200), "{}", end.summary());
        assert!(browser.get("/home/profile").await.says("Role None"));
        browser
    }
}

#[tokio::test]
async fn s14_a_seat_is_counted_for_who_was_made_a_member_behind_the_products_back() {
    let (mut corp, _) = Corp::connected().await;
    corp.has_seats(0).await;
    corp.gives_up(BO).await;
    assert_eq!(corp.roles_at_the_provider("bo").await.unwrap(), ["Employee"], "the provider asks nobody");
    let mut bo = corp.finds_no_seat(BO).await;
    assert_eq!(corp.roles_at_the_provider("bo").await.unwrap(), [] as [&str; 0], "and it is taken back");
    // Neither does another login give the session that they have now a role.
    corp.gives_up(BO).await;
    corp.site.clock.advance(Duration::from_secs(61));
    assert!(bo.get("/home/profile").await.says("Role None"));
    // Nor does it when it asks for something that the role would let it do.
    let mut bo = corp.finds_no_seat(BO).await;
    corp.gives_up(BO).await;
    bo.post("/admin/customization/export", &[]).await.is(403);
    assert!(bo.get("/home/profile").await.says("Role None"));
    corp.finds_no_seat(BO).await;
    let noted = async |corp: &mut Corp| {
        let page = corp.admin.get("/admin/activity").await;
        page.is(200).body.matches("found every seat taken").count()
    };
    assert_eq!(noted(&mut corp).await, 1, "an hour long it is one thing, however often it happens");
    corp.site.clock.advance(Duration::from_hours(1));
    corp.finds_no_seat(BO).await;
    assert_eq!(noted(&mut corp).await, 2);

    // Nor does an Administrator, by giving them the role that they seem to have.
    corp.gives_up(BO).await;
    let (bo, gone) = {
        let management = corp.site.management().await;
        (management.user_id(BO).await, management.user_id("user5@nowhere.example").await)
    };
    for role in ["role.Employee", "role.Administrator"] {
        let changed = corp.admin.post("/admin/members/edit-member", &[("user_id", &bo), (role, "on")]).await;
        assert!(changed.is(409).says("very seat is taken"), "{role}: {}", changed.summary());
    }
    corp.finds_no_seat(BO).await;
    corp.admin.post("/admin/members/remove", &[("user_id", &gone)]).await.leads_to("/admin/members");
    corp.is_let_in(BO).await;
    assert_eq!(corp.roles_at_the_provider("bo").await.unwrap(), ["Employee"]);
    // Who was let in stays in, also when there are more members than seats.
    corp.site.management().await.add_member("corp", "user5@nowhere.example", &["Employee"]).await;
    corp.gives_up(BO).await;
    corp.is_let_in(BO).await;
}

#[tokio::test]
async fn s14_a_membership_that_was_had_behind_the_products_back_ends_where_newcomers_are_not_let_in() {
    let (mut corp, id) = Corp::connected().await;
    corp.company.has("cal", CAL, true).await;
    corp.is_let_in(CAL).await;
    corp.gives_up(BO).await;
    assert_eq!(corp.roles_at_the_provider("bo").await.unwrap(), ["Employee"]);
    corp.lets_newcomers_in(&id, false).await;
    let end = corp.is_refused(BO, 403).await;
    assert!(end.says("You are not a member yet"), "{}", end.summary());
    assert_eq!(corp.roles_at_the_provider("bo").await, None);
    corp.is_let_in(CAL).await;
    assert_eq!(
        corp.roles_at_the_provider("cal").await.unwrap(),
        ["Employee"],
        "who was a member before stays one"
    );

    // Who is removed is a newcomer again.
    let cal = corp.site.management().await.user_id(CAL).await;
    corp.lets_newcomers_in(&id, true).await;
    corp.admin.post("/admin/members/remove", &[("user_id", &cal)]).await.leads_to("/admin/members");
    corp.site.clock.advance(Duration::from_secs(1));
    corp.gives_up(CAL).await;
    corp.lets_newcomers_in(&id, false).await;
    corp.is_refused(CAL, 403).await;
    assert_eq!(corp.roles_at_the_provider("cal").await, None);
}

#[tokio::test]
async fn s14_a_membership_that_was_had_behind_the_products_back_is_none_to_who_asks_to_be_let_in() {
    let (mut corp, id) = Corp::closed_to_newcomers().await;
    let (mut bo, end) = corp.comes(BO).await;
    corp.lets_newcomers_in(&id, true).await;
    corp.gives_up(BO).await;
    corp.lets_newcomers_in(&id, false).await;
    let end = bo.asks_to_be_let_in(&end).await;
    assert!(end.is(200).says("can see that you ask"), "{}", end.summary());
    let fields = [("user_id", &*corp.asker().await.unwrap()), ("role", "Employee")];
    corp.admin.post("/admin/members/grant-access", &fields).await.leads_to("/admin/members");
    corp.is_let_in(BO).await;
}

#[tokio::test]
async fn s14_whom_an_administrator_wants_is_a_member_however_they_became_one() {
    let (mut corp, id) = Corp::connected().await;
    corp.company.has("cal", CAL, true).await;
    for email in [BO, CAL] {
        corp.gives_up(email).await;
    }
    let (bo, cal) = {
        let management = corp.site.management().await;
        (management.user_id(BO).await, management.user_id(CAL).await)
    };
    for (user, role) in [(&bo, "role.Employee"), (&cal, "role.Administrator")] {
        let changed = corp.admin.post("/admin/members/edit-member", &[("user_id", user), (role, "on")]).await;
        changed.leads_to("/admin/members");
    }
    // What ended their sessions ends no login that begins later.
    corp.site.clock.advance(Duration::from_secs(1));
    corp.lets_newcomers_in(&id, false).await;
    let mut bo = corp.is_let_in(BO).await;
    assert!(bo.get("/home/profile").await.says("Role Employee"));
    corp.is_let_in(CAL).await.get("/admin").await.is(200);
}
