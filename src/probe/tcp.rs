//! Connections to addresses: whether they come about, how long that takes, and how often the first
//! segment had to be repeated. Round trips and losses are measured by it, as that needs no
//! privileges; pings need some and are often dropped where payments pass.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::plan::{CONNECT, Deadline, REPEATED, SPACING};

/// How a connection came out; the words are those of the fact `network.tcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// It stood.
    Ok,
    /// The host answered that nobody listens.
    Refused,
    /// Nothing came back.
    Timeout,
    /// It was cut off.
    Reset,
    /// There is no way to the host.
    Unreachable,
    /// There is no way to any host of this family: the device has no such address.
    NoRoute,
}

impl Connection {
    /// The value of `network.tcp`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Unreachable | Self::NoRoute => "unreachable",
        }
    }

    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Timeout,
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Self::Reset,
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::AddrNotAvailable => Self::NoRoute,
            _ => Self::Unreachable,
        }
    }
}

/// One try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    /// How it came out.
    pub outcome: Connection,
    /// How long it took.
    pub took: Duration,
}

/// The tries to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressReport {
    /// The address with its port.
    pub address: SocketAddr,
    /// The tries, in order; never none.
    pub tries: Vec<Try>,
}

/// What the tries to one address come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Tries.
    pub tries: usize,
    /// Tries that failed, or whose first segment had to be repeated.
    pub lost: usize,
    /// Median of the others, in ms; none where there are none.
    pub rtt_ms: Option<f64>,
    /// Mean difference of neighbours, in ms; none with fewer than two.
    pub jitter_ms: Option<f64>,
}

impl AddressReport {
    /// How the address can be reached: by the first try that came about, else as the first one.
    #[must_use]
    pub fn outcome(&self) -> Connection {
        let stood = self.tries.iter().any(|one| one.outcome == Connection::Ok);
        match self.tries.first() {
            _ if stood => Connection::Ok,
            Some(first) => first.outcome,
            None => Connection::Unreachable,
        }
    }

    /// Whether the first segment of a try had to be repeated. On a line that is slow by itself
    /// that shows only beyond its own time.
    #[must_use]
    pub fn repeated(&self, one: &Try) -> bool {
        let quickest = self.stood().map(|other| other.took).min();
        let usual = quickest.filter(|quickest| *quickest >= REPEATED);
        one.outcome == Connection::Ok && one.took >= usual.unwrap_or_default() + REPEATED
    }

    fn stood(&self) -> impl Iterator<Item = &Try> {
        let tries = self.tries.iter();
        tries.filter(|one| one.outcome == Connection::Ok)
    }

