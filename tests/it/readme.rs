//! The README's commands, run as they stand there.
//!
//! A fenced block after `<!-- run -->` is run, with the blocks before it, in one shell and one empty folder; its last
//! command must end with 0, or with N after `<!-- run, exit N -->`.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

/// The address that the README names; a test uses a free one.
const ADDRESS: &str = "127.0.0.1:8080";

struct Block {
    exit: i32,
    text: String,
}

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

fn blocks(readme: &str) -> Vec<Block> {
    let marked = readme.split("<!-- run").skip(1);
    marked
        .map(|part| {
            let (how, rest) = part.split_once("-->\n```sh\n").unwrap();
            let (text, _) = rest.split_once("```\n").unwrap();
            let exit = how.trim().strip_prefix(", exit ");
            Block {
                exit: exit.map_or(0, |code| code.trim().parse().unwrap()),
                text: text.to_owned(),
            }
        })
        .collect()
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    let readme = readme();
    let blocks = blocks(&readme);
    assert!(blocks.len() >= 7, "{} blocks are run", blocks.len());
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut script = String::from("set -u\n");
    for (index, block) in blocks.iter().enumerate() {
        let text = block
            .text
            .replace("cargo run --release -- ", "seatwright ")
            .replace(ADDRESS, &port.to_string());
        script += &text;
        script += &format!("code=$?; echo \"block {index} ended with $code\"\n");
        if text.contains("sandbox serve") {
            script += &format!(
                "for i in $(seq 100); do curl -s -o /dev/null http://{port}/_sandbox/state && break; sleep 0.1; done\n"
            );
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_seatwright"));
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder.path())
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    let told = format!("{out}{}", String::from_utf8_lossy(&output.stderr));
    for (index, block) in blocks.iter().enumerate() {
        let expected = format!("block {index} ended with {}\n", block.exit);
        assert!(
            out.contains(&expected),
            "expected `{expected}` of\n{}\n{told}",
            block.text
        );
    }
    assert!(!told.contains("panicked"), "{told}");
}

#[test]
fn the_readme_names_the_test_command_and_its_links_lead_somewhere() {
    let readme = readme();
    assert!(readme.contains("```sh\ncargo test\n```"));
    for part in readme.split("](").skip(1) {
        let (link, _) = part.split_once(')').unwrap();
        if !link.contains("://") {
            let target = Path::new(env!("CARGO_MANIFEST_DIR")).join(link);
            assert!(target.exists(), "the README links to `{link}`");
        }
    }
}

#[test]
fn the_table_of_exit_codes_is_that_of_the_program() {
    let source = include_str!("../../src/cli/exit.rs");
    let in_source: BTreeSet<u8> = source
        .lines()
        .filter_map(|line| {
            line.trim()
                .strip_suffix(',')?
                .split_once(" = ")?
                .1
                .parse()
                .ok()
        })
        .collect();
    let readme = readme();
    let (_, table) = readme.split_once("## Exit codes").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let told: BTreeSet<u8> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok())
        .collect();
    assert_eq!(told, in_source);
}
