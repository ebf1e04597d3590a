//! The links in mails: a new password, a proved address.

use std::time::Duration;

use axum::http::StatusCode;
use url::Url;

use super::{PASSWORD, World, succeeded};
use crate::model::MailKind;

const DAY: Duration = Duration::from_hours(24);
const NEW: &str = "Another horse 2";

impl World {
    /// Asks for a new password; answers the link in the mail.
    async fn forget(&mut self, email: &str) -> Option<String> {
        let login = self.authorize(&[("prompt", "login")]).await.location;
        let shown = self.get(&login).await.body;
        let forgot = login.replace("/u/login", "/u/reset-password/request/Username-Password-Authentication");
        assert!(shown.contains(&forgot), "{shown}");
        assert_eq!(self.get(&forgot).await.status, StatusCode::OK);
        assert_eq!(self.post(&forgot, &[("email", " ")]).await.status, StatusCode::BAD_REQUEST);
        let sent = self.post(&forgot, &[("email", email)]).await;
        assert!(sent.status == StatusCode::OK && sent.body.contains("Check your email"), "{}", sent.body);
        self.mail().last().map(|mail| mail.link.clone())
    }

    fn set_result_url(&self, result_url: &str) {
        self.change(|state| {
            let tickets: Vec<_> = state.tickets.iter().cloned().collect();
            for mut ticket in tickets {
                ticket.result_url = Some(result_url.to_owned());
                state.tickets.put(ticket);
            }
        });
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link_that_works_once() {
    let mut world = World::new();
    assert_eq!(world.forget("nobody@example.com").await, None, "nobody learns who has an account");
    let ann = world.user("ann@example.com");
    assert!(succeeded(&world.log_in("ann@example.com", &[]).await));
    let link = world.forget("Ann@example.com").await.unwrap();
    let mail = world.mail().remove(0);
    assert_eq!((mail.kind, mail.to.as_str()), (MailKind::PasswordChange, "ann@example.com"));
    assert!(
        link.starts_with("http://127.0.0.1:4400/u/reset-password?ticket=") && link.ends_with('#'),
        "{link}"
    );
    let page = world.get(&link).await;
    assert!(page.status == StatusCode::OK && page.body.contains("ann@example.com"), "{}", page.body);
    for (password, again, message) in [
        ("", "", "Please enter your password"),
        ("short", "short", "Password is too weak"),
        (NEW, "other", "not the same"),
    ] {
        let fields = [("password-reset", password), ("re-enter-password", again)];
        let wrong = world.post(&link, &fields).await;
        assert!(wrong.status == StatusCode::BAD_REQUEST && wrong.body.contains(message), "{}", wrong.body);
    }
    let older = link.clone();
    let link = world.forget("ann@example.com").await.unwrap();
    let fields = [("password-reset", NEW), ("re-enter-password", NEW)];
    let changed = world.post(&link, &fields).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert!(changed.body.contains("href=\"https://app.example/login\""), "{}", changed.body);
    for spent in [&link, &older] {
        assert_eq!(world.get(spent).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(world.post(spent, &fields).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(world.log_kinds(), ["s", "scp"]);
    assert!(world.user_of(&ann).email_verified && world.user_of(&ann).last_password_reset.is_some());
    assert_eq!(world.authorize(&[("prompt", "none")]).await.refusal().0, "login_required", "sessions end");
    let page = world.authorize(&[]).await.location;
    let old = world.post(&page, &[("username", "ann@example.com"), ("password", PASSWORD)]).await;
    assert_eq!(old.status, StatusCode::BAD_REQUEST);
    assert!(succeeded(&world.post(&page, &[("username", "ann@example.com"), ("password", NEW)]).await));
    assert_eq!(world.log_kinds()[2..], ["fsa", "fp", "s"]);
    let late = world.forget("ann@example.com").await.unwrap();
    world.clock.advance(5 * DAY);
    let late = world.get(&late).await;
    assert!(late.status == StatusCode::BAD_REQUEST && late.body.contains("expired"), "{}", late.body);
}

#[tokio::test]
async fn a_new_account_proves_its_address_by_a_link() {
    let mut world = World::new();
    let page = world.authorize(&[("screen_hint", "signup")]).await.location;
    let done = world.post(&page, &[("email", "ann@example.com"), ("password", PASSWORD)]).await;
    let ann = world.id_token(&done).await;
    assert_eq!(ann["email_verified"], false);
    let mail = world.mail().remove(0);
    assert_eq!((mail.kind, mail.user_id.as_deref()), (MailKind::EmailVerification, ann["sub"].as_str()));
    let wrong = world.get(&mail.link.replace("email-verification", "reset-password")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "it sets no password");
    let verified = world.get(&mail.link).await;
    assert!(verified.status == StatusCode::OK && verified.body.contains("verified"), "{}", verified.body);
    assert!(world.user_of(ann["sub"].as_str().unwrap()).email_verified);
    let again = world.get(&mail.link).await;
    assert!(again.status == StatusCode::BAD_REQUEST && again.body.contains("used already"), "{}", again.body);
    assert_eq!(world.log_kinds(), ["ss", "s", "seacft", "sv"]);
    assert_eq!(world.get("/u/email-verification?ticket=nonsense").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.get("/u/reset-password").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_ticket_may_lead_back_to_the_application() {
    let mut world = World::new();
    let page = world.authorize(&[("screen_hint", "signup")]).await.location;
    world.post(&page, &[("email", "ann@example.com"), ("password", PASSWORD)]).await;
    world.set_result_url("https://app.example/done?a=1#here");
    let link = world.mail().remove(0).link;
    let parameters = |location: &str| {
        let url = Url::parse(location).unwrap();
        assert_eq!((url.path(), url.fragment()), ("/done", Some("here")));
        url.query().unwrap().to_owned()
    };
    assert_eq!(
        parameters(&world.get(&link).await.location),
        "a=1&supportSignUp=true&supportForgotPassword=true&email=ann%40example.com&message=Your+email+was+verified.\
         +You+can+continue+using+the+application.&success=true&code=success"
    );
    assert_eq!(
        parameters(&world.get(&link).await.location),
        "a=1&email=ann%40example.com&message=This+URL+can+be+used+only+once&success=false&code=used"
    );
}
