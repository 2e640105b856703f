//! Questions to name servers and what their answers say (RFC 1035).

use std::net::{IpAddr, SocketAddr};

use hickory_proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, RecordType};

/// Which addresses are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// IPv4 (`A`).
    V4,
    /// IPv6 (`AAAA`).
    V6,
}

impl Family {
    fn record(self) -> RecordType {
        match self {
            Self::V4 => RecordType::A,
            Self::V6 => RecordType::AAAA,
        }
    }
}

/// What a name server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The name has these addresses; never none.
    Addresses(Vec<IpAddr>),
    /// The name exists, without an address of this family.
    NoData,
    /// There is no such name.
    NxDomain,
    /// The server failed.
    ServFail,
    /// The server does not answer us.
    Refused,
    /// Bytes that are no answer, or an answer cut off that TCP does not complete.
    Malformed,
    /// Nothing came in time.
    Timeout,
    /// Nobody listens at the server's address.
    Unreachable,
}

impl Answer {
    /// Whether two answers say the same: servers turn the order of addresses round.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Addresses(a), Self::Addresses(b)) => {
                a.len() == b.len() && a.iter().all(|address| b.contains(address))
            }
            _ => self == other,
        }
    }
}

/// What a packet is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// An answer to this question.
    Answer(Answer),
    /// The start of one; the rest is to be had over TCP.
    Truncated,
    /// An answer to something else, or from nowhere.
    NotOurs,
    /// No message at all.
    Malformed,
}

/// One question: a name and a family.
#[derive(Debug, Clone)]
pub struct Question {
    id: u16,
    query: Query,
    bytes: Vec<u8>,
}

impl Question {
    /// A question with a random id; none where the name is none that can be asked for.
    #[must_use]
    pub fn new(name: &str, family: Family) -> Option<Self> {
        let mut name = Name::from_ascii(name).ok()?;
        name.set_fqdn(true);
        let query = Query::query(name, family.record());
        let mut message = Message::query();
        message.metadata.recursion_desired = true;
        message.add_query(query.clone());
        let bytes = message.to_vec().ok()?;
        Some(Self {
            id: message.metadata.id,
            query,
            bytes,
        })
    }

    /// The packet to send.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What a packet says about this question. Never fails: whatever comes is judged.
    #[must_use]
    pub fn read(&self, packet: &[u8]) -> Packet {
        let Ok(message) = Message::from_vec(packet) else {
            return match packet {
                // The id of our question, but no message behind it.
                [high, low, ..] if u16::from_be_bytes([*high, *low]) == self.id => {
                    Packet::Malformed
                }
                _ => Packet::NotOurs,
            };
        };
        let answer = message.metadata.message_type == MessageType::Response;
        if !answer || message.metadata.id != self.id || !self.is_answered_by(&message) {
            return Packet::NotOurs;
        }
        if message.metadata.truncation {
            return Packet::Truncated;
        }
        Packet::Answer(self.answer(&message))
    }

    fn is_answered_by(&self, message: &Message) -> bool {
        let ours = |query: &Query| {
            query.name() == self.query.name()
                && query.query_type() == self.query.query_type()
                && query.query_class() == DNSClass::IN
        };
        // Servers that fail may leave the question out.
        let bare = message.queries.is_empty() && message.answers.is_empty();
        bare || message.queries.iter().any(ours)
    }

    fn answer(&self, message: &Message) -> Answer {
        match message.metadata.response_code {
            ResponseCode::NoError => {}
            ResponseCode::NXDomain => return Answer::NxDomain,
            ResponseCode::Refused => return Answer::Refused,
            _ => return Answer::ServFail,
        }
        let addresses = message.answers.iter().filter_map(|record| {
            match (&record.data, self.query.query_type()) {
                (RData::A(address), RecordType::A) => Some(IpAddr::V4(address.0)),
                (RData::AAAA(address), RecordType::AAAA) => Some(IpAddr::V6(address.0)),
                _ => None,
            }
        });
        let addresses: Vec<IpAddr> = addresses.collect();
        if addresses.is_empty() {
            return Answer::NoData;
        }
        Answer::Addresses(addresses)
    }
}

/// The name servers of a `resolv.conf` (resolv.conf(5)), at most the first three, as the system
/// takes them.
#[must_use]
pub fn servers_of(resolv_conf: &str) -> Vec<SocketAddr> {
    let lines = resolv_conf.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let address = words
            .next()
            .filter(|word| *word == "nameserver")
            .and(words.next())?;
        // A zone names an interface of this machine; without it a link-local server is no use.
        address.parse::<IpAddr>().ok()
    });
    lines
        .map(|address| SocketAddr::new(address, 53))
        .take(super::super::plan::SERVERS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_to_the_question_count() {
        let question = Question::new("pay.example.com", Family::V4).expect("a question");
        assert_eq!(question.read(b""), Packet::NotOurs);
        assert_eq!(question.read(question.bytes()), Packet::NotOurs);
        let mut answer = question.bytes().to_vec();
        answer[2] |= 0x80;
        assert_eq!(question.read(&answer), Packet::Answer(Answer::NoData));
        let mut other = answer.clone();
        other[0] ^= 1;
        assert_eq!(question.read(&other), Packet::NotOurs);
        let mut cut = answer;
        cut.truncate(14);
        assert_eq!(question.read(&cut), Packet::Malformed);
    }

    #[test]
    fn servers_are_read_as_the_system_reads_them() {
        let text = "# nameserver 1.1.1.1\nnameserver 223.5.5.5\noptions edns0\n\
                    nameserver fe80::1%eth0\nnameserver 2400:3200::1\n";
        let shown: Vec<String> = servers_of(text).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["223.5.5.5:53", "[2400:3200::1]:53"]);
    }
}
