//! The capability table for a terminal.

use super::{Topic, click_path};
use crate::model::{
    Baseline, Confidence, FieldSpec, KindSpec, Procedure, ProviderSpec, Read, Shape, Way,
};
use crate::render::human::page::Page;
use crate::render::{Role, Style, escape, wording};

/// The table of a provider or a kind, or all that is known of one field.
pub fn human(topic: Topic, style: Style) -> String {
    let mut page = Page::new(style);
    match topic {
        Topic::Provider(spec) => {
            head(&mut page, spec);
            for kind in spec.kinds {
                page.blank();
                objects(&mut page, kind);
                table(&mut page, kind);
            }
            page.blank();
            page.wrapped(
                Role::Dim,
                0,
                &format!(
                    "`seatwright explain {}.KIND` tells the procedures by hand, `{}.KIND.FIELD` all of one field",
                    spec.name, spec.name
                ),
            );
        }
        Topic::Kind(spec, kind) => {
            head(&mut page, spec);
            page.blank();
            objects(&mut page, kind);
            table(&mut page, kind);
            for (word, way, procedure) in [
                ("create", Some(kind.create), &kind.by_hand_create),
                ("change", None, &kind.by_hand_update),
                ("delete", Some(kind.delete), &kind.by_hand_delete),
            ] {
                by_hand(&mut page, kind, word, way, procedure);
            }
            for field in kind.fields {
                if let Some(own) = field.page {
                    let procedure = (own.procedure)(None, None);
                    by_hand(
                        &mut page,
                        kind,
                        &format!("change {}", field.name),
                        None,
                        procedure,
                    );
                }
            }
        }
        Topic::Field(spec, kind, field) => detail(&mut page, spec, kind, field),
    }
    page.finish()
}

fn head(page: &mut Page, spec: &ProviderSpec) {
    let style = page.style();
    page.raw(&format!(
        "{}, facts of {}",
        style.paint(Role::Heading, &format!("{} ({})", spec.title, spec.name)),
        spec.facts
    ));
}

fn objects(page: &mut Page, kind: &KindSpec) {
    page.hanging(
        Role::Heading,
        "",
        &format!("{}: {}", kind.plural, kind.about),
    );
    let listed = match kind.read {
        Read::Yes => "listed by the API",
        Read::Sometimes => "listed by the API at times",
        Read::No => "not listed: the ledger is the inventory",
    };
    let mut told = vec![
        listed.to_owned(),
        format!("created {}", by(kind.create)),
        format!("deleted {}", by(kind.delete)),
        format!("known by `{}`", kind.key),
    ];
    told.extend(wording::lost(Some(kind)).map(|lost| format!("when deleted, {lost}")));
    page.wrapped(Role::Plain, 2, &told.join("; "));
}

fn by(way: Way) -> &'static str {
    match way {
        Way::Api | Way::ApiAfterCreate => "by the API",
        Way::Manual => "by hand",
        Way::Never => "by nobody",
    }
}

fn create_cell(field: &FieldSpec) -> &'static str {
    match field.create {
        Way::Api => "API",
        Way::ApiAfterCreate => "API, after",
        Way::Manual => "by hand",
        Way::Never if field.update == Way::Manual => "afterwards",
        Way::Never => "never",
    }
}

fn update_cell(way: Way) -> &'static str {
    match way {
        Way::Api | Way::ApiAfterCreate => "API",
        Way::Manual => "by hand",
        Way::Never => "replace",
    }
}

fn table(page: &mut Page, kind: &KindSpec) {
    let names = kind
        .fields
        .iter()
        .map(|field| escape::width(field.name))
        .max()
        .unwrap_or(0)
        .max(5);
    let style = page.style();
    page.line(
        Role::Dim,
        &format!(
            "  {:<names$}  {:<9}  {:<10}  {:<7}  where by hand",
            "field", "read", "create", "update"
        ),
    );
    for field in kind.fields {
        let prefix = format!(
            "  {:<names$}  {:<9}  {:<10}  {:<7}  ",
            field.name,
            super::read_word(field.read),
            create_cell(field),
            update_cell(field.update),
        );
        let by_hand = field.create == Way::Manual || field.update == Way::Manual;
        if by_hand {
            let mut place = field.place.to_vec();
            place.push(field.label);
            page.hanging(
                Role::Care,
                &prefix,
                &general(&place.join(style.crumb()), kind),
            );
        } else {
            page.raw(&prefix);
        }
    }
}

