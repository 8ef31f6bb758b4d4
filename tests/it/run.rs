//! Runs the real binary against an account simulator, with nothing of the machine's own environment.
//!
//! After every run all that the binary wrote, on its streams and to its files, is searched for every planted secret
//! and every made password.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{LazyLock, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seatwright::sandbox::cloudtalk::{
    Account as Company, CloudTalk, Credentials, Options, Seed, SeedAgent,
};
use seatwright::sandbox::{Control, Sandbox};
use serde_json::Value;
use tokio::runtime::Runtime;

pub(crate) const KEY_ID: &str = "planted-key-id-5f1c09e2";
pub(crate) const KEY_SECRET: &str = "planted-key-secret-77aa02bd";

/// All simulators of the suite run on this one.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

/// The demonstration account without a rate, with seats to spare.
pub(crate) fn demo() -> Seed {
    Seed {
        rate: None,
        seats: Some(40),
        ..Seed::demo()
    }
}

/// An account of these groups and nobody in it.
pub(crate) fn groups_only(groups: &[&str]) -> Seed {
    Seed {
        groups: groups.iter().map(|name| (*name).to_owned()).collect(),
        ..Seed::default()
    }
}

/// A user of the seed with the defaults of one that the API made.
pub(crate) fn agent(email: &str, extension: u16, groups: &[&str]) -> SeedAgent {
    SeedAgent {
        extension: Some(extension),
        groups: groups.iter().map(|name| (*name).to_owned()).collect(),
        ..SeedAgent::new(email, "First", "Last")
    }
}

/// What an account is made of.
pub(crate) struct Setup {
    seed: Seed,
    body: String,
    policy: String,
    account: String,
    rate: String,
}

impl Setup {
    /// Manifests for an account with this seed; the account's head is written by the setup.
    pub(crate) fn new(seed: Seed, body: &str) -> Self {
        Self {
            seed,
            body: body.to_owned(),
            policy: String::new(),
            account: String::new(),
            rate: "{ requests_per_minute: 6000, reserve_percent: 0 }".to_owned(),
        }
    }

    /// One more line of `policy`, such as `users: { unmanaged: ignore }`.
    pub(crate) fn policy(mut self, line: &str) -> Self {
        self.policy.push_str(&format!("  {line}\n"));
        self
    }

    /// One more line of `account`.
    pub(crate) fn account(mut self, line: &str) -> Self {
        self.account.push_str(&format!("  {line}\n"));
        self
    }

    pub(crate) fn rate(mut self, rate: &str) -> Self {
        self.rate = rate.to_owned();
        self
    }

    pub(crate) fn start(self) -> Account {
        let options = Options {
            seed: self.seed.clone(),
            credentials: Some(Credentials {
                key_id: KEY_ID.to_owned(),
                secret: KEY_SECRET.to_owned(),
            }),
            ..Options::default()
        };
        let sandbox = RUNTIME.block_on(Sandbox::start(options)).unwrap();
        let root = tempfile::Builder::new()
            .prefix("seatwright-it-")
            .tempdir()
            .unwrap();
        let account = Account {
            head: format!(
                "version: 1\naccount:\n  name: acme-test\n  provider: cloudtalk\n  api_url: {}\n{}policy:\n  rate: {}\n{}",
                sandbox.url(),
                self.account,
                self.rate,
                self.policy
            ),
            root,
            control: sandbox.control(),
            sandbox,
            planted: Mutex::new(Vec::new()),
            declared: Mutex::new(Vec::new()),
        };
        std::fs::create_dir(account.home()).unwrap();
        std::fs::create_dir(account.folder()).unwrap();
        account.write_manifest(&self.body);
        account
    }
}

/// An account folder beside the simulator that its manifests name.
pub(crate) struct Account {
    root: tempfile::TempDir,
    head: String,
    pub(crate) sandbox: Sandbox<CloudTalk>,
    pub(crate) control: Control<CloudTalk>,
    planted: Mutex<Vec<String>>,
    /// Planted in the manifests, which may have them.
    declared: Mutex<Vec<String>>,
}

