//! A TLS handshake with one address, watched: how it went, and what the certificate says.

mod certificate;
mod verifier;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, Error, InvalidMessage,
};

pub use certificate::{Certificate, read as read_certificate};
pub(crate) use verifier::Roots;
pub use verifier::Trust;

use super::clock::unix;
use super::plan::{CONNECT, Deadline, HANDSHAKE};
use super::target::Host;
use verifier::{Recorder, Seen};

/// How a handshake came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handshake {
    /// It was completed.
    Ok,
    /// The certificate's time is over.
    Expired,
    /// The certificate's time has not come.
    NotYetValid,
    /// The certificate is for other hosts.
    WrongHost,
    /// Nobody knows who signed the certificate.
    Untrusted,
    /// The site signed its certificate itself.
    SelfSigned,
    /// Keys or signatures that are no longer accepted.
    WeakCertificate,
    /// The certificate cannot be used in another way.
    BadCertificate,
    /// No version or cipher in common; browsers may have one.
    NotAgreed,
    /// The server does not know the host.
    UnknownHost,
    /// The server broke off with another alert.
    Refused,
    /// What came was not TLS.
    NotTls,
    /// The connection was reset.
    Reset,
    /// The connection was closed.
    Closed,
    /// It stood still.
    Timeout,
    /// No connection came about.
    NoConnection,
}

impl Handshake {
    /// The value of `network.tls`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::WrongHost => "wrong-host",
            Self::Untrusted => "untrusted",
            Self::SelfSigned => "self-signed",
            _ => "failed",
        }
    }

    /// What exactly happened, as a stable word.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::WeakCertificate => "weak-certificate",
            Self::BadCertificate => "bad-certificate",
            Self::NotAgreed => "not-agreed",
            Self::UnknownHost => "unknown-host",
            Self::Refused => "refused",
            Self::NotTls => "not-tls",
            Self::Reset => "reset",
            Self::Closed => "closed",
            Self::Timeout => "timeout",
            Self::NoConnection => "no-connection",
            other => other.word(),
        }
    }

    /// Whether the certificate is that of somebody else.
    #[must_use]
    pub fn is_another_site(self) -> bool {
        matches!(self, Self::WrongHost | Self::Untrusted | Self::SelfSigned)
    }

    /// Whether the device's clock alone could be the reason.
    #[must_use]
    pub fn is_about_time(self) -> bool {
        matches!(self, Self::Expired | Self::NotYetValid)
    }
}

/// A handshake.
#[derive(Debug, Clone)]
pub struct TlsReport {
    /// How it came out.
    pub outcome: Handshake,
    /// Who trusts the certificate; none where nobody does.
    pub trust: Option<Trust>,
    /// What the certificate says; none where none came.
    pub certificate: Option<Certificate>,
    /// The version that was agreed upon, such as `TLSv1_3`.
    pub version: Option<String>,
    /// How long it took, without the connection.
    pub took: Duration,
    /// Bytes that came before it stood still or broke.
    pub received: usize,
    /// The chain as it came.
    chain: Vec<Vec<u8>>,
}

impl TlsReport {
    /// Whether the site sent its certificate without those between it and a root, so that only who
    /// knows them already can check it.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        let certificate = self.certificate.as_ref();
        certificate.is_some_and(|found| found.chain == 0 && !found.self_issued)
    }

    /// Whether the chain is good at another time (seconds since 1970).
    pub(super) fn is_good_at(&self, roots: &Roots, host: &Host, seconds: i64) -> bool {
        let chain: Vec<CertificateDer<'_>> = self
            .chain
            .iter()
            .map(|der| CertificateDer::from(der.as_slice()))
            .collect();
        name(host).is_some_and(|name| roots.check(&chain, &name, unix(seconds)).is_ok())
    }
}

fn name(host: &Host) -> Option<ServerName<'static>> {
    match host {
        Host::Name(name) => ServerName::try_from(name.clone()).ok(),
        Host::Address(address) => Some(ServerName::from(*address)),
    }
}

/// The configuration of a client that checks with these roots and keeps what it saw; none where
/// the cipher suites that are built in make no client.
pub(super) fn configure(roots: &Arc<Roots>) -> Option<ClientConfig> {
    config(roots, Recorder::new(roots))
}

fn config(roots: &Arc<Roots>, recorder: Arc<Recorder>) -> Option<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(roots.provider())
        .with_safe_default_protocol_versions()
        .ok()?;
    Some(
        builder
            .dangerous()
            .with_custom_certificate_verifier(recorder)
            .with_no_client_auth(),
    )
}

