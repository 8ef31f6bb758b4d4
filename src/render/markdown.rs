//! The plan, or the drift, as a comment on a pull request.

use super::fold::{self, Fold, Shape};
use super::instructions::{Instructions, instructions};
use super::subject::{self, Subject};
use super::wording::{self, Numbers};
use super::{Purpose, escape};
use crate::model::ProviderSpec;
use crate::plan::{Action, Plan, Step};

/// The most characters that a comment on GitHub may have; we hold it in bytes, which are never fewer.
pub const COMMENT_LIMIT: usize = 65_536;

/// From how many changed people on, equal changes are told once.
const FOLD_FROM: usize = 40;

/// Names shown of what is told once.
const NAMES: usize = 5;

/// Room for the line that says what was left out of a section.
const MORE: usize = 120;

/// Renders a plan as Markdown of at most `limit` bytes.
///
/// When it does not fit, whole rows, items and entries are left out, and the text says so; no construct is
/// ever cut in two.
pub fn plan(plan: &Plan, spec: &'static ProviderSpec, purpose: Purpose, limit: usize) -> String {
    let verdict = verdict(plan, spec, purpose);
    let foot = foot(plan);
    let note = "\n_This is a part: the full plan is in the artifact._\n";
    let fixed = verdict.len() + foot.len() + note.len();
    let Some(room) = limit.checked_sub(fixed) else {
        return cut_to(
            "The plan does not fit here; the full plan is in the artifact.\n",
            limit,
        );
    };
    let subjects = subject::subjects(plan, spec);
    let numbers = wording::numbers(plan);
    let mut body = Body {
        out: verdict,
        room,
        cut: false,
    };
    body.section(3, &refusals(plan));
    body.section(2, &seats(plan));
    body.section(2, &changes(&subjects, &numbers));
    body.section(2, &manual(plan, spec));
    body.section(2, &warnings(plan));
    body.section(1, &details(&subjects, &numbers));
    let mut out = body.out;
    if body.cut {
        out.push_str(note);
    }
    out.push_str(&foot);
    out
}

/// A part of the comment: what opens it, its entries, what closes it. Only whole entries are left out.
struct Section {
    open: String,
    entries: Vec<String>,
    /// Says how many entries were left out, given their number.
    more: fn(usize) -> String,
    close: &'static str,
}

struct Body {
    out: String,
    room: usize,
    cut: bool,
}

impl Body {
    /// Adds a section, in at most one `share`th of the room that is left.
    fn section(&mut self, share: usize, section: &Section) {
        if section.entries.is_empty() {
            return;
        }
        let mut room = self.room / share;
        let frame = section.open.len() + section.close.len() + MORE;
        if frame + section.entries[0].len() > room {
            self.cut = true;
            return;
        }
        room -= frame;
        let start = self.out.len();
        self.out.push_str(&section.open);
        let mut told = 0;
        for entry in &section.entries {
            if entry.len() > room {
                break;
            }
            room -= entry.len();
            self.out.push_str(entry);
            told += 1;
        }
        if told < section.entries.len() {
            self.cut = true;
            let more = (section.more)(section.entries.len() - told);
            debug_assert!(more.len() <= MORE, "the room for it is set aside");
            self.out.push_str(&more);
        }
        self.out.push_str(section.close);
        self.room -= self.out.len() - start;
    }
}

