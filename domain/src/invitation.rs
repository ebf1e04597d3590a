//! Invitations: offers of membership in an organization, each to one address.

use std::fmt;
use std::time::Duration;

use unicode_normalization::UnicodeNormalization;

use crate::display_name::{has_unseen, is_web_address};
use crate::{ConnectionId, EmailAddress, InvitationId, Roles, TenantId, Timestamp, UserId};

/// An invitation as the identity provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// To whom.
    pub email: EmailAddress,
    /// With which roles whoever accepts it begins.
    pub roles: Roles,
    /// Through which connection it has to be accepted; any when `None`.
    pub connection: Option<ConnectionId>,
    /// What the invited person is told of who invites.
    pub inviter: String,
    /// Since when it counts.
    pub created_at: Timestamp,
    /// From when on it counts no more.
    pub expires_at: Timestamp,
    /// What its link carries, when the provider tells.
    pub ticket: Option<Ticket>,
    /// The link that was sent, when the provider tells. It holds the ticket.
    pub link: Option<InvitationLink>,
}

impl Invitation {
    /// Whether it is over.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

/// What we keep of an invitation because the provider can't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Into which tenant.
    pub tenant: TenantId,
    /// To whom.
    pub email: EmailAddress,
    /// The provider's invitation; `None` as long as nobody knows whether there is one.
    pub invitation: Option<InvitationId>,
    /// Who invites.
    pub inviter: UserId,
    /// What the invited person is told of who invites.
    pub inviter_name: String,
    /// With which roles.
    pub roles: Roles,
    /// What the inviter says.
    pub message: Option<InvitationMessage>,
    /// Through which connection it has to be accepted; any when `None`.
    pub connection: Option<ConnectionId>,
    /// How far it has come.
    pub state: OfferState,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it counts no more.
    pub expires_at: Timestamp,
}

impl Offer {
    /// Whether it can still be accepted.
    pub fn is_pending(&self, now: Timestamp) -> bool {
        self.state.is_pending() && now < self.expires_at
    }

    /// For how long it was made.
    pub fn lifetime(&self) -> InvitationLifetime {
        InvitationLifetime::near(self.created_at.until(self.expires_at))
    }
}

/// How far an offer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OfferState {
    /// The provider is asked for an invitation; what came of it is not known yet.
    Sending,
    /// The invitation is out.
    Open,
    /// It was accepted.
    Accepted,
    /// It was taken back, or is good for nothing any more.
    Revoked,
}

impl OfferState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Sending, Self::Open, Self::Accepted, Self::Revoked];

    /// The state as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
        }
    }

    /// Whether nothing has ended it.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Sending | Self::Open)
    }
}

/// A way in which an invited person may log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginConnection {
    /// Which.
    pub id: ConnectionId,
    /// What the provider calls it.
    pub label: String,
    /// Of what kind.
    pub kind: LoginKind,
}

/// How one proves who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginKind {
    /// With a password.
    Password,
    /// With an account at a social network.
    Social,
    /// With the account that one's enterprise gives.
    Enterprise,
}

/// What an invitation's link carries: whoever brings it may accept. It is shown in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket(Box<str>);

/// The text is nobody's ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a ticket is 1 to 255 visible characters")]
pub struct InvalidTicket;

impl Ticket {
    /// The text that the link carries.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Ticket {
    type Error = InvalidTicket;

    fn try_from(text: &str) -> Result<Self, InvalidTicket> {
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.into())) } else { Err(InvalidTicket) }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket")
    }
}

/// The address that an invitation's mail leads to. It holds the ticket and is shown in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationLink(Box<str>);

impl InvitationLink {
    /// Wraps what the provider sent out.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InvitationLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationLink")
    }
}

/// How long an invitation counts: one hour to thirty days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationLifetime(Duration);

/// The time is too short or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an invitation can be open for one hour to thirty days")]
pub struct InvalidInvitationLifetime;

impl InvitationLifetime {
    const SHORTEST: Duration = Duration::from_hours(1);
    const LONGEST: Duration = Duration::from_hours(30 * 24);

    /// How long.
    pub fn get(self) -> Duration {
        self.0
    }

    /// The lifetime that is nearest to this time.
    pub fn near(time: Duration) -> Self {
        Self(time.clamp(Self::SHORTEST, Self::LONGEST))
    }
}

