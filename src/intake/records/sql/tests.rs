use super::super::{Cells, LONGEST, Reject};
use super::*;

/// A record: its text, its section's table, and why it is rejected.
type Found = (String, String, Option<Reject>);

/// The records of a dump whose bytes come `grow` at a time.
fn records(dump: &[u8], grow: usize) -> Vec<Found> {
    records_from(dump, grow, grow)
}

/// The records of a dump of which `first` bytes come first, then `grow` at a time.
fn records_from(dump: &[u8], first: usize, grow: usize) -> Vec<Found> {
    let mut state = State::default();
    let mut found = Vec::new();
    let mut at = 0;
    let mut there = first.min(dump.len());
    while at < dump.len() {
        let last = there == dump.len();
        let steps = match next(&dump[..there], at, last, &mut state) {
            Next::More => {
                assert!(!last, "more is wanted at the end, at {at}");
                there = there.saturating_add(grow).min(dump.len());
                continue;
            }
            Next::Skip(next) => next,
            Next::Record {
                start,
                end,
                next,
                reject,
            } => {
                assert!(
                    at <= start && start < end && end <= next,
                    "{start} {end} {next}"
                );
                let table = state
                    .sections
                    .get(state.section)
                    .map(|one| one.table.clone());
                let text = String::from_utf8_lossy(&dump[start..end]).into_owned();
                found.push((text, table.unwrap_or_default(), reject));
                next
            }
        };
        assert!(steps <= there);
        at = steps;
    }
    found
}

fn texts(dump: &str) -> Vec<String> {
    let all = records(dump.as_bytes(), usize::MAX);
    all.into_iter()
        .map(|(text, _, reject)| match reject {
            None => text,
            Some(reject) => format!("! {text} — {reject:?}"),
        })
        .collect()
}

fn cells(tuple: &str) -> Vec<String> {
    let mut cells = Cells::default();
    split_tuple(tuple, &mut cells).expect("a tuple");
    cells.iter(tuple).map(|(_, cell)| cell.to_owned()).collect()
}

