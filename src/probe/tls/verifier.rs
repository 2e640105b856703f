//! Checks a certificate as browsers do, keeps it whatever comes of it, and tells apart whom trusts it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::super::clock::DeviceClock;

/// Who trusts a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Everybody: the public roots.
    Public,
    /// Only this device: somebody put a root into its store, as virus scanners and company
    /// gateways do that read along.
    DeviceOnly,
}

impl Trust {
    /// The word in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::DeviceOnly => "device-only",
        }
    }
}

/// What was seen of one handshake.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// The chain, first the certificate of the site.
    pub(super) chain: Vec<Vec<u8>>,
    /// Who trusts it.
    pub(super) trust: Option<Trust>,
    /// Why it is not trusted.
    pub(super) error: Option<CertificateError>,
}

/// The roots, and the clock they are applied with.
#[derive(Debug)]
pub(crate) struct Roots {
    public: Arc<WebPkiServerVerifier>,
    /// Read only where the public roots are not enough: it takes tens of milliseconds.
    device: OnceLock<Option<Arc<WebPkiServerVerifier>>>,
    provider: Arc<CryptoProvider>,
    clock: DeviceClock,
}

impl Roots {
    /// The public roots and those that the plan adds; none where they make no verifier.
    pub(crate) fn new(added: &[CertificateDer<'static>], clock: DeviceClock) -> Option<Arc<Self>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut store = RootCertStore::empty();
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        store.add_parsable_certificates(added.iter().cloned());
        let public = verifier(store, &provider)?;
        Some(Arc::new(Self {
            public,
            device: OnceLock::new(),
            provider,
            clock,
        }))
    }

    pub(super) fn provider(&self) -> Arc<CryptoProvider> {
        Arc::clone(&self.provider)
    }

    fn device(&self) -> Option<&Arc<WebPkiServerVerifier>> {
        let device = self.device.get_or_init(|| {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            verifier(store, &self.provider)
        });
        device.as_ref()
    }

    /// Checks a chain at a time.
    pub(super) fn check(
        &self,
        chain: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        at: UnixTime,
    ) -> Result<Trust, Error> {
        let Some((site, between)) = chain.split_first() else {
            return Err(Error::NoCertificatesPresented);
        };
        let verify = |verifier: &WebPkiServerVerifier| {
            verifier.verify_server_cert(site, between, host, &[], at)
        };
        match verify(&self.public) {
            Ok(_) => Ok(Trust::Public),
            Err(error) if is_unknown_issuer(&error) => match self.device().map(|own| verify(own)) {
                Some(Ok(_)) => Ok(Trust::DeviceOnly),
                // The device knows the issuer, so what else is wrong counts.
                Some(Err(other)) if !is_unknown_issuer(&other) => Err(other),
                _ => Err(error),
            },
            Err(error) => Err(error),
        }
    }
}

fn verifier(
    store: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Option<Arc<WebPkiServerVerifier>> {
    let builder =
        WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider));
    builder.build().ok()
}

fn is_unknown_issuer(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(CertificateError::UnknownIssuer)
    )
}

/// A verifier for one host that keeps what it saw.
#[derive(Debug)]
pub(super) struct Recorder {
    roots: Arc<Roots>,
    seen: Mutex<Seen>,
}

impl Recorder {
    pub(super) fn new(roots: &Arc<Roots>) -> Arc<Self> {
        Arc::new(Self {
            roots: Arc::clone(roots),
            seen: Mutex::default(),
        })
    }

    /// What was seen last.
    pub(super) fn seen(&self) -> Seen {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }

    fn keep(&self, seen: Seen) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        site: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain: Vec<CertificateDer<'_>> = std::iter::once(site.clone())
            .chain(between.iter().cloned())
            .collect();
        let result = self.roots.check(&chain, host, self.roots.clock.unix());
        self.keep(Seen {
            chain: chain.iter().map(|der| der.to_vec()).collect(),
            trust: result.as_ref().ok().copied(),
            error: match &result {
                Err(Error::InvalidCertificate(error)) => Some(error.clone()),
                _ => None,
            },
        });
        result.map(|_| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        site: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.roots
            .public
            .verify_tls12_signature(message, site, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        site: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.roots
            .public
            .verify_tls13_signature(message, site, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.roots.public.supported_verify_schemes()
    }
}
