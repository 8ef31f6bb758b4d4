//! What may know what. The rules are here, as tables; what breaks one is told with its place and what to do.
//!
//! Test code is exempt, but for the size of files.

use std::collections::{BTreeMap, BTreeSet};

use crate::rust_source::{RustFile, all, sources};

/// One module, and the modules of this crate that it may use.
struct Module {
    name: &'static str,
    uses: &'static [&'static str],
    /// Why it may not use more.
    because: &'static str,
}

/// The direction table. What is not in it is not there.
const MODULES: &[Module] = &[
    Module {
        name: "model",
        uses: &[],
        because: "it is plain values, which all others share",
    },
    Module {
        name: "source",
        uses: &[],
        because: "it reads files, and does not know what is in them",
    },
    Module {
        name: "http",
        uses: &[],
        because: "it sends requests, and does not know what they mean",
    },
    Module {
        name: "sandbox",
        uses: &[],
        because: "a simulator that shares types with the client agrees with its mistakes",
    },
    Module {
        name: "diagnostic",
        uses: &["source"],
        because: "it says what is wrong and where, and nothing else",
    },
    Module {
        name: "secrets",
        uses: &["model"],
        because: "it resolves references, and does not know what they are for",
    },
    Module {
        name: "ledger",
        uses: &["model"],
        because: "it remembers, and decides nothing",
    },
    Module {
        name: "manifest",
        uses: &["model", "source", "diagnostic"],
        because: "what is declared does not depend on what is live",
    },
    Module {
        name: "diff",
        uses: &["model", "ledger"],
        because: "it compares values, whatever file, text or vendor they come from",
    },
    Module {
        name: "plan",
        uses: &["model", "ledger", "diff"],
        because: "a plan is data, made without a provider and without text",
    },
    Module {
        name: "provider",
        uses: &["model", "http", "manifest", "diagnostic"],
        because: "the engine compares and plans; a provider reads, writes and says what it can do",
    },
    Module {
        name: "apply",
        uses: &["model", "ledger", "diff", "plan", "provider"],
        because: "it performs plans by a provider's traits",
    },
    Module {
        name: "render",
        uses: &["model", "source", "diagnostic", "ledger", "plan", "apply"],
        because: "it makes text of what others made, and calls nobody",
    },
];

/// The part of each provider that talks to the service: it does not know manifests.
const WIRE: &[&str] = &["observe", "perform", "wire", "reply", "convert", "connect"];

/// Modules that know no vendor.
const NO_VENDOR: &[&str] = &[
    "model",
    "diff",
    "plan",
    "ledger",
    "apply",
    "render",
    "source",
    "diagnostic",
    "manifest",
    "http",
    "secrets",
];

const VENDORS: &[&str] = &[
    "cloudtalk",
    "smartflo",
    "acefone",
    "servetel",
    "batchdialer",
];

/// A text that stands in few places only.
struct Reserved {
    text: &'static str,
    /// The files and folders in which it may stand, each with the reason.
    allowed: &'static [(&'static str, &'static str)],
    /// What to do where it stands elsewhere.
    instead: &'static str,
}

const CLI: (&str, &str) = ("src/cli/", "the edge");

const RESERVED: &[Reserved] = &[
    Reserved {
        text: "Permit::issue",
        allowed: &[(
            "src/plan/approve.rs",
            "a plan is approved there, and only there",
        )],
        instead: "take an `ApprovedPlan`",
    },
    Reserved {
        text: "std::env",
        allowed: &[
            ("src/cli/", "the edge; the library is handed what it needs"),
            (
                "src/ledger/process.rs",
                "the name of the host, where the system has no call for it",
            ),
        ],
        instead: "let `cli/context.rs` hand it in",
    },
    Reserved {
        text: "SystemTime::now",
        allowed: &[
            (
                "src/http/rate.rs",
                "the service tells the end of a wait as wall-clock time; tests hand in another clock",
            ),
            ("src/sandbox/clock.rs", "a simulator has a clock of its own"),
        ],
        instead: "take the time as an argument",
    },
    Reserved {
        text: "Timestamp::now",
        allowed: &[("src/cli/context.rs", "the clock comes in there")],
        instead: "take the time as an argument",
    },
    Reserved {
        text: "Zoned::now",
        allowed: &[],
        instead: "take the time as an argument",
    },
    Reserved {
        text: "HashMap",
        allowed: &[],
        instead: "use a `BTreeMap`: the same input must give the same bytes",
    },
    Reserved {
        text: "HashSet",
        allowed: &[],
        instead: "use a `BTreeSet`: the same input must give the same bytes",
    },
    Reserved {
        text: "anyhow",
        allowed: &[CLI],
        instead: "make an error type: callers of the library tell errors apart",
    },
    Reserved {
        text: "clap",
        allowed: &[CLI],
        instead: "the command line is the binary's",
    },
    Reserved {
        text: "println!",
        allowed: &[],
        instead: "return data; `cli/context.rs` writes",
    },
    Reserved {
        text: "print!",
        allowed: &[],
        instead: "return data; `cli/context.rs` writes",
    },
    Reserved {
        text: "eprintln!",
        allowed: &[],
        instead: "return data; `cli/context.rs` writes",
    },
    Reserved {
        text: "eprint!",
        allowed: &[],
        instead: "return data; `cli/context.rs` writes",
    },
    Reserved {
        text: "process::exit",
        allowed: &[],
        instead: "return an exit code: destructors must run",
    },
    Reserved {
        text: "reqwest",
        allowed: &[("src/http/", "the one client"), CLI],
        instead: "send it through `http`: retries, rate and redaction are there",
    },
    Reserved {
        text: "axum",
        allowed: &[("src/sandbox/", "the simulators are servers")],
        instead: "nothing but a simulator serves",
    },
];

