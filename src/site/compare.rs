//! One part of a host against one official name: how it resembles it, and what that weighs where it
//! stands. Every number here was chosen by measuring recall on generated and real imitations against
//! false alarms on 160,000 registered domains (`tests/suite/site`).

use super::brands::Target;
use super::distance::{Edit, mask, one_edit, within};
use super::fold::shape;
use super::reason::{ReasonKind, Strength};
use super::words::{Words, is_lucky, is_number};

/// Shorter names are not looked for by their shape inside others, nor with an ending glued to them:
/// `99` is no `qq`, and `bocal` no `boc`.
const STEADY: usize = 5;

/// Where a part stands in a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The label that was registered, whole.
    Name,
    /// The same without its hyphens.
    Joined,
    /// The same without generic words at its ends.
    Stripped,
    /// A word of it, between hyphens.
    Word,
    /// A label below it, without its hyphens.
    Below,
    /// A word of such a label.
    BelowWord,
}

/// A part of a host, folded.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) shape: Vec<u8>,
    mask: u64,
    shape_mask: u64,
    /// Whether it was written in other letters.
    pub(super) foreign: bool,
    pub(super) place: Place,
    /// Whether every other word of its label is generic.
    pub(super) generic: bool,
    /// Whether the host ends as those of official sites do.
    pub(super) usual: bool,
    /// Whether it ends as those of sites made for a short time do.
    pub(super) cheap: bool,
}

impl Part {
    pub(super) fn new(text: String, foreign: bool, place: Place, generic: bool) -> Self {
        let mut looks = Vec::with_capacity(text.len());
        shape(text.as_bytes(), &mut looks);
        Self {
            mask: mask(text.as_bytes()),
            shape_mask: mask(&looks),
            shape: looks,
            text,
            foreign,
            place,
            generic,
            usual: false,
            cheap: false,
        }
    }

    /// How the part resembles a name, if it does.
    pub(super) fn resembles(&self, target: &Target, words: &Words) -> Option<Likeness> {
        let limit = self.limit(target);
        let apart = self.shape.len().abs_diff(target.shape.len());
        let near = apart <= limit as usize
            && (other_letters(self.shape_mask, target.shape_mask) <= limit
                || other_letters(self.mask, target.mask) <= limit);
        let near = if near { self.near(target, limit) } else { None };
        if near.is_some_and(|it| !matches!(it, Likeness::Far(_))) {
            return near;
        }
        let within = self.text.len() > target.text.len()
            && (target.mask & !self.mask == 0 || target.shape_mask & !self.shape_mask == 0);
        let around = if within {
            self.around(target, words)
        } else {
            None
        };
        around.or(near)
    }

    /// How many edits away the name can still be meant: where it stands among others, one.
    fn limit(&self, target: &Target) -> u32 {
        let whole = matches!(self.place, Place::Name | Place::Joined);
        match target.text.len() {
            6..=11 if whole => 2,
            12.. if whole => 3,
            _ => 1,
        }
    }

    fn near(&self, target: &Target, limit: u32) -> Option<Likeness> {
        let text = self.text.as_bytes();
        if text == target.text || self.shape == target.shape {
            return Some(match (self.foreign, text == target.text) {
                (true, _) => Likeness::Homoglyph,
                (false, true) => Likeness::Same,
                (false, false) => Likeness::Shape,
            });
        }
        let edit = one_edit(&target.text, text).or_else(|| one_edit(&target.shape, &self.shape));
        if let Some(edit) = edit {
            return Some(Likeness::Edit(edit));
        }
        if limit < 2 {
            return None;
        }
        within(&target.shape, &self.shape, limit as usize).map(Likeness::Far)
    }

