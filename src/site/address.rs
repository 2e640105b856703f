//! A raw string → what a browser would make of it: scheme, user-info, host, port, and how the string
//! is written where that hides what is opened. Reads no further than it must and refuses nothing:
//! what cannot be read is a value.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

use url::Host as UrlHost;

use super::oddity::{Flaw, Oddity, disguises};
use super::raw::{addressed, cut, is_payment_code, trimmed, without_blanks};

/// Hosts longer than this are not decoded: DNS allows 253 characters (RFC 1035), and international
/// names take up to a few bytes for each.
const LONGEST_HOST: usize = 2048;

/// User-info is looked at this far.
const LONGEST_USER: usize = 1024;

/// Schemes whose addresses have a host that browsers read alike (URL Standard, "special"), and
/// whether their connections are encrypted.
const WEB: [(&str, bool); 5] = [
    ("https", true),
    ("http", false),
    ("wss", true),
    ("ws", false),
    ("ftp", false),
];

/// Schemes that run or show what the address itself carries.
const ACTIVE: [&str; 6] = [
    "javascript",
    "data",
    "vbscript",
    "blob",
    "filesystem",
    "view-source",
];

/// Schemes without slashes, told from a bare host with a password or port by their names.
const NAMED: [&str; 10] = [
    "mailto", "tel", "sms", "smsto", "geo", "about", "file", "magnet", "urn", "intent",
];

/// How an address is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// None is written.
    Bare,
    /// Encrypted.
    Secure,
    /// Anybody on the way can read along.
    Plain,
    /// Not a web address.
    Other,
    /// Not a web address: runs or shows what it carries.
    Active,
}

/// What stands where the host stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host<'u> {
    /// A name: ASCII, lower case, without a dot at the end.
    Name(Cow<'u, str>),
    /// An IP address.
    Ip(IpAddr),
    /// Nothing that can be read; the raw text of it.
    Unreadable(Flaw, Cow<'u, str>),
    /// Addresses of this kind have none.
    None,
}

/// An address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address<'u> {
    pub(super) scheme: Scheme,
    /// What stands before `@`.
    pub(super) user: Option<Cow<'u, str>>,
    pub(super) host: Host<'u>,
    /// A port other than the scheme's own.
    pub(super) port: Option<u16>,
    /// Path, query and fragment.
    pub(super) rest: Cow<'u, str>,
    pub(super) oddities: Vec<Oddity>,
}

impl<'u> Address<'u> {
    /// Takes a string apart.
    pub(super) fn read(raw: &'u str) -> Self {
        let mut oddities = Vec::new();
        let text = trimmed(raw);
        if is_payment_code(text) {
            let flaw = Host::Unreadable(Flaw::PaymentCode, Cow::Borrowed(""));
            return Self::without_host(Scheme::Bare, flaw, "", oddities);
        }
        let text = addressed(text);
        let text = without_blanks(text, &mut oddities);
        match text {
            Cow::Borrowed(text) => Self::of(text, oddities),
            Cow::Owned(text) => Address::of(&text, oddities).into_owned(),
        }
    }

