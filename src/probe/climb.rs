//! One host, stage by stage: name, connection, TLS, HTTP; and the side questions that explain a
//! failure. A stage that fails ends the way: after a bad certificate nothing is sent over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use super::aside;
use super::guard::{AddressClass, class_of};
use super::host::{HostReport, in_circles};
use super::http::{self, End, HttpReport};
use super::plan::{Deadline, HOST, PAGE, Plan, Step};
use super::reach::{Shared, ask, find};
use super::stage::Stage;
use super::surroundings::{self, Interface, Proxy, Way};
use super::target::{Scheme, Target};
use super::tcp;
use super::tls::{self, Handshake};

/// A check of a host is not begun with less than this left of the run.
const LEAST: Duration = Duration::from_secs(5);

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
    let path = &shared.plan.path;
    let answer = ask(&report.target, address, path, PAGE, shared, deadline);
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
        let found = find(&target.host, target.port, shared, deadline);
        let Some(address) = found.open(deadline).filter(|_| !deadline.passed()) else {
            break;
        };
        hops.push(ask(&target, address, &to.path, PAGE, shared, deadline));
        if in_circles(std::iter::once(first).chain(&hops)) {
            break;
        }
    }
    hops
}

/// A site must not send the probe to mail and other services of the system's ports.
fn is_web_port(target: &Target) -> bool {
    target.port == target.scheme.port() || target.port >= 1024
}
