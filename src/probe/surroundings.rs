//! What this device tells of its own connection: the interface that leads to a host, proxies, and
//! whether its Wi-Fi is open. Names of networks are neither kept nor shown; not known is not safe.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::plan::ProxySettings;
use super::target::{Host, Scheme, Target};

/// How long another program may take to tell.
const PATIENCE: Duration = Duration::from_secs(1);

/// Bytes of its output that are read.
const OUTPUT: u64 = 64 << 10;

/// What stands between this device and a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxy {
    /// Nothing that the device tells of.
    None,
    /// The environment names a proxy for this host.
    Environment,
    /// The settings of the system do.
    System,
    /// The way leads through a tunnel.
    Tunnel,
    /// Names are answered with addresses that only a proxy knows.
    FakeIp,
}

impl Proxy {
    /// The value of `network.proxy`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Environment => "env",
            Self::System => "system",
            Self::Tunnel => "tun",
            Self::FakeIp => "fake-ip",
        }
    }
}

/// Kinds of interfaces, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interface {
    /// Wi-Fi.
    Wifi,
    /// Cable.
    Wired,
    /// Mobile data.
    Cellular,
    /// A tunnel: VPN, or a proxy that takes everything.
    Tunnel,
}

impl Interface {
    /// The kind that a name tells; none where names tell nothing, as `en0` on a Mac.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let begins = |heads: &[&str]| heads.iter().any(|head| name.starts_with(head));
        if begins(&[
            "tun",
            "utun",
            "tap",
            "wg",
            "ipsec",
            "meta",
            "clash",
            "mihomo",
            "sing",
            "zt",
            "tailscale",
            "wireguard",
        ]) {
            return Some(Self::Tunnel);
        }
        if begins(&["wl", "wifi", "wi-fi", "ath", "无线"]) {
            return Some(Self::Wifi);
        }
        if begins(&["rmnet", "wwan", "ccmni", "pdp_ip"]) {
            return Some(Self::Cellular);
        }
        // `en0` of a Mac is Wi-Fi or cable; `enp3s0`, `eno1`, `ens5` and `enx…` are cables of Linux.
        let wired = begins(&["eth", "enp", "eno", "ens", "enx", "ethernet", "以太网"]);
        wired.then_some(Self::Wired)
    }

    /// The value of `network.kind`. That it is Wi-Fi or a cable says nothing of whose it is, so
    /// these have none: hotels have both.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Wifi | Self::Wired => None,
            Self::Cellular => Some("cellular"),
            Self::Tunnel => Some("vpn"),
        }
    }
}

/// The way to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    /// The kind of its interface, where the name tells it.
    pub(super) kind: Option<Interface>,
}

/// The way by which an address is reached; none where the device does not tell. Nothing is sent: a
/// datagram socket only chooses its way.
#[must_use]
pub(super) fn way_to(address: IpAddr) -> Option<Way> {
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((address, 443)).ok()?;
    let own = socket.local_addr().ok()?.ip();
    let interfaces = if_addrs::get_if_addrs().ok()?;
    let interface = interfaces.iter().find(|interface| interface.ip() == own)?;
    Some(Way {
        kind: Interface::of_name(&interface.name),
    })
}

/// Whether the environment sends a target through a proxy.
#[must_use]
pub(super) fn in_environment(settings: &ProxySettings, target: &Target) -> bool {
    let set = match target.scheme {
        Scheme::Http => settings.http,
        Scheme::Https => settings.https,
    };
    set && !settings
        .without
        .iter()
        .any(|pattern| goes_without(pattern, &target.host))
}

/// Whether an entry of `no_proxy` means a host: `*`, the host itself, or an ending of its name.
fn goes_without(pattern: &str, host: &Host) -> bool {
    let pattern = pattern.trim().to_ascii_lowercase();
    let ending = pattern.trim_start_matches('*').trim_start_matches('.');
    match host {
        _ if pattern == "*" => true,
        _ if ending.is_empty() => false,
        Host::Name(name) => {
            name == ending
                || name
                    .strip_suffix(ending)
                    .is_some_and(|rest| rest.ends_with('.'))
        }
        Host::Address(address) => address.to_string() == ending,
    }
}

/// Whether a Wi-Fi is open to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WifiSecurity {
    /// Without a password.
    Open,
    /// Encrypted.
    Encrypted,
}

impl WifiSecurity {
    /// The value of `network.wifi_security`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Encrypted => "wpa",
        }
    }
}

