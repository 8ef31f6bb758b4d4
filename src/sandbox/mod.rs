//! Embedded account simulators that speak a vendor's HTTP dialect on a loopback port.
//!
//! A simulator is started inside the process, holds one company's account in memory, and answers the vendor's
//! public requests the way the vendor does, wrong turns included. Tests, the demo and `sandbox serve` use it.
//! It imports nothing else of this crate: a fake that shares types with the client agrees with its mistakes.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use seatwright::sandbox::cloudtalk::{Options, Seed};
//! use seatwright::sandbox::{Effect, Fault, Sandbox};
//!
//! let sandbox = Sandbox::start(Options { seed: Seed::demo(), ..Options::default() }).await?;
//! let control = sandbox.control();
//! control.add_fault(Fault::on_write(1, Effect::DropAfter));
//! println!("the account answers at {}", sandbox.url());
//! sandbox.stop().await;
//! # Ok(()) }
//! ```
//!
//! Parts that know no vendor:
//! - [`server`]: listener, connections that can be cut, the way of one request, the [`Vendor`] and [`Launch`] traits;
//! - [`control`]: the in-process [`Control`] and the same under `/_sandbox/` for demos and other processes;
//! - [`clock`], [`rate`], [`faults`], [`log`], [`state_file`], [`message`], `distort`.
//!
//! Vendors: [`batchdialer`], [`cloudtalk`], [`smartflo`].

pub mod batchdialer;
pub mod clock;
pub mod cloudtalk;
pub mod control;
mod distort;
pub mod faults;
pub mod log;
pub mod message;
pub mod rate;
pub mod server;
pub mod smartflo;
pub mod state_file;

pub use clock::Clock;
pub use control::Control;
pub use faults::{Effect, Fault, When};
pub use log::{Counters, Entry};
pub use server::{Launch, Sandbox, Vendor};
