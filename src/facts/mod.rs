//! What is known about one failed recharge: typed values with their source, or unknown with a
//! reason. Refuses untyped values and floating-point money.

mod amount;
mod bitmap;
mod catalog;
mod dictionary;
mod draft;
mod mask;
mod moment;
mod store;
mod table;
mod value;

pub use amount::{AmountError, Fen, half_width};
pub use bitmap::Bitmap;
pub use catalog::{Asker, Catalog, EnumValue, FactSpec, ValueError};
pub use dictionary::{Codes, Dictionary};
pub use draft::{Draft, Kept};
pub use mask::{mask, mask_within};
pub use moment::{CHINA_OFFSET_S, Moment, MomentError};
pub use store::{CaseFacts, Cell, Facts, Source, Unknown};
pub use table::{CellRef, Cells, Column, Table, TableBuilder};
pub use value::{FactKey, FactType, FactValue, ValueRef};