/// What the system tells of the Wi-Fi in use.
#[must_use]
pub(super) fn wifi_security() -> Option<WifiSecurity> {
    if cfg!(windows) {
        return of_netsh(&told("netsh", &["wlan", "show", "interfaces"]).ok()?);
    }
    if cfg!(target_os = "macos") {
        return of_system_profiler(&told("system_profiler", &["SPAirPortDataType"]).ok()?);
    }
    let words = "-t -f ACTIVE,SECURITY dev wifi list --rescan no";
    let arguments: Vec<&str> = words.split(' ').collect();
    of_nmcli(&told("nmcli", &arguments).ok()?)
}

/// Whether the settings of the system name a proxy; none where they cannot be read.
#[must_use]
pub(super) fn system_proxy() -> Option<bool> {
    if cfg!(windows) {
        let key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
        return of_registry(&told("reg", &["query", key]).ok()?);
    }
    if cfg!(target_os = "macos") {
        return of_scutil(&told("scutil", &["--proxy"]).ok()?);
    }
    match told("gsettings", &["get", "org.gnome.system.proxy", "mode"]) {
        Ok(text) => of_gsettings(&text),
        // Where nothing keeps such settings, there are none.
        Err(Untold::Missing) => Some(false),
        Err(Untold::Silent) => None,
    }
}

/// Why another program tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Untold {
    /// It is not on this device.
    Missing,
    /// It failed or took too long.
    Silent,
}

/// What another program prints.
fn told(program: &str, arguments: &[&str]) -> Result<String, Untold> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Untold::Missing,
        _ => Untold::Silent,
    })?;
    let output = child.stdout.take().ok_or(Untold::Silent)?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.take(OUTPUT).read_to_end(&mut bytes);
        // Nobody listens any more where it took too long.
        let _ = sender.send(read.map(|_| bytes));
    });
    let began = Instant::now();
    let told = receiver.recv_timeout(PATIENCE);
    let ended = ended(&mut child, PATIENCE.saturating_sub(began.elapsed()));
    match told {
        Ok(Ok(bytes)) if ended == Some(true) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        _ => Err(Untold::Silent),
    }
}