    /// What the tries say of the line.
    #[must_use]
    pub fn line(&self) -> Line {
        let clean: Vec<f64> = self
            .stood()
            .filter(|one| !self.repeated(one))
            .map(|one| one.took.as_secs_f64() * 1000.0)
            .collect();
        Line {
            tries: self.tries.len(),
            lost: self.tries.len() - clean.len(),
            rtt_ms: median(&clean),
            jitter_ms: mean_difference(&clean),
        }
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

/// Mean of the differences of neighbours, without sign (as RFC 3550 estimates jitter, unsmoothed).
fn mean_difference(values: &[f64]) -> Option<f64> {
    let differences: Vec<f64> = values
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect();
    let count = u32::try_from(differences.len()).ok().filter(|n| *n > 0)?;
    Some(differences.iter().sum::<f64>() / f64::from(count))
}

/// Connects to each address once, and to the first of each family that can be reached as often as
/// the plan says.
pub(super) fn connect(
    addresses: &[SocketAddr],
    tries: u32,
    deadline: Deadline,
    tried: &(dyn Fn(u32) + Sync),
) -> Vec<AddressReport> {
    let first = thread::scope(|scope| {
        let each = addresses
            .iter()
            .map(|address| scope.spawn(move || try_once(*address, deadline)));
        let each: Vec<_> = each.collect();
        each.into_iter()
            .filter_map(|one| one.join().ok())
            .collect::<Vec<Try>>()
    });
    tried(1);
    let mut reports: Vec<AddressReport> = addresses
        .iter()
        .zip(first)
        .map(|(address, one)| AddressReport {
            address: *address,
            tries: vec![one],
        })
        .collect();
    let reachable = |v4: bool| {
        let mut reports = reports.iter();
        reports
            .position(|report| report.address.is_ipv4() == v4 && report.outcome() == Connection::Ok)
    };
    let measured: Vec<usize> = [true, false].into_iter().filter_map(reachable).collect();
    let more = thread::scope(|scope| {
        let each = measured.iter().map(|index| {
            let address = reports[*index].address;
            scope.spawn(move || try_often(address, tries, deadline, tried))
        });
        let each: Vec<_> = each.collect();
        each.into_iter()
            .map(|one| one.join().unwrap_or_default())
            .collect::<Vec<_>>()
    });
    for (index, more) in measured.iter().zip(more) {
        reports[*index].tries.extend(more);
    }
    if let Some(first) = reports.first_mut()
        && measured.is_empty()
        && first.outcome() == Connection::Timeout
    {
        // One lost packet is no dead line: a second look, before it is called one.
        first.tries.push(try_once(first.address, deadline));
        tried(2);
    }
    reports
}

/// The address that is used: the first that can be reached.
pub(super) fn used(reports: &[AddressReport]) -> Option<usize> {
    let mut reports = reports.iter();
    reports.position(|report| report.outcome() == Connection::Ok)
}

/// The tries after the first: begun one after the other, whatever came of those before.
fn try_often(
    address: SocketAddr,
    tries: u32,
    deadline: Deadline,
    tried: &(dyn Fn(u32) + Sync),
) -> Vec<Try> {
    thread::scope(|scope| {
        let mut running = Vec::new();
        for number in 2..=tries {
            if deadline.left() <= SPACING {
                break;
            }
            thread::sleep(SPACING);
            running.push(scope.spawn(move || try_once(address, deadline)));
            tried(number);
        }
        running
            .into_iter()
            .filter_map(|one| one.join().ok())
            .collect()
    })
}

fn try_once(address: SocketAddr, deadline: Deadline) -> Try {
    let began = Instant::now();
    let result = TcpStream::connect_timeout(&address, deadline.at_most(CONNECT).left());
    Try {
        outcome: match &result {
            Ok(_) => Connection::Ok,
            Err(error) => Connection::of(error),
        },
        took: began.elapsed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(millis: &[u64]) -> AddressReport {
        AddressReport {
            address: SocketAddr::from(([47, 1, 2, 3], 443)),
            tries: millis
                .iter()
                .map(|millis| Try {
                    outcome: if *millis == 5000 {
                        Connection::Timeout
                    } else {
                        Connection::Ok
                    },
                    took: Duration::from_millis(*millis),
                })
                .collect(),
        }
    }

    #[test]
    fn repeated_segments_are_losses_and_no_round_trips() {
        let line = report(&[40, 44, 1041, 40, 5000]).line();
        assert_eq!((line.tries, line.lost), (5, 2));
        assert_eq!(line.rtt_ms, Some(40.0));
        assert_eq!(line.jitter_ms, Some(4.0));
    }

    #[test]
    fn a_slow_line_is_no_lossy_one() {
        let line = report(&[950, 1000, 2100]).line();
        assert_eq!(line.lost, 1);
        assert_eq!(line.rtt_ms, Some(975.0));
    }

    #[test]
    fn nothing_is_measured_without_a_connection() {
        let report = report(&[5000]);
        assert_eq!(report.outcome(), Connection::Timeout);
        let line = report.line();
        assert_eq!((line.rtt_ms, line.jitter_ms), (None, None));
        assert_eq!(line.lost, 1);
    }
}
