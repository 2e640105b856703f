//! Which addresses may be connected to: what a name says must not lead into the own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What kind of address it is. The ranges are those of the IANA special-purpose registries
/// (RFC 6890 and its updates).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressClass {
    /// On the public internet.
    Public,
    /// 198.18.0.0/15 (RFC 2544): proxies such as Clash answer names with it ("fake-ip").
    FakeIp,
    /// This machine.
    Loopback,
    /// A private network (RFC 1918, RFC 4193).
    Private,
    /// Between a provider and its customers (RFC 6598).
    Shared,
    /// The same link only.
    LinkLocal,
    /// Where clouds answer with the keys of a machine.
    Metadata,
    /// No address of one host: unspecified, multicast, broadcast, reserved.
    Bogus,
}

impl AddressClass {
    /// Whether it may be connected to, where somebody gave the address itself.
    #[must_use]
    pub fn allowed(self, allow_private: bool) -> bool {
        match self {
            Self::Public => true,
            Self::Bogus => false,
            _ => allow_private,
        }
    }

    /// Whether it may be connected to as the answer to a name. A fake-ip address leads to a proxy
    /// that goes on to the host of the name, so it is as public as that; by itself it may be this
    /// very device.
    #[must_use]
    pub fn allowed_for_name(self, allow_private: bool) -> bool {
        self == Self::FakeIp || self.allowed(allow_private)
    }

    /// The word in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::FakeIp => "fake-ip",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::Shared => "shared",
            Self::LinkLocal => "link-local",
            Self::Metadata => "metadata",
            Self::Bogus => "bogus",
        }
    }
}

/// Metadata services outside the link-local range: Alibaba Cloud, Azure.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
];

/// The metadata service of Amazon over IPv6.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// The class of an address; IPv4 inside IPv6 counts as what it carries.
#[must_use]
pub fn class_of(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(address) => class_of_v4(address),
        IpAddr::V6(address) => carried(address).map_or_else(|| class_of_v6(address), class_of_v4),
    }
}

fn class_of_v4(address: Ipv4Addr) -> AddressClass {
    let [a, b, c, _] = address.octets();
    if METADATA_V4.contains(&address) {
        return AddressClass::Metadata;
    }
    match (a, b, c) {
        (127, ..) => AddressClass::Loopback,
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => AddressClass::Private,
        (100, 64..=127, _) => AddressClass::Shared,
        (169, 254, _) => AddressClass::LinkLocal,
        (198, 18..=19, _) => AddressClass::FakeIp,
        (0 | 224..=255, ..) | (192, 0, 0 | 2) | (198, 51, 100) | (203, 0, 113) => {
            AddressClass::Bogus
        }
        _ => AddressClass::Public,
    }
}

fn class_of_v6(address: Ipv6Addr) -> AddressClass {
    if address == METADATA_V6 {
        return AddressClass::Metadata;
    }
    if address.is_loopback() {
        return AddressClass::Loopback;
    }
    match address.segments() {
        // Translation within a network (RFC 8215).
        [0x64, 0xff9b, 1, ..] => AddressClass::Private,
        [0xfc00..=0xfdff, ..] => AddressClass::Private,
        [0xfe80..=0xfebf, ..] => AddressClass::LinkLocal,
        // Deprecated site-local addresses (RFC 3879) still mean the own network.
        [0xfec0..=0xfeff, ..] => AddressClass::Private,
        [0xff00..=0xffff, ..] | [0, ..] | [0x0100, 0, 0, 0, ..] | [0x2001, 0x0db8, ..] => {
            AddressClass::Bogus
        }
        _ => AddressClass::Public,
    }
}

/// The IPv4 address that an IPv6 one carries: mapped, NAT64 (RFC 6052), 6to4 (RFC 3056).
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = address.segments();
    let of = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => of(high, low),
        [0x2002, high, low, ..] => of(high, low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_range_is_known() {
        use AddressClass as C;
        for (address, class) in [
            ("223.5.5.5", C::Public),
            ("198.18.0.7", C::FakeIp),
            ("198.20.0.7", C::Public),
            ("127.8.0.1", C::Loopback),
            ("172.31.0.1", C::Private),
            ("172.32.0.1", C::Public),
            ("100.64.0.1", C::Shared),
            ("100.100.100.200", C::Metadata),
            ("169.254.169.254", C::Metadata),
            ("169.254.1.1", C::LinkLocal),
            ("0.0.0.0", C::Bogus),
            ("255.255.255.255", C::Bogus),
            ("224.0.0.1", C::Bogus),
            ("::", C::Bogus),
            ("::1", C::Loopback),
            ("::ffff:127.0.0.1", C::Loopback),
            ("64:ff9b::a9fe:a9fe", C::Metadata),
            ("2002:c0a8:0101::1", C::Private),
            ("fd00:ec2::254", C::Metadata),
            ("fd12::1", C::Private),
            ("64:ff9b:1::1", C::Private),
            ("fe80::1", C::LinkLocal),
            ("ff02::1", C::Bogus),
            ("2400:3200::1", C::Public),
        ] {
            let found = class_of(address.parse().expect("an address"));
            assert_eq!(found, class, "{address}");
        }
    }

    #[test]
    fn only_public_addresses_need_no_permission() {
        for class in [
            AddressClass::Loopback,
            AddressClass::Metadata,
            AddressClass::Shared,
        ] {
            assert!(!class.allowed(false));
            assert!(class.allowed(true));
        }
        assert!(AddressClass::FakeIp.allowed_for_name(false));
        assert!(!AddressClass::FakeIp.allowed(false));
        assert!(!AddressClass::Bogus.allowed(true));
    }
}
