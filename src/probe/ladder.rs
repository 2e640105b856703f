//! The stages of a host as a ladder: how far one gets, and what exactly stops there.

use super::clock::SKEW_S;
use super::dns::{Answer, Lookup};
use super::host::{HostReport, Portal, in_circles};
use super::http::{End, HttpReport};
use super::stage::{Rung, Stage, State};
use super::surroundings::Proxy;
use super::tcp::{AddressReport, Connection};
use super::tls::{Handshake, Trust};

/// A round trip of more than this makes payment pages slow, in ms: as the signal `line_slow` has it.
const SLOW_RTT_MS: f64 = 800.0;

/// Likewise for jitter, in ms.
const SLOW_JITTER_MS: f64 = 250.0;

/// A first byte that takes longer makes users click twice, in seconds (web.dev, "Time to First
/// Byte": poor beyond 1.8 s).
const SLOW_FIRST_BYTE_S: f64 = 1.8;

/// How a stage came out, and what troubles it.
type Judged = (State, Option<&'static str>);

/// The time of the run was over here.
const NO_TIME: Judged = (State::Failed, Some("run.no-time"));

/// A log-in page stands before everything.
const PORTAL: Judged = (State::Failed, Some("http.portal"));

/// Tries that must be lost before a line is called lossy: one alone happens to every line. The
/// signal `tries_lost` draws the same line.
const LOSSY: usize = 2;

impl HostReport {
    /// The stages, in order.
    #[must_use]
    pub fn ladder(&self) -> Vec<Rung> {
        let dns = self.dns_rung();
        let tcp = self.tcp_rung();
        let tls = self.tls_rung();
        let http = self.http_rung();
        let rungs = Stage::ALL.into_iter().zip([dns, tcp, tls, http]);
        rungs
            .map(|(stage, rung)| {
                let cut = self.cut == Some(stage);
                let (state, finding) = if cut { NO_TIME } else { rung };
                Rung {
                    stage,
                    state,
                    finding,
                }
            })
            .collect()
    }

    /// What there is to explain: a log-in page, as it explains whatever else failed; else the first
    /// stage that failed, else the first one that is slow.
    #[must_use]
    pub fn trouble(&self) -> Option<Rung> {
        let rungs = self.ladder();
        let find = |fits: &dyn Fn(&Rung) -> bool| rungs.iter().find(|rung| fits(rung)).copied();
        find(&|rung| rung.finding == PORTAL.1)
            .or_else(|| find(&|rung| rung.state == State::Failed))
            .or_else(|| find(&|rung| rung.state == State::Slow))
    }

    fn dns_rung(&self) -> Judged {
        let Some(dns) = &self.dns else {
            return (State::Skipped, None);
        };
        match dns.outcome {
            Lookup::Ok => (State::Passed, None),
            Lookup::Slow => (State::Slow, Some("dns.slow")),
            Lookup::NoData => (State::Failed, Some("dns.nodata")),
            Lookup::NxDomain => (State::Failed, Some("dns.nxdomain")),
            Lookup::ServFail => (State::Failed, Some("dns.servfail")),
            Lookup::Refused => (State::Failed, Some("dns.refused")),
            Lookup::Malformed => (State::Failed, Some("dns.malformed")),
            Lookup::Timeout => (State::Failed, Some("dns.timeout")),
            Lookup::Hijacked => (State::Failed, Some("dns.hijacked")),
        }
    }

    fn tcp_rung(&self) -> Judged {
        let Some(report) = self.spokesman() else {
            return (State::Skipped, None);
        };
        match report.outcome() {
            Connection::Refused => (State::Failed, Some("tcp.refused")),
            Connection::Timeout => (State::Failed, Some("tcp.timeout")),
            Connection::Reset => (State::Failed, Some("tcp.reset")),
            Connection::NoRoute if !self.reached_a_name_server() => {
                (State::Failed, Some("tcp.no-route"))
            }
            Connection::Unreachable | Connection::NoRoute => {
                (State::Failed, Some("tcp.unreachable"))
            }
            // The line is that of the proxy.
            Connection::Ok if self.proxy == Some(Proxy::FakeIp) => (State::Passed, None),
            Connection::Ok => self.line_rung(report),
        }
    }

    fn line_rung(&self, report: &AddressReport) -> Judged {
        let line = report.line();
        let over = |value: Option<f64>, limit| value.is_some_and(|value| value > limit);
        let mut others = self.addresses.iter().filter(|one| one.address.is_ipv4());
        if line.lost >= LOSSY {
            (State::Slow, Some("tcp.lossy"))
        } else if over(line.rtt_ms, SLOW_RTT_MS) || over(line.jitter_ms, SLOW_JITTER_MS) {
            (State::Slow, Some("tcp.slow"))
        } else if self.ipv6() == Some("broken") {
            (State::Slow, Some("tcp.ipv6"))
        } else if report.address.is_ipv4() && others.any(|one| one.outcome() != Connection::Ok) {
            (State::Slow, Some("tcp.partly"))
        } else {
            (State::Passed, None)
        }
    }

    /// Whether a name server answered, so that the device is connected to something.
    fn reached_a_name_server(&self) -> bool {
        let servers = self.dns.iter().flat_map(|dns| &dns.servers);
        let mut said = servers.flat_map(|server| &server.said);
        said.any(|said| !matches!(said.answer, Answer::Timeout | Answer::Unreachable))
    }

    fn tls_rung(&self) -> Judged {
        let Some(tls) = &self.tls else {
            return (State::Skipped, None);
        };
        let finding = match tls.outcome {
            Handshake::Ok if tls.trust == Some(Trust::DeviceOnly) => {
                return (State::Slow, Some("tls.intercepted"));
            }
            Handshake::Ok => return (State::Passed, None),
            _ if self.clock_explains => "tls.clock",
            Handshake::Expired => "tls.expired",
            Handshake::NotYetValid => "tls.not-yet-valid",
            Handshake::WrongHost => "tls.wrong-host",
            Handshake::Untrusted if tls.is_alone() => "tls.incomplete",
            Handshake::Untrusted => "tls.untrusted",
            Handshake::SelfSigned => "tls.self-signed",
            Handshake::WeakCertificate => "tls.weak-certificate",
            Handshake::BadCertificate => "tls.bad-certificate",
            Handshake::NotAgreed => "tls.not-agreed",
            Handshake::UnknownHost => "tls.unknown-host",
            Handshake::Refused => "tls.refused",
            Handshake::NotTls => "tls.not-tls",
            Handshake::Reset => "tls.reset",
            Handshake::Closed => "tls.closed",
            Handshake::Timeout if self.mtu_suspect => "tls.mtu",
            Handshake::Timeout => "tls.timeout",
            Handshake::NoConnection => "tls.no-connection",
        };
        (State::Failed, Some(finding))
    }

    fn http_rung(&self) -> Judged {
        if self.portal == Some(Portal::Present) {
            return PORTAL;
        }
        let Some(http) = self.answer() else {
            return (State::Skipped, None);
        };
        if in_circles(self.answers()) {
            return (State::Failed, Some("http.redirects"));
        }
        match (http.status, http.end) {
            (_, End::TooLarge) => (State::Failed, Some("http.too-large")),
            (_, End::NotHttp) => (State::Failed, Some("http.not-http")),
            (_, End::Empty) => (State::Failed, Some("http.empty")),
            (_, End::Reset) => (State::Failed, Some("http.reset")),
            (_, End::Timeout) => (State::Failed, Some("http.timeout")),
            (_, End::NoConnection) => (State::Failed, Some("http.no-connection")),
            (_, End::Untrusted) => (State::Failed, Some("http.untrusted")),
            (_, End::Truncated) => (State::Failed, Some("http.truncated")),
            (Some(status), End::Complete) => self.by_status(status, http),
            (None, End::Complete) => (State::Failed, Some("http.empty")),
        }
    }

    fn by_status(&self, status: u16, http: &HttpReport) -> Judged {
        if self.maintenance {
            return (State::Failed, Some("http.maintenance"));
        }
        match status {
            429 => (State::Failed, Some("http.too-many")),
            502..=504 => (State::Failed, Some("http.overloaded")),
            500.. => (State::Failed, Some("http.server-error")),
            _ => {
                let slow = http
                    .first_byte
                    .is_some_and(|took| took.as_secs_f64() > SLOW_FIRST_BYTE_S);
                let clock = self.skew_s.is_some_and(|skew| skew.abs() > SKEW_S);
                match (slow, clock) {
                    (true, _) => (State::Slow, Some("http.slow")),
                    (false, true) => (State::Slow, Some("http.clock")),
                    (false, false) => (State::Passed, None),
                }
            }
        }
    }
}
