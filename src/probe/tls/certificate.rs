//! What a certificate says (RFC 5280), also where it is not trusted.

use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Name};

use crate::facts::Moment;
use crate::text::hexadecimal;

/// Names of a certificate that are kept.
const NAMES: usize = 20;

/// Characters of a name that are kept.
const NAME: usize = 120;

/// A certificate as a site showed it. Its words are the site's, not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it is for, by common name, else organisation.
    pub subject: String,
    /// Who signed it, likewise.
    pub issuer: String,
    /// The hosts it is for, at most the first 20.
    pub names: Vec<String>,
    /// The first moment of its time.
    pub not_before: Option<Moment>,
    /// The last moment of its time.
    pub not_after: Option<Moment>,
    /// SHA-256 of the whole certificate, in hexadecimal digits.
    pub fingerprint: String,
    /// Whether it names itself as its issuer.
    pub self_issued: bool,
    /// Certificates that the site sent with it.
    pub chain: usize,
}

/// Reads the first certificate of a chain; none where it is none.
#[must_use]
pub fn read(chain: &[Vec<u8>]) -> Option<Certificate> {
    let der = chain.first()?;
    let (_, found) = X509Certificate::from_der(der).ok()?;
    let moment = |at: i64| at.checked_mul(1000).and_then(Moment::of_millis);
    Some(Certificate {
        subject: name(found.subject()),
        issuer: name(found.issuer()),
        names: hosts(&found),
        not_before: moment(found.validity().not_before.timestamp()),
        not_after: moment(found.validity().not_after.timestamp()),
        fingerprint: hexadecimal(&Sha256::digest(der)),
        self_issued: found.subject().as_raw() == found.issuer().as_raw(),
        chain: chain.len() - 1,
    })
}

fn name(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name();
    let mut parts = common.chain(name.iter_organization());
    let first = parts.find_map(|part| part.as_str().ok());
    shortened(first.unwrap_or_default())
}

fn hosts(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let names = names.value.general_names.iter();
    let hosts = names.filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(shortened(name)),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    });
    hosts.take(NAMES).collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    let sixteen = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(sixteen).to_string())
}

fn shortened(text: &str) -> String {
    text.chars().take(NAME).collect()
}
