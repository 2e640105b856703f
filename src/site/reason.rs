//! What a check says: a verdict, and reasons with stable ids.

use std::sync::Arc;

use super::oddity::{Flaw, Oddity};

/// What an address is, as far as it can be known without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// On a domain that the profile lists.
    Official,
    /// On such a domain, but over a connection that anybody on the way can read and change.
    Insecure,
    /// Not official, and resembles an official one too much for chance.
    Lookalike,
    /// Neither: nothing is known, or too little.
    Unknown,
}

impl Verdict {
    /// The stable id, a value of `site.verdict`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Insecure => "insecure",
            Self::Lookalike => "lookalike",
            Self::Unknown => "unknown",
        }
    }
}

/// How much a reason weighs: one strong reason makes a look-alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Worth knowing, and common at honest sites.
    Info,
    /// Worth a second look.
    Weak,
    /// Decides.
    Strong,
}

impl Strength {
    /// The stable id.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Weak => "weak",
            Self::Strong => "strong",
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        /// What was noticed about an address.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ReasonKind {
            $($(#[$doc])* $name,)*
        }

        impl ReasonKind {
            /// All kinds, most telling first.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable id, in kebab case.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }
    };
}

kinds! {
    /// An official name stands before `@`, where browsers ignore it; or anything else does.
    UserInfo = "user-info",
    /// A character that looks like `/`, `?` or `.` but is part of the name.
    Syntax = "syntax",
    /// A whole official domain stands inside the name of another.
    SubDomain = "sub-domain",
    /// The name reads the same, in letters of other alphabets or with accents.
    Homoglyph = "homoglyph",
    /// The name looks the same in ASCII: `rn` for `m`, `1` for `l`.
    Shape = "shape",
    /// The same name under another ending.
    OtherSuffix = "other-suffix",
    /// The same name with a hyphen or a dot more or less.
    Hyphen = "hyphen",
    /// Another name of the official site (pinyin, Chinese, abbreviation).
    Alias = "alias",
    /// The name with common words or digits added.
    Affix = "affix",
    /// The name, mistyped.
    Typo = "typo",
    /// The name stands as a word among others.
    Token = "token",
    /// The name is part of a longer one.
    Contains = "contains",
    /// The address is written so that it reads differently from what is opened.
    Obfuscation = "obfuscation",
    /// A number in place of a name.
    IpHost = "ip-host",
    /// An international name that cannot be decoded.
    BadPunycode = "bad-punycode",
    /// Letters of several alphabets in one name.
    MixedScript = "mixed-script",
    /// Not a web address that can be read.
    Unreadable = "unreadable",
    /// Not a web address but one of another kind.
    OtherScheme = "other-scheme",
    /// An official site over plain HTTP.
    PlainHttp = "plain-http",
    /// A short link, which says nothing about where it leads.
    Shortener = "shortener",
    /// A host on which anybody can put pages.
    FreeHosting = "free-hosting",
    /// An international name, shown as it is registered.
    Punycode = "punycode",
    /// An unusual port.
    Port = "port",
    /// The path or query names an official site; the address does not lead there.
    Mentions = "mentions-official",
}

/// One thing noticed about an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What.
    pub kind: ReasonKind,
    /// How much it weighs.
    pub strength: Strength,
    /// The official domain that it is about.
    pub of: Option<Arc<str>>,
    /// How the address is disguised, for [`ReasonKind::Obfuscation`].
    pub oddities: Vec<Oddity>,
    /// Why it cannot be read, for [`ReasonKind::Unreadable`].
    pub flaw: Option<Flaw>,
}

impl Reason {
    /// A reason that is about no official domain.
    pub(super) fn plain(kind: ReasonKind, strength: Strength) -> Self {
        Self {
            kind,
            strength,
            of: None,
            oddities: Vec::new(),
            flaw: None,
        }
    }

    /// A reason about an official domain.
    pub(super) fn about(kind: ReasonKind, strength: Strength, of: Arc<str>) -> Self {
        Self {
            of: Some(of),
            ..Self::plain(kind, strength)
        }
    }
}
