//! What was seen of a host → facts of the catalogue, each with host, time and tries.

use crate::facts::{FactValue, Moment};

use super::clock::SKEW_S;
use super::dns::Lookup;
use super::host::{HostReport, Portal};
use super::plan::THOROUGH_TRIES;
use super::stage::State;
use super::surroundings::{Interface, Proxy, WifiSecurity};
use super::tcp::{AddressReport, Connection};
use super::tls::{Handshake, Trust};

/// One fact, and how it was observed.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Key of the fact.
    pub fact: &'static str,
    /// Its value.
    pub value: FactValue,
    /// The host; empty where it is about this device.
    pub host: String,
    /// When.
    pub at: Moment,
    /// How many tries it rests on.
    pub tries: u32,
}

/// What is observed of the device and its line, not of the site.
const OF_DEVICE: [&str; 12] = [
    "network.captive_portal",
    "network.clock_skew_s",
    "network.ipv6",
    "network.jitter_ms",
    "network.kind",
    "network.loss",
    "network.lost_tries",
    "network.mtu_suspect",
    "network.proxy",
    "network.rtt_ms",
    "network.tls_intercepted",
    "network.wifi_security",
];

impl Observation {
    /// Whether it is about the site alone, so that it would be the same from another device.
    #[must_use]
    pub fn is_of_site(&self) -> bool {
        !OF_DEVICE.contains(&self.fact)
    }
}

/// Times are given in tenths of a millisecond: more digits would be noise.
fn rounded(ms: f64) -> f64 {
    (ms * 10.0).round() / 10.0
}

impl HostReport {
    /// Everything that was observed of this host. What could not be observed is not in it.
    #[must_use]
    pub fn observations(&self) -> Vec<Observation> {
        let mut found = Found {
            report: self,
            list: Vec::new(),
        };
        // Before a proxy that makes addresses up, name and connection are its own.
        if self.proxy != Some(Proxy::FakeIp) {
            found.name();
            found.connection();
            found.line();
        }
        found.security();
        found.answer();
        found.way();
        found.list
    }

    /// The address that speaks for the host: the one that was used, else the first that there is a
    /// way to, else the first.
    #[must_use]
    pub fn spokesman(&self) -> Option<&AddressReport> {
        let addresses = &self.addresses;
        let used = |report: &&AddressReport| Some(report.address) == self.used;
        let routed = |report: &&AddressReport| report.outcome() != Connection::NoRoute;
        let first = addresses.iter().find(routed).or(addresses.first());
        addresses.iter().find(used).or(first)
    }

    /// The value of `network.ipv6`: `broken` only where IPv4 works and IPv6 hangs, `none` where the
    /// host or the device has none; nothing where that was not tried.
    #[must_use]
    pub fn ipv6(&self) -> Option<&'static str> {
        let of = |v6: bool| {
            let addresses = self.addresses.iter();
            addresses
                .filter(move |one| one.address.is_ipv6() == v6)
                .map(AddressReport::outcome)
        };
        let asked = self
            .dns
            .as_ref()
            .is_some_and(|dns| matches!(dns.outcome, Lookup::Ok | Lookup::Slow));
        let mut six = of(true).peekable();
        if six.peek().is_none() {
            return (asked && of(false).next().is_some()).then_some("none");
        }
        let outcomes: Vec<Connection> = six.collect();
        if outcomes.contains(&Connection::Ok) {
            return Some("ok");
        }
        if outcomes.iter().all(|one| *one == Connection::NoRoute) {
            return Some("none");
        }
        of(false)
            .any(|one| one == Connection::Ok)
            .then_some("broken")
    }
}

struct Found<'r> {
    report: &'r HostReport,
    list: Vec<Observation>,
}

