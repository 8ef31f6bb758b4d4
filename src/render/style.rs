//! How text for people may look: given by the caller, never read from a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};

/// What the place can show that a text is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours may be used.
    pub color: bool,
    /// The columns in one line; `0` when there is no limit.
    pub width: usize,
    /// Whether arrows and ellipses beyond ASCII may be used.
    pub unicode: bool,
}

impl Style {
    /// Text without colours, 100 columns wide.
    pub const PLAIN: Style = Style {
        color: false,
        width: 100,
        unicode: true,
    };

    /// The arrow between a value before and after.
    pub fn arrow(self) -> &'static str {
        if self.unicode { "→" } else { "->" }
    }

    /// What stands for a part that was left out.
    pub fn ellipsis(self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }

    /// What stands between the parts of a click path.
    pub fn crumb(self) -> &'static str {
        if self.unicode { " › " } else { " > " }
    }

    /// The text in the colours of its role; just the text when there are no colours.
    pub fn paint(self, role: Role, text: &str) -> String {
        if !self.color || role == Role::Plain || text.is_empty() {
            return text.to_owned();
        }
        let ansi = role.ansi();
        let mut out = String::with_capacity(text.len() + 12);
        // Writing into a `String` cannot fail.
        let _ = write!(out, "{ansi}{text}{ansi:#}");
        out
    }
}

/// What a piece of text stands for, as far as its colour goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing in particular.
    Plain,
    /// A heading.
    Heading,
    /// Something new.
    Added,
    /// Something changed.
    Changed,
    /// Something that is lost, or a refusal.
    Danger,
    /// Something to be careful about, or for a person to do.
    Care,
    /// Something of little weight.
    Dim,
}

impl Role {
    fn ansi(self) -> Ansi {
        match self {
            Self::Plain => Ansi::new(),
            Self::Heading => Ansi::new().bold(),
            Self::Added => AnsiColor::Green.on_default(),
            Self::Changed => AnsiColor::Yellow.on_default(),
            Self::Danger => AnsiColor::Red.on_default().bold(),
            Self::Care => AnsiColor::Cyan.on_default(),
            Self::Dim => Ansi::new().dimmed(),
        }
    }
}

/// What a rendered plan is an answer to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// What would be done.
    #[default]
    Plan,
    /// What a saved plan holds; its times are shown too.
    Saved,
    /// How the account differs from what is declared.
    Drift,
}