impl Account {
    pub(crate) fn new(seed: Seed, body: &str) -> Self {
        Setup::new(seed, body).start()
    }

    /// The folder that holds everything of this account, and that goes with it.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// The account folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.root.path().join("acme")
    }

    fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    pub(crate) fn ledger_folder(&self) -> PathBuf {
        self.folder().join(".seatwright")
    }

    /// Writes the manifest: the account's head, then this.
    pub(crate) fn write_manifest(&self, body: &str) {
        self.write("acme.yaml", &format!("{}{body}", self.head));
    }

    /// Writes any file of the account folder.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    /// A value that must not appear in anything that is written.
    pub(crate) fn plant(&self, secret: &str) {
        self.planted.lock().unwrap().push(secret.to_owned());
    }

    /// A value that stands in the manifests, such as an argument of a program, and must not appear in anything else.
    pub(crate) fn plant_in_manifests(&self, secret: &str) {
        self.declared.lock().unwrap().push(secret.to_owned());
    }

    /// What is in the company's account now.
    pub(crate) fn live(&self) -> Company {
        self.control.account()
    }

    /// Does what a person does in the dashboard.
    pub(crate) fn by_hand<R>(&self, act: impl FnOnce(&mut Company) -> R) -> R {
        self.control.edit(act).unwrap()
    }

    pub(crate) fn members(&self, group: &str) -> BTreeSet<String> {
        let live = self.live();
        let group = live.group_by_name(group).unwrap();
        group
            .members
            .iter()
            .map(|id| live.agents.get(*id).unwrap().email.clone())
            .collect()
    }

    pub(crate) fn agent_id(&self, email: &str) -> u64 {
        self.live().agent_by_email(email).unwrap().id
    }

    pub(crate) fn writes(&self) -> u64 {
        self.control.counters().writes
    }

    /// The lines of the file that made passwords go to, as e-mail and password.
    pub(crate) fn passwords(&self) -> Vec<(String, String)> {
        let Ok(text) = std::fs::read_to_string(self.ledger_folder().join("passwords.jsonl")) else {
            return Vec::new();
        };
        text.lines()
            .map(|line| {
                let line: Value = serde_json::from_str(line).unwrap();
                (text_of(&line["email"]), text_of(&line["password"]))
            })
            .collect()
    }

    /// The command line, in the account folder.
    pub(crate) fn call(&self, args: &[&str]) -> Call<'_> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seatwright"));
        command
            .args(args)
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("TMPDIR", self.home())
            .env("USER", "tester")
            .env("COLUMNS", "120")
            .env("NO_COLOR", "1")
            .env("CLOUDTALK_ACCESS_KEY_ID", KEY_ID)
            .env("CLOUDTALK_ACCESS_KEY_SECRET", KEY_SECRET)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Call {
            account: self,
            command,
        }
    }

    #[must_use]
    pub(crate) fn run(&self, args: &[&str]) -> Done {
        self.call(args).done()
    }

    /// The plan as JSON.
    pub(crate) fn plan(&self) -> Value {
        self.run(&["plan", "--format", "json"]).expect(0).json()
    }

    #[must_use]
    pub(crate) fn apply(&self) -> Done {
        self.run(&["apply", "--auto-approve"])
    }

    /// Holds that a new reading finds nothing left to do.
    pub(crate) fn expect_converged(&self) {
        self.run(&["plan", "--detailed-exitcode"]).expect(0);
    }

    fn look_for_secrets(&self, done: &Done) {
        let mut secrets: Vec<String> = self.planted.lock().unwrap().clone();
        secrets.extend([
            KEY_ID.to_owned(),
            KEY_SECRET.to_owned(),
            STANDARD.encode(format!("{KEY_ID}:{KEY_SECRET}")),
        ]);
        secrets.extend(self.passwords().into_iter().map(|(_, password)| password));
        let mut written = vec![
            (PathBuf::from("stdout"), done.stdout.clone().into_bytes()),
            (PathBuf::from("stderr"), done.stderr.clone().into_bytes()),
        ];
        files(self.root(), &mut written);
        let declared = self.declared.lock().unwrap().clone();
        for (path, bytes) in &written {
            let text = String::from_utf8_lossy(bytes);
            let manifest = path.extension().is_some_and(|ending| ending == "yaml");
            let here = declared.iter().filter(|_| !manifest);
            for secret in secrets.iter().chain(here) {
                assert!(
                    !text.contains(secret.as_str()),
                    "`{}` holds the secret `{secret}` after `{}`",
                    path.display(),
                    done.line
                );
            }
        }
    }
}

