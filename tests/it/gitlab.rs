//! The GitLab template: what its file says, and its scripts under a fake pipeline and against a fake forge.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock, Mutex};

use axum::extract::{Path as At, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, put};
use axum::{Json, Router};
use seatwright::diagnostic::Collector;
use seatwright::manifest::parse::parse;
use seatwright::manifest::shape::Shape;
use seatwright::source::Sources;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::run::{Account, KEY_ID, KEY_SECRET, Setup, demo};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
});

const TOKEN: &str = "planted-gitlab-token-6e07";

/// The user that a project access token stands for.
const BOT: &str = "project_42_bot_1";
const TEMPLATE: &str = "examples/gitlab/seatwright.gitlab-ci.yml";

/// The most characters of a note or a description (GitLab, documented; 2026-11-21).
const LIMIT: usize = 1_000_000;

/// A project with one merge request and issues; what it was asked is kept.
#[derive(Default)]
struct Forge {
    notes: Vec<Value>,
    issues: Vec<Value>,
    writes: Vec<String>,
}

type Shared = Arc<Mutex<Forge>>;

#[derive(serde::Deserialize)]
struct Page {
    page: usize,
    per_page: usize,
}

fn allowed(headers: &HeaderMap) -> Result<(), StatusCode> {
    let token = headers.get("private-token");
    token
        .is_some_and(|token| token == TOKEN)
        .then_some(())
        .ok_or(StatusCode::UNAUTHORIZED)
}

fn paged(items: &[Value], page: &Page) -> Json<Value> {
    let start = (page.page - 1) * page.per_page;
    Json(
        items
            .iter()
            .skip(start)
            .take(page.per_page)
            .cloned()
            .collect(),
    )
}

fn fits(text: &Value) -> Result<(), StatusCode> {
    let length = text
        .as_str()
        .ok_or(StatusCode::BAD_REQUEST)?
        .chars()
        .count();
    (length <= LIMIT)
        .then_some(())
        .ok_or(StatusCode::BAD_REQUEST)
}

async fn notes(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Query(page): Query<Page>,
) -> Result<Json<Value>, StatusCode> {
    allowed(&headers)?;
    Ok(paged(&forge.lock().unwrap().notes, &page))
}

async fn note(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    allowed(&headers)?;
    fits(&body["body"])?;
    let mut forge = forge.lock().unwrap();
    let made = json!({ "id": 100 + forge.notes.len(), "system": false, "body": body["body"], "author": { "username": BOT } });
    forge.notes.push(made.clone());
    forge.writes.push("note".into());
    Ok((StatusCode::CREATED, Json(made)))
}

async fn edit(
    State(forge): State<Shared>,
    headers: HeaderMap,
    At(id): At<u64>,
    Json(body): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    allowed(&headers)?;
    fits(&body["body"])?;
    let mut forge = forge.lock().unwrap();
    forge.writes.push(format!("edit {id}"));
    let mut all = forge.notes.iter_mut();
    let found = all
        .find(|note| note["id"] == id)
        .ok_or(StatusCode::NOT_FOUND)?;
    found["body"] = body["body"].clone();
    Ok(Json(found.clone()))
}

async fn issues(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Query(page): Query<Page>,
) -> Result<Json<Value>, StatusCode> {
    allowed(&headers)?;
    let forge = forge.lock().unwrap();
    let open = forge.issues.iter().filter(|it| it["state"] == "opened");
    Ok(paged(&open.cloned().collect::<Vec<_>>(), &page))
}

async fn issue(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    allowed(&headers)?;
    fits(&body["description"])?;
    let mut forge = forge.lock().unwrap();
    let made = json!({
        "id": 9000 + forge.issues.len(), "iid": 1 + forge.issues.len(), "state": "opened",
        "title": body["title"].as_str().ok_or(StatusCode::BAD_REQUEST)?, "description": body["description"], "author": { "username": BOT },
    });
    forge.issues.push(made.clone());
    forge.writes.push("issue".into());
    Ok((StatusCode::CREATED, Json(made)))
}

async fn change(
    State(forge): State<Shared>,
    headers: HeaderMap,
    At(iid): At<u64>,
    Json(body): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    allowed(&headers)?;
    let mut forge = forge.lock().unwrap();
    let mut all = forge.issues.iter_mut();
    let found = all
        .find(|it| it["iid"] == iid)
        .ok_or(StatusCode::NOT_FOUND)?;
    let what = if body["state_event"] == "close" {
        found["state"] = "closed".into();
        format!("close {iid}")
    } else {
        fits(&body["description"])?;
        found["description"] = body["description"].clone();
        format!("change {iid}")
    };
    let answer = found.clone();
    forge.writes.push(what);
    Ok(Json(answer))
}

