//! The plan as JSON, version 1: what `plan --format json` prints and what a plan file holds.

use std::io;

use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};

use super::instructions::{self, Instructions, Setting};
use crate::model::ProviderSpec;
use crate::plan::{Plan, Step};

/// Writes a plan as pretty JSON with a line break at the end, step by step, so that no second plan is built in memory.
///
/// Reading it back as a [`Plan`] passes over the instructions. Characters that would control a terminal or
/// reorder text are written as `\u` escapes; the text that they stand for is the same.
pub fn write_plan(
    out: &mut impl io::Write,
    plan: &Plan,
    spec: &'static ProviderSpec,
) -> io::Result<()> {
    write(out, &Document { plan, spec })
}

/// The plan as pretty JSON with a line break at the end; see [`write_plan`].
pub fn plan(plan: &Plan, spec: &'static ProviderSpec) -> String {
    to_string(&Document { plan, spec })
}

/// Any value as pretty JSON with a line break at the end, inert like [`write_plan`].
pub fn to_string(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    write(&mut out, value)
        .expect("writing into memory does not fail, and our values have JSON forms");
    String::from_utf8(out).expect("the serializer writes UTF-8")
}

/// Writes any value as pretty JSON with a line break at the end, inert like [`write_plan`].
pub fn write(out: &mut impl io::Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Inert::default());
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

struct Document<'a> {
    plan: &'a Plan,
    spec: &'static ProviderSpec,
}

/// The plan's own form with other steps; the field order is the plan's.
#[derive(Serialize)]
struct PlanV1<'a> {
    format: &'a str,
    tool: &'a str,
    account: &'a str,
    provider: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    folder: &'a str,
    as_of: jiff::civil::Date,
    manifest_digest: &'a str,
    live_fingerprint: &'a str,
    created_at: jiff::Timestamp,
    expires_at: jiff::Timestamp,
    summary: crate::plan::Summary,
    requests: crate::plan::Requests,
    eta_seconds: u64,
    seats: Option<&'a crate::plan::Seats>,
    steps: Steps<'a>,
    warnings: &'a [crate::plan::Warning],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    refusals: &'a [crate::plan::Refusal],
    #[serde(skip_serializing_if = "is_empty")]
    allowances: &'a std::collections::BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "is_whole")]
    selection: &'a crate::plan::Selection,
    #[serde(skip_serializing_if = "is_empty")]
    observed: &'a std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>>,
    hash: &'a str,
    seal: String,
}

fn is_empty<K, V>(map: &&std::collections::BTreeMap<K, V>) -> bool {
    map.is_empty()
}

fn is_whole(selection: &&crate::plan::Selection) -> bool {
    selection.is_whole()
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Plan {
            format,
            tool,
            account,
            provider,
            folder,
            as_of,
            manifest_digest,
            live_fingerprint,
            created_at,
            expires_at,
            summary,
            requests,
            eta_seconds,
            seats,
            steps,
            warnings,
            refusals,
            allowances,
            selection,
            observed,
            hash,
            // It is made of what is written, now.
            seal: _,
        } = self.plan;
        PlanV1 {
            format,
            tool,
            account,
            provider,
            folder,
            as_of: *as_of,
            manifest_digest,
            live_fingerprint,
            created_at: *created_at,
            expires_at: *expires_at,
            summary: *summary,
            requests: *requests,
            eta_seconds: *eta_seconds,
            seats: seats.as_ref(),
            steps: Steps {
                steps,
                spec: self.spec,
            },
            warnings,
            refusals,
            allowances,
            selection,
            observed,
            hash,
            seal: self.plan.compute_seal(),
        }
        .serialize(serializer)
    }
}

struct Steps<'a> {
    steps: &'a [Step],
    spec: &'static ProviderSpec,
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.steps.len()))?;
        for step in self.steps {
            let made = instructions::instructions(step, self.spec);
            list.serialize_element(&StepV1 {
                step,
                instructions: made.as_ref().map(InstructionsV1::of),
            })?;
        }
        list.end()
    }
}

#[derive(Serialize)]
struct StepV1<'a> {
    #[serde(flatten)]
    step: &'a Step,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<InstructionsV1<'a>>,
}

#[derive(Serialize)]
struct InstructionsV1<'a> {
    path: &'a [String],
    lines: &'a [String],
    values: Vec<SettingV1<'a>>,
    caution: Option<&'a str>,
    verify: &'static str,
}

