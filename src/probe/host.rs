//! One host, stage by stage: name, connection, TLS, HTTP; and the side questions that explain a
//! failure. A stage that fails ends the way: after a bad certificate nothing is sent over HTTP.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::facts::Moment;

use super::clock::DeviceClock;
use super::dns::{self, DnsReport};
use super::guard::{AddressClass, class_of};
use super::http::{self, End, HttpReport, Request};
use super::plan::{ADDRESSES, ANSWER, Deadline, FIRST_BYTE, HOST, Plan};
use super::surroundings::{self, Interface, Proxy, Way};
use super::target::{Host, Scheme, Target};
use super::tcp::{self, AddressReport};
use super::tls::{self, Handshake, Roots, TlsReport};
use super::{Caller, Stage, Step, aside};

/// A check of a host is not begun with less than this left of the run.
const LEAST: Duration = Duration::from_secs(5);

/// What a check for a log-in page gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portal {
    /// The address answered as it should.
    Absent,
    /// Something else answered in its place.
    Present,
}

/// Everything that was seen of one host.
#[derive(Debug, Clone)]
pub struct HostReport {
    /// The host.
    pub target: Target,
    /// When its check began.
    pub began: Moment,
    /// The look-up; none where the address was known.
    pub dns: Option<DnsReport>,
    /// The addresses that were tried, the one that was used among them.
    pub addresses: Vec<AddressReport>,
    /// The address that was used.
    pub used: Option<SocketAddr>,
    /// The handshake, for https.
    pub tls: Option<TlsReport>,
    /// The answer.
    pub http: Option<HttpReport>,
    /// The answers of the hosts that it sent on to, where they were followed.
    pub hops: Vec<HttpReport>,
    /// Whether a log-in page stands before everything; none where that was not looked at.
    pub portal: Option<Portal>,
    /// The device's clock minus a server's, in seconds.
    pub skew_s: Option<i64>,
    /// Whether the clock of this device explains the failed handshake.
    pub clock_explains: bool,
    /// Whether large packets seem to get lost: a small answer comes, the handshake stands still.
    pub mtu_suspect: bool,
    /// The stage at which the time of the run was over, not that of the network.
    pub cut: Option<Stage>,
    /// Whether the page speaks of maintenance, or a 503 says when to come back.
    pub maintenance: bool,
    /// What stands between; none where the device does not tell all of it.
    pub proxy: Option<Proxy>,
    /// The way to the host; none where the device does not tell its kind.
    pub interface: Option<Interface>,
}

/// What all hosts of a run share.
pub(super) struct Shared<'p> {
    pub(super) plan: &'p Plan,
    pub(super) clock: DeviceClock,
    pub(super) roots: Option<Arc<Roots>>,
    pub(super) run: Deadline,
    pub(super) system_proxy: Option<bool>,
    pub(super) portal: OnceLock<Option<Portal>>,
    pub(super) caller: Caller<'p>,
}

impl HostReport {
    /// The answer that counts: the last one, where redirects were followed.
    #[must_use]
    pub fn answer(&self) -> Option<&HttpReport> {
        self.hops.last().or(self.http.as_ref())
    }

    /// Every answer, in order.
    pub fn answers(&self) -> impl Iterator<Item = &HttpReport> {
        self.http.iter().chain(&self.hops)
    }
}

/// Checks one host.
pub(super) fn check(target: &Target, shared: &Shared<'_>) -> HostReport {
    let mut report = blank(target, shared);
    // What a few seconds show would be the run's own end, not the host's.
    if shared.run.left() < LEAST {
        report.cut = Some(Stage::Dns);
        return report;
    }
    let deadline = shared.run.at_most(HOST);
    climb(&mut report, shared, deadline);
    if report.cut.is_none() {
        aside::look(&mut report, shared, deadline);
    }
    report
}

