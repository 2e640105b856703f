//! A name → its addresses, as the system finds them and as its name servers say; and what is wrong
//! where they cannot be had. `getaddrinfo` gives one text for most faults, so the name servers are
//! asked directly too.

mod direct;
mod message;

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

pub use direct::Said;
pub use message::{Answer, Family, Packet, Question, servers_of};

use super::guard::class_of;
use super::plan::{Deadline, Plan, SERVERS, SLOW_DNS, SYSTEM_DNS};

/// Where the system keeps its name servers on Unix.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// How a look-up came out; the words are those of the fact `network.dns`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// Addresses, in time.
    Ok,
    /// Addresses, late.
    Slow,
    /// The name exists, but has no address.
    NoData,
    /// There is no such name.
    NxDomain,
    /// The name server failed.
    ServFail,
    /// The name server does not answer this device.
    Refused,
    /// What came was no answer.
    Malformed,
    /// No answer came.
    Timeout,
    /// Somebody else answered, or the answer leads elsewhere.
    Hijacked,
}

impl Lookup {
    /// The value of `network.dns`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Slow => "slow",
            Self::NoData => "nodata",
            Self::NxDomain => "nxdomain",
            Self::ServFail => "servfail",
            Self::Refused => "refused",
            Self::Malformed => "malformed",
            Self::Timeout => "timeout",
            Self::Hijacked => "hijacked",
        }
    }
}

/// What the resolver of the system gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemAnswer {
    /// Addresses; never none.
    Addresses(Vec<IpAddr>),
    /// It failed, with the system's words.
    Failed(String),
    /// It had not answered when its time was over.
    Timeout,
}

/// What one name server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its address.
    pub server: SocketAddr,
    /// Its answers, IPv4 first.
    pub said: Vec<Said>,
}

/// A look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsReport {
    /// How it came out.
    pub outcome: Lookup,
    /// The addresses that may be tried, those of the system first.
    pub addresses: Vec<IpAddr>,
    /// What the system's resolver gave and how long it took; none where it was not asked.
    pub system: Option<(SystemAnswer, Duration)>,
    /// What the name servers said.
    pub servers: Vec<Server>,
    /// How long an address was waited for, or in vain.
    pub took: Duration,
}

impl DnsReport {
    /// Whether the name has addresses, but none that may be connected to.
    #[must_use]
    pub fn leads_inside(&self) -> bool {
        self.outcome == Lookup::Hijacked && self.addresses.is_empty()
    }
}

/// Looks a name up.
pub(super) fn look_up(name: &str, plan: &Plan, deadline: Deadline) -> DnsReport {
    let own = !plan.name_servers.is_empty();
    let servers = if own {
        plan.name_servers.clone()
    } else {
        system_servers()
    };
    let (system, servers) = thread::scope(|scope| {
        let direct = scope.spawn(|| ask_all(&servers, name, deadline));
        let system = (!own).then(|| ask_system(name, deadline.at_most(SYSTEM_DNS)));
        (system, direct.join().unwrap_or_default())
    });
    judge(system, servers, plan.allow_private)
}

/// The addresses that a name gets which nobody can have registered: 16 random letters under the
/// same top-level domain. A resolver that knows any sends whatever does not exist to a page of its
/// own. Nothing where it answers rightly, or no name server is known.
pub(super) fn invented(name: &str, plan: &Plan, deadline: Deadline) -> Vec<IpAddr> {
    let servers = if plan.name_servers.is_empty() {
        system_servers()
    } else {
        plan.name_servers.clone()
    };
    let top = name.rsplit('.').next().unwrap_or(name);
    let Some(server) = servers.first() else {
        return Vec::new();
    };
    let asked = format!("{}.{top}", letters());
    match direct::ask_one(*server, &asked, Family::V4, deadline).answer {
        Answer::Addresses(found) => found,
        _ => Vec::new(),
    }
}

