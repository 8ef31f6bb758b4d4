//! CloudTalk: manifests, capabilities, and the way from the one to the engine.

pub mod capability;
mod check;
mod facts;
mod lower;
pub mod manifest;

use serde::Deserialize;
use serde_json::Value;

use self::check::Subject;
use self::facts::Facts;
use self::manifest::Manifest;
use crate::diagnostic::{Code, Collector, Diagnostic};
use crate::manifest::check::Reporter;
use crate::manifest::dialect::{Dialect, Input, Lowered};

/// The provider's name in manifests.
const PROVIDER: &str = "cloudtalk";

/// The manifests of CloudTalk accounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct CloudTalkDialect;

impl Dialect for CloudTalkDialect {
    fn provider(&self) -> &'static str {
        PROVIDER
    }

    fn generated_schema(&self) -> Value {
        manifest::generated_schema()
    }

    fn lower(&self, input: &Input<'_>, diagnostics: &mut Collector) -> Option<Lowered> {
        let before = diagnostics.error_count();
        let mut manifests = Vec::with_capacity(input.values.len());
        for (tree, value) in input.trees.iter().zip(input.values) {
            match Manifest::deserialize(value) {
                Ok(manifest) => manifests.push(manifest),
                Err(error) => {
                    // The schema lets nothing through that the types refuse, but for sizes of numbers.
                    let diagnostic = Diagnostic::new(
                        Code::BadValue,
                        format!("the document cannot be read: {error}"),
                    )
                    .at(tree.root().span());
                    diagnostics.push(diagnostic);
                }
            }
        }
        if diagnostics.error_count() > before {
            return None;
        }
        let subject = Subject {
            facts: Facts::gather(&manifests),
            as_of: input.as_of,
        };
        check::run(&subject, &mut Reporter::new(input.trees, diagnostics));
        if diagnostics.error_count() > before {
            return None;
        }
        lower::lower(&subject.facts, input.trees)
    }
}
