//! What is known about one failed recharge: typed values with their source, or unknown with a reason.

mod bitmap;
mod table;
mod value;

pub use bitmap::Bitmap;
pub use table::{Column, Table};
pub use value::{FactKey, FactType};
