//! Exports → diagnosed rows: windows over neighbours first, then every row, in input order, in
//! several threads, in bounded memory. Loses no row.

mod bounded;
mod look;
mod neighbours;
mod pipeline;
mod run;
mod tally;
mod worker;

pub use bounded::{Bounded, Sample, Weight};
pub use neighbours::{Histories, History, Neighbour, Outage, Rows, hash_of};
pub use run::{
    BatchError, FirstPass, Options, Progress, Records, SecondPass, Sink, survey_neighbours,
};
pub use tally::{Cell, ChannelHours, Counted, HOURS, Judged, Loss, Rejected, Tally, Ticket};
pub use worker::{Diagnosed, Done, Ground, NoRows, Only, RowWriter, Worker};
