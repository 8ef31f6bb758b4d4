//! What only tests and benchmarks use.

pub mod toy;