const DUMP: &str = r#"-- MySQL dump 10.13  Distrib 8.0.36, it's made for a test
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/* a comment; with 'a quote
INSERT INTO nowhere VALUES (0);
*/
DROP TABLE IF EXISTS `orders`;
CREATE TABLE `orders` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'it''s the id; (unique)',
  `Order_sn` varchar(32) CHARACTER SET utf8mb4 NOT NULL COMMENT '订单号',
  `state` enum('A','b') DEFAULT 'A',
  `paid_at` timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP COMMENT 'paid \'at\'',
  `amount` decimal(10,2) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `sn` (`Order_sn`) COMMENT 'none',
  CONSTRAINT `c` CHECK (`amount` > 0)
) ENGINE=InnoDB /*!50100 PARTITION BY HASH (id)
PARTITIONS 4 */;
LOCK TABLES `orders` WRITE;
/*!40000 ALTER TABLE `orders` DISABLE KEYS */;
INSERT INTO `orders` VALUES (1,'A1','A',NULL,1.00),(2,'it\'s; (two), ''2''','b','2024-01-02 03:04:05',-2.50),(3,'multi
(line) \\','A',NOW(),3e1);
/*!40000 ALTER TABLE `orders` ENABLE KEYS */;
UNLOCK TABLES;
DELIMITER ;;
CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW BEGIN
INSERT INTO log VALUES (NEW.id);
END ;;
DELIMITER ;
INSERT IGNORE INTO shop."logs" ("id", `text`) VALUES
(1, "say ""hi"""), -- the first
# the second
(2, _binary 'x'),
(3, CAST('x' AS CHAR(3)))
ON DUPLICATE KEY UPDATE text = VALUES(text);
REPLACE INTO [dbo].[t] VALUES(N'x', (1 + 2));
INSERT INTO copy SELECT * FROM orders WHERE a IN (1, 2);
COMMIT;
"#;

#[test]
fn tuples_are_found_one_by_one() {
    let found = records(DUMP.as_bytes(), usize::MAX);
    let shown: Vec<(&str, &str)> = found
        .iter()
        .inspect(|(text, _, reject)| assert_eq!(*reject, None, "{text}"))
        .map(|(text, table, _)| (table.as_str(), text.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("orders", "(1,'A1','A',NULL,1.00)"),
            (
                "orders",
                r"(2,'it\'s; (two), ''2''','b','2024-01-02 03:04:05',-2.50)"
            ),
            ("orders", "(3,'multi\n(line) \\\\','A',NOW(),3e1)"),
            ("logs", r#"(1, "say ""hi""")"#),
            ("logs", "(2, _binary 'x')"),
            ("logs", "(3, CAST('x' AS CHAR(3)))"),
            ("t", "(N'x', (1 + 2))"),
        ]
    );
}

#[test]
fn sections_hold_the_columns_that_a_statement_lists() {
    let mut state = State::default();
    let mut at = 0;
    while at < DUMP.len() {
        at = match next(DUMP.as_bytes(), at, true, &mut state) {
            Next::Record { next, .. } | Next::Skip(next) => next,
            Next::More => panic!("more is wanted at the end"),
        };
    }
    let columns: Vec<_> = state
        .sections
        .iter()
        .map(|one| one.columns.clone())
        .collect();
    let listed = Some(vec!["id".to_owned(), "text".to_owned()]);
    assert_eq!(columns, [None, listed, None]);
    assert!(!state.inside);
}

#[test]
fn windows_change_nothing() {
    let mut damaged = DUMP.replace("'A1'", "'A1");
    damaged.push_str("(9\nINSERT INTO x VALUES (1,2,),(3,4)\n");
    for dump in [DUMP, &damaged] {
        let whole = records(dump.as_bytes(), usize::MAX);
        for grow in (1..40).chain([64, 100, 500]) {
            assert_eq!(records(dump.as_bytes(), grow), whole, "{grow}");
        }
        for first in 0..dump.len() {
            let cut = records_from(dump.as_bytes(), first, usize::MAX);
            assert_eq!(cut, whole, "{first}");
        }
    }
}

#[test]
fn no_damage_of_one_byte_swallows_many_tuples() {
    let rows: Vec<String> = (0..12)
        .map(|row| format!("({row},'O{row}','it\\'s','x, \"y\" (z)',1.50)"))
        .collect();
    for between in [",", ",\n"] {
        let dump = format!(
            "CREATE TABLE `o` (`id` int COMMENT 'x');\nINSERT INTO `o` VALUES\n{};\nCOMMIT;\n",
            rows.join(between)
        );
        let first = dump.find("(0,").expect("the first row");
        let until = dump.find("\nCOMMIT").expect("the end");
        for at in 0..dump.len() {
            for byte in [
                b'\'', b'"', b'`', b'(', b')', b',', b';', b'\\', b'\n', b'x', 0, 0xe8, b'/', b'*',
            ] {
                let mut bytes = dump.clone().into_bytes();
                bytes[at] = byte;
                let found = records(&bytes, usize::MAX);
                let good = found
                    .iter()
                    .filter(|(_, _, reject)| reject.is_none())
                    .count();
                let lost = found.iter().any(|(_, _, reject)| reject.is_some());
                let about = format!("{at} {:?}: {found:#?}", char::from(byte));
                assert!(good == rows.len() || lost || at >= until, "silent: {about}");
                if (first..until - 2).contains(&at) {
                    assert!(good + 2 >= rows.len(), "{about}");
                }
            }
        }
    }
}

#[test]
fn a_lost_quote_loses_its_line() {
    assert_eq!(
        texts(
            "INSERT INTO t VALUES\n(1,'a,'x'),\n(2,'b','y'),\n(3,'c','z);\nINSERT INTO u VALUES (4);\n"
        ),
        [
            "! (1,'a,'x') — Sql(\"found text after a closing quote\")",
            "(2,'b','y')",
            "! (3,'c','z); — Sql(\"found no end of it\")",
            "(4)",
        ]
    );
}

#[test]
fn what_the_end_of_the_file_cuts_off_is_told() {
    assert_eq!(
        texts("INSERT INTO t VALUES (1,'a'),(2,'b"),
        ["(1,'a')", "! (2,'b — Cut"]
    );
    assert_eq!(texts("INSERT INTO t VALUES (1,'a'),"), ["(1,'a')"]);
    assert_eq!(texts("INSERT INTO t (a,"), ["! INSERT INTO t (a — Cut"]);
}

#[test]
fn a_comment_that_never_ends_hides_no_rows() {
    let open = "— Sql(\"found a comment that is not closed\")";
    assert_eq!(
        texts("INSERT INTO t VALUES\n(1,'a'),\n/* (2,'b'),\n(3,'c');\n"),
        ["(1,'a')", &format!("! /* (2,'b') {open}"), "(3,'c')"]
    );
    let long = format!("INSERT INTO t VALUES (1,'a'),\n/* {}", "x ".repeat(100_000));
    for grow in [1000, usize::MAX] {
        let found = records(long.as_bytes(), grow);
        let rejects: Vec<&Reject> = found.iter().filter_map(|it| it.2.as_ref()).collect();
        assert_eq!(rejects.len(), 1, "{grow}");
    }
}

#[test]
fn rows_of_a_statement_that_cannot_be_read_are_rejected_one_by_one() {
    let found = texts("INSFRT INTO t VALUES\n(1),\n(2);\nINSERT INTO t VALUES (3);\n");
    assert_eq!(found.len(), 4, "{found:?}");
    assert_eq!(found[3], "(3)");
}

#[test]
fn tuples_are_never_taken_for_those_of_another_table() {
    let first = "INSERT INTO t VALUES\n(1,2);\n";
    for head in [
        "INSFRT INTO u VALUES\n",
        "1NSERT INTO u\nVALUES\n",
        "INSERT INTO `u VALUES\n",
        "?NSERT INTO u VALUES ",
    ] {
        let found = texts(&format!("{first}{head}(3,4),\n(5,6);\n{first}"));
        let good = found.iter().filter(|text| !text.starts_with('!'));
        assert!(good.eq(["(1,2)", "(1,2)"]), "{found:?}");
        assert!(found.len() > 3, "{found:?}");
    }
    // A semicolon that was a comma ends no list.
    let found = texts("INSERT INTO t VALUES (1,2);(3,4),(5,6);\n(7),(8,9);\n");
    assert_eq!(found[..3], ["(1,2)", "(3,4)", "(5,6)"]);
    assert_eq!(found[4..], ["(8,9)"]);
}

#[test]
fn backslashes_that_are_half_a_character_escape_nothing() {
    let (dump, _, _) =
        encoding_rs::GB18030.encode("INSERT INTO `t` VALUES (1,'誠'),(2,'中\\'国'),(3,'成功');");
    let found = records(&dump, usize::MAX);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|(_, _, reject)| reject.is_none()));
}