fn cut_to(text: &str, limit: usize) -> String {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

fn code(text: &str) -> String {
    escape::markdown_code(text)
}

fn verdict(plan: &Plan, spec: &ProviderSpec, purpose: Purpose) -> String {
    let account = format!("{} ({})", code(&plan.account), spec.title);
    let summary = wording::summary(&plan.summary);
    let what = match purpose {
        Purpose::Plan | Purpose::Saved => "Plan",
        Purpose::Drift => "Drift",
    };
    let mut out = if !plan.refusals.is_empty() {
        let guards = wording::count(plan.refusals.len(), "guard refuses", "guards refuse");
        format!("**Refused:** {guards} this plan for {account}: {summary}.\n")
    } else if plan.is_empty() {
        let nothing = match purpose {
            Purpose::Plan | Purpose::Saved => "Nothing to do",
            Purpose::Drift => "No drift",
        };
        format!("**{nothing}** in {account}: {}.\n", wording::in_order(plan))
    } else if plan.has_changes() {
        format!("**{what}** for {account}: {summary}.\n")
    } else {
        format!("**{what}** for {account}, by hand only: {summary}.\n")
    };
    for (word, selectors) in [
        ("Only", &plan.selection.only),
        ("Except", &plan.selection.except),
    ] {
        if let Some(first) = selectors.first() {
            let more = match selectors.len() - 1 {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            out.push_str(&format!("\n{word}: {}{more}\n", code(first)));
        }
    }
    out
}

fn foot(plan: &Plan) -> String {
    let mut lines = Vec::new();
    if plan.has_changes() {
        lines.push(wording::requests(plan.requests, plan.eta_seconds));
    }
    lines.push(format!("as of {}", plan.as_of));
    if !plan.hash.is_empty() {
        lines.push(format!("plan {}", code(&plan.hash)));
    }
    format!("\n<sub>{}</sub>\n", lines.join(" · "))
}

fn refusals(plan: &Plan) -> Section {
    let entries = plan.refusals.iter().map(|refusal| {
        let hint = if refusal.hint.is_empty() {
            String::new()
        } else {
            format!(" Hint: {}.", escape::markdown_sentence(&refusal.hint))
        };
        format!(
            "- **refused:** {} ({}).{hint}\n",
            escape::markdown_sentence(&refusal.message),
            code(&refusal.code)
        )
    });
    Section {
        open: "\n".to_owned(),
        entries: entries.collect(),
        more: |more| format!("- … and {more} more\n"),
        close: "",
    }
}

fn warnings(plan: &Plan) -> Section {
    let entries = plan.warnings.iter().map(|warning| {
        format!(
            "- {} ({})\n",
            escape::markdown_sentence(&warning.message),
            code(&warning.code)
        )
    });
    Section {
        open: "\n### Warnings\n\n".to_owned(),
        entries: entries.collect(),
        more: |more| format!("- … and {more} more\n"),
        close: "",
    }
}

fn seats(plan: &Plan) -> Section {
    let mut entries = Vec::new();
    if let Some(seats) = &plan.seats {
        let bought = seats
            .purchased
            .map_or_else(|| "not declared".to_owned(), |bought| bought.to_string());
        let short = match seats.purchased {
            Some(bought) if seats.after > bought => {
                format!(" **({} short)**", seats.after - bought)
            }
            Some(_) | None => String::new(),
        };
        entries.push(format!(
            "| seats used | {} | {}{short} |\n",
            seats.used, seats.after
        ));
        entries.push(format!("| seats bought | | {bought} |\n"));
        if let Some(cost) = &seats.cost {
            // The currency's code is foreign text.
            let money = |amount| code(&wording::money(amount, &cost.currency));
            entries.push(format!(
                "| cost a month | {} | {} |\n",
                money(cost.before),
                money(cost.after)
            ));
        }
    }
    Section {
        open: "\n| | before | after |\n|---|---:|---:|\n".to_owned(),
        entries,
        more: |_| String::new(),
        close: "",
    }
}

fn changes(subjects: &[Subject<'_>], numbers: &Numbers<'_>) -> Section {
    let changed: Vec<&Subject<'_>> = subjects.iter().filter(|s| s.has_acts()).collect();
    let people = changed.iter().filter(|s| s.is_person()).count();
    let entries = if people > FOLD_FROM {
        fold::folds(&changed, numbers)
            .iter()
            .map(|fold| row(fold, numbers))
            .collect()
    } else {
        changed
            .iter()
            .map(|subject| single(subject, numbers))
            .collect()
    };
    let who = if people == 0 { "What" } else { "Who" };
    Section {
        open: format!("\n| | {who} | What happens | Declared |\n|---|---|---|---|\n"),
        entries,
        more: |more| format!("| | … and {more} more | | |\n"),
        close: "",
    }
}

fn row(fold: &Fold<'_, '_>, numbers: &Numbers<'_>) -> String {
    if let [only] = fold.members.as_slice() {
        return single(only, numbers);
    }
    let mut names: Vec<String> = fold
        .members
        .iter()
        .take(NAMES)
        .map(|subject| code(subject.key.as_str()))
        .collect();
    if fold.members.len() > NAMES {
        names.push(format!("… and {} more", fold.members.len() - NAMES));
    }
    let kind = fold.members.first().map_or_else(String::new, |subject| {
        let plural = subject.spec.map(|spec| spec.plural);
        plural.map_or_else(|| code(subject.kind.as_str()), ToOwned::to_owned)
    });
    format!(
        "| `{}` | **{} {kind}:** {} | {} | |\n",
        fold.shape.fate.mark(),
        fold.members.len(),
        names.join(", "),
        what_happens(&fold.shape)
    )
}

fn single(subject: &Subject<'_>, numbers: &Numbers<'_>) -> String {
    let shape = Shape::of(subject, numbers);
    let origin = subject
        .origin()
        .map(|place| code(&format!("{}:{}", place.file, place.line)))
        .unwrap_or_default();
    format!(
        "| `{}` | {} | {} | {origin} |\n",
        shape.fate.mark(),
        who(subject),
        what_happens(&shape)
    )
}

fn who(subject: &Subject<'_>) -> String {
    let key = code(subject.key.as_str());
    let named = if subject.title == subject.key.as_str() {
        key
    } else {
        format!("{} {key}", escape::markdown_words(subject.title))
    };
    if subject.is_person() {
        named
    } else {
        let kind = subject
            .spec
            .map_or_else(|| code(subject.kind.as_str()), |spec| spec.name.to_owned());
        format!("{kind} {named}")
    }
}

/// What happens, in the words of one table cell.
fn what_happens(shape: &Shape) -> String {
    let mut parts = Vec::new();
    for act in &shape.acts {
        let word = fold::participle(act.action);
        let fields: Vec<String> = act.fields.iter().take(NAMES).map(|f| code(f)).collect();
        let more = match act.fields.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        parts.push(match act.action {
            Action::Delete => format!("**{word}**"),
            Action::Replace => format!("**{word}**: {}{more}", fields.join(", ")),
            Action::Create => word.to_owned(),
            Action::Update | Action::AddMember | Action::RemoveMember | Action::Manual => {
                format!("{word}: {}{more}", fields.join(", "))
            }
        });
    }
    for (joins, word) in [(true, "joins"), (false, "leaves")] {
        let targets: Vec<String> = shape
            .memberships
            .iter()
            .filter(|member| member.joins == joins)
            .map(|member| match &member.wait {
                Some(wait) => format!(
                    "{} ({})",
                    code(&member.target),
                    escape::markdown_sentence(wait)
                ),
                None => code(&member.target),
            })
            .collect();
        let more = match targets.len().saturating_sub(2 * NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        if !targets.is_empty() {
            let shown = &targets[..targets.len().min(2 * NAMES)];
            parts.push(format!("{word} {}{more}", shown.join(", ")));
        }
    }
    parts.extend(
        shape
            .reasons()
            .iter()
            .map(|note| escape::markdown_sentence(note)),
    );
    if shape.manual > 0 {
        parts.push(wording::count(shape.manual, "manual step", "manual steps"));
    }
    parts.join("; ")
}

fn manual(plan: &Plan, spec: &'static ProviderSpec) -> Section {
    let numbers = wording::numbers(plan);
    let entries = plan
        .steps
        .iter()
        .filter(|step| step.action == Action::Manual)
        .filter_map(|step| Some(task(step, &instructions(step, spec)?, &numbers)));
    Section {
        open: "\n### By hand, in the dashboard\n\n".to_owned(),
        entries: entries.collect(),
        more: |more| format!("- … and {more} more\n"),
        close: "",
    }
}

fn task(step: &Step, made: &Instructions, numbers: &Numbers<'_>) -> String {
    let named = if step.title.is_empty() || step.title == step.key.as_str() {
        code(step.key.as_str())
    } else {
        format!(
            "{} {}",
            escape::markdown_words(&step.title),
            code(step.key.as_str())
        )
    };
    let verb = step.manual.as_ref().map_or("", |m| wording::task(m.task));
    let kind = escape::markdown_sentence(step.kind.as_str());
    let mut out = format!("- [ ] **{}.** {verb} {kind} {named}", made.number);
    if !made.path.is_empty() {
        let path: Vec<String> = made
            .path
            .iter()
            .map(|part| escape::markdown_sentence(part))
            .collect();
        out.push_str(&format!(": {}", path.join(" › ")));
    }
    out.push('\n');
    let mut item = |text: String| out.push_str(&format!("  - {text}\n"));
    for line in &made.lines {
        item(escape::markdown_sentence(line));
    }
    for setting in &made.values {
        let mut label: Vec<String> = setting
            .place
            .iter()
            .map(|part| escape::markdown_sentence(part))
            .collect();
        label.push(escape::markdown_sentence(&setting.label));
        let value = escape::markdown_value(&setting.value);
        item(format!("{}: {value}", label.join(" › ")));
    }
    if let Some(caution) = &made.caution {
        item(format!(
            "**caution:** {}",
            escape::markdown_sentence(caution)
        ));
    }
    if let Some(wait) = wording::waits_for(&step.blocked_by, numbers) {
        item(escape::markdown_sentence(&wait));
    }
    item(escape::markdown_sentence(&made.verify.sentence()));
    out
}

fn details(subjects: &[Subject<'_>], numbers: &Numbers<'_>) -> Section {
    let entries: Vec<String> = subjects
        .iter()
        .filter(|subject| subject.has_acts())
        .map(|subject| detail(subject, numbers))
        .collect();
    Section {
        open: format!(
            "\n<details><summary>Every field of {}</summary>\n",
            wording::count(entries.len(), "change", "changes")
        ),
        entries,
        more: |more| format!("\n… and {more} more\n"),
        close: "\n</details>\n",
    }
}

fn detail(subject: &Subject<'_>, numbers: &Numbers<'_>) -> String {
    let mut out = format!("\n`{}` {}\n", subject.fate().mark(), who(subject));
    let mut rows = String::new();
    for step in &subject.acts {
        let new = step.action == Action::Create;
        for field in &step.fields {
            let change = wording::change(field, subject.spec, new);
            let before = change
                .before
                .as_deref()
                .map_or_else(String::new, escape::markdown_value);
            let note = change.note.map_or_else(String::new, |n| format!(" ({n})"));
            rows.push_str(&format!(
                "| {} | {before} | {}{note} |\n",
                code(field.path.as_str()),
                escape::markdown_value(&change.after)
            ));
        }
        for (name, secret) in &step.secrets {
            rows.push_str(&format!(
                "| {} | | {} |\n",
                code(name.as_str()),
                escape::markdown_sentence(&wording::secret(secret))
            ));
        }
    }
    for step in &subject.memberships {
        if let Some(member) = &step.member_of {
            let (before, after) = if step.action == Action::AddMember {
                (String::new(), code(member.target.key.as_str()))
            } else {
                (code(member.target.key.as_str()), String::new())
            };
            let wait = wording::waits_for(&step.blocked_by, numbers)
                .map(|wait| format!(" ({})", escape::markdown_sentence(&wait)))
                .unwrap_or_default();
            rows.push_str(&format!(
                "| {} | {before} | {after}{wait} |\n",
                code(member.field.as_str())
            ));
        }
    }
    if !rows.is_empty() {
        out.push_str("\n| Field | Before | After |\n|---|---|---|\n");
        out.push_str(&rows);
    }
    if subject.fate().is_destructive()
        && let Some(lost) = wording::lost(subject.spec)
    {
        out.push_str(&format!("\n**{lost}**\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::sample::{self, SPEC};

    fn shown(made: &Plan) -> String {
        plan(made, &SPEC, Purpose::Plan, COMMENT_LIMIT)
    }

    fn is_whole(text: &str) -> bool {
        text.matches("<details>").count() == text.matches("</details>").count()
            && text.matches("<sub>").count() == text.matches("</sub>").count()
    }

    #[test]
    fn a_small_plan_is_a_verdict_a_table_a_checklist_and_details() {
        insta::assert_snapshot!("markdown_small", shown(&sample::small()));
    }

    #[test]
    fn a_refusal_is_the_first_word() {
        let text = shown(&sample::refused());
        assert!(
            text.starts_with("**Refused:** 2 guards refuse this plan for `acme-eu` (ToyPhone)")
        );
        assert!(text.contains("Hint: pass `--allow deletions=2` after a look at the list."));
        assert!(text.contains("| seats used | 10 | 13 **(1 short)** |"));
    }

    #[test]
    fn five_hundred_people_fit_and_the_text_says_what_was_left_out() {
        let text = shown(&sample::large(500));
        assert!(text.len() <= COMMENT_LIMIT);
        assert!(text.contains("| `~` | **300 users:** `person0000@acme.example`"));
        assert!(is_whole(&text));
        let large = shown(&sample::large(5000));
        assert!(large.len() <= COMMENT_LIMIT);
        assert!(large.contains("the full plan is in the artifact"));
        assert!(is_whole(&large));
    }

    #[test]
    fn an_empty_plan_is_one_line_and_a_foot() {
        let none = sample::plan(Vec::new());
        insta::assert_snapshot!(shown(&none).replace(&none.hash, "HASH"), @r##"
        **Nothing to do** in `acme-eu` (ToyPhone): all that can be compared is as declared.

        <sub>as of 2026-11-21 · plan `HASH`</sub>
        "##);
        let drift = plan(&none, &SPEC, Purpose::Drift, COMMENT_LIMIT);
        assert!(drift.starts_with("**No drift** in `acme-eu`"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_comment_is_longer_than_its_limit_and_all_details_close(
            limit in 0usize..20_000,
            people in 0u32..120,
            hostile in any::<bool>(),
        ) {
            let made = if hostile { sample::hostile() } else { sample::large(people) };
            let text = plan(&made, &SPEC, Purpose::Plan, limit);
            prop_assert!(text.len() <= limit);
            let opened = text.lines().filter(|line| line.starts_with("<details>")).count();
            let closed = text.lines().filter(|line| line.starts_with("</details>")).count();
            prop_assert_eq!(opened, closed);
            prop_assert_eq!(text.lines().filter(|line| line.starts_with("<sub>")).count() <= 1, true);
        }
    }
}
