//! With what and from where a session is used: as much as its owner needs to recognize it, and no more.

use std::net::{IpAddr, Ipv6Addr};

/// A browser, and the network that it was in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Device {
    /// What it is, in a few words: "Firefox on Linux".
    pub name: String,
    /// The network, without what tells one machine of it from another: "203.0.113.x"; `None` when it is not known.
    pub network: Option<String>,
}

/// How browsers give themselves away in `User-Agent`. Most also claim to be what stands further down.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("curl/", "curl"),
    ("python-requests/", "Python"),
];

/// The same for systems: Android claims to be Linux, an iPhone to be like macOS.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

impl Device {
    /// What a request says about itself. Nothing of the texts that were sent is kept: a name is made of words of ours.
    pub fn seen(user_agent: Option<&str>, address: Option<IpAddr>) -> Self {
        let user_agent = user_agent.unwrap_or_default();
        let named = |names: &[(&str, &'static str)]| {
            names.iter().find(|(sign, _)| user_agent.contains(sign)).map(|(_, name)| *name)
        };
        let name = match (named(&BROWSERS), named(&SYSTEMS)) {
            (Some(browser), Some(system)) => format!("{browser} on {system}"),
            (Some(browser), None) => browser.to_owned(),
            (None, Some(system)) => format!("A browser on {system}"),
            (None, None) => "An unknown browser".to_owned(),
        };
        Self { name, network: address.map(network) }
    }
}

/// An address without its last octet, or without its last 80 bits.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, third, _] = address.octets();
            format!("{first}.{second}.{third}.x")
        }
        IpAddr::V6(address) => {
            let [first, second, third, ..] = address.segments();
            let network = Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0).to_string();
            if network == "::" { "::x".to_owned() } else { format!("{}:x", network.trim_end_matches(':')) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(user_agent: &str) -> String {
        Device::seen(Some(user_agent), None).name
    }

    fn network_of(address: &str) -> String {
        Device::seen(None, Some(address.parse().unwrap())).network.unwrap()
    }

    #[test]
    fn browsers_are_called_what_people_call_them() {
        let mozilla = "Mozilla/5.0";
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0";
        for (user_agent, expected) in [
            (
                format!("{mozilla} (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"),
                "Firefox on Linux",
            ),
            (format!("{mozilla} (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36"), "Chrome on Windows"),
            (
                format!("{mozilla} (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36 Edg/131.0"),
                "Edge on Windows",
            ),
            (format!("{mozilla} (X11; Linux x86_64) {chrome} Safari/537.36 OPR/116.0"), "Opera on Linux"),
            (format!("{mozilla} (Linux; Android 10; K) {chrome} Mobile Safari/537.36"), "Chrome on Android"),
            (
                format!(
                    "{mozilla} (Linux; Android 14; SM-S921) SamsungBrowser/26.0 {chrome} Mobile Safari/537.36"
                ),
                "Samsung Internet on Android",
            ),
            (format!("{mozilla} (X11; CrOS x86_64 14541.0.0) {chrome} Safari/537.36"), "Chrome on ChromeOS"),
            (
                format!(
                    "{mozilla} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15"
                ),
                "Safari on macOS",
            ),
            (
                format!(
                    "{mozilla} (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1"
                ),
                "Safari on iPhone",
            ),
            (
                format!("{mozilla} (iPad; CPU OS 18_1 like Mac OS X) CriOS/131.0 Mobile Safari/604.1"),
                "Chrome on iPad",
            ),
            (
                format!("{mozilla} (iPhone; CPU iPhone OS 18_1 like Mac OS X) FxiOS/133.0"),
                "Firefox on iPhone",
            ),
            ("curl/8.5.0".to_owned(), "curl"),
            (format!("{mozilla} (X11; Linux x86_64) SomethingNew/1.0"), "A browser on Linux"),
            (String::new(), "An unknown browser"),
        ] {
            assert_eq!(name(&user_agent), expected, "{user_agent}");
        }
        assert_eq!(Device::seen(None, None), Device { name: "An unknown browser".to_owned(), network: None });
    }

    #[test]
    fn a_network_does_not_tell_which_machine_it_was() {
        assert_eq!(network_of("203.0.113.77"), "203.0.113.x");
        assert_eq!(network_of("::ffff:203.0.113.77"), "203.0.113.x");
        assert_eq!(network_of("2001:db8:a1:b2:c3:d4:e5:f6"), "2001:db8:a1:x");
        assert_eq!(network_of("::1"), "::x");
    }

    proptest! {
        #[test]
        fn nothing_that_was_sent_is_kept(user_agent in "\\PC{0,200}") {
            let ours = |word: &str| {
                let words = ["on", "A", "browser", "An", "unknown", "Samsung", "Internet"];
                words.contains(&word)
                    || BROWSERS.iter().chain(&SYSTEMS).any(|(_, name)| *name == word)
            };
            prop_assert!(name(&user_agent).split(' ').all(ours));
        }

        #[test]
        fn neighbours_look_alike(address in any::<u32>(), host in any::<u8>(), wide in any::<u128>(), rest in any::<u128>()) {
            let machine = |bits: u32| network(IpAddr::from(bits.to_be_bytes()));
            prop_assert_eq!(machine(address), machine((address & !0xff) | u32::from(host)));
            let machine = |bits: u128| network(IpAddr::from(bits.to_be_bytes()));
            let low = (1_u128 << 80) - 1;
            // Addresses of the old kind inside the new kind are told apart as those of the old kind are.
            prop_assume!(wide >> 80 != 0);
            prop_assert_eq!(machine(wide), machine((wide & !low) | (rest & low)));
        }
    }
}
