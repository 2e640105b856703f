//! TLS servers, a port for each fault, under an authority of the tests' own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::Utc;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::http::speak;
use super::{Log, Server, end_by_reset, finish, wait_for_end};

/// The name that certificates here are made for.
pub(crate) const NAME: &str = "shop.example.com";

type Authority = CertifiedIssuer<'static, KeyPair>;

/// The authority that the probe is told to trust.
pub(crate) fn authority() -> &'static Authority {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    AUTHORITY.get_or_init(|| new_authority("Rig Root"))
}

fn new_authority(name: &str) -> Authority {
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(authority_params(name), key).expect("a certificate")
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = params(&[], -3650, 3650);
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// Valid from and until so many days from now.
fn params(names: &[&str], from: i64, until: i64) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("good names");
    let day = |days: i64| {
        let seconds = Utc::now().timestamp() + days * 86_400;
        date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds.unsigned_abs())
    };
    params.not_before = day(from);
    params.not_after = day(until);
    params.distinguished_name = DistinguishedName::new();
    params
}

/// A server with a fault: one of a certificate (see [`chain`]), or one of the handshake
/// (`alert-112`, `plain-http`, `reset`, `stall`, `cut`, `close`). Where the handshake succeeds,
/// `http` is the fault of the answer (see [`super::http`]).
pub(crate) fn server(address: SocketAddr, fault: &str, http: &str) -> Server {
    let (fault, http) = (fault.to_owned(), http.to_owned());
    let config = match fault.as_str() {
        "alert-112" | "plain-http" | "reset" | "stall" | "close" => None,
        "cut" => Some(config("good")),
        certificate => Some(config(certificate)),
    };
    Server::start(address, move |stream, log| {
        match (&config, fault.as_str()) {
            (Some(config), "cut") => cut(stream, config),
            (Some(config), _) => shake_and_speak(stream, config, &http, log),
            (None, fault) => spoil(stream, fault, log),
        }
    })
}

fn shake_and_speak(stream: &TcpStream, config: &Arc<ServerConfig>, http: &str, log: &Log) {
    let connection = ServerConnection::new(Arc::clone(config)).expect("a good configuration");
    let mut tls = StreamOwned::new(connection, stream);
    speak(&mut tls, stream, http, log);
}

/// Reads what the client says first; false where it says nothing.
fn hello(mut stream: &TcpStream, log: &Log) -> bool {
    let mut bytes = [0; 4096];
    let said = stream.read(&mut bytes).is_ok_and(|count| count > 0);
    if said {
        log.asked("ClientHello");
    }
    said
}

fn spoil(mut stream: &TcpStream, fault: &str, log: &Log) {
    if !hello(stream, log) {
        return;
    }
    match fault {
        // A fatal alert, unrecognized_name (RFC 6066 §3).
        "alert-112" => {
            let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 112]);
            finish(stream);
        }
        "plain-http" => {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            finish(stream);
        }
        "reset" => end_by_reset(stream),
        "stall" => wait_for_end(stream),
        "close" => finish(stream),
        _ => unreachable!("no TLS fault is called `{fault}`"),
    }
}

/// Ends in the middle of the server's first flight.
fn cut(mut stream: &TcpStream, config: &Arc<ServerConfig>) {
    let mut connection = ServerConnection::new(Arc::clone(config)).expect("a good configuration");
    let mut flight = Vec::new();
    while flight.is_empty() {
        if !connection
            .read_tls(&mut stream)
            .is_ok_and(|count| count > 0)
            || connection.process_new_packets().is_err()
        {
            return;
        }
        while connection.wants_write() {
            connection
                .write_tls(&mut flight)
                .expect("memory takes everything");
        }
    }
    let _ = stream.write_all(&flight[..flight.len() / 2]);
    finish(stream);
}

/// A chain with the fault of this name, as the server sends it, and the key of its leaf.
fn chain(fault: &str) -> (Vec<CertificateDer<'static>>, KeyPair) {
    let key = KeyPair::generate().expect("a key");
    let root = authority();
    let good = params(&[NAME], -30, 60);
    match fault {
        "good" => leaf(&good, root, key),
        "expired" => leaf(&params(&[NAME], -400, -100), root, key),
        "not-yet-valid" => leaf(&params(&[NAME], 10, 100), root, key),
        "fresh" => leaf(&params(&[NAME], -1, 89), root, key),
        "wrong-host" => leaf(&params(&["other.example.net"], -30, 60), root, key),
        "unknown-ca" => leaf(&good, &new_authority("Unknown Root"), key),
        "self-signed" => {
            let mut own = good;
            own.distinguished_name.push(DnType::CommonName, NAME);
            let certificate = own.self_signed(&key).expect("a certificate");
            (vec![certificate.der().clone()], key)
        }
        // As `openssl req -x509` makes it.
        "self-signed-authority" => {
            let mut own = good;
            own.distinguished_name.push(DnType::CommonName, NAME);
            own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let certificate = own.self_signed(&key).expect("a certificate");
            (vec![certificate.der().clone()], key)
        }
        "control-names" => {
            let mut own = good;
            let name = "\u{1b}[31m\u{202e}红\u{9b}2J\u{7}";
            own.distinguished_name.push(DnType::CommonName, name);
            own.distinguished_name
                .push(DnType::OrganizationName, name.repeat(500));
            let certificate = own.self_signed(&key).expect("a certificate");
            (vec![certificate.der().clone()], key)
        }
        "many-names" => {
            let names: Vec<String> = (0..500).map(|n| format!("n{n}.example.com")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            leaf(&params(&names, -30, 60), root, key)
        }
        "missing-intermediate" => leaf(&good, &intermediate(), key),
        "with-intermediate" => {
            let between = intermediate();
            let (mut sent, key) = leaf(&good, &between, key);
            sent.push(between.der().clone());
            (sent, key)
        }
        _ => unreachable!("no certificate fault is called `{fault}`"),
    }
}

fn intermediate() -> Authority {
    let key = KeyPair::generate().expect("a key");
    let params = authority_params("Rig Intermediate");
    CertifiedIssuer::signed_by(params, key, authority()).expect("a certificate")
}

fn leaf(
    params: &CertificateParams,
    issuer: &Issuer<'_, KeyPair>,
    key: KeyPair,
) -> (Vec<CertificateDer<'static>>, KeyPair) {
    let mut params = params.clone();
    params.use_authority_key_identifier_extension = true;
    params
        .distinguished_name
        .push(DnType::CommonName, "Rig Leaf");
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    (vec![certificate.der().clone()], key)
}

fn config(fault: &str) -> Arc<ServerConfig> {
    let (chain, key) = chain(fault);
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions that ring speaks")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a chain with its key");
    Arc::new(config)
}
