//! Lines of text as they come together.

use std::collections::BTreeSet;

use crate::render::{Role, Style, escape};

/// The column at which notes end, in a terminal that is wider.
const NOTE_EDGE: usize = 120;

/// A text for a terminal under construction.
pub(in crate::render) struct Page {
    style: Style,
    out: String,
    told: BTreeSet<String>,
}

impl Page {
    pub(in crate::render) fn new(style: Style) -> Self {
        Self {
            style,
            out: String::new(),
            told: BTreeSet::new(),
        }
    }

    /// Whether something that holds for many entries is said for the first time: read once, it is known.
    pub(in crate::render) fn first(&mut self, what: &str) -> bool {
        self.told.insert(what.to_owned())
    }

    pub(in crate::render) fn style(&self) -> Style {
        self.style
    }

    /// An empty line, but never two.
    pub(in crate::render) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A line in one role. A unicode ellipsis or arrow in it gives way where only ASCII is wanted.
    pub(in crate::render) fn line(&mut self, role: Role, text: &str) {
        let painted = self.style.paint(role, text);
        self.raw(&painted);
    }

    /// A line that is painted already.
    pub(in crate::render) fn raw(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    /// A sentence, broken into lines that all start at `indent`.
    pub(in crate::render) fn wrapped(&mut self, role: Role, indent: usize, text: &str) {
        self.hanging(role, &" ".repeat(indent), text);
    }

    /// A sentence behind a prefix; further lines start below the sentence's start.
    pub(in crate::render) fn hanging(&mut self, role: Role, prefix: &str, text: &str) {
        let indent = escape::width(prefix);
        for (index, line) in escape::wrap(text, self.room(indent)).iter().enumerate() {
            let lead = if index == 0 {
                prefix.to_owned()
            } else {
                " ".repeat(indent)
            };
            let painted = self.style.paint(role, line);
            self.raw(&format!("{lead}{painted}"));
        }
    }

    /// The columns that are left behind an indent; `0` when there is no limit.
    pub(in crate::render) fn room(&self, indent: usize) -> usize {
        if self.style.width == 0 {
            0
        } else {
            self.style.width.saturating_sub(indent).max(20)
        }
    }

    /// A line with a dimmed note at the right edge, or below when it does not fit.
    ///
    /// `wide` is the width of the text without its colours.
    pub(in crate::render) fn with_note(&mut self, painted: &str, wide: usize, note: Option<&str>) {
        let Some(note) = note else {
            self.raw(painted);
            return;
        };
        let right = self.style.width.min(NOTE_EDGE);
        let free = right.checked_sub(wide + escape::width(note));
        let note = self.style.paint(Role::Dim, note);
        match free {
            Some(free) if free >= 2 => {
                self.raw(&format!("{painted}{}{note}", " ".repeat(free)));
            }
            _ if self.style.width == 0 => self.raw(&format!("{painted}  {note}")),
            _ => {
                self.raw(painted);
                self.raw(&format!("      {note}"));
            }
        }
    }

    pub(in crate::render) fn finish(self) -> String {
        if self.style.unicode {
            return self.out;
        }
        let mut out = String::with_capacity(self.out.len());
        for c in self.out.chars() {
            match c {
                '…' => out.push_str("..."),
                '→' => out.push_str("->"),
                '›' => out.push('>'),
                _ => out.push(c),
            }
        }
        out
    }
}
