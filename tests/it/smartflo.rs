//! The Smartflo example, through the binary and against the simulator.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use seatwright::sandbox::Sandbox;
use seatwright::sandbox::smartflo::{Options, Seed};
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
