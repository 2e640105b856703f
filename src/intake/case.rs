//! One case: its name and what is known about it.

use crate::facts::{Catalog, FactValue, Facts};

/// A longer name is no name, and would fill the report.
const LONGEST_NAME: usize = 200;

/// One failed recharge with its facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The name under which reports speak of it; none where the input gives none.
    pub id: Option<String>,
    /// What is known.
    pub facts: Facts,
}

impl Case {
    /// A case of which nothing is known.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        Self {
            id: None,
            facts: Facts::new(catalog),
        }
    }

    /// The name in reports: the given one, else the order number, else `case`.
    #[must_use]
    pub fn name(&self, catalog: &Catalog) -> String {
        let order = catalog.find("order.id").and_then(|key| self.facts.get(key));
        match (&self.id, order) {
            (Some(id), _) => id.chars().take(LONGEST_NAME).collect(),
            (None, Some(FactValue::Text(order))) => order.chars().take(LONGEST_NAME).collect(),
            _ => "case".to_owned(),
        }
    }
}
