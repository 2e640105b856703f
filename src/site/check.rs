//! The check of one address: whose host it is, else whom it resembles, and how it is written.

use std::cmp::Reverse;
use std::net::IpAddr;
use std::sync::Arc;

use crate::rules::Profile;

use super::address::{Address, Host, Scheme};
use super::brands::{Brands, Standing};
use super::compare::weigh;
use super::fold::{latin, without_vowels};
use super::names::Name;
use super::oddity::Flaw;
use super::raw::{cut, decoded};
use super::reason::{Reason, ReasonKind, Strength, Verdict};

/// Path and query are searched for official names this far.
const REST: usize = 2048;

/// Endings that people expect behind a name.
const ENDINGS: [&str; 4] = ["com", "cn", "net", "org"];

/// What is known of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What it is.
    pub verdict: Verdict,
    /// The host that a browser would open, as it is registered; none where there is none.
    pub host: Option<String>,
    /// The same as people read it, where that differs.
    pub shown: Option<String>,
    /// Why, most telling first.
    pub reasons: Vec<Reason>,
    /// The official domain that it resembles most, where it is a look-alike.
    pub lookalike_of: Option<Arc<str>>,
}

/// Checks addresses against the official sites of a profile.
#[derive(Debug)]
pub struct Checker {
    brands: Brands,
}

impl Checker {
    /// A checker for a profile. It takes a while to build and is meant to be kept.
    #[must_use]
    pub fn new(profile: &Profile) -> Self {
        Self {
            brands: Brands::new(profile),
        }
    }

    /// Checks an address, or a bare host. Takes any string and opens nothing.
    #[must_use]
    pub fn check(&self, raw: &str) -> Check {
        let address = Address::read(raw);
        let mut found = Found::default();
        match &address.host {
            Host::Name(host) => self.host(host, &address, &mut found),
            Host::Ip(ip) => {
                found.host = Some(shown_ip(ip));
                found.add(ReasonKind::IpHost, Strength::Weak);
            }
            Host::Unreadable(flaw, host) => self.unreadable(*flaw, host, &mut found),
            Host::None => {
                let active = address.scheme == Scheme::Active;
                let strength = if active {
                    Strength::Weak
                } else {
                    Strength::Info
                };
                found.add(ReasonKind::OtherScheme, strength);
            }
        }
        self.around(&address, &mut found);
        found.check()
    }

    fn host(&self, host: &str, address: &Address<'_>, found: &mut Found) {
        found.host = Some(host.to_owned());
        let name = Name::new(host);
        match self.brands.standing(host) {
            Some((Standing::Official, brand)) => return self.official(brand, address, found),
            Some((Standing::Known, _)) => {}
            Some((Standing::Short, _)) => {
                found.add(ReasonKind::Shortener, Strength::Info);
            }
            Some((Standing::Free, _)) => {
                found.add(ReasonKind::FreeHosting, Strength::Info);
                self.lookalikes(&name, address, found);
            }
            None => self.lookalikes(&name, address, found),
        }
        if name.is_mixed() {
            found.add(ReasonKind::MixedScript, Strength::Weak);
        }
        if name.shown.is_some() {
            found.add(ReasonKind::Punycode, Strength::Info);
        }
        found.shown = name.shown;
    }

    /// On an official domain: official, unless the way there or the writing is not as it should be.
    fn official(&self, brand: Option<usize>, address: &Address<'_>, found: &mut Found) {
        if address.user.is_some() || !address.oddities.is_empty() {
            return;
        }
        found.official = true;
        if address.scheme == Scheme::Plain {
            let mut reason = Reason::plain(ReasonKind::PlainHttp, Strength::Weak);
            reason.of = brand.map(|brand| self.brands.all[brand].domain.clone());
            found.reasons.push(reason);
        }
    }

    fn lookalikes(&self, name: &Name<'_>, address: &Address<'_>, found: &mut Found) {
        let brands = &self.brands;
        if brands.owns(name.registered) {
            return;
        }
        let mut likes = Likes::default();
        self.embedded(&name.folded, &['.', '-', '/'], &mut likes);
        self.glued(name, &mut likes);
        for part in name.parts(&brands.words) {
            for target in &brands.targets {
                let Some(likeness) = part.resembles(target, &brands.words) else {
                    continue;
                };
                let brand = &brands.all[target.brand];
                if let Some((kind, strength)) = weigh(likeness, &part, target, brand.platform) {
                    likes.add(target.brand, kind, strength, target.text.len());
                }
            }
        }
        self.foreign(name, &mut likes);
        // What may be chance is none beside a disguise or a word that asks for secrets.
        let second = address.user.is_some() || !address.oddities.is_empty();
        let free = found
            .reasons
            .iter()
            .any(|it| it.kind == ReasonKind::FreeHosting);
        let weak = |like: &&mut Like| like.strength == Strength::Weak;
        for like in likes.0.iter_mut().filter(weak) {
            let named = like.kind == ReasonKind::OtherSuffix && free;
            if second || named || like.kind == ReasonKind::Token && name.lures() {
                like.strength = Strength::Strong;
            }
        }
        found.resembles(likes, brands);
        if name.has_slash() {
            found.add_unless_known(ReasonKind::Syntax, Strength::Weak);
        }
    }

