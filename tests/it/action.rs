//! The scripts of the GitHub Action, under a fake event and against a fake forge.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::extract::{Path as At, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, patch};
use axum::{Json, routing};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
});

const TOKEN: &str = "planted-forge-token-91c2";

/// The author of what a workflow's own token writes.
const BOT: &str = "github-actions[bot]";

/// A forge with comments and issues; what it was asked is kept.
#[derive(Default)]
struct Forge {
    comments: Vec<Value>,
    issues: Vec<Value>,
    writes: Vec<String>,
    next: u64,
}

type Shared = Arc<Mutex<Forge>>;

#[derive(serde::Deserialize)]
struct Page {
    page: Option<usize>,
    per_page: Option<usize>,
}

fn paged(items: &[Value], page: &Page) -> Json<Value> {
    let per_page = page.per_page.unwrap_or(30);
    let start = (page.page.unwrap_or(1) - 1) * per_page;
    Json(items.iter().skip(start).take(per_page).cloned().collect())
}

fn allowed(headers: &HeaderMap) -> bool {
    headers
        .get("authorization")
        .is_some_and(|value| value == format!("Bearer {TOKEN}").as_str())
}

async fn comments(
    State(forge): State<Shared>,
    headers: HeaderMap,
    Query(page): Query<Page>,
) -> Result<Json<Value>, StatusCode> {
    if !allowed(&headers) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(paged(&forge.lock().unwrap().comments, &page))
}

