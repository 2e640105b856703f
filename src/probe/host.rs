//! One host, stage by stage: name, connection, TLS, HTTP; and the side questions that explain a
//! failure. A stage that fails ends the way: after a bad certificate nothing is sent over HTTP.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::facts::Moment;

use super::clock::DeviceClock;
use super::dns::{self, DnsReport};
use super::guard::{AddressClass, class_of};
use super::http::{self, HttpReport, Request};
use super::plan::{ADDRESSES, ANSWER, ASIDE, Deadline, FIRST_BYTE, HOST, Plan, PortalCheck};
use super::surroundings::Proxy;
use super::target::{Host, Scheme, Target};
use super::tcp::{self, AddressReport};
use super::tls::{self, Handshake, Roots, TlsReport};
use super::{Caller, Stage, Step};

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
    /// Whether the run was over before its turn.
    pub no_time: bool,
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
    /// Whether large packets seem to get lost: small answers come, the handshake stands still.
    pub mtu_suspect: bool,
    /// Whether the page speaks of maintenance, or a 503 says when to come back.
    pub maintenance: bool,
    /// What stands between, as far as the device tells.
    pub proxy: Proxy,
    /// The way to the host.
    pub interface: Option<super::surroundings::Interface>,
}

/// What all hosts of a run share.
pub(super) struct Shared<'p> {
    pub(super) plan: &'p Plan,
    pub(super) clock: DeviceClock,
    pub(super) roots: Option<Arc<Roots>>,
    pub(super) run: Deadline,
    pub(super) system_proxy: bool,
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
    if shared.run.passed() {
        report.no_time = true;
        return report;
    }
    let deadline = shared.run.at_most(HOST);
    climb(&mut report, shared, deadline);
    look_aside(&mut report, shared, deadline);
    report
}

