//! How an address hides what is opened, and why one cannot be read.

use crate::text::is_invisible;

/// How an address is disguised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// Full-width or other letters that browsers turn into plain ones.
    Wide,
    /// Invisible characters, which browsers drop.
    Invisible,
    /// Tabs or line ends inside, which browsers drop.
    Blank,
    /// A backslash, which browsers read as a slash.
    Backslash,
    /// A name in percent codes.
    Percent,
    /// Too few or too many slashes after the scheme.
    Slashes,
    /// An IP address as one number, or in hexadecimal or octal.
    Number,
}

impl Oddity {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Wide,
        Self::Invisible,
        Self::Blank,
        Self::Backslash,
        Self::Percent,
        Self::Slashes,
        Self::Number,
    ];

    /// The stable id, in kebab case.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Invisible => "invisible",
            Self::Blank => "blank",
            Self::Backslash => "backslash",
            Self::Percent => "percent",
            Self::Slashes => "slashes",
            Self::Number => "number",
        }
    }
}

/// Why an address cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// There is nothing.
    Empty,
    /// It does not look like a web address.
    NoAddress,
    /// The host has characters or an encoding that no host may have.
    Host,
    /// The port is no number up to 65535.
    Port,
    /// The host is longer than DNS allows.
    TooLong,
    /// An IP address that is none.
    Ip,
    /// A payment code (EMVCo QR code for payment systems), which holds no address.
    PaymentCode,
}

impl Flaw {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Empty,
        Self::NoAddress,
        Self::Host,
        Self::Port,
        Self::TooLong,
        Self::Ip,
        Self::PaymentCode,
    ];

    /// The stable id, in kebab case.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NoAddress => "no-address",
            Self::Host => "host",
            Self::Port => "port",
            Self::TooLong => "too-long",
            Self::Ip => "ip",
            Self::PaymentCode => "payment-code",
        }
    }
}

/// Notes what browsers silently undo in a host.
pub(super) fn disguises(name: &str, oddities: &mut Vec<Oddity>) {
    if name.contains('%') {
        oddities.push(Oddity::Percent);
    }
    for c in name.chars().filter(|c| !c.is_ascii()) {
        if is_ignored(c) {
            oddities.push(Oddity::Invisible);
        } else if is_wide(c) {
            oddities.push(Oddity::Wide);
        }
    }
}

/// Characters that international names drop (UTS 46, "ignored").
fn is_ignored(c: char) -> bool {
    is_invisible(c)
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{180B}'..='\u{180F}' | '\u{FE00}'..='\u{FE0F}')
}

/// Characters that international names turn into ASCII (UTS 46, "mapped"): full-width, circled,
/// mathematical letters, and the full stops of Chinese.
fn is_wide(c: char) -> bool {
    use unicode_normalization::UnicodeNormalization;
    if matches!(c, '。' | '．' | '｡') {
        return true;
    }
    let mut mapped = std::iter::once(c).nfkc();
    mapped.all(|c| c.is_ascii())
}
