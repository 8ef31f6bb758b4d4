//! Mistakes in manifests: what is wrong, where, and what to do about it.
//!
//! A [`Diagnostic`] is data. It is collected, sorted and counted here, and turned into text by
//! `render`; nothing here prints.

mod code;
mod collector;

pub use code::Code;
pub use collector::{Collector, Diagnostics};

use crate::source::{SourceError, SourceErrorKind, Span};

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is planned or applied.
    Error,
    /// Worth a look; the work goes on.
    Warning,
}

impl Severity {
    /// The name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A place, with a short text that belongs beside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The place; `None` when the mistake lies in no file.
    pub span: Option<Span>,
    /// The text beside the place; may be empty.
    pub text: String,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a diagnostic that is not pushed to a collector is lost"]
pub struct Diagnostic {
    /// What kind of mistake.
    pub code: Code,
    /// How grave it is.
    pub severity: Severity,
    /// What happened, in lower case, names in backticks.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// What to do next.
    pub hint: Option<String>,
    /// The text at the place may be a secret, and must not be shown.
    pub confidential: bool,
}

impl Diagnostic {
    /// A diagnostic with the code's own severity and no place yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label {
                span: None,
                text: String::new(),
            },
            related: Vec::new(),
            hint: None,
            confidential: false,
        }
    }

    /// Sets the place.
    pub fn at(mut self, span: Span) -> Self {
        self.primary.span = Some(span);
        self
    }

    /// Sets the text beside the place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds a place that explains the mistake.
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label {
            span: Some(span),
            text: text.into(),
        });
        self
    }

    /// Says what to do next.
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = Some(text.into());
        self
    }

    /// Says what to do next, when there is something to say.
    pub fn maybe_hint(mut self, text: Option<String>) -> Self {
        if text.is_some() {
            self.hint = text;
        }
        self
    }

    /// Keeps the text at the place out of every output.
    pub fn confidential(mut self) -> Self {
        self.confidential = true;
        self
    }

    /// Overrides the severity.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

impl From<&SourceError> for Diagnostic {
    fn from(error: &SourceError) -> Self {
        let (code, hint) = match &error.kind {
            SourceErrorKind::Missing => (
                Code::MissingFile,
                "name an existing account folder or manifest, or start one with `seatwright init`",
            ),
            SourceErrorKind::NoManifests => (
                Code::MissingFile,
                "name another folder, or start one with `seatwright init`",
            ),
            SourceErrorKind::Unreadable(_) => (
                Code::UnreadableFile,
                "give yourself permission to read it, or move it out of the account folder",
            ),
            SourceErrorKind::TooLarge => (
                Code::TooLarge,
                "split it into several files: every document below the folder belongs to the account",
            ),
            SourceErrorKind::NotUtf8 { utf16: true, .. } => (
                Code::NotUtf8,
                "it looks like UTF-16; save it again as UTF-8",
            ),
            SourceErrorKind::NotUtf8 { utf16: false, .. } => {
                (Code::NotUtf8, "save the file again as UTF-8")
            }
            SourceErrorKind::TooDeep => (Code::UnreadableFile, "move the manifests further up"),
            SourceErrorKind::LeadsOut => (
                Code::UnreadableFile,
                "put the file itself here: a folder is read whole, and nothing beside it",
            ),
        };
        let diagnostic = Diagnostic::new(code, error.to_string()).hint(hint);
        match error.span {
            Some(span) => diagnostic.at(span),
            None => diagnostic,
        }
    }
}
