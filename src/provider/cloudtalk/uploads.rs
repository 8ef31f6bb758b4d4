//! The files of the vendor's bulk user upload.
//!
//! One upload gives all its users one role and one set of advanced settings, so there is one file for each such batch. The
//! columns are first name, last name and e-mail in lower case (help centre, HC-8294955, 2026-11-21, documented).

use std::collections::BTreeMap;

use crate::provider::registry::{ImportedFile, UploadRow};

/// The role that the API creates by itself; nobody has to upload its holders.
const BY_API: &str = "agent";

/// What all people of one upload share: the role, and the settings by name.
type Batch = (String, Vec<(String, String)>);

/// One file for each role and set of settings, for people whose role the API cannot give.
pub(super) fn files(rows: &[UploadRow]) -> Vec<ImportedFile> {
    let mut batches: BTreeMap<Batch, Vec<&UploadRow>> = BTreeMap::new();
    for row in rows {
        let role = row.fields.get("role").cloned().unwrap_or_default();
        if role.is_empty() || role == BY_API {
            continue;
        }
        let settings: Vec<(String, String)> = row
            .fields
            .iter()
            .filter(|(field, _)| field.starts_with("settings.") || *field == "language")
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect();
        batches.entry((role, settings)).or_default().push(row);
    }
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    batches
        .into_iter()
        .map(|((role, _), rows)| {
            let number = numbers.entry(role.clone()).or_default();
            *number += 1;
            let mut text = String::from("firstname,lastname,email\n");
            for row in rows {
                let field = |name: &str| row.fields.get(name).map_or("", String::as_str);
                text.push_str(&format!(
                    "{},{},{}\n",
                    cell(field("first_name")),
                    cell(field("last_name")),
                    cell(&row.key)
                ));
            }
            ImportedFile {
                name: format!("{role}-{number}.csv"),
                text,
                left_out: Vec::new(),
            }
        })
        .collect()
}

/// Quotes where needed, and takes the meaning from what a spreadsheet would run as a formula.
fn cell(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    let text = if text.starts_with(['=', '+', '-', '@']) {
        format!("'{text}")
    } else {
        text
    };
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str, fields: &[(&str, &str)]) -> UploadRow {
        UploadRow {
            key: key.into(),
            fields: fields
                .iter()
                .map(|(f, v)| ((*f).to_owned(), (*v).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn each_role_and_set_of_settings_is_a_file_of_its_own() {
        let files = files(&[
            row(
                "a@acme.example",
                &[
                    ("role", "supervisor"),
                    ("first_name", "Ann"),
                    ("last_name", "A, B"),
                ],
            ),
            row(
                "b@acme.example",
                &[("role", "supervisor"), ("settings.download_reports", "on")],
            ),
            row(
                "c@acme.example",
                &[("role", "supervisor"), ("first_name", "=cmd()")],
            ),
            row("d@acme.example", &[("role", "agent")]),
        ]);
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["supervisor-1.csv", "supervisor-2.csv"]);
        assert_eq!(
            files[0].text,
            "firstname,lastname,email\nAnn,\"A, B\",a@acme.example\n'=cmd(),,c@acme.example\n"
        );
    }
}
