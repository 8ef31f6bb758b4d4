//! One file for each verb.

pub(crate) mod apply;
pub(crate) mod completions;
pub(crate) mod confirm;
pub(crate) mod demo;
mod demo_by_hand;
pub(crate) mod drift;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod ledger;
pub(crate) mod man;
pub(crate) mod plan;
pub(crate) mod resume;
pub(crate) mod sandbox;
pub(crate) mod schema;
pub(crate) mod show;
pub(crate) mod unlock;
pub(crate) mod validate;