impl Default for InvitationLifetime {
    /// Seven days.
    fn default() -> Self {
        Self(Duration::from_hours(7 * 24))
    }
}

impl TryFrom<Duration> for InvitationLifetime {
    type Error = InvalidInvitationLifetime;

    fn try_from(time: Duration) -> Result<Self, InvalidInvitationLifetime> {
        let fits = (Self::SHORTEST..=Self::LONGEST).contains(&time);
        if fits { Ok(Self(time)) } else { Err(InvalidInvitationLifetime) }
    }
}

/// What an inviter says to whom they invite: at most 500 characters on one or more lines.
///
/// It is shown to a stranger, so it holds nothing that can't be seen and no web address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationMessage(Box<str>);

/// Why a text can't be an invitation's message; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidInvitationMessage {
    /// Nothing was entered.
    #[error("write something, or leave the message out")]
    Empty,
    /// More than 500 characters.
    #[error("use at most 500 characters")]
    Length,
    /// Characters without width, or that turn the direction of the text.
    #[error("there are characters in it that can’t be seen: type it again")]
    Unseen,
    /// A web address, or what a mail program would make a link of.
    #[error("leave web addresses out: people can’t tell whether they are safe")]
    WebAddress,
}

impl InvitationMessage {
    /// The most characters that it has.
    pub const MOST_CHARACTERS: usize = 500;

    /// The text; lines end with a line feed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for InvitationMessage {
    type Error = InvalidInvitationMessage;

    fn try_from(text: &str) -> Result<Self, InvalidInvitationMessage> {
        // Whatever normalizing might make of it is bounded by what may come in.
        if text.len() > 8 * Self::MOST_CHARACTERS {
            return Err(InvalidInvitationMessage::Length);
        }
        let text: String = text.trim().replace("\r\n", "\n").nfc().collect();
        if text.is_empty() {
            return Err(InvalidInvitationMessage::Empty);
        }
        if text.chars().count() > Self::MOST_CHARACTERS {
            return Err(InvalidInvitationMessage::Length);
        }
        if text.split('\n').any(|line| !line.is_empty() && has_unseen(line)) {
            return Err(InvalidInvitationMessage::Unseen);
        }
        if text.split(char::is_whitespace).any(is_web_address) {
            return Err(InvalidInvitationMessage::WebAddress);
        }
        Ok(Self(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_lines_and_nothing_hidden() {
        use InvalidInvitationMessage::{Empty, Length, Unseen, WebAddress};
        let message =
            |text: &str| InvitationMessage::try_from(text).map(|message| message.as_str().to_owned());
        assert_eq!(message(" Hi Bo,\r\n\r\nwelcome. "), Ok("Hi Bo,\n\nwelcome.".to_owned()));
        assert_eq!(message(&"é".repeat(500)).unwrap().chars().count(), 500);
        for (text, why) in [
            ("", Empty),
            (" \r\n ", Empty),
            (&*"a".repeat(501), Length),
            (&*"a".repeat(4001), Length),
            ("a\0b", Unseen),
            ("a\rb", Unseen),
            ("a\u{202e}b", Unseen),
            ("pay at https://evil.example", WebAddress),
            ("see\nevil.com/login", WebAddress),
        ] {
            assert_eq!(message(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn a_lifetime_is_an_hour_to_thirty_days() {
        let hours = |hours| InvitationLifetime::try_from(Duration::from_hours(hours)).is_ok();
        assert!(hours(1) && hours(168) && hours(720));
        assert!(!hours(0) && !hours(721));
        assert_eq!(InvitationLifetime::default().get(), Duration::from_hours(168));
        assert_eq!(InvitationLifetime::near(Duration::ZERO).get(), Duration::from_hours(1));
    }

    #[test]
    fn s14_neither_a_ticket_nor_a_link_is_shown_by_accident() {
        let ticket = Ticket::try_from("very-secret").unwrap();
        let link = InvitationLink::new("https://a.example/?invitation=very-secret");
        assert!(!format!("{ticket:?} {link:?}").contains("secret"));
        for text in ["", "a b", "a\n", "é", &"x".repeat(256)] {
            assert!(Ticket::try_from(text).is_err(), "{text:?}");
        }
    }
}
