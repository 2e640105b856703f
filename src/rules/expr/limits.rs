//! How much a condition may ask of the machine. Conditions may come from anybody, so every limit
//! is checked before the work is done.

/// Longest source, in bytes. The built-in conditions are below 500.
pub const MAX_SOURCE: usize = 64 * 1024;

/// Deepest nesting of parentheses, lists, calls, unary operators and `? :`. CEL asks for at least
/// 32; the parser is the only recursive part and needs about 4 KiB of stack for a level in a debug
/// build, so 200 levels leave more than half of a thread's usual 2 MiB free.
pub const MAX_DEPTH: usize = 200;

/// Most nodes in a syntax tree, so that checking and folding stay far below a second.
pub const MAX_NODES: usize = 10_000;

/// Most mistakes reported for one condition; nobody reads more, and each looks for a near name.
pub const MAX_ERRORS: usize = 100;

/// Longest text constant after folding, in bytes: `this + this + …` must not grow without end.
pub const MAX_CONSTANT: usize = 64 * 1024;

/// Longest text, in bytes, and longest list, in items, that `+` may build while evaluating. CEL
/// leaves this to the application.
pub const MAX_VALUE: usize = 1024 * 1024;

/// Largest compiled form of one pattern, in bytes; also the limit of its lazily built automaton.
/// Measured: a list of words with a gap of 20 characters needs 25 KB, `\w+` needs 56 KB; what needs
/// more than this repeats large classes of letters, and costs time on every text.
pub const MAX_PATTERN: usize = 1024 * 1024;

/// Deepest nesting of groups in a pattern.
pub const MAX_PATTERN_DEPTH: u32 = 100;
