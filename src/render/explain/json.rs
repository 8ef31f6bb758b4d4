//! The capability table as JSON, version 1.

use serde::Serialize;

use super::{Topic, click_path, confidence_word, read_word, shape_word, way_word};
use crate::model::{Baseline, FieldSpec, KindSpec, Procedure, ProviderSpec};

/// The table, cut down to the topic, as pretty JSON: `seatwright/explain/v1`.
pub fn json(topic: Topic) -> String {
    let (spec, kinds): (&ProviderSpec, Vec<KindV1>) = match topic {
        Topic::Provider(spec) => {
            let kinds = spec.kinds.iter();
            (spec, kinds.map(|kind| KindV1::of(kind, None)).collect())
        }
        Topic::Kind(spec, kind) => (spec, vec![KindV1::of(kind, None)]),
        Topic::Field(spec, kind, field) => (spec, vec![KindV1::of(kind, Some(field))]),
    };
    crate::render::json::to_string(&ExplainV1 {
        format: "seatwright/explain/v1",
        provider: spec.name,
        title: spec.title,
        facts: spec.facts,
        kinds,
    })
}

#[derive(Serialize)]
struct ExplainV1 {
    format: &'static str,
    provider: &'static str,
    title: &'static str,
    facts: &'static str,
    kinds: Vec<KindV1>,
}

#[derive(Serialize)]
struct KindV1 {
    kind: &'static str,
    list: &'static str,
    about: &'static str,
    key: &'static str,
    person: bool,
    read: &'static str,
    create: &'static str,
    delete: &'static str,
    lost_on_delete: &'static [&'static str],
    by_hand: ByHandV1,
    fields: Vec<FieldV1>,
}

#[derive(Serialize)]
struct ByHandV1 {
    create: Option<ProcedureV1>,
    update: Option<ProcedureV1>,
    delete: Option<ProcedureV1>,
}

#[derive(Serialize)]
struct ProcedureV1 {
    path: &'static [&'static str],
    lines: &'static [&'static str],
    caution: Option<&'static str>,
    source: &'static str,
}

#[derive(Serialize)]
struct FieldV1 {
    field: &'static str,
    label: &'static str,
    about: &'static str,
    shape: &'static str,
    refers_to: Vec<String>,
    read: &'static str,
    create: &'static str,
    update: &'static str,
    unique: bool,
    baseline: Option<&'static str>,
    #[serde(rename = "where")]
    click_path: Vec<&'static str>,
    source: &'static str,
    confidence: &'static str,
}

impl KindV1 {
    fn of(kind: &'static KindSpec, only: Option<&'static FieldSpec>) -> Self {
        let fields = match only {
            Some(field) => vec![FieldV1::of(kind, field)],
            None => kind
                .fields
                .iter()
                .map(|field| FieldV1::of(kind, field))
                .collect(),
        };
        Self {
            kind: kind.name,
            list: kind.plural,
            about: kind.about,
            key: kind.key,
            person: kind.person,
            read: read_word(kind.read),
            create: way_word(kind.create),
            delete: way_word(kind.delete),
            lost_on_delete: kind.lost_on_delete,
            by_hand: ByHandV1 {
                create: procedure(&kind.by_hand_create),
                update: procedure(&kind.by_hand_update),
                delete: procedure(&kind.by_hand_delete),
            },
            fields,
        }
    }
}

fn procedure(procedure: &Procedure) -> Option<ProcedureV1> {
    let Procedure {
        path,
        lines,
        caution,
        source,
    } = *procedure;
    (*procedure != Procedure::NONE).then_some(ProcedureV1 {
        path,
        lines,
        caution,
        source,
    })
}

impl FieldV1 {
    fn of(kind: &KindSpec, field: &FieldSpec) -> Self {
        Self {
            field: field.name,
            label: field.label,
            about: field.about,
            shape: shape_word(field.shape),
            refers_to: field
                .shape
                .targets()
                .iter()
                .map(ToString::to_string)
                .collect(),
            read: read_word(field.read),
            create: way_word(field.create),
            update: way_word(field.update),
            unique: field.unique,
            baseline: match field.baseline {
                Baseline::Unknown => None,
                Baseline::Text(text) => Some(text),
                Baseline::Declared => Some("declared"),
            },
            click_path: click_path(kind, field),
            source: field.source,
            confidence: confidence_word(field.confidence),
        }
    }
}