fn blank(target: &Target, shared: &Shared<'_>) -> HostReport {
    HostReport {
        target: target.clone(),
        began: shared.clock.now(),
        dns: None,
        addresses: Vec::new(),
        used: None,
        tls: None,
        http: None,
        hops: Vec::new(),
        portal: None,
        skew_s: None,
        clock_explains: false,
        mtu_suspect: false,
        cut: None,
        maintenance: false,
        proxy: None,
        interface: None,
    }
}

fn say(shared: &Shared<'_>, target: &Target, stage: Stage, done: u32) {
    (shared.caller.watch)(Step {
        target,
        stage,
        done,
        of: shared.plan.tries,
    });
}

/// The stages, as far as they lead.
fn climb(report: &mut HostReport, shared: &Shared<'_>, deadline: Deadline) {
    let Some(address) = connect(report, shared, deadline) else {
        return;
    };
    if report.target.scheme == Scheme::Https && !secure(report, address, shared, deadline) {
        return;
    }
    page(report, address, shared, deadline);
}

/// Name and connection; gives the address that is used from here on.
fn connect(report: &mut HostReport, shared: &Shared<'_>, deadline: Deadline) -> Option<SocketAddr> {
    let target = report.target.clone();
    say(shared, &target, Stage::Dns, 0);
    let found = find(&target.host, target.port, shared, deadline);
    report.dns = found.dns;
    say(shared, &target, Stage::Tcp, 0);
    let tried = |number| say(shared, &target, Stage::Tcp, number);
    let addresses = tcp::connect(&found.addresses, shared.plan.tries, deadline, &tried);
    report.used = tcp::used(&addresses).map(|used| addresses[used].address);
    if report.used.is_none() && !addresses.is_empty() && deadline.passed() {
        report.cut = Some(Stage::Tcp);
    } else {
        report.addresses = addresses;
    }
    let way = report.used.or(found.addresses.first().copied());
    let way = way.and_then(|address| surroundings::way_to(address.ip()));
    report.interface = way.and_then(|way| way.kind);
    report.proxy = proxy(&target, &found.addresses, way, shared);
    report.used
}

/// The handshake; whether it was completed.
fn secure(
    report: &mut HostReport,
    address: SocketAddr,
    shared: &Shared<'_>,
    deadline: Deadline,
) -> bool {
    say(shared, &report.target, Stage::Tls, 0);
    let Some(roots) = &shared.roots else {
        return false;
    };
    let tls = tls::shake_hands(address, &report.target.host, roots, deadline);
    let outcome = tls.outcome;
    if outcome == Handshake::Timeout && deadline.passed() {
        report.cut = Some(Stage::Tls);
    } else {
        report.tls = Some(tls);
    }
    outcome == Handshake::Ok
}

/// The page, and where it sends its reader.
fn page(report: &mut HostReport, address: SocketAddr, shared: &Shared<'_>, deadline: Deadline) {
    say(shared, &report.target, Stage::Http, 0);
    let answer = ask(&report.target, address, &shared.plan.path, shared, deadline);
    if answer.end == End::Timeout && deadline.passed() {
        report.cut = Some(Stage::Http);
        return;
    }
    report.hops = follow(&answer, shared, deadline);
    report.http = Some(answer);
    let maintenance = report
        .answers()
        .any(|answer| is_under_maintenance(answer, shared.plan));
    report.maintenance = maintenance;
}

fn is_under_maintenance(answer: &HttpReport, plan: &Plan) -> bool {
    let planned = answer.status == Some(503) && answer.retry_after_s.is_some();
    let title = answer.title.as_deref().unwrap_or_default();
    planned || http::is_maintenance(title, &plan.maintenance_words)
}

/// The addresses of a host.
pub(super) struct Found {
    pub(super) dns: Option<DnsReport>,
    pub(super) addresses: Vec<SocketAddr>,
}