    /// Whole official domains inside a text, each before one of these signs.
    fn embedded(&self, text: &str, ends: &[char], likes: &mut Likes) {
        let starts = text
            .match_indices(['.', '-', '/', '@'])
            .map(|(at, _)| at + 1);
        for start in std::iter::once(0).chain(starts) {
            let rest = &text[start..];
            // An official domain has a dot, and few have more than three.
            for (end, _) in rest.match_indices(ends).skip(1).take(4) {
                let Some(Some(brand)) = self.brands.official(&rest[..end]) else {
                    continue;
                };
                let slash = rest[end..].starts_with('/');
                let kind = if slash {
                    ReasonKind::Syntax
                } else {
                    ReasonKind::SubDomain
                };
                likes.add(brand, kind, Strength::Strong, end);
            }
        }
    }

    /// `alipaycom`, `alipay-com`, `ali.pay`, and names with their vowels exchanged.
    fn glued(&self, name: &Name<'_>, likes: &mut Likes) {
        let brands = &self.brands;
        let mut text = String::new();
        for label in name.labels() {
            text.clear();
            text.extend(label.folded.chars().filter(|c| !super::names::is_gap(*c)));
            let bare = text.strip_prefix("www").unwrap_or(&text);
            if let Some(brand) = brands.glued.get(bare.as_bytes()) {
                likes.add(*brand, ReasonKind::SubDomain, Strength::Strong, bare.len());
            }
        }
        // `alipay.cn.` before another domain, where the official one ends otherwise.
        let labels: Vec<&str> = name.labels().map(|label| &*label.folded).collect();
        for pair in labels.windows(2) {
            let ending = ENDINGS.contains(&pair[1]);
            if let Some(index) = brands.names.get(pair[0]).filter(|_| ending) {
                let brand = brands.targets[*index].brand;
                likes.add(
                    brand,
                    ReasonKind::SubDomain,
                    Strength::Strong,
                    pair[0].len(),
                );
            }
        }
        // The last label is the registered one, without its hyphens.
        if name.own.is_some()
            && let Some(index) = brands.vowels.get(&without_vowels(text.as_bytes())[..])
        {
            let target = &brands.targets[*index];
            likes.add(target.brand, ReasonKind::Typo, Strength::Weak, 0);
        }
        if !name.below.is_empty() && name.own.is_some() {
            let joined = name.joined();
            let whole = brands
                .names
                .get(joined.as_str())
                .filter(|_| joined.len() > 3);
            if let Some(index) = whole {
                let target = &brands.targets[*index];
                likes.add(
                    target.brand,
                    ReasonKind::Hyphen,
                    Strength::Strong,
                    joined.len(),
                );
            }
        }
    }

    /// Names in Chinese, in labels that are written so.
    fn foreign(&self, name: &Name<'_>, likes: &mut Likes) {
        for label in name.labels() {
            let Some(shown) = &label.shown else {
                continue;
            };
            let shown = hanconv::t2s(shown.replace('-', ""));
            for (known, brand) in &self.brands.foreign {
                let Some((before, after)) = shown.split_once(&**known) else {
                    continue;
                };
                let words = &self.brands.words;
                let (kind, strength) = match (before, after) {
                    ("", "") => (ReasonKind::Alias, Strength::Strong),
                    _ if words.make(before) && words.make(after) => {
                        (ReasonKind::Affix, Strength::Strong)
                    }
                    _ => (ReasonKind::Contains, Strength::Weak),
                };
                likes.add(*brand, kind, strength, known.len());
            }
        }
    }

    /// A host that cannot be read may still be made to look like an official one.
    fn unreadable(&self, flaw: Flaw, host: &str, found: &mut Found) {
        let mut likes = Likes::default();
        let mut folded = String::new();
        latin(&decoded(host), &mut folded);
        self.embedded(&folded, &['.', '/', '?', '#', '@', ':', '\\'], &mut likes);
        likes.0.retain(|like| like.kind == ReasonKind::Syntax);
        found.resembles(likes, &self.brands);
        if host.contains("xn--") {
            found.add(ReasonKind::BadPunycode, Strength::Weak);
        }
        let mut reason = Reason::plain(ReasonKind::Unreadable, Strength::Weak);
        reason.flaw = Some(flaw);
        found.reasons.push(reason);
    }

    /// What stands around the host, whatever the host is.
    fn around(&self, address: &Address<'_>, found: &mut Found) {
        if let Some(user) = &address.user {
            self.user(user, found);
        }
        if !address.oddities.is_empty() {
            let mut reason = Reason::plain(ReasonKind::Obfuscation, Strength::Weak);
            reason.oddities.clone_from(&address.oddities);
            found.reasons.push(reason);
        }
        if address.port.is_some() {
            found.add(ReasonKind::Port, Strength::Info);
        }
        if !found.official && !found.is_strong() {
            self.mentioned(&address.rest, found);
        }
    }