/// Every file below, but for those that are there to hold secrets.
fn files(folder: &Path, into: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "secrets" {
                files(&path, into);
            }
        } else if name != "passwords.jsonl"
            && let Ok(bytes) = std::fs::read(&path)
        {
            into.push((path, bytes));
        }
    }
}

/// A command line that was not run yet.
pub(crate) struct Call<'a> {
    account: &'a Account,
    command: Command,
}

impl<'a> Call<'a> {
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs at this time, in seconds of Unix time.
    pub(crate) fn at(self, seconds: i64) -> Self {
        self.env("SOURCE_DATE_EPOCH", &seconds.to_string())
    }

    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    #[must_use]
    pub(crate) fn done(self) -> Done {
        self.start().wait()
    }

    pub(crate) fn start(mut self) -> Running<'a> {
        let line = format!("{:?}", self.command);
        let line = line
            .rsplit_once("/seatwright\"")
            .map_or(line.clone(), |(_, args)| format!("seatwright{args}"));
        let mut child = self.command.spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut text = Vec::new();
            stderr.read_to_end(&mut text).unwrap();
            text
        });
        let other = std::thread::spawn(move || {
            let mut text = Vec::new();
            stdout.read_to_end(&mut text).unwrap();
            text
        });
        Running {
            account: self.account,
            child,
            line,
            stdout: other,
            stderr: reader,
        }
    }
}

/// A process on its way.
pub(crate) struct Running<'a> {
    account: &'a Account,
    child: Child,
    line: String,
    stdout: std::thread::JoinHandle<Vec<u8>>,
    stderr: std::thread::JoinHandle<Vec<u8>>,
}

impl Running<'_> {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// As `kill -9` does.
    #[must_use]
    pub(crate) fn kill(mut self) -> Done {
        self.child.kill().unwrap();
        self.wait()
    }

    #[must_use]
    pub(crate) fn wait(mut self) -> Done {
        let status = self.child.wait().unwrap();
        let done = Done {
            line: self.line,
            status,
            stdout: String::from_utf8(self.stdout.join().unwrap()).unwrap(),
            stderr: String::from_utf8(self.stderr.join().unwrap()).unwrap(),
        };
        self.account.look_for_secrets(&done);
        done
    }
}

/// What came of a run.
pub(crate) struct Done {
    line: String,
    status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// The exit code; `None` for a process that was killed.
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Holds that the exit code is this one.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code(),
            Some(code),
            "`{}`\n--- stdout\n{}\n--- stderr\n{}",
            self.line,
            self.stdout,
            self.stderr
        );
        self
    }

    /// Holds that standard error has these words.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(
                self.stderr.contains(word),
                "`{}` does not say `{word}`:\n{}",
                self.line,
                self.stderr
            );
        }
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: `{}`\n{}", self.line, self.stdout))
    }
}

pub(crate) fn text_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The steps of a plan, each as `action kind key`, and for members the group as well.
pub(crate) fn outline(plan: &Value) -> Vec<String> {
    plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            let mut line = format!(
                "{} {} {}",
                text_of(&step["action"]),
                text_of(&step["kind"]),
                text_of(&step["key"])
            );
            if let Some(member) = step.get("member_of") {
                line.push_str(&format!(" -> {}", text_of(&member["key"])));
            }
            if step.get("blocked_by").is_some() {
                line.push_str(" (blocked)");
            }
            line
        })
        .collect()
}

/// The paths of the fields that a step changes.
pub(crate) fn paths(step: &Value) -> Vec<String> {
    step["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| text_of(&field["path"]))
        .collect()
}
