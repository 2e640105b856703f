//! The side questions that tell why a stage failed: the time of a server, a small answer beside a
//! handshake that stands still, a name that nobody has, a log-in page of the network.

use std::net::SocketAddr;

use super::dns::{self, DnsReport};
use super::host::{HostReport, Portal};
use super::http::{HttpReport, Redirect};
use super::plan::{ASIDE, Deadline, PortalCheck};
use super::reach::{Shared, ask, find};
use super::target::{Host, Scheme, Target};
use super::tls::{Handshake, TlsReport};

/// The side questions that tell why a stage failed.
pub(super) fn look(report: &mut HostReport, shared: &Shared<'_>, deadline: Deadline) {
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
        report.mtu_suspect =
            plain(report, shared, deadline).is_some_and(|http| http.status.is_some());
    }
    if outcome.is_some_and(Handshake::is_another_site) {
        look_at_resolver(report, shared, deadline);
    }
    if needs_portal_check(report) {
        report.portal = *shared.portal.get_or_init(|| portal(shared, deadline));
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
        // A detour goes through the guards as everything that is named.
        Some(_) => *find(&target.host, port, shared, deadline)
            .addresses
            .first()?,
        None => SocketAddr::new(report.used?.ip(), port),
    };
    Some(ask(&target, address, "/", ASIDE, shared, deadline))
}

/// Where a host was reached and verified, or sends its reader to a neighbour of its own, no other
/// host is asked.
fn needs_portal_check(report: &HostReport) -> bool {
    let verified = |tls: &TlsReport| tls.outcome == Handshake::Ok;
    if report.http.is_some() && report.tls.as_ref().is_some_and(verified) {
        return false;
    }
    report.http.as_ref().is_none_or(|http| {
        let elsewhere = |to: &Redirect| {
            to.target
                .as_ref()
                .is_none_or(|to| !are_neighbours(&to.host, &report.target.host))
        };
        http.status.is_none() || http.redirect.as_ref().is_some_and(elsewhere)
    })
}

/// Whether one host is the other, or a sub-domain of it: `a.cn` and `www.a.cn`.
fn are_neighbours(one: &Host, other: &Host) -> bool {
    let below = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    match (one, other) {
        (Host::Name(one), Host::Name(other)) => below(one, other) || below(other, one),
        (one, other) => one == other,
    }
}

/// Chromium's table (`captive_portal_detector.cc`): 204 is free access; 511, any other success and
/// any redirect is a page in between; everything else says nothing.
fn portal(shared: &Shared<'_>, deadline: Deadline) -> Option<Portal> {
    let mut checks = shared.plan.portal.iter();
    checks.find_map(|check| one_portal(check, shared, deadline))
}

fn one_portal(check: &PortalCheck, shared: &Shared<'_>, deadline: Deadline) -> Option<Portal> {
    let deadline = deadline.at_most(ASIDE.whole);
    let target = &check.target;
    let found = find(&target.host, target.port, shared, deadline);
    // Some networks answer every name with the address of their page.
    if found.dns.as_ref().is_some_and(DnsReport::leads_inside) {
        return Some(Portal::Present);
    }
    let address = found.open(deadline)?;
    match ask(target, address, &check.path, ASIDE, shared, deadline).status? {
        204 => Some(Portal::Absent),
        511 | 200..=399 => Some(Portal::Present),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_a_name() {
        let host = |name: &str| Host::Name(name.to_owned());
        assert!(are_neighbours(&host("a.cn"), &host("www.a.cn")));
        assert!(are_neighbours(&host("m.a.cn"), &host("a.cn")));
        assert!(!are_neighbours(&host("a.cn"), &host("login.wifi.cn")));
        assert!(!are_neighbours(&host("a.cn"), &host("aa.cn")));
    }
}
