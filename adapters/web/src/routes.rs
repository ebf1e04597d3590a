//! Every route of the product.

use axum::routing::on;

use crate::route::Carrier::{Body, Query};
use crate::route::Resource::{
    Activity, Connection, Domain, Invitation, Member, Organization, Page, Plan, Product, Profile, Service,
    Session,
};
use crate::route::Verb::{Create, Delete, Get, List, Update};
use crate::route::Who::{Administrator, Anyone, SignedIn};
use crate::route::{IdParam, RouteSpec, Who};
use crate::{api, assets, auth, health, looks, pages};

/// The table from which the router is built: the pages, and the API.
pub const ROUTES: &[RouteSpec] = &all::<{ count() }>();

const fn count() -> usize {
    let mut count = PAGES.len();
    let mut rest: &[&[RouteSpec]] = &api::ROUTES;
    while let [routes, others @ ..] = rest {
        count += routes.len();
        rest = others;
    }
    count
}

#[allow(clippy::indexing_slicing, reason = "done by the compiler, which would say so")]
const fn all<const COUNT: usize>() -> [RouteSpec; COUNT] {
    let mut all = [PAGES[0]; COUNT];
    let (mut routes, mut rest): (&[RouteSpec], &[&[RouteSpec]]) = (PAGES, &api::ROUTES);
    let mut index = 0;
    while index < COUNT {
        match (routes, rest) {
            ([route, others @ ..], _) => {
                all[index] = *route;
                (routes, index) = (others, index + 1);
            }
            ([], [next, others @ ..]) => (routes, rest) = (next, others),
            ([], []) => return all,
        }
    }
    all
}