/// The addresses of a host that may be connected to.
pub(super) fn find(host: &Host, port: u16, shared: &Shared<'_>, deadline: Deadline) -> Found {
    let plan = shared.plan;
    let fixed = |address: SocketAddr| Found {
        dns: None,
        addresses: Some(address)
            .filter(|address| class_of(address.ip()).allowed(plan.allow_private))
            .into_iter()
            .collect(),
    };
    if let Some(detour) = plan.detour(host, port) {
        return fixed(detour);
    }
    match host {
        Host::Address(address) => fixed(SocketAddr::new(*address, port)),
        Host::Name(name) => {
            let dns = dns::look_up(name, plan, deadline);
            let addresses = chosen(&dns.addresses).into_iter();
            Found {
                addresses: addresses
                    .map(|address| SocketAddr::new(address, port))
                    .collect(),
                dns: Some(dns),
            }
        }
    }
}

/// The first addresses of each family, IPv4 first: an IPv6 that leads nowhere is common, and is
/// told apart by trying both.
fn chosen(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let of = |v4: bool| {
        let addresses = addresses.iter().copied();
        addresses
            .filter(move |address| address.is_ipv4() == v4)
            .take(ADDRESSES)
    };
    of(true).chain(of(false)).collect()
}

/// What stands between. That nothing does is known only where the device told of its way and of
/// its settings.
fn proxy(
    target: &Target,
    addresses: &[SocketAddr],
    way: Option<Way>,
    shared: &Shared<'_>,
) -> Option<Proxy> {
    let fake = |address: &SocketAddr| class_of(address.ip()) == AddressClass::FakeIp;
    if addresses.iter().any(fake) {
        return Some(Proxy::FakeIp);
    }
    if way.is_some_and(|way| way.kind == Some(Interface::Tunnel)) {
        return Some(Proxy::Tunnel);
    }
    if surroundings::in_environment(&shared.plan.proxies, target) {
        return Some(Proxy::Environment);
    }
    match shared.system_proxy {
        Some(true) => Some(Proxy::System),
        Some(false) if way.is_some() => Some(Proxy::None),
        _ => None,
    }
}

/// The first address of a host that a connection can be made to.
pub(super) fn reach(
    host: &Host,
    port: u16,
    shared: &Shared<'_>,
    deadline: Deadline,
) -> Option<SocketAddr> {
    let found = find(host, port, shared, deadline);
    match found.addresses.as_slice() {
        [only] => Some(*only),
        several => {
            let reports = tcp::connect(several, 1, deadline, &|_| {});
            tcp::used(&reports).map(|used| reports[used].address)
        }
    }
}

fn ask(
    target: &Target,
    address: SocketAddr,
    path: &str,
    shared: &Shared<'_>,
    deadline: Deadline,
) -> HttpReport {
    http::ask(Request {
        target,
        address,
        path,
        tls: shared.roots.as_ref().and_then(tls::configure),
        first_byte: FIRST_BYTE,
        deadline: deadline.at_most(ANSWER),
        clock: shared.clock,
    })
}

/// Goes where an answer sends its reader, as often as the plan allows, each time through the same
/// guards as at first.
fn follow(first: &HttpReport, shared: &Shared<'_>, deadline: Deadline) -> Vec<HttpReport> {
    let mut hops: Vec<HttpReport> = Vec::new();
    for _ in 0..shared.plan.follow {
        let last = hops.last().unwrap_or(first);
        let Some(to) = last.redirect.clone() else {
            break;
        };
        let may_open = |target: &Target| is_web_port(target) && (shared.caller.may_open)(target);
        let Some(target) = to.target.clone().filter(may_open) else {
            break;
        };
        let seen = |hop: &HttpReport| hop.redirect.as_ref() == Some(&to);
        if hops.iter().rev().skip(1).any(seen) || hops.len() > 1 && seen(first) {
            break;
        }
        let address = reach(&target.host, target.port, shared, deadline);
        let Some(address) = address.filter(|_| !deadline.passed()) else {
            break;
        };
        hops.push(ask(&target, address, &to.path, shared, deadline));
    }
    hops
}

/// A site must not send the probe to mail and other services of the system's ports.
fn is_web_port(target: &Target) -> bool {
    target.port == target.scheme.port() || target.port >= 1024
}
