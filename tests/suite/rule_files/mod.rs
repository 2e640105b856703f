//! Rule files: what is said of wrong ones, and that the built-in ones are right.

mod built_in;
mod mistakes;
mod places;
