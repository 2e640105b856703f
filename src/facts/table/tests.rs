//! Unit tests.

use super::*;

const KINDS: [FactType; 6] = [
    FactType::Bool,
    FactType::Money,
    FactType::Number,
    FactType::Time,
    FactType::Enum,
    FactType::List,
];

fn key(position: u16) -> FactKey {
    FactKey(position)
}

/// Four rows; the second and the last know nothing, the third all but the list.
fn table() -> Table {
    filled().finish()
}

fn filled() -> TableBuilder {
    let mut builder = TableBuilder::new(KINDS);
    builder.set(key(0), CellRef::Bool(true));
    builder.begin();
    builder.set(key(1), CellRef::Int(500));
    let list = FactValue::list(["a", "b"]);
    builder.set(key(5), &list);
    builder.begin();
    builder.begin();
    builder.set(key(0), CellRef::Bool(true));
    builder.set(key(1), CellRef::Int(7));
    builder.set(key(1), CellRef::Int(9));
    builder.set(key(2), CellRef::Number(1.5));
    builder.set(key(3), CellRef::Time(-1));
    builder.set_text(key(4), "alipay");
    builder.set(key(99), CellRef::Int(1));
    builder.begin();
    builder.set(key(2), CellRef::Number(f64::NAN));
    builder
}

#[test]
fn what_was_read_from_text_can_be_left_out() {
    let mut catalog = Catalog::default();
    let source = "[[fact]]\nkey = 'a.b'\ntype = 'bool'\nmeaning = { zh = '一', en = 'a' }\nquestion = { zh = '一', en = 'a' }\nask = 'user'\ncost = 1\n";
    catalog.extend(&crate::document::Context::new("x", source));
    let fact = catalog.find("a.b").expect("the fact");
    let mut facts = Facts::new(&catalog);
    facts.set(fact, FactValue::Bool(true), Source::Record);
    assert!(Table::of(&catalog, &facts).unspoken().is_none());
    facts.set(fact, FactValue::Bool(true), Source::Text);
    let (table, _) = Table::of(&catalog, &facts)
        .unspoken()
        .expect("a fact from text");
    let column = table.column(fact).expect("its column");
    assert_eq!(column.get(0), None);
    assert!(matches!(column.cells(), Cells::Bool(values) if !values.get(0)));
}

fn values(table: &Table, row: usize) -> Vec<Option<CellRef<'_>>> {
    (0..6)
        .map(|position| table.column(key(position)).and_then(|it| it.get(row)))
        .collect()
}

#[test]
fn only_what_was_set_is_known() {
    let table = table();
    assert_eq!(table.rows(), 4);
    let list: Arc<[Arc<str>]> = Arc::from([Arc::from("a"), Arc::from("b")]);
    let first = [None, Some(CellRef::Int(500)), None, None, None];
    assert_eq!(values(&table, 0)[..5], first);
    assert_eq!(values(&table, 0)[5], Some(CellRef::List(&list)));
    assert_eq!(values(&table, 1), [None; 6]);
    let channel = Arc::from("alipay");
    let third = [
        Some(CellRef::Bool(true)),
        Some(CellRef::Int(9)),
        Some(CellRef::Number(1.5)),
        Some(CellRef::Time(-1)),
        Some(CellRef::Text(&channel)),
        None,
    ];
    assert_eq!(values(&table, 2), third);
    assert_eq!(values(&table, 3), [None; 6]);
    assert_eq!(values(&table, 4), [None; 6]);
    assert!(table.column(key(99)).is_none());
}

#[test]
fn columns_are_as_long_as_the_table_or_empty() {
    let table = table();
    for position in 0..6 {
        let column = table.column(key(position)).expect("a column");
        assert_eq!(column.known().rows(), 4);
        let length = match column.cells() {
            Cells::Bool(values) => values.rows(),
            Cells::Int(values) | Cells::Time(values) => values.len(),
            Cells::Number(values) => values.len(),
            Cells::Text(values) => values.codes().len(),
            Cells::List(values) => values.codes().len(),
        };
        assert_eq!(length, 4, "column {position}");
    }
    let mut empty = TableBuilder::new(KINDS);
    empty.begin();
    let empty = empty.finish();
    let cells = empty.column(key(1)).map(Column::cells);
    assert!(matches!(cells, Some(Cells::Int(values)) if values.is_empty()));
}

#[test]
fn a_row_is_a_table_of_its_own() {
    let table = table();
    let row = table.row(2, &[key(1), key(4), key(5)]);
    let channel = Arc::from("alipay");
    assert_eq!(
        values(&row, 0),
        [
            None,
            Some(CellRef::Int(9)),
            None,
            None,
            Some(CellRef::Text(&channel)),
            None
        ]
    );
}

#[test]
fn a_cleared_table_has_forgotten_everything() {
    let mut builder = filled();
    builder.clear();
    builder.begin();
    builder.set_text(key(4), "wechat");
    let table = builder.finish();
    assert_eq!(table.rows(), 1);
    assert_eq!(table.texts(key(4)).map(Dictionary::len), Some(1));
    assert_eq!(values(&table, 0).iter().flatten().count(), 1);
}
