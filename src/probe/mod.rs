//! Hosts → observations of the network, as facts: the only sockets of the program, and the only
//! asynchronous code. Refuses any address that the user did not name, and whatever a name leads to
//! that is not public.
//!
//! Stages below HTTP are our own, as no HTTP client times or explains them; HTTP is `reqwest`'s.

mod aside;
mod climb;
mod clock;
mod dns;
mod guard;
mod host;
mod http;
mod ladder;
mod observe;
mod plan;
mod reach;
mod stage;
mod surroundings;
mod target;
mod tcp;
mod tls;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

pub use clock::{DeviceClock, SKEW_S, http_date};
pub use dns::{
    Answer, DnsReport, Family, Lookup, Packet, Question, Said, Server, SystemAnswer, servers_of,
};
pub use guard::{AddressClass, class_of};
pub use host::{HostReport, Portal};
pub use http::{End, HttpReport, Redirect, is_maintenance, retry_after, title};
pub use observe::{Observation, merged};
pub use plan::{Caller, ConnectTo, Plan, PortalCheck, ProxySettings, Step, THOROUGH_TRIES, TRIES};
pub use stage::{Rung, Stage, State};
pub use surroundings::{Interface, Proxy, WifiSecurity};
pub use target::{Host, LONGEST_ADDRESS, Scheme, Target, TargetError};
pub use tcp::{AddressReport, Connection, Line, Try};
pub use tls::{Certificate, Handshake, TlsReport, Trust, read_certificate};

use plan::{AT_ONCE, Deadline, RUN};
use reach::Shared;

/// A run.
#[derive(Debug)]
pub struct Run {
    /// The hosts, in the order of the plan.
    pub hosts: Vec<HostReport>,
    /// What the device itself tells.
    pub device: Vec<Observation>,
    /// Connections that were to be tried to each host.
    pub tries: u32,
}

impl Run {
    /// The facts of the whole run.
    #[must_use]
    pub fn facts(&self) -> Vec<Observation> {
        merged(&self.hosts, &self.device)
    }
}

/// Checks every host of a plan, a few at once.
#[must_use]
pub fn run(plan: &Plan, caller: Caller<'_>) -> Run {
    let clock = DeviceClock::showing(plan.now);
    let roots = tls::Roots::new(&plan.roots, clock);
    let deadline = Deadline::within(RUN);
    thread::scope(|scope| {
        let wifi = scope.spawn(surroundings::wifi_security);
        let shared = Shared {
            plan,
            clock,
            roots,
            run: deadline,
            system_proxy: surroundings::system_proxy(),
            portal: OnceLock::new(),
            caller,
        };
        let hosts = check_all(plan, &shared);
        let wifi = wifi.join().ok().flatten();
        Run {
            hosts,
            tries: plan.tries,
            device: wifi
                .map(|security| observe::of_wifi(security, plan.now))
                .into_iter()
                .collect(),
        }
    })
}

fn check_all(plan: &Plan, shared: &Shared<'_>) -> Vec<HostReport> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, HostReport)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(plan.targets.len()) {
            scope.spawn(|| {
                while let Some((index, target)) = taken(plan, &next) {
                    let report = climb::check(target, shared);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((index, report));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, report)| report).collect()
}

fn taken<'p>(plan: &'p Plan, next: &AtomicUsize) -> Option<(usize, &'p Target)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((index, plan.targets.get(index)?))
}