    /// The name inside the part, with something around it.
    fn around(&self, target: &Target, words: &Words) -> Option<Likeness> {
        let text = self.text.as_str();
        let name = std::str::from_utf8(&target.text).ok()?;
        let around = |at: usize| {
            let (before, rest) = (text.get(..at)?, text.get(at..)?);
            let after = rest.get(name.len()..)?;
            Some(surrounded(before, after, words, name.len() >= STEADY))
        };
        let places = text.match_indices(name);
        let found = places.filter_map(|(at, _)| around(at)).max_by_key(rank);
        if found.is_some() {
            return found;
        }
        // What only looks like the name counts where nothing but generic words is around it.
        let steady = self.shape.len() == text.len()
            && target.shape.len() == name.len()
            && name.len() >= STEADY;
        if !steady {
            return None;
        }
        let shapes = self.shape.windows(name.len()).enumerate();
        let mut places = shapes.filter(|(_, looks)| *looks == target.shape);
        places.find_map(|(at, _)| around(at).filter(|it| matches!(it, Likeness::Affix(_))))
    }
}

/// How many edits the letters of two names ask for at least: one edit takes one letter away and
/// brings one in.
fn other_letters(a: u64, b: u64) -> u32 {
    (a & !b).count_ones().max((b & !a).count_ones())
}

/// How telling a name is that is there with something around it.
fn rank(likeness: &Likeness) -> u8 {
    match likeness {
        Likeness::Affix(_) => 2,
        Likeness::Digits => 1,
        _ => 0,
    }
}

fn surrounded(before: &str, after: &str, words: &Words, long: bool) -> Likeness {
    if before.is_empty() && is_number(after) || after.is_empty() && is_number(before) {
        return match is_lucky(before) || is_lucky(after) {
            true => Likeness::Affix(before.len() + after.len()),
            false => Likeness::Digits,
        };
    }
    // `alipayninja.com`: the ending of a domain, glued to the name.
    let ending =
        || psl::suffix(after.as_bytes()).is_some_and(|it| it.is_known() && it == after.as_bytes());
    if words.make(before) && (words.make(after) || long && ending()) {
        return Likeness::Affix(before.len() + after.len());
    }
    Likeness::Inside
}

/// How a part resembles a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// It is inside, among other letters.
    Inside,
    /// It is there with digits that mean nothing.
    Digits,
    /// It is there with this many characters of generic words or liked numbers.
    Affix(usize),
    /// So many edits away.
    Far(usize),
    /// One edit away.
    Edit(Edit),
    /// It looks the same in ASCII.
    Shape,
    /// It looks the same in other letters.
    Homoglyph,
    /// It is the same.
    Same,
}

use ReasonKind as Kind;
use Strength::{Info, Strong, Weak};

/// What a likeness weighs where the part stands; none where it is chance.
pub(super) fn weigh(
    likeness: Likeness,
    part: &Part,
    target: &Target,
    platform: bool,
) -> Option<(Kind, Strength)> {
    let long = target.text.len();
    match likeness {
        Likeness::Same => same(part, target, platform),
        Likeness::Homoglyph => (long > 1).then_some((Kind::Homoglyph, Strong)),
        Likeness::Shape => match long {
            0..=2 => None,
            3 => Some((Kind::Shape, Weak)),
            _ => Some((Kind::Shape, Strong)),
        },
        Likeness::Edit(edit) => {
            typed(edit, part, target, platform).map(|weight| (Kind::Typo, weight))
        }
        Likeness::Far(edits) => far(edits, part, target).map(|weight| (Kind::Typo, weight)),
        Likeness::Affix(more) => affix(more, part, target, platform),
        Likeness::Digits => match part.place {
            Place::Name | Place::Joined if long >= 4 => Some((Kind::Affix, Weak)),
            Place::Name | Place::Joined if part.text.len() >= long + 4 => Some((Kind::Affix, Weak)),
            _ => None,
        },
        Likeness::Inside => match part.place {
            Place::Name | Place::Joined if long >= 6 => Some((Kind::Contains, Weak)),
            Place::Below if long >= 6 && platform => Some((Kind::Contains, Weak)),
            _ => None,
        },
    }
}

