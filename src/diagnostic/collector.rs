//! Gathering diagnostics, and putting them in order.

use super::{Diagnostic, Severity};

/// How many errors, and how many warnings, are kept before sorting; the rest is counted.
const MAX_KEPT: usize = 10_000;
/// How many diagnostics are shown; the rest is counted.
const MAX_SHOWN: usize = 1_000;

/// Gathers diagnostics in any order.
#[derive(Debug, Default)]
pub struct Collector {
    kept: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
}

/// Diagnostics in the order of files and places, without repetitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    /// At most 1,000; errors are kept before warnings.
    pub items: Vec<Diagnostic>,
    /// How many more there were.
    pub omitted: usize,
    /// Number of errors, those left out included.
    pub errors: usize,
    /// Number of warnings, those left out included.
    pub warnings: usize,
}

impl Diagnostics {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.errors == 0 && self.warnings == 0
    }
}

impl Collector {
    /// Nothing gathered yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: impl Into<Diagnostic>) {
        let diagnostic = diagnostic.into();
        let count = match diagnostic.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= MAX_KEPT {
            self.kept.push(diagnostic);
        }
    }

    /// Forgets what does not fit, and whatever was counted only.
    pub fn retain(&mut self, fits: impl Fn(&Diagnostic) -> bool) {
        self.kept.retain(|diagnostic| fits(diagnostic));
        let errors = self.kept.iter().filter(|it| it.severity == Severity::Error);
        self.errors = errors.count();
        self.warnings = self.kept.len() - self.errors;
    }

    /// Whether any error was pushed.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Number of errors pushed so far.
    pub fn error_count(&self) -> usize {
        self.errors
    }

    /// Sorts by file, place, severity, code and text, drops repetitions, and keeps the first 1,000.
    pub fn finish(self) -> Diagnostics {
        let Collector {
            mut kept,
            mut errors,
            mut warnings,
        } = self;
        kept.sort_by(|a, b| order(a).cmp(&order(b)));
        kept.dedup_by(|later, earlier| {
            // The hint and the related places may differ when two rules find the same mistake.
            let same = order(later) == order(earlier);
            if same {
                match later.severity {
                    Severity::Error => errors -= 1,
                    Severity::Warning => warnings -= 1,
                }
            }
            same
        });
        if kept.len() > MAX_SHOWN {
            let shown_errors = kept
                .iter()
                .filter(|diagnostic| diagnostic.severity == Severity::Error)
                .count()
                .min(MAX_SHOWN);
            let mut left = [shown_errors, MAX_SHOWN - shown_errors];
            kept.retain(|diagnostic| {
                let left = &mut left[usize::from(diagnostic.severity == Severity::Warning)];
                let keep = *left > 0;
                *left -= usize::from(keep);
                keep
            });
        }
        Diagnostics {
            omitted: errors + warnings - kept.len(),
            items: kept,
            errors,
            warnings,
        }
    }
}

/// A mistake without a place comes first: it is about a whole file or the command.
fn order(diagnostic: &Diagnostic) -> impl Ord + '_ {
    (
        diagnostic.primary.span,
        diagnostic.severity,
        diagnostic.code,
        diagnostic.message.as_str(),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Sources, Span};

    fn at(start: u32) -> Span {
        let mut sources = Sources::new();
        let file = sources.add("a.yaml", "").unwrap();
        Span {
            file,
            start,
            end: start + 1,
        }
    }

    #[test]
    fn order_does_not_depend_on_the_order_of_pushing() {
        let all = [
            Diagnostic::new(Code::Syntax, "b").at(at(9)),
            Diagnostic::new(Code::Syntax, "a").at(at(9)),
            Diagnostic::new(Code::NoAccount, "no account"),
            Diagnostic::new(Code::UnusedRole, "c").at(at(2)),
        ];
        let mut forward = Collector::new();
        let mut backward = Collector::new();
        for diagnostic in &all {
            forward.push(diagnostic.clone());
        }
        for diagnostic in all.iter().rev() {
            backward.push(diagnostic.clone());
        }
        let forward = forward.finish();
        assert_eq!(forward, backward.finish());
        let messages: Vec<_> = forward.items.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(messages, ["no account", "c", "a", "b"]);
        assert_eq!((forward.errors, forward.warnings), (3, 1));
    }

    #[test]
    fn the_same_mistake_is_told_once() {
        let mut collector = Collector::new();
        for _ in 0..3 {
            collector.push(Diagnostic::new(Code::Syntax, "a").at(at(1)));
        }
        let found = collector.finish();
        assert_eq!((found.items.len(), found.errors, found.omitted), (1, 1, 0));
    }

    #[test]
    fn beyond_a_thousand_the_rest_is_counted_and_errors_come_first() {
        let mut collector = Collector::new();
        for start in 0..20_000 {
            collector.push(Diagnostic::new(Code::UnusedRole, "w").at(at(start)));
        }
        for start in 0..10 {
            collector.push(Diagnostic::new(Code::Syntax, "e").at(at(30_000 + start)));
        }
        assert!(collector.has_errors());
        let found = collector.finish();
        assert_eq!(found.items.len(), 1_000);
        assert_eq!(found.omitted, 19_010);
        let errors = found
            .items
            .iter()
            .filter(|d| d.code == Code::Syntax)
            .count();
        assert_eq!(errors, 10);
    }
}
