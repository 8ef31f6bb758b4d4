//! What a provider hands to the scenarios: its manifests, an account to work on, and which values can be flipped.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use crate::manifest::load::load_sources;
use crate::model::{Desired, ProviderSpec};
use crate::plan::Step;
use crate::provider::Connection;
use crate::provider::registry::dialects;
use crate::sandbox::Effect;
use crate::source::Sources;
use crate::testing::toy::TODAY;

/// What is declared, and what the connection has to know besides.
pub struct Declared {
    /// The engine's input.
    pub desired: Desired,
    /// What only one provider has.
    pub extras: Map<String, Json>,
}

impl Declared {
    /// What a manifest comes to.
    pub fn of(text: &str) -> Self {
        let mut sources = Sources::new();
        sources.add("account.yaml", text).unwrap();
        let mut loaded = load_sources(sources, &dialects(), TODAY);
        let told = &loaded.diagnostics;
        assert_eq!(told.errors, 0, "{:?}\n{text}", told.items);
        let lowered = loaded.accounts.remove(0).lowered.unwrap();
        Self {
            desired: lowered.desired,
            extras: lowered.connection.extras,
        }
    }
}

/// What is in an account before anything is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// No user, and nothing that a manifest could have made.
    Empty,
    /// What only people can make is there, so that the API can do all of its part in one go; some users are as they shall
    /// not be.
    Prepared,
    /// An account as somebody may find it, to be imported.
    Found,
}

/// How a manifest is changed.
#[derive(Clone, Copy)]
pub enum Edit {
    /// Each text, which is there once, is replaced by the other.
    Text(&'static [(&'static str, &'static str)]),
    /// What is declared is changed directly, for a vendor without manifests.
    Direct(fn(&mut Desired)),
}

/// A field that is declared with another value.
#[derive(Clone, Copy)]
pub struct Flip {
    /// Kind and field, such as `user.first_name`.
    pub field: &'static str,
    /// The change of the manifest.
    pub edit: Edit,
    /// Fields that change along, since one word of the manifest stands for both.
    pub along: &'static [&'static str],
}

/// A flip by text.
pub const fn flip(field: &'static str, texts: &'static [(&'static str, &'static str)]) -> Flip {
    Flip {
        field,
        edit: Edit::Text(texts),
        along: &[],
    }
}

/// A request as the account's own log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Method and path, or what stands for them.
    pub what: String,
    /// Whether it can change something.
    pub write: bool,
    /// Whether it was carried out to its end.
    pub answered: bool,
}

/// A live account that stands in for the vendor's, with switches that the vendor has not.
#[async_trait]
pub trait Double: Send {
    /// Opens a connection. Sends nothing yet.
    fn connect(&self, extras: &Map<String, Json>) -> Box<dyn Connection>;
    /// Has something go wrong with the `nth` request from now, once.
    fn fault(&self, nth: u64, effect: Effect);
    /// Refuses every write from now on.
    fn refuse_writes(&self);
    /// Forgets all faults.
    fn mend(&self);
    /// The requests since the start.
    fn log(&self) -> Vec<Asked>;
    /// Does a manual step as a person does in the dashboard; what the double has no model of is only believed.
    fn by_hand(&self, spec: &'static ProviderSpec, step: &Step) -> Result<(), String>;
    /// All that is in the account, line by line, without the service's own ids: the number of equal lines by line.
    fn contents(&self) -> BTreeMap<String, u32>;
    /// How many objects were ever made in it.
    fn made(&self) -> u64;
}

/// One provider, before the scenarios.
#[async_trait]
pub trait Subject: Sync {
    /// The capability table.
    fn spec(&self) -> &'static ProviderSpec;
    /// An account of its own.
    async fn account(&self, before: Before) -> Box<dyn Double>;
    /// Everything declared: each field of each kind, but for those in [`Subject::unflippable`]; in part by hand.
    fn whole(&self) -> Declared {
        self.edited(&[])
    }
    /// The same after edits.
    fn edited(&self, edits: &[Edit]) -> Declared;
    /// A change of the prepared account with a dozen writes or more.
    fn crowd(&self) -> Declared;
    /// One flip at least for each field.
    fn flips(&self) -> Vec<Flip>;
    /// The fields without a flip, each with the reason.
    fn unflippable(&self) -> &'static [(&'static str, &'static str)];
    /// Manifests made of the account that was found, where there is an import.
    fn imported(&self, live: &crate::model::Live, learned: &Map<String, Json>) -> Declared;
}

/// A manifest after edits, each of which must hit exactly once.
pub fn edit(text: &str, edits: &[Edit]) -> String {
    let mut text = text.to_owned();
    for edit in edits {
        let Edit::Text(pairs) = edit else {
            panic!("a manifest is edited by its text");
        };
        for (from, to) in *pairs {
            assert_eq!(text.matches(from).count(), 1, "`{from}` in\n{text}");
            text = text.replacen(from, to, 1);
        }
    }
    text
}