/// Connects and shakes hands.
pub(super) fn shake_hands(
    address: SocketAddr,
    host: &Host,
    roots: &Arc<Roots>,
    deadline: Deadline,
) -> TlsReport {
    let recorder = Recorder::new(roots);
    let mut received = 0;
    let began = Instant::now();
    let mut version = None;
    let attempt = open(address, host, roots, &recorder, deadline);
    let (outcome, began) = match attempt {
        Err(outcome) => (outcome, began),
        Ok((mut stream, mut connection)) => {
            let began = Instant::now();
            let deadline = deadline.at_most(HANDSHAKE);
            let result = drive(&mut stream, &mut connection, deadline, &mut received);
            version = connection
                .protocol_version()
                .and_then(|version| version.as_str().map(str::to_owned));
            (result.err().unwrap_or(Handshake::Ok), began)
        }
    };
    let seen = recorder.seen();
    let took = began.elapsed();
    let certificate = certificate::read(&seen.chain);
    TlsReport {
        outcome: settled(outcome, &seen, certificate.as_ref()),
        trust: seen.trust,
        certificate,
        version,
        took,
        received,
        chain: seen.chain,
    }
}

/// The verifier's own word on the certificate goes before what the connection made of it.
fn settled(outcome: Handshake, seen: &Seen, certificate: Option<&Certificate>) -> Handshake {
    let Some(error) = &seen.error else {
        return outcome;
    };
    match of_certificate(error) {
        // Certificates that people make themselves often are those of an authority, too.
        Handshake::Untrusted | Handshake::BadCertificate
            if certificate.is_some_and(|found| found.self_issued) =>
        {
            Handshake::SelfSigned
        }
        other => other,
    }
}

type Opened = (TcpStream, ClientConnection);

fn open(
    address: SocketAddr,
    host: &Host,
    roots: &Arc<Roots>,
    recorder: &Arc<Recorder>,
    deadline: Deadline,
) -> Result<Opened, Handshake> {
    let name = name(host).ok_or(Handshake::UnknownHost)?;
    let config = config(roots, Arc::clone(recorder)).ok_or(Handshake::NotAgreed)?;
    let connection =
        ClientConnection::new(Arc::new(config), name).map_err(|error| of_error(&error))?;
    let stream = TcpStream::connect_timeout(&address, deadline.at_most(CONNECT).left())
        .map_err(|_| Handshake::NoConnection)?;
    Ok((stream, connection))
}

/// Runs the handshake; the time of the whole is limited, not that of each read.
fn drive(
    stream: &mut TcpStream,
    connection: &mut ClientConnection,
    deadline: Deadline,
    received: &mut usize,
) -> Result<(), Handshake> {
    while connection.is_handshaking() {
        if deadline.passed() {
            return Err(Handshake::Timeout);
        }
        let left = Some(deadline.left());
        stream
            .set_read_timeout(left)
            .map_err(|error| of_io(&error))?;
        stream
            .set_write_timeout(left)
            .map_err(|error| of_io(&error))?;
        while connection.wants_write() {
            connection
                .write_tls(stream)
                .map_err(|error| of_io(&error))?;
        }
        if !connection.is_handshaking() {
            break;
        }
        match connection.read_tls(&mut Counted(stream, received)) {
            Ok(0) => return Err(Handshake::Closed),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(of_io(&error)),
        }
        if let Err(error) = connection.process_new_packets() {
            // The alert that tells the server why.
            let _ = connection.write_tls(stream);
            return Err(of_error(&error));
        }
    }
    let _ = connection.write_tls(stream).and_then(|_| stream.flush());
    Ok(())
}

/// A stream whose bytes are counted.
struct Counted<'c>(&'c mut TcpStream, &'c mut usize);

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.0.read(buffer)?;
        *self.1 += size;
        Ok(size)
    }
}

fn of_io(error: &io::Error) -> Handshake {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Handshake::Timeout,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => Handshake::Reset,
        _ => Handshake::Closed,
    }
}

fn of_error(error: &Error) -> Handshake {
    match error {
        Error::InvalidCertificate(error) => of_certificate(error),
        Error::NoCertificatesPresented => Handshake::BadCertificate,
        Error::AlertReceived(AlertDescription::UnrecognisedName) => Handshake::UnknownHost,
        Error::AlertReceived(
            AlertDescription::ProtocolVersion
            | AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity,
        )
        | Error::PeerIncompatible(_) => Handshake::NotAgreed,
        Error::AlertReceived(_) => Handshake::Refused,
        Error::InvalidMessage(InvalidMessage::InvalidCertificateStatusType) => {
            Handshake::BadCertificate
        }
        Error::InvalidMessage(_) => Handshake::NotTls,
        _ => Handshake::Refused,
    }
}

fn of_certificate(error: &CertificateError) -> Handshake {
    use CertificateError as E;
    match error {
        E::Expired | E::ExpiredContext { .. } => Handshake::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => Handshake::NotYetValid,
        E::NotValidForName | E::NotValidForNameContext { .. } => Handshake::WrongHost,
        E::UnknownIssuer => Handshake::Untrusted,
        E::BadSignature
        | E::UnsupportedSignatureAlgorithmContext { .. }
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => Handshake::WeakCertificate,
        _ => Handshake::BadCertificate,
    }
}
