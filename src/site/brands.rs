//! The official names of a profile, folded and measured once, so that a check only compares.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ahash::RandomState;

use crate::rules::Profile;

use super::distance::{LABEL, mask};
use super::fold::{latin, shape, without_vowels};
use super::words::{Words, is_number};

/// Names shorter than this are not looked for with exchanged vowels.
const VOWELS_FROM: usize = 6;

/// Whose a domain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The platform's, a provider's, or owned by one of them.
    Official,
    /// Somebody else's, whose name comes near an official one.
    Known,
    /// Anybody's: pages that a host's users make.
    Free,
    /// A short link's.
    Short,
}

/// An official site that others may imitate.
#[derive(Debug)]
pub(super) struct Brand {
    /// Its domain as the profile lists it.
    pub(super) domain: Arc<str>,
    /// Whether it is the platform's own: nobody else has a reason to use its name.
    pub(super) platform: bool,
}

/// A name by which a brand is known.
#[derive(Debug)]
pub(super) struct Target {
    /// The name as ASCII.
    pub(super) text: Vec<u8>,
    /// What it looks like.
    pub(super) shape: Vec<u8>,
    pub(super) mask: u64,
    pub(super) shape_mask: u64,
    /// How much of it is left without generic words.
    pub(super) core: usize,
    pub(super) number: bool,
    /// Whether it is another name than that of the domain.
    pub(super) alias: bool,
    /// Index of its brand.
    pub(super) brand: usize,
}

type Map<V> = HashMap<Box<str>, V, RandomState>;

/// The index.
#[derive(Debug)]
pub(super) struct Brands {
    pub(super) all: Vec<Brand>,
    pub(super) targets: Vec<Target>,
    /// Names in Chinese or another script that does not fold to ASCII.
    pub(super) foreign: Vec<(Box<str>, usize)>,
    /// Names and their targets, to find a name that was cut into labels.
    pub(super) names: Map<usize>,
    /// `alipaycom`, with its brand.
    pub(super) glued: HashMap<Box<[u8]>, usize, RandomState>,
    /// Names whose vowels are made the same, with their targets.
    pub(super) vowels: HashMap<Box<[u8]>, usize, RandomState>,
    pub(super) words: Words,
    domains: Map<(Standing, Option<usize>)>,
    /// The registered domains of all official ones: what is below them has the same owner.
    owned: HashSet<Box<str>, RandomState>,
}

impl Brands {
    pub(super) fn new(profile: &Profile) -> Self {
        let mut brands = Self {
            all: Vec::new(),
            targets: Vec::new(),
            foreign: Vec::new(),
            names: Map::default(),
            glued: HashMap::default(),
            vowels: HashMap::default(),
            words: Words::new(&profile.generic_words),
            domains: Map::default(),
            owned: HashSet::default(),
        };
        // The first to claim a domain keeps it, so what is official comes first.
        for (domain, platform) in listed(profile) {
            brands.add(domain, platform);
        }
        for domain in &profile.owned {
            brands.claim(domain, Standing::Official, None);
        }
        for (list, standing) in [
            (&profile.known, Standing::Known),
            (&profile.free_hosting, Standing::Free),
            (&profile.shorteners, Standing::Short),
        ] {
            for domain in list {
                brands.claim(domain, standing, None);
            }
        }
        for brand in &profile.brands {
            let known = brands
                .all
                .iter()
                .position(|known| *known.domain == *brand.domain);
            for name in &brand.names {
                if let Some(index) = known {
                    brands.name(name, true, index);
                }
            }
        }
        brands
    }

    fn claim(&mut self, domain: &str, standing: Standing, brand: Option<usize>) {
        if standing == Standing::Official {
            let registered = psl::domain_str(domain).unwrap_or(domain);
            self.owned.insert(registered.into());
        }
        self.domains
            .entry(domain.into())
            .or_insert((standing, brand));
    }

    fn add(&mut self, domain: &str, platform: bool) {
        if self.domains.contains_key(domain) {
            return;
        }
        let index = self.all.len();
        self.claim(domain, Standing::Official, Some(index));
        self.all.push(Brand {
            domain: domain.into(),
            platform,
        });
        let registered = psl::domain_str(domain).unwrap_or(domain);
        let Some((label, suffix)) = registered.split_once('.') else {
            return;
        };
        let (label, _) = idna::domain_to_unicode(label);
        let suffix = suffix.replace('.', "");
        self.name(&label, false, index);
        let mut folded = String::new();
        latin(&label, &mut folded);
        folded.retain(|c| c != '-');
        folded.push_str(&suffix);
        self.glued
            .entry(folded.into_bytes().into())
            .or_insert(index);
    }

    fn name(&mut self, name: &str, alias: bool, brand: usize) {
        let mut text = String::new();
        latin(name, &mut text);
        text.retain(|c| c != '-');
        if !text.is_ascii() {
            self.foreign.push((name.into(), brand));
            return;
        }
        let long = text.len() > LABEL || text.len() < 2;
        if long || self.names.contains_key(text.as_str()) {
            return;
        }
        let core = self.words.stripped(&text).len();
        let target = Target::new(text.as_bytes(), core, alias, brand);
        let index = self.targets.len();
        if target.text.len() >= VOWELS_FROM && !target.number {
            let vowels = without_vowels(&target.text).into();
            self.vowels.entry(vowels).or_insert(index);
        }
        self.targets.push(target);
        self.names.insert(text.into(), index);
    }

    /// Whose a host is: the longest listed domain that it is or is below.
    pub(super) fn standing(&self, host: &str) -> Option<(Standing, Option<usize>)> {
        let mut rest = host;
        loop {
            if let Some(found) = self.domains.get(rest) {
                return Some(*found);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    /// Whether a registered domain has an owner of official ones.
    pub(super) fn owns(&self, registered: &str) -> bool {
        self.owned.contains(registered)
    }

    /// The brand of exactly this domain, where it is official.
    pub(super) fn official(&self, domain: &str) -> Option<Option<usize>> {
        match self.domains.get(domain) {
            Some((Standing::Official, brand)) => Some(*brand),
            _ => None,
        }
    }
}

/// Domains whose look-alikes are looked for, the platform's first; a name belongs to the domain that
/// is registered under it before one below that.
fn listed(profile: &Profile) -> impl Iterator<Item = (&str, bool)> {
    let below = |domain: &str| psl::domain_str(domain).is_some_and(|it| it != domain);
    let (parts, whole): (Vec<_>, Vec<_>) = every(profile).partition(|(domain, _)| below(domain));
    whole.into_iter().chain(parts)
}

fn every(profile: &Profile) -> impl Iterator<Item = (&str, bool)> {
    let own = profile
        .official
        .iter()
        .map(|domain| (domain.as_str(), true));
    let others = profile
        .providers
        .iter()
        .map(|domain| (domain.as_str(), false));
    own.chain(others)
}

impl Target {
    fn new(text: &[u8], core: usize, alias: bool, brand: usize) -> Self {
        let mut looks = Vec::new();
        shape(text, &mut looks);
        Self {
            mask: mask(text),
            shape_mask: mask(&looks),
            number: std::str::from_utf8(text).is_ok_and(is_number),
            text: text.to_vec(),
            shape: looks,
            core,
            alias,
            brand,
        }
    }
}
