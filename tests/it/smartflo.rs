//! The Smartflo example, through the binary and against the simulator.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use seatwright::sandbox::smartflo::{Options, Seed, UserEdit};
use seatwright::sandbox::{Effect, Fault, Sandbox};
use serde_json::Value;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
});

const TOKEN: &str = "planted-smartflo-token-3d1f";

fn run(folder: &Path, args: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_seatwright"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("SMARTFLO_TOKEN", TOKEN)
        .output()
        .unwrap();
    for told in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(told).contains(TOKEN));
    }
    output
}

#[track_caller]
fn expect(output: Output, code: i32) -> String {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let result = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(code), "{result}\n{told}");
    result
}

#[test]
fn a_sales_team_is_set_up_confirmed_where_hands_are_needed_and_then_in_sync() {
    let seed = Seed {
        rate: None,
        ..Seed::demo()
    };
    let options = Options {
        seed,
        ..Options::default()
    };
    let sandbox = RUNTIME.block_on(Sandbox::start(options)).unwrap();
    let control = sandbox.control();
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/smartflo-sales-team");
    for name in ["account.yaml", "users.yaml"] {
        let text = std::fs::read_to_string(example.join(name)).unwrap();
        let text = text
            .replace("http://127.0.0.1:8081", &sandbox.url())
            .replace("requests_per_second: 3", "requests_per_second: 50");
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    expect(run(folder.path(), &["validate"]), 0);

    let plan: Value = serde_json::from_str(&expect(
        run(folder.path(), &["plan", "--format", "json"]),
        0,
    ))
    .unwrap();
    assert_eq!(control.counters().writes, 0, "a plan writes nothing");
    let summary = |name: &str| plan["summary"][name].as_u64().unwrap();
    assert_eq!(
        (summary("create"), summary("delete"), summary("manual")),
        (2, 1, 1)
    );

    control.reset_requests();
    let report = expect(
        run(
            folder.path(),
            &["apply", "--auto-approve", "--format", "json"],
        ),
        9,
    );
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["outcome"], "manual");
    let figures = &plan["requests"];
    let planned: u64 = ["read", "write", "verify"]
        .iter()
        .map(|part| figures[*part].as_u64().unwrap())
        .sum();
    assert_eq!(
        control.counters().total,
        planned,
        "a plan says what its apply costs"
    );

    let step = report["manual"][0].as_str().unwrap();
    expect(run(folder.path(), &["confirm", step]), 0);
    expect(run(folder.path(), &["drift"]), 0);
    expect(run(folder.path(), &["ledger", "verify"]), 0);
}

#[test]
fn an_account_is_imported_with_the_ids_of_its_roles_and_plans_to_nothing() {
    let seed = Seed {
        rate: None,
        ..Seed::demo()
    };
    let options = Options {
        seed,
        ..Options::default()
    };
    let sandbox = RUNTIME.block_on(Sandbox::start(options)).unwrap();
    let control = sandbox.control();
    let mut refuse = Fault::on_write(1, Effect::BeforeEffect500);
    refuse.times = None;
    control.add_fault(refuse);
    let folder = tempfile::tempdir().unwrap();
    let url = sandbox.url();
    let import = [
        "import",
        "--provider",
        "smartflo",
        "--account",
        "acme-in",
        "--api-url",
        &url,
        "--out",
        "acme",
    ];
    expect(run(folder.path(), &import), 0);
    let text = |name: &str| std::fs::read_to_string(folder.path().join("acme").join(name)).unwrap();
    // The service is asked once a second unless the manifests know better.
    let faster = text("account.yaml").replace(
        "policy:\n",
        "policy:\n  rate: { requests_per_second: 50 }\n",
    );
    std::fs::write(folder.path().join("acme/account.yaml"), faster).unwrap();
    expect(run(folder.path(), &["validate", "acme"]), 0);
    expect(
        run(folder.path(), &["plan", "acme", "--detailed-exitcode"]),
        0,
    );
    expect(run(folder.path(), &["drift", "acme"]), 0);
    assert_eq!(control.counters().writes, 0, "none of these writes");

    let (account, users) = (text("account.yaml"), text("users.yaml"));
    for line in [
        "    Admin: '54741'",
        "    Agent: '54742'",
        "    Supervisor: '54743'",
    ] {
        let plain = line.replace('\'', "\"");
        assert!(
            account.contains(line) || account.contains(&plain),
            "{account}"
        );
    }
    // Nobody holds the fourth role, and nothing shows caller ids and agent groups.
    assert!(!account.contains("Auditor:"), "{account}");
    for hidden in ["caller_ids:", "agent_groups:", "password:", "allowed_ips:"] {
        assert!(!users.contains(hidden), "{users}");
    }
    assert!(users.starts_with("# yaml-language-server"), "{users}");
    assert!(
        users.contains("# The API shows neither caller ids"),
        "{users}"
    );
    assert!(text("departments.yaml").contains("name: Escalations"));

    // A change by hand is seen by what was imported.
    let id = control.account().user_by_login("grace.hopper").unwrap().id;
    let edit = UserEdit {
        name: Some("Grace Murray".to_owned()),
        ..UserEdit::default()
    };
    control
        .edit(|account| account.edit_user(id, edit))
        .unwrap()
        .unwrap();
    let told = expect(run(folder.path(), &["drift", "acme"]), 2);
    assert!(told.contains("Grace Murray"), "{told}");
}