async fn user(headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    allowed(&headers)?;
    Ok(Json(json!({ "id": 77, "username": BOT })))
}

async fn said(State(forge): State<Shared>, headers: HeaderMap) -> Result<StatusCode, StatusCode> {
    allowed(&headers)?;
    forge.lock().unwrap().writes.push("said".into());
    Ok(StatusCode::CREATED)
}

/// A checkout in which the template's jobs run, beside the account that its manifests name.
struct Pipeline {
    url: String,
    forge: Shared,
    account: Account,
    checkout: PathBuf,
}

impl Pipeline {
    fn start(body: &str) -> Self {
        let forge = Shared::default();
        let project = "/api/v4/projects/42";
        let app = Router::new()
            .route(
                &format!("{project}/merge_requests/7/notes"),
                get(notes).post(note),
            )
            .route(
                &format!("{project}/merge_requests/7/notes/{{id}}"),
                put(edit),
            )
            .route(&format!("{project}/issues"), get(issues).post(issue))
            .route(&format!("{project}/issues/{{iid}}"), put(change))
            .route(
                &format!("{project}/issues/{{iid}}/notes"),
                axum::routing::post(said),
            )
            .route("/api/v4/user", get(user))
            .with_state(Arc::clone(&forge));
        let listener = RUNTIME
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}/api/v4", listener.local_addr().unwrap());
        RUNTIME.spawn(async move { axum::serve(listener, app).await });
        let account = Setup::new(demo(), body).start();
        let checkout = account.root().join("checkout");
        std::fs::create_dir_all(checkout.join("accounts/acme-eu")).unwrap();
        let pipeline = Self {
            url,
            forge,
            account,
            checkout,
        };
        pipeline.declare(body);
        pipeline.git(&["init", "--quiet"]);
        pipeline.commit();
        pipeline
    }

    fn declare(&self, body: &str) {
        let file = self.checkout.join("accounts/acme-eu/account.yaml");
        std::fs::write(file, format!("{}{body}", self.account.head())).unwrap();
    }

    fn git(&self, args: &[&str]) -> String {
        let done = Command::new("git")
            .arg("-C")
            .arg(&self.checkout)
            .args(["-c", "user.name=t", "-c", "user.email=t@acme.example"])
            .args(args)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// Commits the manifests, and gives the commit.
    fn commit(&self) -> String {
        self.git(&["add", "accounts"]);
        self.git(&["commit", "--quiet", "--message", "x"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs the script of a job, as a runner does.
    fn job(&self, name: &str, more: &[(&str, &str)]) -> Output {
        let template = template();
        let job = &template[name];
        let common = &template[".seatwright"];
        let script: Vec<&str> = job["script"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line.as_str().unwrap())
            .collect();
        let program = Path::new(env!("CARGO_BIN_EXE_seatwright"))
            .parent()
            .unwrap();
        let path = std::env::join_paths(
            std::iter::once(program.to_owned())
                .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        )
        .unwrap();
        let mut command = Command::new("bash");
        command
            .args(["-e", "-o", "pipefail", "-c", &script.join("\n")])
            .current_dir(&self.checkout)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.account.root())
            .env("GITLAB_CI", "true")
            .env("CI_API_V4_URL", &self.url)
            .env("CI_PROJECT_ID", "42")
            .env("CLOUDTALK_ACCESS_KEY_ID", KEY_ID)
            .env("CLOUDTALK_ACCESS_KEY_SECRET", KEY_SECRET)
            .env("SEATWRIGHT_FORGE_TOKEN", TOKEN);
        for (name, value) in common["variables"].as_object().unwrap() {
            command.env(name, value.as_str().unwrap());
        }
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("action");
        let output = command
            .env("SEATWRIGHT_SCRIPTS", scripts)
            .envs(more.iter().copied())
            .output()
            .unwrap();
        for told in [&output.stdout, &output.stderr] {
            let told = String::from_utf8_lossy(told);
            for secret in [TOKEN, KEY_ID, KEY_SECRET] {
                assert!(!told.contains(secret), "{name} tells a secret: {told}");
            }
        }
        output
    }

    fn writes(&self) -> Vec<String> {
        std::mem::take(&mut self.forge.lock().unwrap().writes)
    }

    fn note(&self) -> String {
        let forge = self.forge.lock().unwrap();
        forge.notes.last().unwrap()["body"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

#[track_caller]
fn expect(output: &Output, code: i32) {
    assert_eq!(
        output.status.code(),
        Some(code),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The template, read by the strict reader that manifests have.
fn template() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(TEMPLATE);
    let mut sources = Sources::new();
    let text = std::fs::read_to_string(file).unwrap();
    let file = sources.add(TEMPLATE, &text).unwrap();
    let mut diagnostics = Collector::new();
    let trees = parse(sources.file(file), &mut diagnostics);
    let read = Shape::new(json!({}))
        .unwrap()
        .read(&trees[0], &mut diagnostics);
    let found = diagnostics.finish().items;
    assert!(
        read.fits && found.is_empty() && trees.len() == 1,
        "{found:?}"
    );
    read.value
}

const BASE: &str = "users:\n  - { email: ada@acme.example, last_name: Lovelace }\n";
const HEAD: &str = "users:\n  - { email: ada@acme.example, last_name: Byron }\n";

#[test]
fn every_job_says_when_it_runs_and_the_writer_runs_alone_after_a_person_started_it() {
    let template = template();
    let jobs: Vec<(&String, &Value)> = template
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !name.starts_with('.'))
        .collect();
    assert_eq!(jobs.len(), 4);
    for (name, job) in jobs {
        assert!(!job["rules"].as_array().unwrap().is_empty(), "{name}");
        assert_eq!(job["extends"], ".seatwright", "{name}");
        assert!(job["script"].is_array(), "{name}");
        for rule in job["rules"].as_array().unwrap() {
            let when = rule["if"].as_str().unwrap();
            // Whoever has the account's keys runs for nobody's fork.
            let ours = !when.contains("merge_request_event")
                || when.contains("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID");
            assert!(ours || name == "seatwright-validate", "{name}: {when}");
        }
    }
    let apply = &template["seatwright-apply"];
    assert!(
        apply["resource_group"]
            .as_str()
            .unwrap()
            .starts_with("seatwright-")
    );
    assert_eq!(apply["rules"][0]["when"], "manual");
    assert_eq!(apply["needs"], json!(["seatwright-plan"]));
    assert_eq!(apply["interruptible"], false);
    let kept = template["seatwright-plan"]["artifacts"]["paths"]
        .as_array()
        .unwrap();
    assert!(kept.contains(&json!("plan.json")));
    let kept = apply["artifacts"]["paths"].to_string();
    assert!(!kept.contains("passwords"), "{kept}");
}

#[test]
fn a_merge_request_has_one_note_which_is_edited_and_left_alone_when_nothing_changed() {
    let pipeline = Pipeline::start(BASE);
    let base = pipeline.git(&["rev-parse", "HEAD"]);
    pipeline.declare(HEAD);
    pipeline.commit();
    let request = [
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str()),
    ];
    expect(&pipeline.job("seatwright-validate", &request), 0);
    let report = std::fs::read_to_string(pipeline.checkout.join("seatwright-junit.xml")).unwrap();
    assert!(report.contains("failures=\"0\""), "{report}");

    let planned = pipeline.job("seatwright-plan", &request);
    expect(&planned, 0);
    assert_eq!(pipeline.writes(), ["note"]);
    let note = pipeline.note();
    assert!(
        note.starts_with("<!-- seatwright:plan:accounts/acme-eu -->\n") && note.contains("Byron"),
        "{note}"
    );
    let log = String::from_utf8_lossy(&planned.stdout).into_owned();
    assert!(log.contains("Byron"), "the plan is in the log: {log}");
    expect(&pipeline.job("seatwright-plan", &request), 0);
    assert_eq!(pipeline.writes(), [""; 0], "an equal note is left alone");
    pipeline.declare(&HEAD.replace("Byron", "King"));
    pipeline.commit();
    expect(&pipeline.job("seatwright-plan", &request), 0);
    assert_eq!(pipeline.writes(), ["edit 100"]);
    assert!(pipeline.note().contains("King"));

    // Without a token there is a plan, and no note.
    let bare = [request[0], request[1], ("SEATWRIGHT_FORGE_TOKEN", "")];
    expect(&pipeline.job("seatwright-plan", &bare), 0);
    // A proposal that is invalid says so in its note, and fails.
    pipeline.declare("users:\n  - { email: ada }\n");
    expect(&pipeline.job("seatwright-plan", &request), 3);
    assert_eq!(pipeline.writes(), ["edit 100"]);
    assert!(
        pipeline.note().contains("could not be made"),
        "{}",
        pipeline.note()
    );
    assert_eq!(pipeline.account.writes(), 0);
}

#[test]
fn the_default_branch_plans_and_applies_that_very_plan() {
    let pipeline = Pipeline::start(HEAD);
    expect(&pipeline.job("seatwright-plan", &[]), 0);
    assert_eq!(
        pipeline.writes(),
        [""; 0],
        "there is no merge request to tell"
    );
    let applied = pipeline.job("seatwright-apply", &[]);
    expect(&applied, 0);
    let log = String::from_utf8_lossy(&applied.stdout).into_owned();
    assert!(log.contains("**Applied: converged**"), "{log}");
    let live = pipeline.account.live();
    assert_eq!(
        live.agent_by_email("ada@acme.example").unwrap().lastname,
        "Byron"
    );
    // The plan of yesterday is no plan of today.
    expect(&pipeline.job("seatwright-apply", &[]), 6);
}

#[test]
fn drift_keeps_one_issue_until_it_is_gone() {
    let pipeline = Pipeline::start(HEAD);
    expect(&pipeline.job("seatwright-drift", &[]), 2);
    assert_eq!(pipeline.writes(), ["issue"]);
    let opened = pipeline.forge.lock().unwrap().issues[0].clone();
    let told = opened["description"].as_str().unwrap();
    assert!(told.contains("Byron"), "{told}");
    let metrics = std::fs::read_to_string(pipeline.checkout.join("seatwright-report/drift.prom"));
    assert!(metrics.unwrap().contains("seatwright_in_sync"));
    expect(&pipeline.job("seatwright-drift", &[]), 2);
    assert_eq!(pipeline.writes(), [""; 0]);
    pipeline.declare(&HEAD.replace("Byron", "King"));
    expect(&pipeline.job("seatwright-drift", &[]), 2);
    assert_eq!(pipeline.writes(), ["change 1"]);
    pipeline.declare(BASE);
    expect(&pipeline.job("seatwright-drift", &[]), 0);
    assert_eq!(pipeline.writes(), ["said", "close 1"]);
    expect(&pipeline.job("seatwright-drift", &[]), 0);
    assert_eq!(pipeline.writes(), [""; 0], "a closed issue stays closed");
}

#[test]
fn a_note_is_found_behind_others_and_cut_where_the_forge_would_refuse_it() {
    let pipeline = Pipeline::start(BASE);
    {
        let mut forge = pipeline.forge.lock().unwrap();
        for n in 0..130 {
            let quoted = format!("> <!-- seatwright:x --> {n}");
            forge
                .notes
                .push(json!({ "id": 1000 + n, "system": n % 2 == 0, "body": quoted, "author": { "username": BOT } }));
        }
        // Whoever writes the marker first is not edited for it.
        for (id, author) in [(4, "mallory"), (5, BOT)] {
            let body = "<!-- seatwright:x -->\nold";
            forge.notes.push(json!({ "id": id, "system": false, "body": body, "author": { "username": author } }));
        }
    }
    let script = |length: usize| {
        let file = pipeline.checkout.join("text.md");
        std::fs::write(&file, "ö".repeat(length)).unwrap();
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("action");
        let output = Command::new("bash")
            .arg(scripts.join("comment.sh"))
            .args(["7", "x", file.to_str().unwrap()])
            .env("GITLAB_CI", "true")
            .env("CI_API_V4_URL", &pipeline.url)
            .env("CI_PROJECT_ID", "42")
            .env("FORGE_TOKEN", TOKEN)
            .output()
            .unwrap();
        expect(&output, 0);
        assert_eq!(pipeline.writes(), ["edit 5"]);
        pipeline.note()
    };
    // What a note may hold is told whole: the marker and its line break are 22 characters.
    assert_eq!(script(LIMIT - 22).chars().count(), LIMIT);
    let cut = script(LIMIT);
    assert!(
        cut.chars().count() <= LIMIT
            && cut.ends_with("(cut: the whole text is in the report of this run)")
    );
}
