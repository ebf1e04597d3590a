//! What goes wrong with a call: the columns of the table.

use std::time::Duration;

use serde_json::json;
use tenantry_domain::Timestamp;
use tenantry_fake::{Fault, FaultEffect, Malformed};

/// How often it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Often {
    /// The first time.
    Once,
    /// Until somebody mends it.
    Always,
}

/// Something that goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Seconds,
    Date,
    Bare,
    Huge,
    Reset,
    GlobalLimit,
    Error,
    Unavailable,
    Unauthorized,
    Silence,
    Cut,
    Lost,
    MidBody,
    HalfJson,
    Html,
    WrongJson,
    /// Nothing is wrong with the call; our own clock is so many seconds off from then on.
    Clock(i64),
}

/// The head of the column, and what it stands for.
pub(super) const KINDS: [(Kind, &str, &str); 22] = [
    (Kind::Seconds, "429 1 s", "429, `Retry-After: 1`"),
    (Kind::Date, "429 date", "429, `Retry-After` as the date of a second later"),
    (Kind::Bare, "429 bare", "429, and not a word on when to come back"),
    (Kind::Huge, "429 huge", "429, `Retry-After` of a day"),
    (Kind::Reset, "429 reset", "429, `x-ratelimit-reset` of a second later"),
    (Kind::GlobalLimit, "500 limit", "500 “Global limit has been reached”: a rate limit in disguise"),
    (Kind::Error, "500", "500"),
    (Kind::Unavailable, "503", "503"),
    (Kind::Unauthorized, "401", "401: the token is not believed any more"),
    (Kind::Silence, "silence", "no answer, and the connection stays open"),
    (Kind::Cut, "cut", "the connection ends before an answer; nothing was done"),
    (Kind::Lost, "lost", "the connection ends before an answer; what was asked for was done"),
    (Kind::MidBody, "mid-body", "the connection ends within the body; it was done"),
    (Kind::HalfJson, "half JSON", "half of the JSON, and a proper end; it was done"),
    (Kind::Html, "HTML", "a proxy's page with status 200; it was done"),
    (Kind::WrongJson, "wrong JSON", "JSON of another shape; it was done"),
    (
        Kind::Clock(-3600),
        "clock −1 h",
        "our own clock is set back by an hour while the call is made, and stays so",
    ),
    (Kind::Clock(-61), "−61 s", "the same by 61 seconds: more than two clocks may differ"),
    (Kind::Clock(-59), "−59 s", "the same by 59 seconds: less than that"),
    (Kind::Clock(59), "+59 s", "our own clock is set 59 seconds ahead"),
    (Kind::Clock(61), "+61 s", "our own clock is set 61 seconds ahead"),
    (Kind::Clock(3600), "+1 h", "our own clock is set an hour ahead"),
];

/// Longer than the product waits for anything.
const SILENCE: Duration = Duration::from_mins(2);

impl Kind {
    /// A token that is not believed any more is replaced by one that is, silence costs the time of the rig, and a clock
    /// jumps once.
    pub(super) fn how_often(self) -> &'static [Often] {
        match self {
            Self::Silence => &[Often::Always],
            Self::Unauthorized | Self::Clock(_) => &[Often::Once],
            _ => &[Often::Once, Often::Always],
        }
    }

    /// As the provider is told; `now` is its time.
    pub(super) fn fault(self, now: Timestamp) -> Fault {
        let soon = now + Duration::from_secs(1);
        match self {
            Self::Seconds => with_header(429, "retry-after", "1"),
            Self::Date => with_header(429, "retry-after", &http_date(soon)),
            // The provider would say it by itself: an empty header says nothing.
            Self::Bare => with_header(429, "x-ratelimit-reset", ""),
            Self::Huge => with_header(429, "retry-after", "86400"),
            Self::Reset => {
                with_header(429, "x-ratelimit-reset", &soon.as_millis().div_euclid(1000).to_string())
            }
            Self::GlobalLimit => Fault {
                effect: FaultEffect::Status {
                    status: 500,
                    body: Some(json!({
                        "statusCode": 500,
                        "error": "Internal Server Error",
                        "message": "Global limit has been reached",
                    })),
                    headers: [].into(),
                    performs: false,
                },
                ..Fault::status(500)
            },
            Self::Error => Fault::status(500),
            Self::Unavailable => Fault::status(503),
            Self::Unauthorized => Fault::status(401),
            Self::Silence => Fault::delay(SILENCE),
            Self::Cut => Fault::cut(),
            Self::Lost => Fault::lost_answer(),
            Self::MidBody => Fault::cut_after(1),
            Self::HalfJson => Fault::malformed(Malformed::TruncatedJson),
            Self::Html => Fault::malformed(Malformed::Html),
            Self::WrongJson => Fault::malformed(Malformed::WrongJson),
            // It says when the clock jumps, and that it is still wrong.
            Self::Clock(_) => Fault::delay(Duration::ZERO),
        }
    }
}

fn with_header(status: u16, name: &str, value: &str) -> Fault {
    let headers = [(name.to_owned(), value.to_owned())].into();
    let effect = FaultEffect::Status { status, body: None, headers, performs: false };
    Fault { effect, ..Fault::status(status) }
}

fn http_date(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap();
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap()
}