/// Lines of a file, at most.
const LINES: usize = 600;

const VAGUE: &[&str] = &[
    "util", "utils", "helper", "helpers", "manager", "common", "misc",
];

fn files() -> Vec<RustFile> {
    let mut files = sources("src");
    files.retain(|file| file.path != "src/lib.rs");
    files
}

#[track_caller]
fn none(broken: &BTreeSet<String>) {
    let told: Vec<&str> = broken.iter().map(String::as_str).collect();
    assert!(broken.is_empty(), "\n{}\n", told.join("\n"));
}

#[test]
fn modules_use_only_what_the_direction_table_allows() {
    let table: BTreeMap<&str, &Module> = MODULES.iter().map(|it| (it.name, it)).collect();
    let mut broken = BTreeSet::new();
    for file in files().iter().filter(|file| file.module() != "cli") {
        let Some(module) = table.get(file.module()) else {
            broken.insert(format!(
                "{}: `{}` is not in the direction table; add it, with what it may use and why not more",
                file.path,
                file.module()
            ));
            continue;
        };
        for (used, place) in file.modules_used() {
            if used != module.name && !module.uses.contains(&used.as_str()) {
                broken.insert(format!(
                    "{place}: `{}` must not use `{used}`: {}",
                    module.name, module.because
                ));
            }
        }
    }
    none(&broken);
}

#[test]
fn the_direction_table_has_no_circle_and_no_line_too_many() {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for module in MODULES {
        for used in module.uses {
            assert!(
                known.contains(used),
                "`{}` uses `{used}`, which stands below it",
                module.name
            );
        }
        known.insert(module.name);
    }
    let files = files();
    for module in MODULES {
        let own: Vec<&RustFile> = files
            .iter()
            .filter(|it| it.module() == module.name)
            .collect();
        assert!(
            !own.is_empty(),
            "there is no module `{}` any more",
            module.name
        );
        let used: BTreeSet<String> = own
            .iter()
            .flat_map(|file| file.modules_used())
            .map(|(used, _)| used)
            .collect();
        for allowed in module.uses {
            assert!(
                used.contains(*allowed),
                "`{}` does not use `{allowed}` any more: take it out of the table",
                module.name
            );
        }
    }
}

#[test]
fn the_part_of_a_provider_that_talks_to_the_service_knows_no_manifest() {
    let mut broken = BTreeSet::new();
    for file in files().iter().filter(|file| file.module() == "provider") {
        let mut parts = file.path.split('/').skip(3);
        let part = parts.next().unwrap_or_default().trim_end_matches(".rs");
        if !WIRE.contains(&part) {
            continue;
        }
        for (used, place) in file.modules_used() {
            if !["model", "http", "provider"].contains(&used.as_str()) {
                broken.insert(format!("{place}: `{part}` must not use `{used}`"));
            }
        }
    }
    none(&broken);
}

#[test]
fn the_engine_names_no_vendor() {
    let mut broken = BTreeSet::new();
    for file in files() {
        if !NO_VENDOR.contains(&file.module()) {
            continue;
        }
        for (index, line) in file.code.lines().enumerate() {
            let line = line.to_lowercase();
            for vendor in VENDORS.iter().filter(|vendor| line.contains(**vendor)) {
                broken.insert(format!(
                    "{}:{}: names `{vendor}`; say it in the provider's capability table",
                    file.path,
                    index + 1
                ));
            }
        }
    }
    none(&broken);
}

#[test]
fn what_has_its_place_stands_nowhere_else() {
    let mut broken = BTreeSet::new();
    for file in sources("src") {
        for reserved in RESERVED {
            let allowed = reserved.allowed.iter();
            if allowed
                .clone()
                .any(|(place, _)| file.path.starts_with(place))
            {
                continue;
            }
            for place in file.places(reserved.text) {
                broken.insert(format!(
                    "{place}: `{}`: {}",
                    reserved.text, reserved.instead
                ));
            }
        }
    }
    none(&broken);
}

#[test]
fn every_exception_is_still_needed() {
    let files = sources("src");
    for reserved in RESERVED {
        for (place, reason) in reserved.allowed {
            let needed = files
                .iter()
                .filter(|file| file.path.starts_with(place))
                .any(|file| !file.places(reserved.text).is_empty());
            assert!(
                needed || *place == CLI.0,
                "`{}` is not in {place} any more ({reason})",
                reserved.text
            );
        }
    }
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold_and_none_has_a_vague_name() {
    let mut broken = BTreeSet::new();
    for folder in ["src", "tests"] {
        for path in all(folder) {
            let text = std::fs::read_to_string(
                std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(&path),
            );
            let lines = text.unwrap().lines().count();
            if lines > LINES {
                broken.insert(format!(
                    "{path}: {lines} lines, at most {LINES}; split it by what it does"
                ));
            }
            for part in path.trim_end_matches(".rs").split(['/', '_']) {
                if VAGUE.contains(&part) {
                    broken.insert(format!(
                        "{path}: `{part}` says nothing; name it by what it is"
                    ));
                }
            }
        }
    }
    none(&broken);
}

#[test]
fn every_file_says_what_it_is() {
    let mut broken = BTreeSet::new();
    for file in sources("src") {
        if !file.text.trim_start().starts_with("//!") {
            broken.insert(format!(
                "{}: begin it with `//!` and one sentence",
                file.path
            ));
        }
    }
    none(&broken);
}