/// Whether a program ended well; it is stopped where it has not ended in time.
fn ended(child: &mut Child, patience: Duration) -> Option<bool> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().ok()? {
            return Some(status.success());
        }
        if began.elapsed() >= patience {
            // It is of no use any more; where it cannot be stopped it ends by itself.
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// `nmcli -t -f ACTIVE,SECURITY dev wifi list --rescan no`: `yes:WPA2` or, for an open network, `yes:`.
#[must_use]
pub(super) fn of_nmcli(text: &str) -> Option<WifiSecurity> {
    let active = ["yes:", "是:"];
    let security = text
        .lines()
        .find_map(|line| active.iter().find_map(|word| line.strip_prefix(word)))?;
    Some(match security.trim() {
        "" | "--" => WifiSecurity::Open,
        _ => WifiSecurity::Encrypted,
    })
}

/// `netsh wlan show interfaces`, in English or Chinese.
#[must_use]
pub(super) fn of_netsh(text: &str) -> Option<WifiSecurity> {
    let value = labelled(text, &["authentication", "身份验证"])?;
    let open = ["open", "开放", "打开", "开放式"].contains(&value.to_lowercase().as_str());
    Some(if open {
        WifiSecurity::Open
    } else {
        WifiSecurity::Encrypted
    })
}

/// `system_profiler SPAirPortDataType`: the network in use is listed before the others.
#[must_use]
pub(super) fn of_system_profiler(text: &str) -> Option<WifiSecurity> {
    let current = ["Current Network Information:", "当前网络信息："];
    let begin = current.iter().find_map(|head| text.find(head))?;
    let value = labelled(&text[begin..], &["security", "安全性"])?;
    let open = ["none", "open", "无", "开放"].contains(&value.to_lowercase().as_str());
    Some(if open {
        WifiSecurity::Open
    } else {
        WifiSecurity::Encrypted
    })
}

/// The value behind the first of these labels, whatever kind of colon stands between.
fn labelled(text: &str, labels: &[&str]) -> Option<String> {
    text.lines().find_map(|line| {
        let (label, value) = line.split_once([':', '：'])?;
        let label = label.trim().to_lowercase();
        labels
            .contains(&label.as_str())
            .then(|| value.trim().to_owned())
    })
}

/// `reg query …`: `ProxyEnable    REG_DWORD    0x1`, and `AutoConfigURL` where a script chooses.
#[must_use]
pub(super) fn of_registry(text: &str) -> Option<bool> {
    let line = text.lines().find(|line| line.contains("ProxyEnable"))?;
    let value = line.split_whitespace().last()?;
    Some(value != "0x0" || text.contains("AutoConfigURL"))
}

/// `scutil --proxy`: `HTTPSEnable : 1`.
#[must_use]
pub(super) fn of_scutil(text: &str) -> Option<bool> {
    let keys = [
        "HTTPEnable",
        "HTTPSEnable",
        "SOCKSEnable",
        "ProxyAutoConfigEnable",
    ];
    let on = text.lines().any(|line| {
        line.split_once(':')
            .is_some_and(|(key, value)| keys.contains(&key.trim()) && value.trim() == "1")
    });
    text.contains("dictionary").then_some(on)
}

/// `gsettings get org.gnome.system.proxy mode`: `'none'`, `'manual'` or `'auto'`.
#[must_use]
pub(super) fn of_gsettings(text: &str) -> Option<bool> {
    match text.trim() {
        "'none'" => Some(false),
        "'manual'" | "'auto'" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wifi_is_read_as_systems_tell_it() {
        use WifiSecurity::{Encrypted, Open};
        assert_eq!(of_nmcli("no:WPA2\nyes:WPA2 WPA3\n"), Some(Encrypted));
        assert_eq!(of_nmcli("no:WPA2\nyes:\n"), Some(Open));
        assert_eq!(of_nmcli("no:WPA2\n"), None);
        let english =
            "    SSID                   : x\n    Authentication         : WPA2-Personal\n";
        assert_eq!(of_netsh(english), Some(Encrypted));
        let chinese = "    身份验证         : 开放式\n    密码             : 无\n";
        assert_eq!(of_netsh(chinese), Some(Open));
        assert_eq!(
            of_netsh("There is no wireless interface on the system."),
            None
        );
        let mac = "  Current Network Information:\n    cafe:\n      Security: None\n\
                   Other Local Wi-Fi Networks:\n      Security: WPA2 Personal\n";
        assert_eq!(of_system_profiler(mac), Some(Open));
        assert_eq!(of_system_profiler("Security: None"), None);
    }

    #[test]
    fn proxies_are_read_as_systems_tell_them() {
        assert_eq!(
            of_registry("  ProxyEnable    REG_DWORD    0x1\r\n"),
            Some(true)
        );
        assert_eq!(
            of_registry("  ProxyEnable    REG_DWORD    0x0\r\n"),
            Some(false)
        );
        let script = "  ProxyEnable  REG_DWORD  0x0\r\n  AutoConfigURL  REG_SZ  http://x/p.pac\r\n";
        assert_eq!(of_registry(script), Some(true));
        assert_eq!(
            of_scutil("<dictionary> {\n  HTTPSEnable : 1\n}"),
            Some(true)
        );
        assert_eq!(
            of_scutil("<dictionary> {\n  FTPPassive : 1\n}"),
            Some(false)
        );
        assert_eq!(of_gsettings("'manual'\n"), Some(true));
        assert_eq!(of_gsettings("No such schema"), None);
    }

    #[test]
    fn programs_that_are_not_there_are_told_from_silent_ones() {
        assert_eq!(told("no-such-program-anywhere", &[]), Err(Untold::Missing));
        let own = std::env::current_exe().expect("the path of this test");
        let own = own.to_str().expect("a UTF-8 path");
        assert_eq!(told(own, &["--no-such-option"]), Err(Untold::Silent));
    }

    #[test]
    fn interfaces_are_known_by_name() {
        for (name, kind) in [
            ("utun4", Some(Interface::Tunnel)),
            ("Meta", Some(Interface::Tunnel)),
            ("wlp3s0", Some(Interface::Wifi)),
            ("eth0", Some(Interface::Wired)),
            ("rmnet_data0", Some(Interface::Cellular)),
            ("en0", None),
            ("lo", None),
        ] {
            assert_eq!(Interface::of_name(name), kind, "{name}");
        }
    }

    #[test]
    fn hosts_that_go_without_a_proxy_have_none() {
        let target = Target::parse("https://pay.a.cn").expect("a host");
        let through = |without: &[&str]| {
            let settings = ProxySettings {
                http: false,
                https: true,
                without: without.iter().map(|word| (*word).to_owned()).collect(),
            };
            in_environment(&settings, &target)
        };
        assert!(through(&[]));
        assert!(through(&["b.cn", "ay.a.cn", ""]));
        assert!(!through(&[".a.cn"]));
        assert!(!through(&["a.cn"]));
        assert!(!through(&["*"]));
        let plain = Target::parse("http://pay.a.cn").expect("a host");
        let settings = ProxySettings {
            https: true,
            ..ProxySettings::default()
        };
        assert!(!in_environment(&settings, &plain));
    }
}