impl Found<'_> {
    fn add(&mut self, fact: &'static str, value: FactValue) {
        self.add_tries(fact, value, 1);
    }

    fn add_tries(&mut self, fact: &'static str, value: FactValue, tries: u32) {
        self.list.push(Observation {
            fact,
            value,
            host: self.report.target.host.to_string(),
            at: self.report.began,
            tries,
        });
    }

    fn name(&mut self) {
        if let Some(dns) = &self.report.dns {
            self.add("network.dns", FactValue::text(dns.outcome.word()));
        }
    }

    fn connection(&mut self) {
        if let Some(main) = self.report.spokesman() {
            let outcome = main.outcome();
            self.add("network.tcp", FactValue::text(outcome.word()));
        }
        if let Some(word) = self.report.ipv6() {
            self.add("network.ipv6", FactValue::text(word));
        }
    }

    /// Round trips and losses.
    fn line(&mut self) {
        let Some(main) = self.report.spokesman() else {
            return;
        };
        if main.outcome() != Connection::Ok {
            return;
        }
        let line = main.line();
        let tries = u32::try_from(line.tries).unwrap_or(u32::MAX);
        if let Some(ms) = line.rtt_ms {
            self.add_tries("network.rtt_ms", FactValue::Number(rounded(ms)), tries);
        }
        if let Some(ms) = line.jitter_ms {
            self.add_tries("network.jitter_ms", FactValue::Number(rounded(ms)), tries);
        }
        let lost = i64::try_from(line.lost).unwrap_or(i64::MAX);
        self.add_tries("network.lost_tries", FactValue::Int(lost), tries);
        if tries >= THOROUGH_TRIES {
            let lost = u32::try_from(line.lost).unwrap_or(tries);
            let share = f64::from(lost) / f64::from(tries);
            self.add_tries("network.loss", FactValue::Number(share), tries);
        }
    }

    fn security(&mut self) {
        if let Some(tls) = &self.report.tls {
            if tls.outcome != Handshake::NoConnection {
                self.add("network.tls", FactValue::text(tls.outcome.word()));
            }
            if let Some(trust) = tls.trust {
                let own = trust == Trust::DeviceOnly;
                self.add("network.tls_intercepted", FactValue::Bool(own));
            }
            // Without a small answer beside it, a handshake that stands still says nothing.
            if self.report.mtu_suspect {
                self.add("network.mtu_suspect", FactValue::Bool(true));
            }
        }
        // Clocks that differ by less are nobody's trouble, and a server's may be the wrong one.
        if let Some(skew) = self.report.skew_s.filter(|skew| skew.abs() > SKEW_S) {
            self.add("network.clock_skew_s", FactValue::Number(seconds(skew)));
        }
    }

    fn answer(&mut self) {
        if let Some(portal) = self.report.portal {
            let present = portal == Portal::Present;
            self.add("network.captive_portal", FactValue::Bool(present));
        }
        let Some(http) = self.report.answer() else {
            return;
        };
        if let Some(word) = http.end.word() {
            self.add("network.http_end", FactValue::text(word));
        }
        if let Some(took) = http.first_byte {
            let ms = FactValue::Number(rounded(took.as_secs_f64() * 1000.0));
            self.add("network.ttfb_ms", ms);
        }
        let Some(status) = http.status else {
            return;
        };
        // Servers may send any three digits; what no status is, is none.
        if (100..=599).contains(&status) {
            self.add("network.http_status", FactValue::Int(status.into()));
        }
        // What a log-in page says besides is not the platform's word.
        if self.report.portal == Some(Portal::Present) {
            return;
        }
        if let Some(wait) = http.retry_after_s {
            self.add("network.retry_after_s", FactValue::Int(wait));
        }
        if self.report.maintenance {
            self.add("platform.maintenance", FactValue::Bool(true));
        } else if matches!(status, 429 | 502..=504) {
            // The status itself is evidence of its own: more than "busy" would count it twice.
            self.add("platform.load", FactValue::text("high"));
        }
    }

    fn way(&mut self) {
        if let Some(proxy) = self.report.proxy {
            self.add("network.proxy", FactValue::text(proxy.word()));
        }
        let kind = match (self.report.proxy, self.report.interface) {
            (Some(Proxy::Environment | Proxy::System | Proxy::FakeIp), _) => Some("proxy"),
            (_, interface) => interface.and_then(Interface::word),
        };
        if let Some(kind) = kind {
            self.add("network.kind", FactValue::text(kind));
        }
    }
}

/// What the device tells of its Wi-Fi, as a fact.
#[must_use]
pub(super) fn of_wifi(security: WifiSecurity, at: Moment) -> Observation {
    Observation {
        fact: "network.wifi_security",
        value: FactValue::text(security.word()),
        host: String::new(),
        at,
        tries: 1,
    }
}

/// The facts of a whole run: those of the first host that fails, else of the first that is slow, else
/// of the first; the clock is judged by all of them.
#[must_use]
pub fn merged(hosts: &[HostReport], device: &[Observation]) -> Vec<Observation> {
    let first = |state: State| {
        let mut hosts = hosts.iter();
        hosts.find(|host| host.trouble().is_some_and(|rung| rung.state == state))
    };
    let speaks = first(State::Failed)
        .or_else(|| first(State::Slow))
        .or(hosts.first());
    let mut found = speaks.map(HostReport::observations).unwrap_or_default();
    found.retain(|one| one.fact != "network.clock_skew_s");
    found.extend(skew(hosts));
    found.extend(device.iter().cloned());
    found
}

/// The clock of this device as all servers tell it: the median, where it is off.
fn skew(hosts: &[HostReport]) -> Option<Observation> {
    let mut skews: Vec<(i64, &HostReport)> = hosts
        .iter()
        .filter_map(|host| Some((host.skew_s?, host)))
        .collect();
    skews.sort_by_key(|(skew, _)| *skew);
    let (median, host) = skews.get(skews.len() / 2)?;
    (median.abs() > SKEW_S).then(|| Observation {
        fact: "network.clock_skew_s",
        value: FactValue::Number(seconds(*median)),
        host: host.target.host.to_string(),
        at: host.began,
        tries: u32::try_from(skews.len()).unwrap_or(u32::MAX),
    })
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a clock's error")]
fn seconds(skew: i64) -> f64 {
    skew as f64
}