fn same(part: &Part, target: &Target, platform: bool) -> Option<(Kind, Strength)> {
    let long = target.text.len();
    match part.place {
        Place::Name if target.alias => (long > 2).then_some((Kind::Alias, by(long >= 5))),
        Place::Name => Some((Kind::OtherSuffix, by(long >= 4 || part.cheap))),
        Place::Joined => (long > 2).then_some((Kind::Hyphen, by(long >= 4))),
        Place::Stripped => None,
        Place::Word | Place::BelowWord => match long {
            6.. => Some((Kind::Token, Strong)),
            _ if part.generic => Some((Kind::Token, Strong)),
            4.. => Some((Kind::Token, Weak)),
            _ => None,
        },
        // Shops call their payment pages after the provider: alipay.shop.example.
        Place::Below if platform => Some((Kind::Token, by(long >= 4))),
        Place::Below if long >= 4 => Some((Kind::Token, Weak)),
        Place::Below => Some((Kind::Token, Info)),
    }
}

fn by(strong: bool) -> Strength {
    if strong { Strong } else { Weak }
}

/// One edit. Where only the first letter or a digit at the end differs it is often another honest
/// name (Chromium's look-alike checks let these pass), and so are numbers.
fn typed(edit: Edit, part: &Part, target: &Target, platform: bool) -> Option<Strength> {
    let long = target.text.len();
    if target.number {
        return (long >= 5).then_some(Weak);
    }
    let last = part.text.as_bytes().last().is_some_and(u8::is_ascii_digit);
    let guarded = match edit {
        Edit::Replaced(0) => true,
        Edit::Added(at) => at == long && last,
        Edit::Replaced(at) if at + 1 == long && last => true,
        // Four letters are mostly an abbreviation, and every other one is taken too.
        Edit::Dropped(_) => long <= 4,
        Edit::Replaced(_) => long <= 4 && !platform,
        _ => false,
    };
    match part.place {
        Place::Name | Place::Joined if long >= 4 => Some(by(!guarded)),
        Place::Below if long >= 6 => Some(by(!guarded)),
        Place::Word | Place::BelowWord if long >= 6 => Some(by(!guarded && part.generic)),
        Place::Stripped if long >= 6 => Some(by(!guarded)),
        Place::Word | Place::BelowWord | Place::Stripped if long >= 5 => Some(Weak),
        _ => None,
    }
}

/// Several edits: a quarter of what is the name's own. Two of them in a short name are a slip only
/// where it still begins or ends as it should and has not lost both.
fn far(edits: usize, part: &Part, target: &Target) -> Option<Strength> {
    let whole = matches!(part.place, Place::Name | Place::Joined);
    if !whole || target.number || edits > target.core / 4 + usize::from(target.core >= 6) {
        return None;
    }
    let (name, meant) = (&part.shape, &target.shape);
    let ends = name.first() == meant.first() || name.last() == meant.last();
    match (edits, target.text.len()) {
        (2, 10..) => Some(by(target.core >= 8)),
        (2, 8..) | (3, 12..) => Some(Weak),
        (2, 6..) if ends && part.usual && name.len() + 1 >= meant.len() => Some(Weak),
        _ => None,
    }
}

fn affix(more: usize, part: &Part, target: &Target, platform: bool) -> Option<(Kind, Strength)> {
    let long = target.text.len();
    let weight = match part.place {
        Place::Name | Place::Joined => match long {
            4.. => Strong,
            // A short name needs more around it to be meant, one that others use too still more.
            3 => by(more >= if platform { 2 } else { 3 }),
            2 if more >= if platform { 3 } else { 5 } => Strong,
            2 if more >= if platform { 2 } else { 3 } => Weak,
            _ => return None,
        },
        Place::Word if long >= 5 => by(part.generic),
        Place::Below | Place::BelowWord if long >= 4 => by(platform || long >= 6),
        _ => return None,
    };
    Some((Kind::Affix, weight))
}