#[test]
fn long_statements_are_skipped_in_pieces() {
    let mut dump = b"UPDATE t SET a = 'x".to_vec();
    dump.resize(LONGEST / 2, b'y');
    dump.extend_from_slice(b"'; INSERT INTO t VALUES (1),(2);");
    let mut state = State::default();
    let mut at = 0;
    for there in (0..dump.len()).step_by(64 << 10) {
        while let Next::Skip(next) = next(&dump[..there], at, false, &mut state) {
            at = next;
            if at == there {
                break;
            }
        }
        assert!(there - at < 64, "{there} {at}");
    }
    assert_eq!(records(&dump, 64 << 10).len(), 2);
}

#[test]
fn values_are_unescaped() {
    assert_eq!(
        cells(r"(1, -2.50, 'a''b', 'x\'y\\z\n\t\%', NULL, null, '', TRUE)"),
        ["1", "-2.50", "a'b", "x'y\\z\n\t\\%", "", "", "", "TRUE"]
    );
    assert_eq!(
        cells(r#"(0x41e4b8ad, X'42', _binary 0x43, 0x00ff, _binary 'b\0', N'名', _utf8mb4'x')"#),
        ["A中", "B", "C", "0x00ff", "b\0", "名", "x"]
    );
    assert_eq!(
        cells(
            r#"("say ""it's""", NOW(), CAST('2024-01-02' AS DATETIME), '{"a":1}'::jsonb, DATE '2024-01-02')"#
        ),
        [
            "say \"it's\"",
            "NOW()",
            "CAST('2024-01-02' AS DATETIME)",
            "{\"a\":1}",
            "2024-01-02"
        ]
    );
    assert!(split_tuple("(1,'x", &mut Cells::default()).is_err());
    assert!(split_tuple("(1,2) x", &mut Cells::default()).is_err());
    assert!(split_tuple("", &mut Cells::default()).is_err());
}

#[test]
fn dumps_say_what_their_columns_mean() {
    let dump = read_dump(DUMP.as_bytes()).expect("a dump");
    assert_eq!(dump.zone, Some(0));
    let rows: Vec<_> = dump
        .tables
        .iter()
        .map(|one| (one.name.as_str(), one.rows))
        .collect();
    assert_eq!(rows, [("orders", 3), ("logs", 3), ("t", 1)]);
    let columns: Vec<_> = dump.tables[0]
        .columns
        .iter()
        .map(|one| (one.name.as_str(), one.kind.as_str(), one.comment.as_str()))
        .collect();
    assert_eq!(
        columns,
        [
            ("id", "int(10) unsigned", "it's the id; (unique)"),
            ("Order_sn", "varchar(32)", "订单号"),
            ("state", "enum('a','b')", ""),
            ("paid_at", "timestamp", "paid 'at'"),
            ("amount", "decimal(10,2)", ""),
        ]
    );
    assert_eq!(dump.tables[1].columns.len(), 2);
}

#[test]
fn postgres_comments_and_types_are_read() {
    let dump = r#"SET TIME ZONE 'UTC';
CREATE TABLE public.orders (
    sn character varying(32) NOT NULL,
    "key" timestamp without time zone DEFAULT now()
);
COMMENT ON COLUMN public.orders.sn IS '订单号';
INSERT INTO public.orders VALUES ('a', '2024-01-02');
SET time_zone = '+08:00';
"#;
    let dump = read_dump(dump.as_bytes()).expect("a dump");
    assert_eq!(dump.zone, Some(0));
    let table = &dump.tables[0];
    assert_eq!((table.name.as_str(), table.rows), ("orders", 1));
    assert_eq!(table.columns[0].comment, "订单号");
    assert_eq!(table.columns[0].kind, "character varying(32)");
    assert_eq!(table.columns[1].kind, "timestamp without time zone");
}

#[test]
fn only_numeric_zones_count() {
    let zone = |statement: &str| {
        let dump = format!("{statement};\nINSERT INTO t VALUES (1);\n");
        read_dump(dump.as_bytes()).expect("a dump").zone
    };
    assert_eq!(zone("SET time_zone = \"+08:00\""), Some(28_800));
    assert_eq!(zone("SET SESSION time_zone='-03:30'"), Some(-12_600));
    assert_eq!(zone("SET time_zone = SYSTEM"), None);
    assert_eq!(zone("SET TIME_ZONE=@OLD_TIME_ZONE"), None);
    assert_eq!(zone("SET @OLD_TIME_ZONE='+08:00'"), None);
}

#[test]
fn damaged_bytes_are_no_reason_to_fail() {
    for at in 0..DUMP.len() {
        for byte in [b'\'', b'\n', b'/', b'(', 0xff] {
            let mut dump = DUMP.as_bytes().to_vec();
            dump[at] = byte;
            let whole = records(&dump, usize::MAX);
            assert_eq!(records(&dump, 251), whole, "{at} {byte}");
            for (text, _, _) in whole {
                let _ = split_tuple(&text, &mut Cells::default());
            }
            read_dump(dump.as_slice()).expect("a dump");
        }
    }
}
