//! Call-center accounts as code: manifests in YAML are compared with a live account, planned, applied, and proven.
//!
//! This is the map of the code. The outward side is in the README.
//!
//! # The way of one manifest
//!
//! ```text
//! files -> source -> manifest (tree with places -> JSON Schema -> types -> rules) -> Desired, Origins
//!                                                        |
//! account's API -> provider, Observe -> Live             |         ledger: what was written and cannot be read
//!                             \                          |              /
//!                              +--------------- diff (pure) -----------+
//!                                                  |
//!                      plan (pure): ordered, costed, guarded, simulated steps, as data
//!                                   |                          |
//!                  render: text, JSON, Markdown, ...     apply (ApprovedPlan) -> provider, Perform
//!                                                              |        |
//!                                                          journal    ledger -> read again: converged?
//! ```
//!
//! 1. [`source`] reads the files. It is the only place that does.
//! 2. [`manifest`] makes a tree in which every node knows its bytes, holds it against a JSON Schema, and lets the
//!    provider's [`Dialect`](manifest::dialect::Dialect) check its rules and make a [`Desired`](model::Desired), with
//!    [`Origins`](manifest::origins::Origins) on the side. Mistakes are [`diagnostic`]s, collected and never the first only.
//! 3. A [`provider`] reads the account by [`Observe`](provider::Observe) into a [`Live`](model::Live), over [`http`].
//! 4. [`diff`] compares, by the provider's capability table, a [`ProviderSpec`](model::ProviderSpec).
//!    What cannot be read is compared with the [`ledger`].
//! 5. [`plan`] makes steps of the differences: what the API does, and what a person has to do.
//!    Only [`ApprovedPlan::approve`](plan::ApprovedPlan::approve) makes a plan one that can be applied.
//! 6. [`apply`] performs it by [`Perform`](provider::Perform), step by step, between two lines of the journal each; then it
//!    reads again, and plans again.
//! 7. [`render`] makes text of all of it, and the binary in `src/cli` prints.
//!
//! [`sandbox`] simulates the vendors' services, for tests and demonstrations; [`secrets`] resolves references and takes
//! generated passwords away.
//!
//! # Layers
//!
//! `model`, `source`, `http` and `sandbox` use nothing of this crate. `diagnostic`, `secrets` and `ledger` stand on one of
//! them. `manifest`, `diff` and `plan` are pure. `provider` knows a vendor and neither plans nor differences; `apply` knows
//! plans and no vendor; `render` is called by the binary only. The table is in `tests/it/architecture.rs`, and held there.
//!
//! # What holds everywhere
//!
//! - The engine knows no vendor. What an API can do with each field is data: read, set at create, update, neither.
//! - A plan is data: no closures, no text. It can be saved, hashed, counted and simulated. The same input gives the same bytes.
//! - Who plans holds a reader. There is no dry-run flag: `Observe` cannot write, and a writer takes a
//!   [`Permit`](model::Permit), which approval alone issues.
//! - A `Desired` comes only from manifests without errors.
//! - Places never enter the model. [`Origins`](manifest::origins::Origins) are asked when something is shown.
//! - A [`Secret`](model::Secret) cannot be displayed or serialized, and reaches no plan, ledger, journal or log.
//! - Maps are ordered. Clock, environment and terminal come in through `src/cli/context.rs`.
//! - A comparison takes both sides apart whole: a new field does not compile until it is thought of.
//! - A write is tried again only when the answer proves that it did not happen. Else it is looked up.
//!
//! # To add
//!
//! **A rule on manifests.** Add a variant to [`Code`](diagnostic::Code) and its line; a function to the dialect's `check`
//! folder and to the list of rules there; a file `tests/manifests/invalid/CODE.yaml`; then run the tests with
//! `SEATWRIGHT_BLESS=1`, and read what they wrote.
//!
//! **A field.** Add it to the manifest's type, to the capability table (with its source and confidence) and to `lower`. If the
//! API reads or writes it: to `wire`, `convert`, `observe` and `perform`. The conversions take types apart whole, so the
//! compiler names most of these places.
//!
//! **A format.** Add a module to [`render`] that makes a `String` of a [`Plan`](plan::Plan), and a value to `Format` in
//! `src/cli/args.rs`. A format that programs read has a version in it and types of its own.
//! `tests/it/golden.rs` keeps what each prints.
//!
//! **A provider.** Make a folder with the files that [`provider::cloudtalk`] has: `manifest` (types), `check` (rules), `lower`
//! (to `Desired`), `capability` (the table), `observe`, `perform`, `wire` and `convert`. Make a
//! [`Registered`](provider::registry::Registered) of them, and add it to [`PROVIDERS`](provider::registry::PROVIDERS). Write a
//! simulator from the vendor's documentation, without a look at the client, below [`sandbox`]. Give it a column in the table of
//! conformance scenarios, `src/testing/conformance`: a cell that does not hold says why not.
//!
//! # Glossary
//!
//! One word for one thing, in code, messages and documentation.
//!
//! | word | is |
//! |---|---|
//! | account | one company's space in a vendor's service; what one ledger is about |
//! | manifest | a YAML document that declares resources of an account |
//! | resource | what is declared and compared: a user, a group, a number; it has a kind and a natural key |
//! | object | the thing in the service that a resource stands for; it has the service's id |
//! | field | a named value of a resource, such as `extension` |
//! | declared | what the manifests say; a key that is left out is not managed |
//! | live | what the service says |
//! | change | one field's value before and after |
//! | step | what is done to one resource in one go: create, update, replace, delete, join, leave, or by hand |
//! | manual step | a step that a person does in the vendor's dashboard |
//! | plan | the ordered steps, with cost, seats, guards and fingerprints |
//! | guard | a limit on a whole plan; an allowance lifts it for one plan |
//! | provider | the code that knows one vendor |
//! | dialect | a provider's manifests: schema, rules, and what they come to |
//! | drift | a difference that no manifest asked for |
//! | unmanaged | in the account, and named by no manifest |
//! | ledger | what was written and cannot be read back, who confirmed what, what is protected |
//! | journal | what a run meant to write, and what came of it |
//! | converged | read again, and nothing differs |
//! | tombstone | an entry with `state: absent`: the wish that something be gone |

pub mod apply;
pub mod diagnostic;
pub mod diff;
pub mod http;
pub mod ledger;
pub mod manifest;
pub mod model;
pub mod plan;
pub mod provider;
pub mod render;
pub mod sandbox;
pub mod secrets;
pub mod source;
#[cfg(test)]
mod testing;

// The person who follows runbooks in the integration tests stands before the library's own, too.
#[cfg(test)]
extern crate self as seatwright;
