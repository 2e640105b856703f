//! Everything that was seen of one host.

use std::net::SocketAddr;

use crate::facts::Moment;

use super::dns::DnsReport;
use super::http::{HttpReport, Redirect};
use super::stage::Stage;
use super::surroundings::{Interface, Proxy};
use super::target::Target;
use super::tcp::AddressReport;
use super::tls::TlsReport;

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

/// Whether the last of some answers sends its reader where an earlier one did.
pub(super) fn in_circles<'a>(answers: impl Iterator<Item = &'a HttpReport>) -> bool {
    let led: Vec<Option<&Redirect>> = answers.map(|answer| answer.redirect.as_ref()).collect();
    let Some((last, earlier)) = led.split_last() else {
        return false;
    };
    last.is_some() && earlier.contains(last)
}