    fn of(text: &'u str, mut oddities: Vec<Oddity>) -> Self {
        if let Some(host) = bare_ipv6(text) {
            return Self::without_host(Scheme::Bare, host, "", oddities);
        }
        let (name, rest) = scheme(text);
        let web = name.map(|name| {
            let known = WEB.iter().find(|(web, _)| name.eq_ignore_ascii_case(web));
            known.map(|(web, secure)| (*web, *secure))
        });
        let scheme = match (name, web) {
            (None, _) => Scheme::Bare,
            (_, Some(Some((_, true)))) => Scheme::Secure,
            (_, Some(Some((_, false)))) => Scheme::Plain,
            (Some(name), _) => other_scheme(name),
        };
        if matches!(scheme, Scheme::Other | Scheme::Active) {
            return Self::without_host(scheme, Host::None, rest, oddities);
        }
        let slashes = rest.len() - rest.trim_start_matches(['/', '\\']).len();
        let expected = if name.is_some() { 2 } else { 0 };
        if slashes != expected && !(name.is_none() && slashes == 2) {
            oddities.push(Oddity::Slashes);
        }
        let authority = &rest[slashes..];
        let end = authority.find(['/', '\\', '?', '#']);
        let (authority, rest) = authority.split_at(end.unwrap_or(authority.len()));
        if rest.starts_with('\\')
            || text[..text.len() - authority.len() - rest.len()].contains('\\')
        {
            oddities.push(Oddity::Backslash);
        }
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let (host, port) = host_and_port(place, &mut oddities);
        let own = web
            .flatten()
            .map_or(&[80, 443][..], |(web, _)| own_port(web));
        let mut address = Self {
            scheme,
            user: user.map(|user| Cow::Borrowed(cut(user, LONGEST_USER))),
            host,
            port: port.filter(|port| !own.contains(port)),
            rest: Cow::Borrowed(rest),
            oddities,
        };
        address.settle(text);
        address
    }

    /// A bare word is no address.
    fn settle(&mut self, text: &'u str) {
        if let Host::Name(name) = &self.host
            && self.scheme == Scheme::Bare
            && !name.contains('.')
            && name != "localhost"
        {
            let flaw = if text.is_empty() {
                Flaw::Empty
            } else {
                Flaw::NoAddress
            };
            self.host = Host::Unreadable(flaw, Cow::Borrowed(cut(text, LONGEST_HOST)));
        }
        self.oddities.sort_unstable();
        self.oddities.dedup();
    }

    fn without_host(scheme: Scheme, host: Host<'u>, rest: &'u str, oddities: Vec<Oddity>) -> Self {
        Self {
            scheme,
            user: None,
            host,
            port: None,
            rest: Cow::Borrowed(rest),
            oddities,
        }
    }

    fn into_owned(self) -> Address<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Address {
            scheme: self.scheme,
            user: self.user.map(own),
            host: match self.host {
                Host::Name(name) => Host::Name(own(name)),
                Host::Ip(ip) => Host::Ip(ip),
                Host::Unreadable(flaw, raw) => Host::Unreadable(flaw, own(raw)),
                Host::None => Host::None,
            },
            port: self.port,
            rest: own(self.rest),
            oddities: self.oddities,
        }
    }
}

/// An IPv6 address without brackets, which browsers do not read; its zone means something on one
/// machine only.
fn bare_ipv6(text: &str) -> Option<Host<'_>> {
    let (address, zone) = match text.split_once('%') {
        Some((address, _)) => (address, true),
        None => (text, false),
    };
    let address: Ipv6Addr = address.parse().ok()?;
    Some(match zone {
        true => Host::Unreadable(Flaw::Ip, Cow::Borrowed("")),
        false => Host::Ip(address.into()),
    })
}

/// The scheme, and what follows its colon; `host:8080` has none.
fn scheme(text: &str) -> (Option<&str>, &str) {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
    let Some((name, rest)) = end.map(|end| text.split_at(end)) else {
        return (None, text);
    };
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let Some(rest) = rest.strip_prefix(':').filter(|_| begins) else {
        return (None, text);
    };
    let slashes = rest.starts_with(['/', '\\']);
    let number = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let port = number.bytes().all(|b| b.is_ascii_digit());
    // A user's password, or a port, may follow a bare host.
    let bare = !slashes && (port || number.contains('@') || name.contains('.'));
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    let mut known = WEB.iter().map(|(web, _)| web).chain(&NAMED).chain(&ACTIVE);
    if bare && !known.any(is) {
        return (None, text);
    }
    (Some(name), rest)
}

fn other_scheme(name: &str) -> Scheme {
    if ACTIVE
        .iter()
        .any(|active| name.eq_ignore_ascii_case(active))
    {
        Scheme::Active
    } else {
        Scheme::Other
    }
}

