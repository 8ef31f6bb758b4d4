//! The first files of an account folder: each provider's manifests with a modeline, and the schema that it names.
//!
//! What stands in comments is an example; what does not is valid as it is, and plans nothing.

use super::registry::{ImportedFile, Registered};

/// What `.gitattributes` has to say: line breaks of ledgers are covered by their hashes.
pub const GIT_ATTRIBUTES: &str = "*.jsonl -text";

/// A provider's templates: file name and text, `ACCOUNT` standing for the account's name.
struct Templates {
    provider: &'static str,
    files: &'static [(&'static str, &'static str)],
}

macro_rules! templates {
    ($provider:literal: $($name:literal),+) => {
        Templates {
            provider: $provider,
            files: &[$(($name, include_str!(concat!("scaffold/", $provider, "/", $name)))),+],
        }
    };
}

const TEMPLATES: &[Templates] = &[
    templates!("cloudtalk": "account.yaml", "groups.yaml", "numbers.yaml", "users.yaml"),
    templates!("smartflo": "account.yaml", "departments.yaml", "users.yaml"),
    templates!("batchdialer": "account.yaml", "groups.yaml", "users.yaml"),
];

/// The manifests and the schema, by path below the account's folder.
///
/// A provider without templates of its own gets an account and nothing else.
pub fn files(provider: &Registered, account: &str) -> Vec<ImportedFile> {
    let name = provider.spec.name;
    let schema = format!("schemas/{name}.schema.json");
    let modeline = format!("# yaml-language-server: $schema={schema}\n");
    let templates = TEMPLATES
        .iter()
        .find(|templates| templates.provider == name);
    let mut files: Vec<ImportedFile> = match templates {
        Some(templates) => templates
            .files
            .iter()
            .map(|(file, text)| ImportedFile {
                name: (*file).to_owned(),
                text: format!("{modeline}{}", text.replace("ACCOUNT", account)),
                left_out: Vec::new(),
            })
            .collect(),
        None => vec![ImportedFile {
            name: "account.yaml".to_owned(),
            text: format!(
                "{modeline}version: 1\naccount:\n  name: {account}\n  provider: {name}\n"
            ),
            left_out: Vec::new(),
        }],
    };
    files.push(ImportedFile {
        name: schema,
        text: format!("{:#}\n", provider.dialect.schema()),
        left_out: Vec::new(),
    });
    files
}

/// The nearest text that can be the name of an account.
pub fn account_name(text: &str) -> String {
    let name: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
                c
            } else {
                '-'
            }
        })
        .take(64)
        .collect();
    let name = name.trim_start_matches(['.', '_', '-']);
    // Digits alone would be a number to YAML, and words such as `no` something else again.
    let first = name.chars().next();
    let reserved = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    if first.is_none_or(|c| !c.is_ascii_alphabetic())
        || reserved.contains(&name.to_lowercase().as_str())
    {
        let mut longer = format!("account-{name}");
        longer.truncate(64);
        return longer.trim_end_matches('-').to_owned();
    }
    name.to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::manifest::format::Formatter;
    use crate::manifest::load::load_sources;
    use crate::provider::registry::{PROVIDERS, dialects};
    use crate::source::Sources;
    use jiff::civil::date;

    fn loads(files: &[(String, String)]) -> usize {
        let mut sources = Sources::new();
        for (name, text) in files {
            sources.add(name, text).unwrap();
        }
        let loaded = load_sources(sources, &dialects(), date(2026, 11, 21));
        let told: Vec<&str> = loaded
            .diagnostics
            .items
            .iter()
            .map(|it| it.message.as_str())
            .collect();
        assert_eq!(told, Vec::<&str>::new(), "{files:?}");
        loaded
            .account(None)
            .unwrap()
            .lowered
            .as_ref()
            .unwrap()
            .desired
            .iter()
            .count()
    }

    #[test]
    fn every_provider_starts_with_valid_manifests_in_canonical_form() {
        for provider in PROVIDERS {
            let files: Vec<(String, String)> = files(provider, "acme-eu")
                .into_iter()
                .filter(|file| file.name.ends_with(".yaml"))
                .map(|file| (file.name, file.text))
                .collect();
            assert_eq!(loads(&files), 0, "{}: plans something", provider.spec.name);
            for (name, text) in &files {
                assert!(
                    text.starts_with("# yaml-language-server: $schema=schemas/"),
                    "{name}"
                );
                let mut sources = Sources::new();
                let id = sources.add(name.as_str(), text).unwrap();
                let formatted = Formatter::new(Some(provider.dialect)).format(sources.file(id));
                assert_eq!(formatted.unwrap(), *text, "{name}");
            }
        }
    }

    #[test]
    fn the_examples_in_the_comments_are_valid_too() {
        for provider in PROVIDERS {
            let files: Vec<(String, String)> = files(provider, "acme-eu")
                .into_iter()
                .filter(|file| file.name.ends_with(".yaml"))
                .map(|file| {
                    // Examples stand behind `# `, sentences begin with a capital letter.
                    let lines: Vec<String> = file
                        .text
                        .lines()
                        .map(|line| {
                            let indent = line.len() - line.trim_start().len();
                            match line.trim_start().strip_prefix("# ") {
                                Some(rest)
                                    if !rest
                                        .starts_with(|c: char| c.is_uppercase() || c == '`')
                                        && !rest.starts_with("yaml-") =>
                                {
                                    format!("{}{rest}", &line[..indent])
                                }
                                _ => line.to_owned(),
                            }
                        })
                        .collect();
                    (file.name, lines.join("\n") + "\n")
                })
                .collect();
            assert!(loads(&files) > 0, "{}", provider.spec.name);
        }
    }

    #[test]
    fn a_folder_name_becomes_an_account_name() {
        for (folder, name) in [
            ("acme-eu", "acme-eu"),
            ("Acme EU (new)", "Acme-EU--new-"),
            ("2026", "account-2026"),
            ("no", "account-no"),
            (".hidden", "hidden"),
            ("", "account"),
        ] {
            assert_eq!(account_name(folder), name, "{folder}");
            assert_eq!(account_name(name), name);
        }
    }
}
