//! TOML documents with places: text comes in, typed reads go out, and every mistake becomes a
//! [`Diagnostic`] with file, line and column. Reading never stops at the first mistake.
//!
//! Serde is not used for rule files because it stops at the first error and loses the places.

mod context;
mod diagnostic;
mod reader;

pub use context::{Context, line_column};
pub use diagnostic::{Diagnostic, code};
pub use reader::{Located, TableReader};

/// The name nearest to a mistyped one, where one is near enough to be worth suggesting.
///
/// Damerau-Levenshtein distance of at most a third of the length, and at most three.
pub fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    names
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostics(source: &str, read: impl FnOnce(&mut TableReader<'_, '_>)) -> Vec<String> {
        let context = Context::new("x.toml", source);
        let root = context.parse();
        let mut reader = TableReader::root(&context, &root, "a test");
        read(&mut reader);
        reader.finish();
        context
            .into_diagnostics()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn reports_every_mistake_with_its_place() {
        let source = "idd = 'a'\nseen = 'x'\ntitle = { zh = '', en = 'b' }\n";
        let found = diagnostics(source, |reader| {
            reader.string("id");
            reader.number("seen", 0.0..100.0);
            reader.text("title");
        });
        assert_eq!(found.len(), 4, "{found:#?}");
        assert!(found[0].starts_with("x.toml:1:1: R002"));
        assert!(found[0].contains("did you mean `id`?"));
        assert!(found[1].starts_with("x.toml:1:1: R003"));
        assert!(found[2].starts_with("x.toml:2:8: R004"));
        assert!(found[3].starts_with("x.toml:3:16: R006"));
    }

    #[test]
    fn syntax_errors_do_not_hide_the_rest() {
        let found = diagnostics("a = \nseen = 300\n", |reader| {
            reader.raw("a");
            reader.number("seen", 0.0..100.0);
        });
        assert!(found.iter().any(|line| line.contains("R001")));
        assert!(found.iter().any(|line| line.contains("R005")));
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_column("充值\n金额 x", 14), (2, 4));
        assert_eq!(line_column("ab", 99), (1, 3));
    }
}
