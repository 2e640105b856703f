//! How a host is reached: its addresses through the guards, a connection, a question over HTTP.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use super::clock::DeviceClock;
use super::dns::{self, DnsReport};
use super::guard::class_of;
use super::host::Portal;
use super::http::{self, HttpReport, Request};
use super::plan::{ADDRESSES, Caller, Deadline, Patience, Plan};
use super::target::{Host, Target};
use super::tcp;
use super::tls::{self, Roots};

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

impl Found {
    /// The first address that a connection can be made to; where there is but one, whoever uses it
    /// sees that for themselves.
    pub(super) fn open(&self, deadline: Deadline) -> Option<SocketAddr> {
        match self.addresses.as_slice() {
            [only] => Some(*only),
            several => {
                let reports = tcp::connect(several, 1, deadline, &|_| {});
                tcp::used(&reports).map(|used| reports[used].address)
            }
        }
    }
}

/// Asks a host over HTTP.
pub(super) fn ask(
    target: &Target,
    address: SocketAddr,
    path: &str,
    patience: Patience,
    shared: &Shared<'_>,
    deadline: Deadline,
) -> HttpReport {
    http::ask(Request {
        target,
        address,
        path,
        tls: shared.roots.as_ref().and_then(tls::configure),
        first_byte: patience.first_byte,
        deadline: deadline.at_most(patience.whole),
        clock: shared.clock,
    })
}