#[derive(Serialize)]
struct SettingV1<'a> {
    label: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    place: &'a [String],
    value: &'a str,
}

impl<'a> InstructionsV1<'a> {
    fn of(made: &'a Instructions) -> Self {
        let Instructions {
            number: _,
            id: _,
            title: _,
            path,
            lines,
            values,
            caution,
            waits_for: _,
            verify,
        } = made;
        Self {
            path,
            lines,
            values: values
                .iter()
                .map(|setting| {
                    let Setting {
                        label,
                        place,
                        value,
                        before: _,
                    } = setting;
                    SettingV1 {
                        label,
                        place,
                        value,
                    }
                })
                .collect(),
            caution: caution.as_deref(),
            verify: verify.as_str(),
        }
    }
}

/// Pretty printing that also escapes what serde_json leaves as it is but a terminal or a reader may not:
/// DEL, the C1 controls, bidirectional marks and invisible characters.
#[derive(Default)]
struct Inert<'a>(PrettyFormatter<'a>);

impl Formatter for Inert<'_> {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut start = 0;
        let mut before = None;
        for (at, c) in fragment.char_indices() {
            if super::escape::is_unsafe(c, before) {
                writer.write_all(&fragment.as_bytes()[start..at])?;
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                start = at + c.len_utf8();
            }
            before = Some(c);
        }
        writer.write_all(&fragment.as_bytes()[start..])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::render::sample::{self, SPEC};

    #[test]
    fn a_plan_is_its_own_json_form_with_instructions_on_manual_steps() {
        for made in [sample::small(), sample::refused(), sample::hostile()] {
            let mut told: serde_json::Value = serde_json::from_str(&plan(&made, &SPEC)).unwrap();
            for step in told["steps"].as_array_mut().unwrap() {
                let step = step.as_object_mut().unwrap();
                let by_hand = step["action"] == "manual";
                assert_eq!(step.remove("instructions").is_some(), by_hand);
            }
            let mut made = serde_json::to_value(&made).unwrap();
            made["seal"] = told["seal"].clone();
            assert_eq!(told, made);
        }
    }

    #[test]
    fn a_plan_reads_back_as_it_was_and_keeps_its_hash() {
        for made in [sample::small(), sample::refused(), sample::hostile()] {
            let read: Plan = serde_json::from_str(&plan(&made, &SPEC)).unwrap();
            assert_eq!(read.seal, read.compute_seal());
            assert_eq!(read.compute_hash(), made.compute_hash());
            assert_eq!(
                Plan {
                    seal: String::new(),
                    ..read
                },
                made
            );
        }
    }

    #[test]
    fn a_reader_passes_over_keys_of_later_versions() {
        let text = plan(&sample::small(), &SPEC).replacen(
            "\"tool\"",
            "\"later\": {\"a\": [1]}, \"tool\"",
            1,
        );
        let text = text.replace("\"requests\": 1,", "\"requests\": 1, \"later\": null,");
        let read: Plan = serde_json::from_str(&text).unwrap();
        assert_eq!(read.seal, sample::small().compute_seal());
    }

    #[test]
    fn json_in_a_terminal_is_inert() {
        let text = plan(&sample::hostile(), &SPEC);
        assert!(text.ends_with("}\n"));
        assert!(
            text.chars()
                .all(|c| c == '\n' || !super::super::escape::is_unsafe(c, Some('a')))
        );
    }

    #[test]
    fn the_instructions_of_a_manual_step_have_the_fixed_keys() {
        let told: serde_json::Value = serde_json::from_str(&plan(&sample::small(), &SPEC)).unwrap();
        let by_hand = told["steps"]
            .as_array()
            .unwrap()
            .iter()
            .find(|step| step["kind"] == "group")
            .unwrap();
        insta::assert_snapshot!(
            serde_json::to_string_pretty(&by_hand["instructions"]).unwrap(), @r##"
        {
          "caution": null,
          "lines": [
            "Enter the name VIP",
            "Choose the strategy ringall",
            "Save"
          ],
          "path": [
            "Dashboard",
            "Groups",
            "Add group"
          ],
          "values": [
            {
              "label": "Ringing strategy",
              "value": "ringall"
            }
          ],
          "verify": "read"
        }
        "##);
    }
}