fn own_port(scheme: &str) -> &'static [u16] {
    match scheme {
        "https" | "wss" => &[443],
        "ftp" => &[21],
        _ => &[80],
    }
}

fn host_and_port<'u>(place: &'u str, oddities: &mut Vec<Oddity>) -> (Host<'u>, Option<u16>) {
    // The colons inside brackets are those of an IPv6 address.
    let bracket = place.rfind(']').map_or(0, |at| at + 1);
    let colon = place[bracket..].rfind(':').map(|at| bracket + at);
    let (name, port) = match colon {
        Some(at) => (&place[..at], Some(&place[at + 1..])),
        None => (place, None),
    };
    let wide = port.is_none() && name.contains('：');
    let port = match port.filter(|port| !port.is_empty()).map(str::parse::<u16>) {
        None => None,
        Some(Ok(port)) => Some(port),
        Some(Err(_)) => return (Host::Unreadable(Flaw::Port, Cow::Borrowed(name)), None),
    };
    if wide {
        oddities.push(Oddity::Wide);
    }
    (host(name, oddities), port)
}

/// Reads the host as browsers do.
fn host<'u>(name: &'u str, oddities: &mut Vec<Oddity>) -> Host<'u> {
    if name.is_empty() {
        return Host::Unreadable(Flaw::Empty, Cow::Borrowed(name));
    }
    if name.len() > LONGEST_HOST {
        let cut = cut(name, LONGEST_HOST);
        return Host::Unreadable(Flaw::TooLong, Cow::Borrowed(cut));
    }
    if is_plain(name) {
        return sized(Cow::Borrowed(without_root(name)), name);
    }
    disguises(name, oddities);
    match UrlHost::parse(name) {
        Ok(UrlHost::Domain(domain)) => {
            let domain = without_root(&domain).to_owned();
            sized(Cow::Owned(domain), name)
        }
        Ok(UrlHost::Ipv4(ip)) => {
            if ip.to_string() != name.trim_end_matches('.') {
                oddities.push(Oddity::Number);
            }
            Host::Ip(ip.into())
        }
        Ok(UrlHost::Ipv6(ip)) => Host::Ip(ip.into()),
        Err(url::ParseError::InvalidIpv4Address | url::ParseError::InvalidIpv6Address) => {
            Host::Unreadable(Flaw::Ip, Cow::Borrowed(name))
        }
        Err(_) => Host::Unreadable(Flaw::Host, Cow::Borrowed(name)),
    }
}

/// A name without the one dot at its end that says it is whole.
fn without_root(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// Whether a host is what it says, without decoding: small ASCII letters, and no number at the end.
fn is_plain(name: &str) -> bool {
    let bytes = name.as_bytes();
    let plain = bytes
        .iter()
        .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_'));
    let last = name.trim_end_matches('.').rsplit('.').next();
    plain
        && !name.contains("xn--")
        && last.is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()))
}