    /// What stands before `@` is read as the site by people and ignored by browsers.
    fn user(&self, user: &str, found: &mut Found) {
        let mut folded = String::new();
        latin(&decoded(user), &mut folded);
        let mut likes = Likes::default();
        let words = || folded.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-'));
        for word in words() {
            if let Some((Standing::Official, Some(brand))) = self.brands.standing(word) {
                likes.add(brand, ReasonKind::UserInfo, Strength::Strong, word.len());
            }
        }
        for word in words().flat_map(|word| word.split(['.', '-'])) {
            if let Some(index) = self.brands.names.get(word).filter(|_| word.len() > 3) {
                let brand = self.brands.targets[*index].brand;
                likes.add(brand, ReasonKind::UserInfo, Strength::Strong, word.len());
            }
        }
        if likes.0.is_empty() {
            found.add(ReasonKind::UserInfo, Strength::Weak);
        }
        found.resembles(likes, &self.brands);
    }

    /// Official names in path and query: honest payment links carry them.
    fn mentioned(&self, rest: &str, found: &mut Found) {
        let rest = decoded(cut(rest, REST));
        let lower = rest.to_ascii_lowercase();
        let mut words = lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'));
        let named = words.find_map(|word| match self.brands.standing(word) {
            Some((Standing::Official, Some(brand))) => Some(brand),
            _ => None,
        });
        if let Some(brand) = named {
            let domain = self.brands.all[brand].domain.clone();
            let reason = Reason::about(ReasonKind::Mentions, Strength::Info, domain);
            found.reasons.push(reason);
        }
    }
}

fn shown_ip(ip: &IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

/// One brand that a host resembles.
#[derive(Debug)]
struct Like {
    brand: usize,
    kind: ReasonKind,
    strength: Strength,
    /// How much of the host speaks for it.
    long: usize,
}

/// The brands that a host resembles, each once.
#[derive(Debug, Default)]
struct Likes(Vec<Like>);

impl Likes {
    fn add(&mut self, brand: usize, kind: ReasonKind, strength: Strength, long: usize) {
        let new = Like {
            brand,
            kind,
            strength,
            long,
        };
        match self.0.iter_mut().find(|like| like.brand == brand) {
            Some(known) if new.order() < known.order() => *known = new,
            Some(_) => {}
            None => self.0.push(new),
        }
    }
}

impl Like {
    /// The most telling first; the same for the same host and profile.
    fn order(&self) -> (Reverse<(Strength, usize)>, ReasonKind, usize) {
        (Reverse((self.strength, self.long)), self.kind, self.brand)
    }
}

/// What a check has found so far.
#[derive(Debug, Default)]
struct Found {
    official: bool,
    host: Option<String>,
    shown: Option<String>,
    reasons: Vec<Reason>,
}

/// A check names no more brands than this.
const NAMED: usize = 2;

impl Found {
    fn add(&mut self, kind: ReasonKind, strength: Strength) {
        self.reasons.push(Reason::plain(kind, strength));
    }

    fn add_unless_known(&mut self, kind: ReasonKind, strength: Strength) {
        if self.reasons.iter().all(|reason| reason.kind != kind) {
            self.add(kind, strength);
        }
    }

    fn is_strong(&self) -> bool {
        self.reasons
            .iter()
            .any(|reason| reason.strength == Strength::Strong)
    }

    /// Keeps the most telling likenesses; weak ones only where there is no strong one.
    fn resembles(&mut self, mut likes: Likes, brands: &Brands) {
        likes.0.sort_by_key(Like::order);
        let best = likes.0.first().map(|like| like.strength);
        let kept = likes.0.iter().filter(|like| Some(like.strength) == best);
        for like in kept.take(NAMED) {
            let domain = brands.all[like.brand].domain.clone();
            self.reasons
                .push(Reason::about(like.kind, like.strength, domain));
        }
    }

    fn check(mut self) -> Check {
        self.reasons.sort_by_key(|reason| Reverse(reason.strength));
        let strong = self
            .reasons
            .iter()
            .find(|it| it.strength == Strength::Strong);
        let lookalike_of = strong.and_then(|reason| reason.of.clone());
        let insecure = self
            .reasons
            .iter()
            .any(|it| it.kind == ReasonKind::PlainHttp);
        let verdict = match (&lookalike_of, self.official, insecure) {
            (Some(_), ..) => Verdict::Lookalike,
            (None, true, true) => Verdict::Insecure,
            (None, true, false) => Verdict::Official,
            (None, false, _) => Verdict::Unknown,
        };
        Check {
            verdict,
            host: self.host,
            shown: self.shown,
            reasons: self.reasons,
            lookalike_of,
        }
    }
}
