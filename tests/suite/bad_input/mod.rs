//! What cannot be read is refused: exit code 2, no result, and a message that says what was
//! expected, what was found, where, and what to do.

mod cases;
mod doors;
mod hostile;
mod kept;
mod large;
