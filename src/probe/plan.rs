//! What a run may do: whom it asks, how often, how long, and what it must not touch.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;

use crate::facts::Moment;

use super::guard::{AddressClass, class_of};
use super::stage::Stage;
use super::target::{Host, Target};

/// Connections that are tried to a host, and with `--thorough`. With 5, a line that loses one packet
/// in twenty shows it in two runs of five; with 20, in nearly nine of ten.
pub const TRIES: u32 = 5;

/// The same where the run is to be thorough. Below this number no share of losses is given.
pub const THOROUGH_TRIES: u32 = 20;

/// Time between two tries.
pub(super) const SPACING: Duration = Duration::from_millis(200);

/// For the resolver of the system, which itself waits 10 s for a dead name server.
pub(super) const SYSTEM_DNS: Duration = Duration::from_secs(3);

/// For one question to one name server; each is asked twice.
pub(super) const DIRECT_DNS: Duration = Duration::from_millis(1500);

/// How long a second, different answer is waited for: a forged one comes first, the real one late.
pub(super) const LATE_ANSWER: Duration = Duration::from_millis(250);

/// For a connection: enough for two repeated SYN segments (after 1 and 3 s, RFC 6298).
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// For a TLS handshake.
pub(super) const HANDSHAKE: Duration = Duration::from_secs(5);

/// How long an HTTP answer is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For its first byte.
    pub(super) first_byte: Duration,
    /// For the whole.
    pub(super) whole: Duration,
}

/// For the page of a site.
pub(super) const PAGE: Patience = Patience {
    first_byte: Duration::from_secs(8),
    whole: Duration::from_secs(10),
};

/// For a side question: the check for a log-in page, the time of a server.
pub(super) const ASIDE: Patience = Patience {
    first_byte: Duration::from_secs(3),
    whole: Duration::from_secs(3),
};

/// For everything about one host.
pub(super) const HOST: Duration = Duration::from_secs(20);

/// For a whole run.
pub(super) const RUN: Duration = Duration::from_secs(30);

/// Hosts that are checked at once.
pub(super) const AT_ONCE: usize = 4;

/// Name servers that are asked.
pub(super) const SERVERS: usize = 3;

/// Addresses of each family that are tried.
pub(super) const ADDRESSES: usize = 2;

/// Bytes of the head of an answer that are read.
pub(super) const HEAD: usize = 16 << 10;

/// Bytes of the body of an answer that are read: a title stands at its start.
pub(super) const BODY: usize = 64 << 10;

/// A connection that took this long had its first segment repeated: that is done after 1 s at the
/// earliest (RFC 6298, 2.1).
pub(super) const REPEATED: Duration = Duration::from_millis(900);

/// A look-up that took this long makes pages slow.
pub(super) const SLOW_DNS: Duration = Duration::from_secs(1);

/// Where to connect instead of where a name leads, as curl's option of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectTo {
    /// The host of the address.
    pub host: Host,
    /// The port of the address.
    pub port: u16,
    /// Where to connect.
    pub to: SocketAddr,
}

/// A plain-HTTP address that answers 204 to everybody, unless a network puts a page before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalCheck {
    /// The host.
    pub target: Target,
    /// Its path.
    pub path: String,
}

/// The proxies that the environment names. Their addresses are of no use here and not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProxySettings {
    /// Whether `http_proxy` or `all_proxy` is set.
    pub http: bool,
    /// Whether `https_proxy` or `all_proxy` is set.
    pub https: bool,
    /// `no_proxy`: hosts and endings that go without.
    pub without: Vec<String>,
}

/// What a run does.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The hosts, in the order of the result.
    pub targets: Vec<Target>,
    /// Connections tried to each.
    pub tries: u32,
    /// Whether addresses that are not public may be connected to.
    pub allow_private: bool,
    /// Redirects that are followed.
    pub follow: u8,
    /// Name servers in place of those of the system, which is not asked then.
    pub name_servers: Vec<SocketAddr>,
    /// Where to connect instead of where names lead.
    pub connect_to: Vec<ConnectTo>,
    /// Roots that are trusted besides the public ones.
    pub roots: Vec<CertificateDer<'static>>,
    /// What is asked for over HTTP.
    pub path: String,
    /// How to see a log-in page; the first one that answers counts.
    pub portal: Vec<PortalCheck>,
    /// Words in titles that mean maintenance, in lower case.
    pub maintenance_words: Vec<String>,
    /// Proxies in the environment.
    pub proxies: ProxySettings,
    /// What the device's clock shows as the run begins.
    pub now: Moment,
}

impl Plan {
    /// Why a host may not be connected to, where that is known before anything is looked up: of
    /// addresses, detours, and the names of this machine (RFC 6761, 6.3).
    #[must_use]
    pub fn refuses(&self, target: &Target) -> Option<AddressClass> {
        let class = match (self.detour(&target.host, target.port), &target.host) {
            (Some(detour), _) => class_of(detour.ip()),
            (None, Host::Address(address)) => class_of(*address),
            (None, Host::Name(name)) => {
                let own = name == "localhost" || name.ends_with(".localhost");
                own.then_some(AddressClass::Loopback)?
            }
        };
        (!class.allowed(self.allow_private)).then_some(class)
    }

    /// Where a target is connected to whatever its name says; none where its name counts.
    #[must_use]
    pub fn detour(&self, host: &Host, port: u16) -> Option<SocketAddr> {
        let mut detours = self.connect_to.iter();
        let detour = detours.find(|detour| detour.host == *host && detour.port == port);
        detour.map(|detour| detour.to)
    }
}

/// What a run is doing.
#[derive(Debug, Clone, Copy)]
pub struct Step<'s> {
    /// With which host.
    pub target: &'s Target,
    /// At which stage.
    pub stage: Stage,
    /// Tries done.
    pub done: u32,
    /// Tries in all.
    pub of: u32,
}

/// What a run asks its caller.
#[derive(Clone, Copy)]
pub struct Caller<'c> {
    /// Told of every step.
    pub watch: &'c (dyn Fn(Step<'_>) + Sync),
    /// Whether a host may be opened that a redirect leads to.
    pub may_open: &'c (dyn Fn(&Target) -> bool + Sync),
}

impl fmt::Debug for Caller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller")
    }
}

/// When something must be over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Instant);

impl Deadline {
    /// This long from now.
    pub(super) fn within(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// This long from now, or with `self` where that is sooner.
    pub(super) fn at_most(self, time: Duration) -> Self {
        Self(self.0.min(Instant::now() + time))
    }

    /// What is left; never nothing, as sockets take zero for "no limit".
    pub(super) fn left(self) -> Duration {
        let left = self.0.saturating_duration_since(Instant::now());
        left.max(Duration::from_millis(1))
    }

    /// Whether it has come.
    pub(super) fn passed(self) -> bool {
        Instant::now() >= self.0
    }
}