/// Sixteen letters that differ each time, by the keys of the standard library's hash tables.
fn letters() -> String {
    let mut rest = RandomState::new().hash_one(0_u8);
    let letter = |_| {
        // Sixteen letters are enough to choose from: four bits each.
        let letter = char::from(b'a' + u8::try_from(rest & 15).unwrap_or_default());
        rest >>= 4;
        letter
    };
    (0..16).map(letter).collect()
}

/// The name servers of the system, where it keeps them in a file.
fn system_servers() -> Vec<SocketAddr> {
    fs::read_to_string(RESOLV_CONF).map_or_else(|_| Vec::new(), |text| servers_of(&text))
}

fn ask_all(servers: &[SocketAddr], name: &str, deadline: Deadline) -> Vec<Server> {
    thread::scope(|scope| {
        let asked = servers.iter().take(SERVERS).map(|server| {
            let ask = move || Server {
                server: *server,
                said: direct::ask(*server, name, deadline),
            };
            scope.spawn(ask)
        });
        let asked: Vec<_> = asked.collect();
        asked
            .into_iter()
            .filter_map(|asked| asked.join().ok())
            .collect()
    })
}

/// Asks the system. Its resolver cannot be stopped, so it is left behind where it takes too long.
fn ask_system(name: &str, deadline: Deadline) -> (SystemAnswer, Duration) {
    let began = Instant::now();
    let (sender, receiver) = mpsc::channel();
    let name = name.to_owned();
    thread::spawn(move || {
        // Nobody listens any more where it came too late.
        let _ = sender.send((name.as_str(), 0).to_socket_addrs().map(Vec::from_iter));
    });
    let answer = match receiver.recv_timeout(deadline.left()) {
        Ok(Ok(found)) if !found.is_empty() => {
            let mut addresses: Vec<IpAddr> = Vec::new();
            for address in found.iter().map(SocketAddr::ip) {
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
            SystemAnswer::Addresses(addresses)
        }
        Ok(Ok(_)) => SystemAnswer::Failed("no address".to_owned()),
        Ok(Err(error)) => SystemAnswer::Failed(error.to_string()),
        Err(_) => SystemAnswer::Timeout,
    };
    (answer, began.elapsed())
}

/// What all answers together mean.
fn judge(
    system: Option<(SystemAnswer, Duration)>,
    servers: Vec<Server>,
    allow_private: bool,
) -> DnsReport {
    let direct = best(&servers);
    let direct_addresses = addresses_of(&servers);
    let (outcome, took) = match (&system, direct) {
        (None, direct) => direct,
        (Some((SystemAnswer::Addresses(_), took)), _) => (timely(*took), *took),
        (Some((SystemAnswer::Failed(why), took)), _) if servers.is_empty() => {
            (told_by_system(why), *took)
        }
        // The system alone cannot say why; its name servers can.
        (Some((SystemAnswer::Failed(_), took)), (why, _)) if failed(why) => (why, *took),
        (Some((SystemAnswer::Failed(_), took)), _) => (Lookup::ServFail, *took),
        (Some((SystemAnswer::Timeout, took)), (why, _)) if failed(why) => (why, *took),
        // It waits longer for a dead server than is waited for it here, then asks the next.
        (Some((SystemAnswer::Timeout, took)), _) => (Lookup::Slow, *took),
    };
    let addresses = match &system {
        Some((SystemAnswer::Addresses(found), _)) => found.clone(),
        _ => direct_addresses.clone(),
    };
    let mut report = DnsReport {
        outcome,
        addresses,
        system,
        servers,
        took,
    };
    if is_hijacked(&report, &direct_addresses, allow_private) {
        report.outcome = Lookup::Hijacked;
    }
    report
        .addresses
        .retain(|address| class_of(*address).allowed_for_name(allow_private));
    report
}

/// What the system's words mean where no name server can be asked. Windows numbers its errors in
/// them (11001 no such host, 11004 no address of this kind); elsewhere the texts are those of
/// `gai_strerror` (glibc, musl, macOS), which knows little.
fn told_by_system(why: &str) -> Lookup {
    let says = |words: &[&str]| words.iter().any(|word| why.contains(word));
    if says(&["11001", "not known", "does not resolve"]) {
        Lookup::NxDomain
    } else if says(&["11004", "No address associated"]) {
        Lookup::NoData
    } else {
        Lookup::ServFail
    }
}

fn timely(took: Duration) -> Lookup {
    if took >= SLOW_DNS {
        Lookup::Slow
    } else {
        Lookup::Ok
    }
}

fn failed(outcome: Lookup) -> bool {
    !matches!(outcome, Lookup::Ok | Lookup::Slow)
}

/// What the first name server that knows an address says, else the first that says anything.
fn best(servers: &[Server]) -> (Lookup, Duration) {
    let each: Vec<(Lookup, Duration)> = servers.iter().map(of_server).collect();
    let found = each.iter().position(|(outcome, _)| !failed(*outcome));
    if let Some(found) = found {
        // Whoever asks them in turn waits for those before it.
        let dead = each[..found]
            .iter()
            .any(|(outcome, _)| *outcome == Lookup::Timeout);
        let (outcome, took) = each[found];
        return (if dead { Lookup::Slow } else { outcome }, took);
    }
    let said = each
        .iter()
        .find(|(outcome, _)| *outcome != Lookup::Timeout)
        .or(each.first());
    said.copied().unwrap_or((Lookup::Timeout, Duration::ZERO))
}

fn of_server(server: &Server) -> (Lookup, Duration) {
    let known = |said: &&Said| matches!(said.answer, Answer::Addresses(_));
    if let Some(said) = server.said.iter().find(known) {
        // IPv4 goes first in the list; where it failed, IPv6 alone is still an address.
        return (timely(said.took), said.took);
    }
    let why = |said: &Said| match said.answer {
        Answer::Addresses(_) => Lookup::Ok,
        Answer::NoData => Lookup::NoData,
        Answer::NxDomain => Lookup::NxDomain,
        Answer::ServFail => Lookup::ServFail,
        Answer::Refused => Lookup::Refused,
        Answer::Malformed => Lookup::Malformed,
        Answer::Timeout | Answer::Unreachable => Lookup::Timeout,
    };
    let first = server.said.first();
    first.map_or((Lookup::Timeout, Duration::ZERO), |said| {
        (why(said), said.took)
    })
}

fn addresses_of(servers: &[Server]) -> Vec<IpAddr> {
    let all = servers.iter().map(|server| {
        let lists = server.said.iter().filter_map(|said| match &said.answer {
            Answer::Addresses(found) => Some(found),
            _ => None,
        });
        lists.flatten().copied().collect::<Vec<_>>()
    });
    all.into_iter()
        .find(|addresses| !addresses.is_empty())
        .unwrap_or_default()
}

/// Two answers to one question, or an address that no public name has. Different answers of
/// different servers prove nothing: that is how content networks work.
fn is_hijacked(report: &DnsReport, direct: &[IpAddr], allow_private: bool) -> bool {
    let twice = report.servers.iter().any(|server| {
        let mut said = server.said.iter();
        said.any(|said| said.late.is_some())
    });
    let wrong = |address: &IpAddr| !class_of(*address).allowed_for_name(allow_private);
    let fine = |address: &&IpAddr| address.is_ipv4() && !wrong(address);
    let all = || report.addresses.iter().chain(direct);
    // Routers answer `::` to keep IPv6 out of the way: no harm where IPv4 is right.
    let harmless = |address: &IpAddr| address.is_ipv6() && all().any(|other| fine(&other));
    twice || all().any(|address| wrong(address) && !harmless(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(answer: Answer, millis: u64) -> Said {
        Said {
            family: Family::V4,
            answer,
            late: None,
            took: Duration::from_millis(millis),
        }
    }

    fn server(said: Vec<Said>) -> Server {
        Server {
            server: SocketAddr::from(([223, 5, 5, 5], 53)),
            said,
        }
    }

    fn found(address: &str) -> Answer {
        Answer::Addresses(vec![address.parse().expect("an address")])
    }

    fn outcome(servers: Vec<Server>) -> Lookup {
        judge(None, servers, false).outcome
    }

    #[test]
    fn a_dead_first_server_makes_look_ups_slow() {
        let dead = server(vec![said(Answer::Timeout, 3000)]);
        let alive = server(vec![said(found("47.1.2.3"), 20)]);
        assert_eq!(outcome(vec![dead.clone(), alive.clone()]), Lookup::Slow);
        assert_eq!(outcome(vec![alive, dead.clone()]), Lookup::Ok);
        assert_eq!(outcome(vec![dead]), Lookup::Timeout);
    }

    #[test]
    fn addresses_that_no_public_name_has_are_a_hijack() {
        for address in ["127.0.0.1", "0.0.0.0", "192.168.1.1", "169.254.169.254"] {
            let report = judge(None, vec![server(vec![said(found(address), 5)])], false);
            assert_eq!(report.outcome, Lookup::Hijacked, "{address}");
            assert!(report.addresses.is_empty(), "{address}");
        }
        let report = judge(
            None,
            vec![server(vec![said(found("198.18.0.4"), 5)])],
            false,
        );
        assert_eq!(report.outcome, Lookup::Ok);
        let private = judge(None, vec![server(vec![said(found("10.0.0.1"), 5)])], true);
        assert_eq!(private.outcome, Lookup::Ok);
    }

    #[test]
    fn an_ipv6_address_that_is_none_harms_nobody_where_ipv4_is_right() {
        let both = |v4: &str, v6: &str| {
            let mut six = said(found(v6), 5);
            six.family = Family::V6;
            outcome(vec![server(vec![said(found(v4), 5), six])])
        };
        assert_eq!(both("47.1.2.3", "::"), Lookup::Ok);
        assert_eq!(both("127.0.0.1", "::"), Lookup::Hijacked);
        assert_eq!(both("127.0.0.1", "2400:3200::1"), Lookup::Hijacked);
    }

    #[test]
    fn the_name_servers_say_why_the_system_fails() {
        let failed = || Some((SystemAnswer::Failed("x".into()), Duration::from_millis(9)));
        let none = server(vec![said(Answer::NxDomain, 5)]);
        assert_eq!(judge(failed(), vec![none], false).outcome, Lookup::NxDomain);
        let fine = server(vec![said(found("47.1.2.3"), 5)]);
        let late = Some((SystemAnswer::Timeout, Duration::from_secs(3)));
        let slow = judge(late, vec![fine.clone()], false);
        assert_eq!((slow.outcome, slow.addresses.len()), (Lookup::Slow, 1));
        let report = judge(failed(), vec![fine], false);
        assert_eq!(report.outcome, Lookup::ServFail);
        assert_eq!(report.addresses.len(), 1);
    }

    #[test]
    fn without_name_servers_the_systems_words_must_do() {
        let failed = |why: &str| Some((SystemAnswer::Failed(why.into()), Duration::ZERO));
        for (why, outcome) in [
            ("No such host is known. (os error 11001)", Lookup::NxDomain),
            (
                "failed to lookup address information: Name or service not known",
                Lookup::NxDomain,
            ),
            ("Temporary failure in name resolution", Lookup::ServFail),
        ] {
            assert_eq!(
                judge(failed(why), Vec::new(), false).outcome,
                outcome,
                "{why}"
            );
        }
    }

    #[test]
    fn addresses_in_another_order_are_the_same_answer() {
        let list = |order: [&str; 2]| {
            Answer::Addresses(order.map(|one| one.parse().expect("an address")).to_vec())
        };
        assert!(list(["47.1.2.3", "47.1.2.4"]).says_the_same(&list(["47.1.2.4", "47.1.2.3"])));
        assert!(!list(["47.1.2.3", "47.1.2.4"]).says_the_same(&found("47.1.2.3")));
    }

    #[test]
    fn a_second_answer_is_a_hijack() {
        let mut forged = said(found("47.1.2.3"), 5);
        forged.late = Some(found("47.9.9.9"));
        assert_eq!(outcome(vec![server(vec![forged])]), Lookup::Hijacked);
    }
}
