//! Diagnostics as lines, for snapshots.

#![allow(clippy::unwrap_used)]

use crate::diagnostic::{Collector, Diagnostic};
use crate::source::Sources;

use super::parse::parse;
use super::shape::Shape;
use super::tree::Tree;

/// One text from memory, with what was found in it.
pub(super) struct Case {
    pub(super) sources: Sources,
    pub(super) diagnostics: Collector,
    pub(super) trees: Vec<Tree>,
}

pub(super) fn parsed(text: &str) -> Case {
    let mut sources = Sources::new();
    let file = sources.add("a.yaml", text).unwrap();
    let mut diagnostics = Collector::new();
    let trees = parse(sources.file(file), &mut diagnostics);
    Case {
        sources,
        diagnostics,
        trees,
    }
}

impl Case {
    /// Reads the first document with a schema.
    pub(super) fn read(&mut self, schema: &serde_json::Value) -> serde_json::Value {
        let shape = Shape::new(schema.clone()).unwrap();
        shape.read(&self.trees[0], &mut self.diagnostics).value
    }

    /// `code file:line:column "underlined" message / hint`, one line for each.
    pub(super) fn lines(self) -> String {
        let found = self.diagnostics.finish();
        let mut text = String::new();
        for item in &found.items {
            text.push_str(&line(&self.sources, item));
            text.push('\n');
        }
        text
    }
}

fn line(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let place = |span: crate::source::Span| {
        format!(
            "{}:{} {:?}",
            sources.file(span.file).shown(),
            sources.position(span.file, span.start),
            sources.slice(span)
        )
    };
    let mut text = diagnostic.code.to_string();
    if let Some(span) = diagnostic.primary.span {
        text.push(' ');
        text.push_str(&place(span));
    }
    text.push(' ');
    text.push_str(&diagnostic.message);
    for related in &diagnostic.related {
        if let Some(span) = related.span {
            text.push_str(&format!(" [{} {}]", place(span), related.text));
        }
    }
    if let Some(hint) = &diagnostic.hint {
        text.push_str(" / ");
        text.push_str(hint);
    }
    text
}