fn blank(target: &Target, shared: &Shared<'_>) -> HostReport {
    HostReport {
        target: target.clone(),
        began: shared.clock.now(),
        no_time: false,
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
        maintenance: false,
        proxy: Proxy::None,
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
    let target = report.target.clone();
    say(shared, &target, Stage::Dns, 0);
    let found = find(&target.host, target.port, shared, deadline);
    report.dns = found.dns;
    report.proxy = proxy(&target, &found.addresses, shared);
    if let Some(first) = found.addresses.first() {
        report.interface = super::surroundings::interface_to(first.ip());
    }
    if found.addresses.is_empty() {
        return;
    }
    say(shared, &target, Stage::Tcp, 0);
    let tried = |number| say(shared, &target, Stage::Tcp, number);
    report.addresses = tcp::connect(&found.addresses, shared.plan.tries, deadline, &tried);
    report.used = tcp::used(&report.addresses).map(|used| report.addresses[used].address);
    let Some(address) = report.used else {
        return;
    };
    if target.scheme == Scheme::Https {
        say(shared, &target, Stage::Tls, 0);
        let Some(roots) = &shared.roots else {
            return;
        };
        let tls = tls::shake_hands(address, &target.host, roots, deadline);
        let failed = tls.outcome != Handshake::Ok;
        report.tls = Some(tls);
        if failed {
            return;
        }
    }
    say(shared, &target, Stage::Http, 0);
    let answer = ask(&target, address, &shared.plan.path, shared, deadline);
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
struct Found {
    dns: Option<DnsReport>,
    addresses: Vec<SocketAddr>,
}

/// The addresses of a host that may be connected to.
fn find(host: &Host, port: u16, shared: &Shared<'_>, deadline: Deadline) -> Found {
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

fn proxy(target: &Target, addresses: &[SocketAddr], shared: &Shared<'_>) -> Proxy {
    let fake = |address: &SocketAddr| class_of(address.ip()) == AddressClass::FakeIp;
    if addresses.iter().any(fake) {
        return Proxy::FakeIp;
    }
    let way = addresses.first();
    let interface = way.and_then(|address| super::surroundings::interface_to(address.ip()));
    if interface == Some(super::surroundings::Interface::Tunnel) {
        return Proxy::Tunnel;
    }
    if super::surroundings::in_environment(&shared.plan.proxies, target) {
        return Proxy::Environment;
    }
    if shared.system_proxy {
        return Proxy::System;
    }
    Proxy::None
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
        let Some(target) = to.target.filter(may_open) else {
            break;
        };
        let found = find(&target.host, target.port, shared, deadline);
        let address = found.addresses.first().copied();
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

/// The side questions that tell why a stage failed.
fn look_aside(report: &mut HostReport, shared: &Shared<'_>, deadline: Deadline) {
    let verified = report
        .tls
        .as_ref()
        .is_some_and(|tls| tls.outcome == Handshake::Ok);
    if verified && let Some(http) = &report.http {
        report.skew_s = http.skew_s;
    }
    let outcome = report.tls.as_ref().map(|tls| tls.outcome);
    if outcome.is_some_and(Handshake::is_about_time) {
        look_at_clock(report, shared, deadline);
    }
    if outcome == Some(Handshake::Timeout) {
        let came = report.tls.as_ref().is_some_and(|tls| tls.received > 0);
        report.mtu_suspect =
            came || plain(report, shared, deadline).is_some_and(|http| http.status.is_some());
    }
    if outcome.is_some_and(Handshake::is_another_site) {
        look_at_resolver(report, shared, deadline);
    }
    if needs_portal_check(report) {
        report.portal = portal(shared, deadline);
    }
    if report.answer().and_then(|http| http.status) == Some(511) {
        report.portal = Some(Portal::Present);
    }
}

/// Whether a certificate is out of its time, or this device's clock is: a server that tells another
/// time, at which the certificate is good, settles it.
fn look_at_clock(report: &mut HostReport, shared: &Shared<'_>, deadline: Deadline) {
    let answer = plain(report, shared, deadline);
    let (Some(tls), Some(roots)) = (&report.tls, &shared.roots) else {
        return;
    };
    if let Some(http) = answer
        && let Some(date) = http.date
        && tls.is_good_at(roots, &report.target.host, date)
    {
        report.skew_s = http.skew_s;
        report.clock_explains = true;
    }
    if tls.outcome == Handshake::NotYetValid && shared.clock.before_release() {
        report.clock_explains = true;
    }
}

/// Whether the certificate of another site is there because the name was answered with the address
/// that every name gets.
fn look_at_resolver(report: &mut HostReport, shared: &Shared<'_>, deadline: Deadline) {
    let (Some(used), Host::Name(name)) = (report.used, &report.target.host) else {
        return;
    };
    let Some(dns) = &mut report.dns else {
        return;
    };
    if dns::invented(name, shared.plan, deadline).contains(&used.ip()) {
        dns.outcome = dns::Lookup::Hijacked;
    }
}

/// A small question over plain HTTP to the address that was used.
fn plain(report: &HostReport, shared: &Shared<'_>, deadline: Deadline) -> Option<HttpReport> {
    let port = Scheme::Http.port();
    let target = Target {
        scheme: Scheme::Http,
        port,
        ..report.target.clone()
    };
    let address = match shared.plan.detour(&target.host, port) {
        Some(detour) => detour,
        None => SocketAddr::new(report.used?.ip(), port),
    };
    Some(aside(&target, address, "/", shared, deadline))
}

fn aside(
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
        first_byte: ASIDE,
        deadline: deadline.at_most(ASIDE),
        clock: shared.clock,
    })
}

/// Where everything came as it should, or the host is not the first to fail, no other is asked.
fn needs_portal_check(report: &HostReport) -> bool {
    if report.no_time {
        return false;
    }
    report.http.as_ref().is_none_or(|http| {
        http.status.is_none() || http.redirect.as_ref().is_some_and(|to| to.other_host)
    })
}

/// Chromium's table (`captive_portal_detector.cc`): 204 is free access; 511, any other success and
/// any redirect is a page in between; everything else says nothing.
fn portal(shared: &Shared<'_>, deadline: Deadline) -> Option<Portal> {
    let mut checks = shared.plan.portal.iter();
    checks.find_map(|check| one_portal(check, shared, deadline))
}

fn one_portal(check: &PortalCheck, shared: &Shared<'_>, deadline: Deadline) -> Option<Portal> {
    let deadline = deadline.at_most(ASIDE);
    let found = find(&check.target.host, check.target.port, shared, deadline);
    let address = found.addresses.first().copied()?;
    let http = aside(&check.target, address, &check.path, shared, deadline);
    match http.status? {
        204 => Some(Portal::Absent),
        511 | 200..=399 => Some(Portal::Present),
        _ => None,
    }
}
