//! Every folder under `examples`: valid, applied to a simulated account by the real binary, finished by hand as the
//! plan says, and then without a difference.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use seatwright::sandbox::cloudtalk::{
    Account, AgentEdit, CloudTalk, Options, Role, Seed, SeedNumber,
};
use seatwright::sandbox::{Control, Sandbox};
use serde_json::Value;

/// The address in the examples' manifests.
const WRITTEN_URL: &str = "http://127.0.0.1:8080/api";

/// More rounds than these are a plan that never ends.
const ROUNDS: usize = 5;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn seatwright(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_seatwright"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("CLOUDTALK_ACCESS_KEY_ID", "example")
        .env("CLOUDTALK_ACCESS_KEY_SECRET", "example")
        .env("USER", "tester")
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    format!(
        "exit code {:?}\n{}{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[track_caller]
fn expect(output: &Output, codes: &[i32]) {
    let code = output.status.code().unwrap_or(-1);
    assert!(
        codes.contains(&code),
        "expected {codes:?}, {}",
        text(output)
    );
}

/// A copy of an example, with the simulated account that it is about.
struct Example {
    runtime: tokio::runtime::Runtime,
    sandbox: Option<Sandbox<CloudTalk>>,
    folder: tempfile::TempDir,
}

impl Example {
    fn open(name: &str) -> Self {
        let source = examples().join(name);
        let mut seed =
            Seed::from_json(&std::fs::read_to_string(source.join("sandbox.json")).unwrap())
                .unwrap();
        // The rate limit is real time, and has tests of its own.
        seed.rate = None;
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let options = Options {
            seed,
            ..Options::default()
        };
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        copy(&source, folder.path());
        let account = folder.path().join("account.yaml");
        let text = std::fs::read_to_string(&account).unwrap();
        assert!(text.contains(WRITTEN_URL), "{name}: another address");
        let text = text.replace(WRITTEN_URL, &sandbox.url());
        let text = text.replace("requests_per_minute: 60", "requests_per_minute: 6000");
        std::fs::write(account, text).unwrap();
        Self {
            runtime,
            sandbox: Some(sandbox),
            folder,
        }
    }

    fn control(&self) -> Control<CloudTalk> {
        self.sandbox.as_ref().unwrap().control()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        seatwright(self.folder.path(), arguments)
    }

    fn plan(&self) -> Value {
        let output = self.run(&["plan", "--format", "json"]);
        expect(&output, &[0]);
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Records that a step was done, by the id that it has now: what can be read back has left it already.
    fn confirm(&self, done: &Value) {
        let plan = self.plan();
        let steps = plan["steps"].as_array().unwrap().iter();
        let same = |step: &&Value| {
            ["action", "kind", "key"]
                .iter()
                .all(|part| step[part] == done[part])
        };
        let Some(step) = steps.clone().find(same) else {
            return;
        };
        assert_eq!(step["manual"]["verified_by"], "confirm", "{step:#}");
        let id = step["id"].as_str().unwrap();
        let note = ["--note", "done in the dashboard"];
        expect(&self.run(&["confirm", id, note[0], note[1]]), &[0]);
    }

    /// Applies, does by hand what is left, and goes on until nothing is left. Gives back what was done by hand.
    fn finish(&self) -> Vec<Value> {
        let mut by_hand = Vec::new();
        for _ in 0..ROUNDS {
            expect(&self.run(&["apply", "--auto-approve"]), &[0, 9]);
            let plan = self.plan();
            let steps = plan["steps"].as_array().unwrap();
            if steps.is_empty() {
                expect(&self.run(&["plan", "--detailed-exitcode"]), &[0]);
                expect(&self.run(&["drift"]), &[0]);
                expect(&self.run(&["ledger", "verify"]), &[0]);
                return by_hand;
            }
            for step in steps.iter().filter(|step| step["action"] == "manual") {
                // What waits for other steps is done in the next round, as a person would.
                if step["depends_on"].as_array().unwrap().is_empty() {
                    self.control()
                        .edit(|account| do_by_hand(account, step))
                        .unwrap();
                    self.confirm(step);
                    by_hand.push(step.clone());
                }
            }
        }
        panic!("not done after {ROUNDS} rounds: {:#}", self.plan());
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            self.runtime.block_on(sandbox.stop());
        }
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_name() == ".seatwright" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// Does what a manual step asks for, as far as the account has a place for it.
fn do_by_hand(account: &mut Account, step: &Value) {
    let key = step["key"].as_str().unwrap();
    let task = step["manual"]["task"].as_str().unwrap();
    match (step["kind"].as_str().unwrap(), task) {
        ("group", "create") => {
            account.create_group(key);
        }
        ("group", "delete") => {
            let id = account.group_by_name(key).unwrap().id;
            assert!(account.delete_group(id));
        }
        ("number", "create") => {
            let number = SeedNumber {
                e164: key.to_owned(),
                ..SeedNumber::default()
            };
            account.create_number(&number).unwrap();
        }
        ("number", "delete") => {
            let id = account.number_by_e164(key).unwrap().id;
            account.numbers.remove(id).unwrap();
        }
        ("user", "update") => {
            let id = account.agent_by_email(key).unwrap().id;
            let mut edit = AgentEdit::default();
            for field in step["fields"].as_array().unwrap() {
                let after = &field["after"];
                match field["path"].as_str().unwrap() {
                    "role" => edit.role = Some(role(after)),
                    "language" => edit.language = Some(after.as_str().unwrap().to_owned()),
                    "assigned_numbers" => {
                        edit.associated_numbers =
                            Some(serde_json::from_value(after.clone()).unwrap());
                    }
                    // The simulator has no place for these, as the API has none.
                    "external_phone" | "skills" => {}
                    other => assert!(other.starts_with("settings."), "{other}"),
                }
            }
            account.edit_agent(id, edit).unwrap();
        }
        ("account", "update") => {
            for field in step["fields"].as_array().unwrap() {
                assert_eq!(field["path"], "purchased_seats");
                let seats = field["after"].as_u64().unwrap();
                account.set_seats(Some(seats.try_into().unwrap())).unwrap();
            }
        }
        (kind, task) => panic!("a step that nobody knows how to do: {task} {kind}"),
    }
}

fn role(value: &Value) -> Role {
    serde_json::from_value(value.clone()).unwrap()
}

fn names() -> BTreeSet<String> {
    std::fs::read_dir(examples())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name.starts_with("cloudtalk-"))
        .collect()
}

#[test]
fn each_cloudtalk_example_has_a_test_here() {
    let tested = ["by-hand", "five-people", "forty-people"];
    let tested: BTreeSet<String> = tested
        .iter()
        .map(|name| format!("cloudtalk-{name}"))
        .collect();
    assert_eq!(names(), tested);
}

#[test]
fn each_example_is_valid_as_it_stands_begins_with_a_schema_and_names_no_real_domain() {
    for name in names() {
        let folder = examples().join(&name);
        let output = seatwright(&folder, &["validate"]);
        expect(&output, &[0]);
        assert!(output.stderr.is_empty(), "{name}: {}", text(&output));
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                if path.extension().is_none_or(|extension| extension != "yaml") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let first = text.lines().next().unwrap();
                let schema = first
                    .strip_prefix("# yaml-language-server: $schema=")
                    .unwrap_or_else(|| panic!("{}: no schema", path.display()));
                let schema = path.parent().unwrap().join(schema);
                assert!(
                    schema.is_file(),
                    "{}: no {}",
                    path.display(),
                    schema.display()
                );
                for (at, _) in text.match_indices('@') {
                    let domain = text[at + 1..].split([' ', '\n', ',', ']', ')', '`']).next();
                    let domain = domain.unwrap_or_default();
                    assert!(domain.ends_with(".example"), "{}: {domain}", path.display());
                }
            }
        }
    }
}

#[test]
fn five_people_are_set_up_by_one_apply() {
    let example = Example::open("cloudtalk-five-people");
    let plan = example.plan();
    assert_eq!(plan["summary"]["create"], 4);
    assert_eq!(plan["summary"]["manual"], 0);
    expect(&example.run(&["apply", "--auto-approve"]), &[0]);
    assert!(example.finish().is_empty());
    let account = example.control().account();
    assert_eq!(account.agents.len(), 5);
    let mei = account.agent_by_email("mei@brightwater.example").unwrap();
    assert_eq!(account.groups_of(mei.id), ["Front desk", "Orders"]);
    assert_eq!(mei.extension, Some(1002));
}

#[test]
fn forty_people_in_several_files_need_hands_for_roles_and_settings_only() {
    let example = Example::open("cloudtalk-forty-people");
    let plan = example.plan();
    let count = |name: &str| plan["summary"][name].as_u64().unwrap();
    assert_eq!((count("create"), count("delete")), (15, 1));
    assert_eq!(plan["requests"]["write"], 61);
    assert_eq!(plan["seats"]["after"], 39);
    let by_hand = example.finish();
    assert_eq!(by_hand.len(), 6);
    assert!(by_hand.iter().all(|step| step["kind"] == "user"));
    let account = example.control().account();
    assert_eq!(account.agents.len(), 39);
    let domain = "northwind-trading.example";
    assert!(
        account
            .agent_by_email(&format!("lars.bruun@{domain}"))
            .is_none()
    );
    let lead = account
        .agent_by_email(&format!("ingrid.dahl@{domain}"))
        .unwrap();
    assert_eq!(lead.role, Role::Supervisor);
    // Who begins later is planned for that day.
    let later = example.run(&["plan", "--as-of", "2030-01-01", "--format", "json"]);
    expect(&later, &[0]);
    let later: Value = serde_json::from_slice(&later.stdout).unwrap();
    assert_eq!(later["summary"]["create"], 1);
}

#[test]
fn what_needs_hands_is_told_done_and_then_gone() {
    let example = Example::open("cloudtalk-by-hand");
    let plan = example.plan();
    assert!(plan["summary"]["blocked"].as_u64().unwrap() > 0);
    let mut by_hand = example.finish();
    // Seats are believed when they are declared first; a change is a step.
    let file = example.folder.path().join("account.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("purchased: 7"));
    std::fs::write(&file, text.replace("purchased: 7", "purchased: 9")).unwrap();
    by_hand.extend(example.finish());

    let tasks: BTreeSet<(String, String)> = by_hand
        .iter()
        .map(|step| {
            let word = |value: &Value| value.as_str().unwrap().to_owned();
            (word(&step["kind"]), word(&step["manual"]["task"]))
        })
        .collect();
    let tasks: Vec<(&str, &str)> = tasks
        .iter()
        .map(|(kind, task)| (kind.as_str(), task.as_str()))
        .collect();
    assert_eq!(
        tasks,
        [
            ("account", "update"),
            ("group", "create"),
            ("group", "delete"),
            ("number", "create"),
            ("number", "delete"),
            ("user", "update"),
        ]
    );
    let account = example.control().account();
    assert_eq!(account.seats, Some(9));
    assert!(account.group_by_name("Fax room").is_none());
    let june = account.agent_by_email("june@larkfield.example").unwrap();
    assert_eq!(
        account.groups_of(june.id),
        ["Appointments", "Prescriptions"]
    );
    let figures = account.agent_by_email("figures@larkfield.example").unwrap();
    assert_eq!(figures.role, Role::Analyst);
    let piers = account.agent_by_email("piers@larkfield.example").unwrap();
    assert_eq!(piers.language, "cs");
}