fn sized<'u>(name: Cow<'u, str>, raw: &'u str) -> Host<'u> {
    if name.is_empty() {
        return Host::Unreadable(Flaw::Host, Cow::Borrowed(raw));
    }
    // RFC 1035: 253 characters in all, 63 a label, none empty.
    let labels = name
        .split('.')
        .map(str::len)
        .all(|len| (1..=63).contains(&len));
    match name.len() <= 253 && labels {
        true => Host::Name(name),
        false if name.len() > 253 => Host::Unreadable(Flaw::TooLong, Cow::Borrowed(raw)),
        false => Host::Unreadable(Flaw::Host, Cow::Borrowed(raw)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_of(raw: &str) -> Option<String> {
        match Address::read(raw).host {
            Host::Name(name) => Some(name.into_owned()),
            Host::Ip(ip) => Some(ip.to_string()),
            _ => None,
        }
    }

    fn oddities(raw: &str) -> Vec<Oddity> {
        Address::read(raw).oddities
    }

    #[test]
    fn hosts_are_read_as_browsers_do() {
        for (raw, host) in [
            ("https://Pay.91ka.com:443/x", "pay.91ka.com"),
            ("pay.91ka.com", "pay.91ka.com"),
            ("pay.91ka.com:8080/x", "pay.91ka.com"),
            ("//pay.91ka.com./x", "pay.91ka.com"),
            ("https://pay.91ka.com@evil.cn/", "evil.cn"),
            ("https://u:p@evil.cn:99", "evil.cn"),
            ("pay.91ka.com\\@evil.cn", "pay.91ka.com"),
            ("https:evil.cn", "evil.cn"),
            ("https:////evil.cn", "evil.cn"),
            ("evil.cn/pay?r=https://www.alipay.com", "evil.cn"),
            ("https://ｗｗｗ。alipay．com", "www.alipay.com"),
            ("https://ali\u{ad}pay.com", "alipay.com"),
            ("https://ali\tpay.com", "alipay.com"),
            ("https://%61lipay.com", "alipay.com"),
            ("http://2130706433/", "127.0.0.1"),
            ("http://0x7f.1/", "127.0.0.1"),
            ("http://[::1]:80/", "::1"),
            ("::1", "::1"),
            ("2400:3200::1", "2400:3200::1"),
            ("我在 https://evil.cn/a 付的钱", "evil.cn"),
            ("（https://evil.cn）", "evil.cn"),
            ("https://evil.cn。", "evil.cn"),
            ("localhost:8080", "localhost"),
        ] {
            assert_eq!(host_of(raw).as_deref(), Some(host), "{raw}");
        }
    }

    #[test]
    fn what_is_no_web_address_has_no_host() {
        for (raw, scheme) in [
            ("javascript://alipay.com/%0aalert(1)", Scheme::Active),
            ("DATA:text/html,x", Scheme::Active),
            ("weixin://dl/business", Scheme::Other),
            ("alipays://platformapi/startapp", Scheme::Other),
            ("mailto:a@b.cn", Scheme::Other),
            ("tel:95188", Scheme::Other),
        ] {
            let address = Address::read(raw);
            assert_eq!(
                (address.scheme, address.host),
                (scheme, Host::None),
                "{raw}"
            );
        }
    }

    #[test]
    fn disguises_are_noticed() {
        for (raw, oddity) in [
            ("https://ａlipay.com", Oddity::Wide),
            ("https://alipay。com", Oddity::Wide),
            ("https://ali\u{200b}pay.com", Oddity::Invisible),
            ("https://ali\npay.com", Oddity::Blank),
            ("https:\\\\alipay.com", Oddity::Backslash),
            ("https://%61lipay.com", Oddity::Percent),
            ("https:/alipay.com", Oddity::Slashes),
            ("http://0177.0.0.1", Oddity::Number),
        ] {
            assert_eq!(oddities(raw), [oddity], "{raw}");
        }
        for raw in [
            "https://www.alipay.com/a",
            "alipay.com",
            "//alipay.com",
            "https://支付宝.com",
        ] {
            assert_eq!(oddities(raw), [], "{raw}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let long = format!("https://{}.com", "a".repeat(1_000_000));
        for (raw, flaw) in [
            ("", Flaw::Empty),
            ("https://", Flaw::Empty),
            ("hello", Flaw::NoAddress),
            ("https://a b.com", Flaw::Host),
            ("https://a.com:99999/", Flaw::Port),
            ("https://1.2.3.4.5/", Flaw::Ip),
            ("https://[fe80::1%25eth0]/", Flaw::Ip),
            ("fe80::1%eth0", Flaw::Ip),
            ("https://a..com", Flaw::Host),
            ("https://a.com..", Flaw::Host),
            (&long, Flaw::TooLong),
        ] {
            let host = Address::read(raw).host;
            assert!(
                matches!(host, Host::Unreadable(found, _) if found == flaw),
                "{host:?}"
            );
        }
    }
}