fn by_hand(page: &mut Page, kind: &KindSpec, word: &str, way: Option<Way>, procedure: &Procedure) {
    if *procedure == Procedure::NONE {
        return;
    }
    let style = page.style();
    page.blank();
    let needed = match way {
        Some(Way::Api | Way::ApiAfterCreate) => " (the API does it too)",
        Some(Way::Manual | Way::Never) | None => "",
    };
    page.line(Role::Heading, &format!("{word} by hand{needed}"));
    page.wrapped(
        Role::Care,
        2,
        &general(&procedure.path.join(style.crumb()), kind),
    );
    for line in procedure.lines {
        page.hanging(Role::Plain, "  - ", &general(line, kind));
    }
    if let Some(caution) = procedure.caution {
        let caution = general(caution, kind);
        page.wrapped(Role::Danger, 2, &format!("caution: {caution}"));
    }
    if !procedure.source.is_empty() {
        page.wrapped(Role::Dim, 2, &format!("source: {}", procedure.source));
    }
}

/// A procedure's text with nobody in mind: `{key}` is the user, `{purchased_seats}` the purchased seats.
fn general(text: &str, kind: &KindSpec) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let quoted = before.ends_with('`') && after.starts_with('`');
        out.push_str(if quoted {
            &before[..before.len() - 1]
        } else {
            before
        });
        let word = match name {
            "key" | "title" => kind.name.to_owned(),
            field => field.rsplit('.').next().unwrap_or(field).replace('_', " "),
        };
        out.push_str(&format!("the {word}"));
        rest = if quoted { &after[1..] } else { after };
    }
    out.push_str(rest);
    out
}

fn detail(page: &mut Page, spec: &ProviderSpec, kind: &KindSpec, field: &FieldSpec) {
    let style = page.style();
    page.raw(&style.paint(
        Role::Heading,
        &format!("{}.{}.{}", spec.name, kind.name, field.name),
    ));
    if !field.about.is_empty() {
        page.wrapped(Role::Plain, 0, field.about);
    }
    page.blank();
    let mut row = |name: &str, text: &str| {
        if !text.is_empty() {
            page.hanging(Role::Plain, &format!("  {name:<12}"), text);
        }
    };
    row("label", field.label);
    row("value", &shape(field.shape));
    row("unique", if field.unique { "yes" } else { "" });
    row(
        "read",
        match field.read {
            Read::Yes => "yes: compared with the live value",
            Read::Sometimes => "in some answers only: a value that is missing there is unknown",
            Read::No => "no: compared with the ledger, and never called in sync",
        },
    );
    row(
        "create",
        match field.create {
            Way::Api => "by the API, with the object",
            Way::ApiAfterCreate => "by the API, in a request after the object's own",
            Way::Manual => "by hand",
            Way::Never if field.update == Way::Manual => {
                "by hand, in a step of its own after the object's"
            }
            Way::Never => "never",
        },
    );
    row(
        "update",
        match field.update {
            Way::Api | Way::ApiAfterCreate => "by the API",
            Way::Manual => "by hand",
            Way::Never => "never: another value takes a new object (replace)",
        },
    );
    match field.baseline {
        Baseline::Unknown => {}
        Baseline::Text(text) => row("at first", &format!("{text}, which every new object has")),
        Baseline::Declared => row("at first", "the declared value is believed"),
    }
    if field.create == Way::Manual || field.update == Way::Manual {
        let path = click_path(kind, field).join(style.crumb());
        row("by hand", &general(&path, kind));
    }
    row("source", field.source);
    row(
        "confidence",
        match field.confidence {
            Confidence::Specified => "specified: the vendor's own specification says so",
            Confidence::Observed => "observed: seen against the live service by others",
            Confidence::Documented => "documented: the vendor's help pages say so",
            Confidence::Inferred => "inferred: concluded, never seen",
        },
    );
    row("facts of", spec.facts);
}

fn shape(shape: Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Integer => "a whole number".to_owned(),
        Shape::Bool => "on or off".to_owned(),
        Shape::Set => "a set of texts".to_owned(),
        Shape::Sequence => "texts in order".to_owned(),
        Shape::Reference(kind) => format!("the key of one {kind}"),
        Shape::References(kind) => format!("a set of {kind} keys, written as a whole"),
        Shape::Members(kind) => format!("a set of {kind} keys, joined and left one by one"),
        Shape::ReferenceSequence(kind) => format!("{kind} keys in order"),
        Shape::ReferencesOrAll(kind) => {
            format!("`all`, or a set of {kind} keys, written as a whole")
        }
        Shape::ReferenceOneOf(kinds) => format!("one of {}", kinds.join(", ")),
        Shape::Secret => "a secret, by reference".to_owned(),
    }
}
