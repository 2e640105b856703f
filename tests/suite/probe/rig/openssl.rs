//! TLS that rustls cannot serve, by `openssl s_server`: keys and hashes that are too weak,
//! versions and ciphers that are too old.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::tls::{NAME, authority};

/// A running `openssl s_server`; it is ended when dropped.
pub(crate) struct Weak {
    child: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

/// Whether there is an OpenSSL, or what to do about it.
pub(crate) fn found() -> Result<(), String> {
    let version = Command::new("openssl").arg("version").output();
    version.map(drop).map_err(|error| {
        format!(
            "expected `openssl` in PATH, but it cannot be started: {error}\n\
             help: on Debian, run `apt-get install -y openssl`"
        )
    })
}

impl Weak {
    /// A server with a fault: `rsa-1024`, `sha-1`, `tls-1.1` or `rsa-exchange`.
    pub(crate) fn start(fault: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (bits, hash, options): (_, _, &[&str]) = match fault {
            "rsa-1024" => ("rsa:1024", "-sha256", &["-cipher", "DEFAULT@SECLEVEL=0"]),
            "sha-1" => ("rsa:2048", "-sha1", &["-cipher", "DEFAULT@SECLEVEL=0"]),
            "tls-1.1" => (
                "rsa:2048",
                "-sha256",
                &["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
            ),
            "rsa-exchange" => (
                "rsa:2048",
                "-sha256",
                &["-tls1_2", "-cipher", "AES128-SHA@SECLEVEL=0"],
            ),
            _ => unreachable!("no fault of OpenSSL is called `{fault}`"),
        };
        certify(folder.path(), bits, hash);
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-www"])
            .args(["-cert", "leaf.pem", "-key", "leaf.key"])
            .args(options)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the OpenSSL that was found");
        let output = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let told = lines.find_map(|line| line.strip_prefix("ACCEPT ")?.trim().parse().ok());
        // It writes about every connection: somebody has to read on.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address: told.expect("it says where it listens"),
            _folder: folder,
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Weak {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes a key and a certificate for [`NAME`] under the authority of the rig.
fn certify(folder: &Path, bits: &str, hash: &str) {
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("a file");
    };
    write("ca.pem", &authority().pem());
    write("ca.key", &authority().key().serialize_pem());
    write("names", &format!("subjectAltName=DNS:{NAME}\n"));
    let subject = format!("/CN={NAME}");
    let request = ["req", "-new", "-nodes", "-newkey", bits, "-subj", &subject];
    openssl(
        folder,
        &[&request[..], &["-keyout", "leaf.key", "-out", "leaf.csr"]].concat(),
    );
    let sign = ["x509", "-req", hash, "-days", "60", "-set_serial", "7"];
    let by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-extfile", "names"];
    let files = ["-in", "leaf.csr", "-out", "leaf.pem"];
    openssl(folder, &[&sign[..], &by[..], &files[..]].concat());
}

fn openssl(folder: &Path, args: &[&str]) {
    let done = Command::new("openssl")
        .args(args)
        .current_dir(folder)
        .output()
        .expect("the OpenSSL that was found");
    assert!(
        done.status.success(),
        "openssl {args:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}
