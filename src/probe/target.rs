//! What a person names → a host to check. Path, query, fragment and user-info of a link are left
//! behind here: nothing that follows can send them.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use thiserror::Error;
use url::{Host as UrlHost, Url};

/// The longest address that is read, in bytes: browsers cut theirs far below.
pub const LONGEST_ADDRESS: usize = 8 << 10;

/// How a host is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// The word in addresses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port where an address names none.
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A name that must be looked up, or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name in lower-case ASCII, without a dot at its end.
    Name(String),
    /// An address.
    Address(IpAddr),
}

impl fmt::Display for Host {
    /// As it stands in addresses: IPv6 in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V4(address)) => address.fmt(f),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

/// A host to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// How it is spoken to.
    pub scheme: Scheme,
    /// Who is spoken to.
    pub host: Host,
    /// Where.
    pub port: u16,
}

impl fmt::Display for Target {
    /// The address without path: `https://pay.example.com` or `http://pay.example.com:8080`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.word(), self.host)?;
        if self.port == self.scheme.port() {
            return Ok(());
        }
        write!(f, ":{}", self.port)
    }
}

/// Why something is no host that can be checked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TargetError {
    /// Longer than [`LONGEST_ADDRESS`].
    #[error("expected an address of at most {LONGEST_ADDRESS} bytes, found {0}")]
    TooLong(usize),
    /// No address at all.
    #[error(
        "expected a host or an address such as https://pay.example.com, found `{found}`: {why}"
    )]
    Unreadable {
        /// The start of what was given.
        found: String,
        /// What is wrong with it.
        why: String,
    },
    /// Neither http nor https.
    #[error("expected an address that begins with http:// or https://, found `{0}:`")]
    Scheme(String),
    /// An address with a zone, which means something on one machine only.
    #[error("expected an address without a zone, found `{0}`")]
    Zone(String),
}

impl TargetError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "give the host alone, for example pay.example.com",
            Self::Unreadable { .. } => "copy the address from the browser's address bar",
            Self::Scheme(_) => "only web addresses can be checked; give the host of the site",
            Self::Zone(_) => "leave out what follows the `%`",
        }
    }
}

impl Target {
    /// Reads a host, a host with a port, or an address.
    ///
    /// # Errors
    /// What is wrong with it; nothing of the address but its start is repeated.
    pub fn parse(given: &str) -> Result<Self, TargetError> {
        let given = given.trim();
        if given.len() > LONGEST_ADDRESS {
            return Err(TargetError::TooLong(given.len()));
        }
        if let Some((address, _)) = given.split_once('%')
            && address.trim_start_matches('[').parse::<Ipv6Addr>().is_ok()
        {
            return Err(TargetError::Zone(start_of(given)));
        }
        let whole = match given.parse::<Ipv6Addr>() {
            Ok(address) => format!("https://[{address}]"),
            Err(_) if has_scheme(given) => given.to_owned(),
            Err(_) => format!("https://{given}"),
        };
        let url = Url::parse(&whole).map_err(|error| TargetError::Unreadable {
            found: start_of(given),
            why: error.to_string(),
        })?;
        Self::of_url(&url)
    }

    /// The host of an address that was read already.
    ///
    /// # Errors
    /// A scheme that is no web address, or no host.
    pub fn of_url(url: &Url) -> Result<Self, TargetError> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => return Err(TargetError::Scheme(other.to_owned())),
        };
        let host = match url.host() {
            Some(UrlHost::Domain(name)) => name_of(name),
            Some(UrlHost::Ipv4(address)) => Some(Host::Address(address.into())),
            Some(UrlHost::Ipv6(address)) => Some(Host::Address(address.into())),
            None => None,
        };
        let host = host.ok_or_else(|| TargetError::Unreadable {
            found: url.scheme().to_owned(),
            why: "it names no host".to_owned(),
        })?;
        let port = url.port().unwrap_or(scheme.port());
        if port == 0 {
            return Err(TargetError::Unreadable {
                found: start_of(url.as_str()),
                why: "nothing listens at port 0".to_owned(),
            });
        }
        Ok(Self { scheme, host, port })
    }

    /// The address that is asked for over HTTP, with this path.
    ///
    /// # Errors
    /// A path that makes it no address.
    pub fn url(&self, path: &str) -> Result<Url, url::ParseError> {
        Url::parse(&self.to_string())?.join(path)
    }
}

/// A name as it is looked up; none where nothing is left of it or a label is longer than 63 bytes
/// (RFC 1035, 2.3.4).
fn name_of(name: &str) -> Option<Host> {
    // One dot at the end says that the name is whole; behind two there is an empty label.
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let fits = name.len() <= 253 && name.split('.').all(|label| (1..=63).contains(&label.len()));
    fits.then_some(Host::Name(name))
}

/// Whether an address begins with a scheme: `host:8080` does not.
fn has_scheme(given: &str) -> bool {
    given.contains("://")
        || given.split_once(':').is_some_and(|(scheme, rest)| {
            let named = |c: char| c.is_ascii_alphanumeric() || "+-".contains(c);
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(named)
                && scheme != "localhost"
                && !rest.starts_with(|c: char| c.is_ascii_digit())
        })
}

/// The start of what was given, without what may be secret: user-info, path and query.
fn start_of(given: &str) -> String {
    let (scheme, rest) = given.split_once("://").unwrap_or(("", given));
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let shown = match scheme {
        "" => host.to_owned(),
        scheme => format!("{scheme}://{host}"),
    };
    shown.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(given: &str) -> String {
        Target::parse(given).map_or_else(|error| error.to_string(), |target| target.to_string())
    }

    #[test]
    fn links_lose_all_but_their_host() {
        for (given, expected) in [
            ("pay.example.com", "https://pay.example.com"),
            ("Pay.Example.com.", "https://pay.example.com"),
            ("pay.example.com:8443", "https://pay.example.com:8443"),
            ("localhost:8080", "https://localhost:8080"),
            ("http://a.cn/x?token=1#y", "http://a.cn"),
            ("https://me:secret@a.cn/", "https://a.cn"),
            ("https://支付.cn/", "https://xn--bnq875c.cn"),
            ("::1", "https://[::1]"),
            ("[2001:db8::1]:444", "https://[2001:db8::1]:444"),
            ("0x7f000001", "https://127.0.0.1"),
        ] {
            assert_eq!(shown(given), expected, "{given}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused_by_name() {
        for (given, expected) in [
            ("", "empty host"),
            ("https://a.cn:99999", "invalid port"),
            ("a.cn:0", "port 0"),
            ("ftp://a.cn", "found `ftp:`"),
            ("javascript:alert(1)", "found `javascript:`"),
            ("fe80::1%eth0", "without a zone"),
            ("https://..", "names no host"),
            // Without its dots it would be an address, which it is not.
            ("!0.1..", "names no host"),
        ] {
            assert!(shown(given).contains(expected), "{given}: {}", shown(given));
        }
        let secret = shown("https://me:secret@a.cn:99999/pay?token=1");
        assert!(secret.contains("`https://a.cn:99999`"), "{secret}");
        let long = format!("https://a.cn/{}", "x".repeat(1 << 20));
        assert!(shown(&long).contains("at most"));
    }
}
