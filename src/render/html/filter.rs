//! The form that narrows the list of changes; without the script it stays hidden and all is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::render::escape;
use crate::render::subject::{Fate, Subject};

/// The groups that changes join or leave, numbered: attributes hold numbers, not names.
pub(super) struct Groups<'a> {
    numbers: BTreeMap<&'a str, usize>,
}

impl<'a> Groups<'a> {
    pub(super) fn of(changed: &[&Subject<'a>]) -> Self {
        let names: BTreeSet<&'a str> = changed
            .iter()
            .flat_map(|subject| &subject.memberships)
            .filter_map(|step| Some(step.member_of.as_ref()?.target.key.as_str()))
            .collect();
        let numbers = names.into_iter().enumerate();
        Self {
            numbers: numbers.map(|(number, name)| (name, number)).collect(),
        }
    }

    /// The numbers of the groups that a change joins or leaves, with spaces between.
    pub(super) fn of_subject(&self, subject: &Subject<'_>) -> String {
        let numbers: BTreeSet<usize> = subject
            .memberships
            .iter()
            .filter_map(|step| step.member_of.as_ref())
            .filter_map(|member| self.numbers.get(member.target.key.as_str()).copied())
            .collect();
        let texts: Vec<String> = numbers.iter().map(usize::to_string).collect();
        texts.join(" ")
    }
}

/// Writes the form.
pub(super) fn form(out: &mut String, changed: &[&Subject<'_>], groups: &Groups<'_>) {
    out.push_str(
        "<form id=\"filter\" class=\"filter\" role=\"search\" aria-label=\"Filter the changes\" hidden>\n\
         <label>Person or text <input type=\"search\" name=\"text\" autocomplete=\"off\"></label>\n",
    );
    let kinds: BTreeSet<&str> = changed
        .iter()
        .map(|subject| subject.kind.as_str())
        .collect();
    if kinds.len() > 1 {
        out.push_str("<label>Kind <select name=\"kind\"><option value=\"\">all</option>");
        for kind in kinds {
            option(out, &escape::html(kind), kind);
        }
        out.push_str("</select></label>\n");
    }
    if !groups.numbers.is_empty() {
        out.push_str("<label>Group <select name=\"group\"><option value=\"\">all</option>");
        for (name, number) in &groups.numbers {
            option(out, &number.to_string(), name);
        }
        out.push_str("</select></label>\n");
    }
    out.push_str("<fieldset><legend>Action</legend>");
    let fates: BTreeSet<Fate> = changed.iter().map(|subject| subject.fate()).collect();
    for fate in fates {
        let word = fate.word();
        // Writing into a `String` cannot fail.
        let _ = write!(
            out,
            "<label><input type=\"checkbox\" name=\"action\" value=\"{word}\" checked>{word}</label>"
        );
    }
    out.push_str(
        "</fieldset>\n<button type=\"reset\">Show all</button>\n\
         <output id=\"count\" role=\"status\" aria-live=\"polite\"></output>\n</form>\n",
    );
}

fn option(out: &mut String, value: &str, name: &str) {
    let _ = write!(
        out,
        "<option value=\"{value}\">{}</option>",
        escape::html(&escape::name(name))
    );
}
