//! How far two short names are apart: edits, and which letters they have.

/// The longest label that DNS allows (RFC 1035); longer names are compared no further.
pub(super) const LABEL: usize = 63;

/// Which letters and digits a name has, one bit each; everything else shares one bit.
pub(super) fn mask(name: &[u8]) -> u64 {
    name.iter().fold(0, |mask, byte| {
        mask | 1
            << match byte {
                b'a'..=b'z' => byte - b'a',
                b'0'..=b'9' => 26 + byte - b'0',
                _ => 36,
            }
    })
}

/// The one edit that makes a name from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    /// One more character, before this position.
    Added(usize),
    /// One character less, at this position.
    Dropped(usize),
    /// Another character at this position.
    Replaced(usize),
    /// This character and the next swapped.
    Swapped(usize),
}

/// The edit that makes `name` from `target`, where exactly one does.
pub(super) fn one_edit(target: &[u8], name: &[u8]) -> Option<Edit> {
    if target.len().abs_diff(name.len()) > 1 {
        return None;
    }
    let at = common(target.iter(), name.iter());
    let (target, name) = (&target[at..], &name[at..]);
    let end = common(target.iter().rev(), name.iter().rev());
    match (&target[..target.len() - end], &name[..name.len() - end]) {
        ([], [_]) => Some(Edit::Added(at)),
        ([_], []) => Some(Edit::Dropped(at)),
        ([_], [_]) => Some(Edit::Replaced(at)),
        ([a, b], [c, d]) if a == d && b == c => Some(Edit::Swapped(at)),
        _ => None,
    }
}

fn common<'a>(a: impl Iterator<Item = &'a u8>, b: impl Iterator<Item = &'a u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// Optimal string alignment (insert, drop, replace, swap neighbours), or none where more than
/// `limit` edits are needed.
pub(super) fn within(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit || a.len() > LABEL || b.len() > LABEL {
        return None;
    }
    let start = common(a.iter(), b.iter());
    let (a, b) = (&a[start..], &b[start..]);
    let end = common(a.iter().rev(), b.iter().rev());
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    if a.is_empty() || b.is_empty() {
        return Some(a.len() + b.len()).filter(|edits| *edits <= limit);
    }
    let mut rows = [[0u8; LABEL + 1]; 3];
    for (cell, edits) in rows[0].iter_mut().zip(0..) {
        *cell = edits;
    }
    let width = b.len() + 1;
    for i in 1..=a.len() {
        let [before, above, row] = rotated(&mut rows, i);
        #[expect(clippy::cast_possible_truncation, reason = "labels are short")]
        let first = i as u8;
        row[0] = first;
        let mut least = first;
        for j in 1..width {
            let same = a[i - 1] == b[j - 1];
            let mut best = (above[j] + 1)
                .min(row[j - 1] + 1)
                .min(above[j - 1] + u8::from(!same));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row[j] = best;
            least = least.min(best);
        }
        if usize::from(least) > limit {
            return None;
        }
    }
    let edits = usize::from(rows[a.len() % 3][width - 1]);
    (edits <= limit).then_some(edits)
}

type Row = [u8; LABEL + 1];

/// The rows before the last, the last, and the one to fill, of a table that keeps three.
fn rotated(rows: &mut [Row; 3], i: usize) -> [&mut Row; 3] {
    let [first, second, third] = rows;
    match i % 3 {
        0 => [second, third, first],
        1 => [third, first, second],
        _ => [first, second, third],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit_is_named() {
        let edit = |name: &str| one_edit(b"alipay", name.as_bytes());
        assert_eq!(edit("alipays"), Some(Edit::Added(6)));
        assert_eq!(edit("alpay"), Some(Edit::Dropped(2)));
        assert_eq!(edit("blipay"), Some(Edit::Replaced(0)));
        assert_eq!(edit("alipya"), Some(Edit::Swapped(4)));
        assert_eq!(edit("alipay"), None);
        assert_eq!(edit("alixpyy"), None);
    }

    #[test]
    fn distances_agree_with_a_plain_implementation() {
        let names = [
            "alipay",
            "alipya",
            "lapiya",
            "unionpay",
            "unoinpya",
            "",
            "a",
            "weixin",
            "wiexni",
            "ca",
            "abc",
            "kamengtest",
            "kmaengtset",
            "95516",
            "59561",
        ];
        for a in names {
            for b in names {
                let plain = strsim::osa_distance(a, b);
                for limit in 0..4 {
                    let found = within(a.as_bytes(), b.as_bytes(), limit);
                    assert_eq!(found, (plain <= limit).then_some(plain), "{a} {b} {limit}");
                }
                let one = one_edit(a.as_bytes(), b.as_bytes()).is_some();
                assert_eq!(one, plain == 1, "{a} {b}");
            }
        }
    }

    #[test]
    fn masks_have_a_bit_for_each_letter() {
        assert_eq!(mask(b"aab").count_ones(), 2);
        assert_eq!(mask(b"az09-_").count_ones(), 5);
    }
}
