//! What a pipeline asks for: a proposal against its base, approval by hash, metrics and notices.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use seatwright::sandbox::cloudtalk::AgentEdit;

use crate::run::{Account, Setup, demo};

const BASE: &str = "users:
  - { email: ada@acme.example, last_name: Lovelace }
  - { email: hedy@acme.example, last_name: Lamarr }
";
const HEAD: &str = "users:
  - { email: ada@acme.example, last_name: Byron }
  - { email: hedy@acme.example, last_name: Lamarr }
";

fn start(body: &str) -> Account {
    Setup::new(demo(), body)
        .policy("users: { unmanaged: ignore }")
        .start()
}

/// A copy of the account's manifests, as they are now.
fn keep(account: &Account) -> tempfile::TempDir {
    let kept = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(account.folder()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), kept.path().join(entry.file_name())).unwrap();
        }
    }
    kept
}

/// Hedy is renamed by hand.
fn drift(account: &Account) {
    let id = account.agent_id("hedy@acme.example");
    account.by_hand(|company| {
        let edit = AgentEdit {
            lastname: Some("Kiesler".to_owned()),
            ..AgentEdit::default()
        };
        company.edit_agent(id, edit).unwrap();
    });
}

fn causes(plan: &serde_json::Value) -> Vec<(String, String)> {
    let steps = plan["steps"].as_array().unwrap();
    steps
        .iter()
        .map(|step| {
            (
                step["key"].as_str().unwrap().to_owned(),
                step["cause"].as_str().unwrap_or("-").to_owned(),
            )
        })
        .collect()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_plan_against_a_base_tells_what_is_proposed_from_what_had_drifted() {
    let account = start(BASE);
    let base = keep(&account);
    drift(&account);
    let args = [
        "plan",
        "--base",
        text(base.path()),
        "--detailed-exitcode",
        "--format",
        "json",
    ];
    // Drift that was there before is no matter of the proposal.
    let plan = account.run(&args).expect(0).json();
    assert_eq!(
        causes(&plan),
        [("hedy@acme.example".to_owned(), "drift".to_owned())]
    );

    account.write_manifest(HEAD);
    let plan = account.run(&args).expect(2).json();
    let expected = [
        ("ada@acme.example", "proposed"),
        ("hedy@acme.example", "drift"),
    ];
    assert_eq!(
        causes(&plan),
        expected.map(|(key, cause)| (key.to_owned(), cause.to_owned()))
    );
}

#[test]
fn a_base_can_be_a_git_revision() {
    let account = start(BASE);
    let git = |args: &[&str]| {
        let done = Command::new("git")
            .arg("-C")
            .arg(account.folder())
            .args(["-c", "user.name=t", "-c", "user.email=t@acme.example"])
            .args(args)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "base"]);
    account.write_manifest(HEAD);
    let plan = account
        .run(&["plan", "--base", "HEAD", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(
        causes(&plan),
        [("ada@acme.example".to_owned(), "proposed".to_owned())]
    );
    let _ = account
        .run(&["plan", "--base", "no-such-revision"])
        .expect(64);
}

#[test]
fn an_untrusted_proposal_cannot_say_where_the_credentials_go() {
    let account = start(BASE);
    let base = keep(&account);
    let file = std::fs::read_dir(account.folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .unwrap();
    let before = std::fs::read_to_string(&file).unwrap();
    let args = ["plan", "--base", text(base.path()), "--untrusted"];
    let _ = account.run(&args).expect(0);
    let hostile = [
        before.replace("/api\n", "/elsewhere\n"),
        before.replace(
            "  provider: cloudtalk\n",
            "  provider: cloudtalk\n  credentials: { access_key_id: { command: [sh, -c, \"touch ran\"] } }\n",
        ),
    ];
    for manifest in hostile {
        assert_ne!(manifest, before);
        std::fs::write(&file, manifest).unwrap();
        account.control.reset_requests();
        let _ = account.run(&args).expect(4);
        assert_eq!(account.control.counters().total, 0, "nothing is sent");
        assert!(!account.folder().join("ran").exists(), "nothing is run");
    }
}

#[test]
fn an_untrusted_proposal_cannot_lead_the_path_elsewhere() {
    let account = start(BASE);
    let base = keep(&account);
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("secret.yaml"), "KEY=topsecret\n").unwrap();
    let link = account.folder().join("accounts");
    std::os::unix::fs::symlink(elsewhere.path(), link).unwrap();
    let done = account
        .run(&[
            "plan",
            "accounts",
            "--base",
            text(base.path()),
            "--untrusted",
        ])
        .expect(4)
        .says(&["leads out of the working folder"]);
    assert!(!done.stderr.contains("topsecret"), "{}", done.stderr);
}

#[test]
fn an_apply_by_hash_does_the_approved_plan_and_no_other() {
    let account = start(HEAD);
    let plan = account.plan();
    let hash = plan["hash"].as_str().unwrap();
    let _ = account
        .run(&["apply", "--approved-hash", "sha256:00"])
        .expect(6);
    assert_eq!(account.control.counters().writes, 0);
    let _ = account.run(&["apply", "--approved-hash", hash]).expect(0);
    // The same change is not there twice.
    let _ = account.run(&["apply", "--approved-hash", hash]).expect(6);
}

#[test]
fn drift_is_told_as_metrics_and_to_a_webhook() {
    let account = start(BASE);
    drift(&account);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!(
        "http://{}/services/planted-hook",
        listener.local_addr().unwrap()
    );
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut part = [0; 4096];
        while !String::from_utf8_lossy(&request).contains("\"text\"") {
            let read = stream.read(&mut part).unwrap();
            request.extend_from_slice(&part[..read]);
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
        String::from_utf8_lossy(&request).into_owned()
    });
    let metrics = account.folder().join("drift.prom");
    let done = account
        .call(&["drift", "--notify", "slack", "--metrics", text(&metrics)])
        .env("SEATWRIGHT_WEBHOOK_URL", &address)
        .done()
        .expect(2);
    assert!(
        !done.stderr.contains("planted-hook"),
        "the address is a secret: {}",
        done.stderr
    );
    let heard = heard.join().unwrap();
    assert!(heard.starts_with("POST /services/planted-hook "), "{heard}");
    assert!(
        heard.contains("the account differs from what is declared: 1 to update"),
        "{heard}"
    );
    let metrics = std::fs::read_to_string(metrics).unwrap();
    assert!(
        metrics.contains("action=\"update\"} 1\n") && metrics.ends_with("# EOF\n"),
        "{metrics}"
    );
}
