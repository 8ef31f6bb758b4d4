//! What only tests use.

mod shown;
pub mod toy;
mod world;