async fn comment(
    State(forge): State<Shared>,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    let mut forge = forge.lock().unwrap();
    // The forge takes no longer comment.
    if body["body"].as_str().unwrap().len() > 65_536 {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    forge.next += 1;
    let made = json!({ "id": forge.next, "body": body["body"], "user": { "login": BOT } });
    forge.comments.push(made.clone());
    forge.writes.push("comment".into());
    Ok((StatusCode::CREATED, Json(made)))
}

async fn edit(
    State(forge): State<Shared>,
    At(id): At<u64>,
    Json(body): Json<Value>,
) -> Json<Value> {
    let mut forge = forge.lock().unwrap();
    forge.writes.push(format!("edit {id}"));
    let found = forge
        .comments
        .iter_mut()
        .find(|comment| comment["id"] == id)
        .unwrap();
    found["body"] = body["body"].clone();
    Json(found.clone())
}

async fn issues(State(forge): State<Shared>, Query(page): Query<Page>) -> Json<Value> {
    let forge = forge.lock().unwrap();
    let open: Vec<Value> = forge
        .issues
        .iter()
        .filter(|issue| issue["state"] == "open")
        .cloned()
        .collect();
    paged(&open, &page)
}

async fn issue(State(forge): State<Shared>, Json(body): Json<Value>) -> (StatusCode, Json<Value>) {
    let mut forge = forge.lock().unwrap();
    forge.next += 1;
    let made = json!({ "number": forge.next, "state": "open", "title": body["title"], "body": body["body"], "user": { "login": BOT } });
    forge.issues.push(made.clone());
    forge.writes.push("issue".into());
    (StatusCode::CREATED, Json(made))
}

async fn change(
    State(forge): State<Shared>,
    At(number): At<u64>,
    Json(body): Json<Value>,
) -> Json<Value> {
    let mut forge = forge.lock().unwrap();
    forge.writes.push(format!("change {number}"));
    let found = forge
        .issues
        .iter_mut()
        .find(|issue| issue["number"] == number)
        .unwrap();
    for (key, value) in body.as_object().unwrap() {
        found[key] = value.clone();
    }
    Json(found.clone())
}

struct Fake {
    url: String,
    forge: Shared,
    folder: tempfile::TempDir,
}

impl Fake {
    fn start() -> Self {
        let forge = Shared::default();
        let app = Router::new()
            .route(
                "/repos/acme/phones/issues/{number}/comments",
                get(comments).post(comment),
            )
            .route("/repos/acme/phones/issues/comments/{id}", patch(edit))
            .route(
                "/repos/acme/phones/issues",
                routing::get(issues).post(issue),
            )
            .route("/repos/acme/phones/issues/{number}", patch(change))
            .with_state(Arc::clone(&forge));
        let listener = RUNTIME
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        RUNTIME.spawn(async move { axum::serve(listener, app).await });
        Self {
            url,
            forge,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Runs a script of the action with what GitHub would set.
    fn run(&self, script: &str, args: &[&str], more: &[(&str, &str)]) -> Output {
        let output = Command::new("bash")
            .arg(
                Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("action")
                    .join(script),
            )
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("GITHUB_API_URL", &self.url)
            .env("GITHUB_REPOSITORY", "acme/phones")
            .env("GITHUB_OUTPUT", self.folder.path().join("output"))
            .env("FORGE_TOKEN", TOKEN)
            .envs(more.iter().copied())
            .output()
            .unwrap();
        let told = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(!told.contains(TOKEN), "the token is told: {told}");
        output
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn writes(&self) -> Vec<String> {
        std::mem::take(&mut self.forge.lock().unwrap().writes)
    }
}

fn succeeded(output: &Output) {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn one_comment_is_made_edited_in_place_and_left_alone_when_nothing_changed() {
    let fake = Fake::start();
    let first = fake.write("first.md", "1 to create @team `x`\n");
    let args = ["7", "plan:acme", first.to_str().unwrap()];
    succeeded(&fake.run("comment.sh", &args, &[]));
    assert_eq!(fake.writes(), ["comment"]);
    succeeded(&fake.run("comment.sh", &args, &[]));
    assert_eq!(fake.writes(), [""; 0], "an equal comment is left alone");
    let second = fake.write("second.md", "2 to create\n");
    succeeded(&fake.run(
        "comment.sh",
        &["7", "plan:acme", second.to_str().unwrap()],
        &[],
    ));
    assert_eq!(fake.writes(), ["edit 1"]);
    let body = fake.forge.lock().unwrap().comments[0]["body"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(body, "<!-- seatwright:plan:acme -->\n2 to create\n");
}

#[test]
fn a_comment_is_found_behind_a_hundred_others_and_not_confused_with_a_quotation() {
    let fake = Fake::start();
    {
        let mut forge = fake.forge.lock().unwrap();
        for n in 0..130 {
            forge.comments.push(
                json!({ "id": 1000 + n, "body": format!("> <!-- seatwright:plan:acme --> {n}"), "user": { "login": BOT } }),
            );
        }
        // Whoever writes the marker first is not edited for it.
        forge.comments.push(json!({ "id": 4, "body": "<!-- seatwright:plan:acme -->\nmine", "user": { "login": "mallory" } }));
        forge.comments.push(json!({ "id": 5, "body": "<!-- seatwright:plan:acme -->\nold", "user": { "login": BOT } }));
        forge
            .comments
            .push(json!({ "id": 6, "body": "<!-- seatwright:plan:other -->\nold", "user": { "login": BOT } }));
    }
    let text = fake.write("plan.md", "new\n");
    succeeded(&fake.run(
        "comment.sh",
        &["7", "plan:acme", text.to_str().unwrap()],
        &[],
    ));
    assert_eq!(fake.writes(), ["edit 5"]);
}

#[test]
fn a_text_that_is_too_long_is_cut() {
    let fake = Fake::start();
    let text = fake.write("plan.md", &"ö".repeat(60_000));
    succeeded(&fake.run(
        "comment.sh",
        &["7", "plan:acme", text.to_str().unwrap()],
        &[],
    ));
    let forge = fake.forge.lock().unwrap();
    let body = forge.comments[0]["body"].as_str().unwrap();
    assert!(
        body.len() <= 65_536
            && body.ends_with("(cut: the whole text is in the report of this run)")
    );
}

#[test]
fn what_is_no_number_is_no_pull_request() {
    let fake = Fake::start();
    let text = fake.write("plan.md", "new\n");
    for hostile in ["", "7/../8", "$(id)", "7; id"] {
        let output = fake.run(
            "comment.sh",
            &[hostile, "plan:acme", text.to_str().unwrap()],
            &[],
        );
        assert_eq!(output.status.code(), Some(64), "{hostile}");
    }
    assert_eq!(fake.writes(), [""; 0]);
}

#[test]
fn a_refused_token_is_an_error() {
    let fake = Fake::start();
    let text = fake.write("plan.md", "new\n");
    let output = fake.run(
        "comment.sh",
        &["7", "plan:acme", text.to_str().unwrap()],
        &[("FORGE_TOKEN", "another")],
    );
    assert!(!output.status.success());
    assert_eq!(fake.writes(), [""; 0]);
}

#[test]
fn one_issue_is_opened_updated_and_closed_with_the_drift() {
    let fake = Fake::start();
    let text = fake.write("drift.md", "drifted\n");
    let open = |file: &Path| {
        fake.run(
            "issue.sh",
            &[
                "open",
                "drift:acme",
                "acme has drifted",
                file.to_str().unwrap(),
            ],
            &[],
        )
    };
    succeeded(&open(&text));
    assert_eq!(fake.writes(), ["issue"]);
    succeeded(&open(&text));
    assert_eq!(fake.writes(), [""; 0]);
    let more = fake.write("more.md", "drifted further\n");
    succeeded(&open(&more));
    assert_eq!(fake.writes(), ["change 1"]);
    succeeded(&fake.run(
        "issue.sh",
        &["close", "drift:acme", "acme has drifted"],
        &[],
    ));
    assert_eq!(fake.writes(), ["comment", "change 1"]);
    assert_eq!(fake.forge.lock().unwrap().issues[0]["state"], "closed");
    succeeded(&fake.run(
        "issue.sh",
        &["close", "drift:acme", "acme has drifted"],
        &[],
    ));
    assert_eq!(fake.writes(), [""; 0], "a closed issue stays closed");
}

#[test]
fn the_action_comments_the_plan_applies_what_was_reviewed_and_keeps_an_issue() {
    let fake = Fake::start();
    let account = crate::run::Setup::new(
        crate::run::demo(),
        "users:\n  - email: ada@acme.example\n    last_name: Byron\n",
    )
    .start();
    let path = account.folder();
    let path = path.to_str().unwrap();
    let program = env!("CARGO_BIN_EXE_seatwright");
    let action = |command: &str, more: &[(&str, &str)]| {
        let mut variables = vec![
            ("SEATWRIGHT", program),
            ("SEATWRIGHT_COMMAND", command),
            ("SEATWRIGHT_PATH", path),
            ("SEATWRIGHT_PULL_REQUEST", "7"),
            ("CLOUDTALK_ACCESS_KEY_ID", crate::run::KEY_ID),
            ("CLOUDTALK_ACCESS_KEY_SECRET", crate::run::KEY_SECRET),
        ];
        variables.extend(more);
        fake.run("run.sh", &[], &variables)
    };
    let kept =
        |name: &str| std::fs::read_to_string(fake.folder.path().join(name)).unwrap_or_default();

    let plan_file = fake.folder.path().join("plan.json");
    let plan_file = plan_file.to_str().unwrap();
    let planned = action("plan", &[("SEATWRIGHT_PLAN_FILE", plan_file)]);
    succeeded(&planned);
    let plan: Value = serde_json::from_str(&kept("plan.json")).unwrap();
    let hash = plan["hash"].as_str().unwrap();
    assert!(
        kept("output").contains(&format!("plan-hash={hash}\n"))
            && kept("output").contains("exit-code=2\n")
    );
    let comment = fake.forge.lock().unwrap().comments[0]["body"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        comment.contains("Byron") && comment.contains(&hash[..20]),
        "{comment}"
    );
    assert!(kept("seatwright-report/plan.html").contains("<html"));

    let drifted = action("drift", &[("SEATWRIGHT_ISSUE", "true")]);
    assert_eq!(
        drifted.status.code(),
        Some(2),
        "{}",
        String::from_utf8_lossy(&drifted.stderr)
    );
    assert_eq!(fake.forge.lock().unwrap().issues.len(), 1);

    assert_eq!(
        action("apply", &[]).status.code(),
        Some(64),
        "an apply without a reviewed plan"
    );
    let other = action("apply", &[("SEATWRIGHT_APPROVED_HASH", "sha256:0000")]);
    assert_eq!(
        other.status.code(),
        Some(6),
        "another hash than the approved one"
    );
    let applied = action("apply", &[("SEATWRIGHT_PLAN_FILE", plan_file)]);
    succeeded(&applied);
    assert_eq!(
        account
            .control
            .account()
            .agent_by_email("ada@acme.example")
            .unwrap()
            .lastname,
        "Byron"
    );

    let drifted = action("drift", &[("SEATWRIGHT_ISSUE", "true")]);
    succeeded(&drifted);
    assert_eq!(fake.forge.lock().unwrap().issues[0]["state"], "closed");
}
