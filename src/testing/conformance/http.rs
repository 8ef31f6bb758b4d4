//! The embedded simulators as doubles: a real server on a loopback port.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use super::subject::{Asked, Double};
use crate::model::{ProviderSpec, Rate, Secret};
use crate::plan::Step;
use crate::provider::Connection;
use crate::provider::registry::{OpenOptions, Registered};
use crate::sandbox::server::{Launch, Vendor};
use crate::sandbox::{Control, Effect, Fault, Sandbox};

/// A rate that no test waits for.
pub const RATE: Rate = Rate {
    requests: 1_000_000,
    per_seconds: 60,
    reserve_percent: 0,
};

/// What a person sees and does in a simulator's account, each vendor in its own words.
pub trait Dashboard: Clone + Send + 'static {
    /// Does a manual step.
    fn by_hand(&mut self, spec: &'static ProviderSpec, step: &Step) -> Result<(), String>;
    /// All that is in the account, without ids.
    fn contents(&self) -> Vec<String>;
    /// How many objects were ever made.
    fn made(&self) -> u64;
}

/// Changes the account of a simulator.
type EditOf<V> = fn(&Control<V>, &mut dyn FnMut(&mut <V as Vendor>::State));

/// A running simulator.
pub struct Simulated<V: Vendor> {
    edit: EditOf<V>,
    provider: &'static Registered,
    credentials: BTreeMap<String, Secret>,
    sandbox: Sandbox<V>,
    control: Control<V>,
}

impl<V: Vendor> Simulated<V>
where
    V::State: Dashboard,
{
    /// Starts one.
    pub async fn start<O: Launch<Vendor = V>>(
        provider: &'static Registered,
        credentials: &[(&str, &str)],
        edit: EditOf<V>,
        options: O,
    ) -> Box<dyn Double> {
        let sandbox = Sandbox::start(options).await.unwrap();
        Box::new(Self {
            edit,
            provider,
            credentials: credentials
                .iter()
                .map(|(name, secret)| ((*name).to_owned(), Secret::new((*secret).to_owned())))
                .collect(),
            control: sandbox.control(),
            sandbox,
        })
    }
}

#[async_trait]
impl<V: Vendor> Double for Simulated<V>
where
    V::State: Dashboard,
{
    fn connect(&self, extras: &Map<String, Json>) -> Box<dyn Connection> {
        let options = OpenOptions {
            api_url: Some(self.sandbox.url()),
            credentials: self.credentials.clone(),
            missing: BTreeMap::new(),
            rate: RATE,
            ca_file: None,
            extras: extras.clone(),
            observer: None,
            trace: None,
            call_log: None,
        };
        (self.provider.open)(options).unwrap()
    }

    fn fault(&self, nth: u64, effect: Effect) {
        self.control.add_fault(Fault::on_request(nth, effect));
    }

    fn refuse_writes(&self) {
        let mut fault = Fault::on_write(1, Effect::BeforeEffect500);
        fault.times = None;
        self.control.add_fault(fault);
    }

    fn mend(&self) {
        self.control.clear_faults();
    }

    fn log(&self) -> Vec<Asked> {
        let entries = self.control.requests().into_iter();
        entries
            .map(|entry| Asked {
                what: format!("{} {}", entry.method, entry.path),
                write: entry.write,
                answered: entry.status.is_some(),
            })
            .collect()
    }

    fn by_hand(&self, spec: &'static ProviderSpec, step: &Step) -> Result<(), String> {
        let mut done = Ok(());
        (self.edit)(&self.control, &mut |account| {
            done = account.by_hand(spec, step)
        });
        done
    }

    fn contents(&self) -> BTreeMap<String, u32> {
        let mut lines = BTreeMap::new();
        for line in self.control.state().contents() {
            *lines.entry(line).or_default() += 1;
        }
        lines
    }

    fn made(&self) -> u64 {
        self.control.state().made()
    }
}