const PAGES: &[RouteSpec] = &[
    RouteSpec::get("/", (Get, Page), Anyone, |method| on(method, pages::landing::show)),
    RouteSpec::get("/pricing", (Get, Page), Anyone, |method| on(method, pages::pricing::show)),
    RouteSpec::get("/about", (Get, Page), Anyone, |method| on(method, pages::about::show)),
    RouteSpec::get("/customers", (Get, Page), Anyone, |method| on(method, pages::customers::show)),
    RouteSpec::get("/orgprompt", (Get, Page), Anyone, |method| on(method, pages::orgprompt::show)),
    RouteSpec::post("/orgprompt", (Get, Organization), Anyone, |method| {
        on(method, pages::orgprompt::look_up)
    })
    .taking(&[IdParam { name: "organization", carrier: Body, of: Organization }]),
    RouteSpec::get("/api/auth/login", (Create, Session), Anyone, |method| on(method, auth::login::log_in))
        .taking(&[
            IdParam { name: "organization", carrier: Query, of: Organization },
            IdParam { name: "invitation", carrier: Query, of: Invitation },
        ]),
    RouteSpec::get("/api/auth/signup", (Create, Session), Anyone, |method| on(method, auth::login::sign_up))
        .taking(&[
            IdParam { name: "organization", carrier: Query, of: Organization },
            IdParam { name: "invitation", carrier: Query, of: Invitation },
        ]),
    RouteSpec::post("/api/auth/invitation", (Create, Session), Anyone, |method| {
        on(method, pages::invitation::accept)
    })
    .taking(&[
        IdParam { name: "organization", carrier: Body, of: Organization },
        IdParam { name: "invitation", carrier: Body, of: Invitation },
    ]),
    RouteSpec::get("/api/auth/ask-for-access", (Get, Organization), Anyone, |method| {
        on(method, auth::access::show)
    })
    .taking(&[
        IdParam { name: "organization", carrier: Query, of: Organization },
        IdParam { name: "connection", carrier: Query, of: Connection },
    ]),
    RouteSpec::post("/api/auth/ask-for-access", (Create, Session), Anyone, |method| {
        on(method, auth::access::ask)
    })
    .taking(&[
        IdParam { name: "organization", carrier: Body, of: Organization },
        IdParam { name: "connection", carrier: Body, of: Connection },
    ]),
    RouteSpec::get("/api/auth/callback", (Create, Session), Anyone, |method| {
        on(method, auth::callback::complete)
    }),
    RouteSpec::get("/api/auth/logout", (Get, Session), Anyone, |method| on(method, auth::logout::ask)),
    RouteSpec::post("/api/auth/logout", (Delete, Session), Anyone, |method| {
        on(method, auth::logout::sign_out)
    }),
    RouteSpec::notice("/api/auth/backchannel-logout", (Delete, Session), |method| {
        on(method, auth::backchannel_logout::follow)
    }),
    RouteSpec::get("/api/auth/me", (Get, Profile), SignedIn, |method| on(method, auth::me::show)),
    RouteSpec::get("/home", (List, Product), SignedIn, |method| on(method, pages::home::show)),
    RouteSpec::get("/home/no-seat", (Get, Organization), SignedIn, |method| {
        on(method, pages::invitation::no_seat)
    }),
    RouteSpec::get("/home/profile", (Get, Profile), SignedIn, |method| on(method, pages::profile::show)),
    RouteSpec::post("/home/profile", (Update, Profile), SignedIn, |method| {
        on(method, pages::profile::rename)
    }),
    RouteSpec::get("/home/account/sessions", (List, Session), SignedIn, |method| {
        on(method, pages::account::sessions::show)
    }),
    RouteSpec::post("/home/account/sessions/end", (Delete, Session), SignedIn, |method| {
        on(method, pages::account::sessions::end)
    })
    .taking(&[IdParam { name: "session", carrier: Body, of: Session }]),
    RouteSpec::post("/home/account/sessions/end-others", (Delete, Session), SignedIn, |method| {
        on(method, pages::account::sessions::end_others)
    }),
    RouteSpec::get("/home/account/password", (Get, Profile), SignedIn, |method| {
        on(method, pages::account::password::show)
    }),
    RouteSpec::post("/home/account/password", (Update, Profile), SignedIn, |method| {
        on(method, pages::account::password::change)
    }),
    RouteSpec::get("/home/account/password/result", (Get, Page), Anyone, |method| {
        on(method, pages::account::password::result)
    }),
    RouteSpec::post("/home/account/export", (List, Profile), SignedIn, |method| {
        on(method, pages::account::export::download)
    }),
    RouteSpec::get("/home/account/delete", (Get, Profile), SignedIn, |method| {
        on(method, pages::account::deletion::ask)
    }),
    RouteSpec::post("/home/account/delete", (Delete, Profile), SignedIn, |method| {
        on(method, pages::account::deletion::delete)
    }),
    RouteSpec::get("/home/account/deleted", (Get, Page), Anyone, |method| {
        on(method, pages::account::deletion::deleted)
    }),
    RouteSpec::get("/home/upgrade-plan", (List, Plan), SignedIn, |method| on(method, pages::upgrade::show)),
    RouteSpec::get("/home/confirm-plan", (Get, Plan), SignedIn, |method| on(method, pages::checkout::show)),
    RouteSpec::post("/home/confirm-plan", (Create, Plan), SignedIn, |method| {
        on(method, pages::checkout::pay)
    })
    .taking(&[IdParam { name: "purchase", carrier: Body, of: Plan }]),
    RouteSpec::get("/home/register-personal", (Get, Plan), SignedIn, |method| {
        on(method, pages::personal::show)
    }),
    RouteSpec::post("/home/register-personal", (Update, Plan), SignedIn, |method| {
        on(method, pages::personal::go_on)
    }),
    RouteSpec::get("/home/register-business", (Get, Organization), SignedIn, |method| {
        on(method, pages::business::show)
    }),
    RouteSpec::post("/home/register-business", (Create, Organization), SignedIn, |method| {
        on(method, pages::business::create)
    })
    .taking(&[IdParam { name: "organization", carrier: Body, of: Organization }]),
    RouteSpec::get("/admin", (Get, Plan), Administrator, |method| on(method, pages::admin::show)),
    RouteSpec::get("/admin/members", (List, Member), Administrator, |method| {
        on(method, pages::members::show)
    })
    .with_plan()
    .taking(&[IdParam { name: "cursor", carrier: Query, of: Member }]),
    RouteSpec::get("/admin/members/edit-member", (Get, Member), Administrator, |method| {
        on(method, pages::member::show)
    })
    .with_plan()
    .taking(&[IdParam { name: "user_id", carrier: Query, of: Member }]),
    RouteSpec::post("/admin/members/edit-member", (Update, Member), Administrator, |method| {
        on(method, pages::member::change)
    })
    .with_plan()
    .taking(&[IdParam { name: "user_id", carrier: Body, of: Member }]),
    RouteSpec::get("/admin/members/remove", (Get, Member), Administrator, |method| {
        on(method, pages::removal::ask)
    })
    .with_plan()
    .taking(&[IdParam { name: "user_id", carrier: Query, of: Member }]),
    RouteSpec::post("/admin/members/remove", (Delete, Member), Administrator, |method| {
        on(method, pages::removal::remove)
    })
    .with_plan()
    .taking(&[IdParam { name: "user_id", carrier: Body, of: Member }]),
    RouteSpec::get("/admin/members/transfer", (Get, Member), Administrator, |method| {
        on(method, pages::transfer::ask)
    })
    .with_plan()
    .taking(&[IdParam { name: "user_id", carrier: Query, of: Member }]),
    RouteSpec::post("/admin/members/transfer", (Update, Member), Administrator, |method| {
        on(method, pages::transfer::hand_over)
    })
    .with_plan()
    .taking(&[IdParam { name: "user_id", carrier: Body, of: Member }]),
    RouteSpec::get("/admin/activity", (List, Activity), Administrator, |method| {
        on(method, pages::activity::show)
    })
    .with_plan()
    .taking(&[IdParam { name: "cursor", carrier: Query, of: Activity }]),
    RouteSpec::get("/home/leave", (Get, Member), Who::Member, |method| on(method, pages::leave::ask)),
    RouteSpec::post("/home/leave", (Delete, Member), Who::Member, |method| on(method, pages::leave::leave)),
    RouteSpec::get("/admin/members/add-member", (Get, Invitation), Administrator, |method| {
        on(method, pages::add_member::show)
    })
    .with_plan(),
    RouteSpec::post("/admin/members/add-member", (Create, Invitation), Administrator, |method| {
        on(method, pages::add_member::invite)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Organization }]),
    RouteSpec::get("/admin/members/invitations", (List, Invitation), Administrator, |method| {
        on(method, pages::pending_invitations::show)
    })
    .with_plan()
    .taking(&[IdParam { name: "cursor", carrier: Query, of: Invitation }]),
    RouteSpec::post("/admin/members/resend-invitation", (Update, Invitation), Administrator, |method| {
        on(method, pages::pending_invitations::resend)
    })
    .with_plan()
    .taking(&[IdParam { name: "invitation", carrier: Body, of: Invitation }]),
    RouteSpec::post("/admin/members/revoke-invitation", (Delete, Invitation), Administrator, |method| {
        on(method, pages::pending_invitations::revoke)
    })
    .with_plan()
    .taking(&[IdParam { name: "invitation", carrier: Body, of: Invitation }]),
    RouteSpec::post("/admin/members/grant-access", (Create, Member), Administrator, |method| {
        on(method, pages::access_requests::grant)
    })
    .with_plan()
    .taking(&[IdParam { name: "user_id", carrier: Body, of: Member }]),
    RouteSpec::post("/admin/members/decline-access", (Delete, Member), Administrator, |method| {
        on(method, pages::access_requests::decline)
    })
    .with_plan()
    .taking(&[IdParam { name: "user_id", carrier: Body, of: Member }]),
    RouteSpec::get("/admin/sso", (List, Connection), Administrator, |method| {
        on(method, pages::sso::list::show)
    })
    .with_plan(),
    RouteSpec::post("/admin/sso", (Create, Connection), Administrator, |method| {
        on(method, pages::sso::list::begin)
    })
    .with_plan(),
    RouteSpec::get("/admin/sso/set-up", (Get, Connection), Administrator, |method| {
        on(method, pages::sso::set_up::show)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Query, of: Connection }]),
    RouteSpec::post("/admin/sso/domain", (Create, Domain), Administrator, |method| {
        on(method, pages::sso::domain::add)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Connection }]),
    RouteSpec::post("/admin/sso/domain/check", (Update, Domain), Administrator, |method| {
        on(method, pages::sso::domain::check)
    })
    .with_plan()
    .taking(&[
        IdParam { name: "connection", carrier: Body, of: Connection },
        IdParam { name: "domain", carrier: Body, of: Domain },
    ]),
    RouteSpec::post("/admin/sso/domain/remove", (Update, Connection), Administrator, |method| {
        on(method, pages::sso::domain::remove)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Connection }]),
    RouteSpec::post("/admin/sso/domain/release", (Delete, Domain), Administrator, |method| {
        on(method, pages::sso::domain::release)
    })
    .with_plan()
    .taking(&[IdParam { name: "domain", carrier: Body, of: Domain }]),
    RouteSpec::post("/admin/sso/credentials", (Update, Connection), Administrator, |method| {
        on(method, pages::sso::credentials::enter)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Connection }]),
    RouteSpec::post("/admin/sso/saml", (Update, Connection), Administrator, |method| {
        on(method, pages::sso::saml::enter)
    })
    .with_plan()
    .with_file()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Connection }]),
    RouteSpec::post("/admin/sso/test", (Update, Connection), Administrator, |method| {
        on(method, pages::sso::test::begin)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Connection }]),
    RouteSpec::post("/admin/sso/people", (Update, Connection), Administrator, |method| {
        on(method, pages::sso::people::change)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Connection }]),
    RouteSpec::get("/admin/sso/connection", (Get, Connection), Administrator, |method| {
        on(method, pages::sso::connection::show)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Query, of: Connection }]),
    RouteSpec::post("/admin/sso/turn", (Update, Connection), Administrator, |method| {
        on(method, pages::sso::connection::turn)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Connection }]),
    RouteSpec::post("/admin/sso/let-in-again", (Update, Connection), Administrator, |method| {
        on(method, pages::sso::connection::let_in_again)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Connection }]),
    RouteSpec::get("/admin/sso/policy", (Get, Connection), Administrator, |method| {
        on(method, pages::sso::policy::show)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Query, of: Connection }]),
    RouteSpec::post("/admin/sso/policy", (Update, Connection), Administrator, |method| {
        on(method, pages::sso::policy::change)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Connection }]),
    RouteSpec::get("/admin/sso/delete", (Get, Connection), Administrator, |method| {
        on(method, pages::sso::deletion::ask)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Query, of: Connection }]),
    RouteSpec::post("/admin/sso/delete", (Delete, Connection), Administrator, |method| {
        on(method, pages::sso::deletion::delete)
    })
    .with_plan()
    .taking(&[IdParam { name: "connection", carrier: Body, of: Connection }]),
    RouteSpec::get("/admin/customization", (Get, Organization), Administrator, |method| {
        on(method, pages::customization::show)
    })
    .with_plan(),
    RouteSpec::post("/admin/customization", (Update, Organization), Administrator, |method| {
        on(method, pages::customization::change)
    })
    .with_plan(),
    RouteSpec::post("/admin/customization/logo", (Update, Organization), Administrator, |method| {
        on(method, pages::customization::change_logo)
    })
    .with_plan()
    .with_file(),
    RouteSpec::post("/admin/customization/export", (List, Organization), Administrator, |method| {
        on(method, pages::deletion::export)
    }),
    RouteSpec::get("/admin/customization/delete", (Get, Organization), Administrator, |method| {
        on(method, pages::deletion::ask)
    }),
    RouteSpec::post("/admin/customization/delete", (Delete, Organization), Administrator, |method| {
        on(method, pages::deletion::delete)
    })
    .taking(&[IdParam { name: "organization", carrier: Body, of: Organization }]),
    RouteSpec::get("/organizations", (List, Organization), SignedIn, |method| {
        on(method, pages::organizations::list)
    }),
    RouteSpec::get("/organizations/new", (Get, Organization), SignedIn, |method| {
        on(method, pages::organizations::new)
    }),
    RouteSpec::get("/organizations/deleted", (Get, Page), Anyone, |method| {
        on(method, pages::organizations::deleted)
    }),
    RouteSpec::get("/looks/{folder}/{file}", (Get, Page), Anyone, |method| on(method, looks::serve)),
    RouteSpec::get("/logos/{id}", (Get, Page), Anyone, |method| on(method, looks::logo)),
    RouteSpec::get("/assets/{file}", (Get, Page), Anyone, |method| on(method, assets::serve)),
    RouteSpec::get("/healthz", (Get, Service), Anyone, |method| on(method, health::is_alive)),
    RouteSpec::get("/readyz", (Get, Service), Anyone, |method| on(method, health::is_ready)),
];
