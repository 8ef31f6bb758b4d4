//! The picture in the README: what `seatwright plan` prints for the README's own manifest, as an SVG.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use seatwright::sandbox::Sandbox;
use seatwright::sandbox::cloudtalk::{Options, Seed};

/// Columns of the terminal in the picture.
const COLUMNS: usize = 92;
const LINE: usize = 19;
const MARGIN: usize = 16;
/// Hundredths of a pixel that a character is wide: 60 % of the font's 13 pixels, as monospaced fonts are.
const CHARACTER: usize = 782;

const STYLE: &str = "\
.paper{fill:#ffffff;stroke:#d0d7de}
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2328;white-space:pre}
.b{font-weight:600}.d{fill:#656d76}.g{fill:#116329}.y{fill:#7d4e00}.r{fill:#a40e26;font-weight:600}.c{fill:#0a5f8a}
@media (prefers-color-scheme:dark){.paper{fill:#0d1117;stroke:#30363d}text{fill:#e6edf3}
.d{fill:#8d96a0}.g{fill:#56d364}.y{fill:#e3b341}.r{fill:#ff7b72}.c{fill:#76c7f0}}
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The plan in colours, made on a fixed day.
fn plan() -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("<<'END'\n").unwrap();
    let (manifest, _) = rest.split_once("END\n").unwrap();
    let mut seed = Seed::demo();
    seed.rate = None;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = Options {
        seed,
        ..Options::default()
    };
    let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let manifest = manifest.replace("http://127.0.0.1:8080/api", &sandbox.url());
    std::fs::write(folder.path().join("account.yaml"), manifest).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_seatwright"))
        .args(["plan", "--color", "always"])
        .current_dir(folder.path())
        .env_clear()
        .env("COLUMNS", COLUMNS.to_string())
        .env("CLOUDTALK_ACCESS_KEY_ID", "any")
        .env("CLOUDTALK_ACCESS_KEY_SECRET", "any")
        // 2026-11-23, noon
        .env("SOURCE_DATE_EPOCH", "1795435200")
        .output()
        .unwrap();
    runtime.block_on(sandbox.stop());
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The class of a piece of text under a list of SGR codes.
fn class(codes: &str) -> Option<&'static str> {
    let codes: Vec<&str> = codes.split(';').collect();
    let has = |code: &str| codes.contains(&code);
    match () {
        () if has("31") => Some("r"),
        () if has("32") => Some("g"),
        () if has("33") => Some("y"),
        () if has("36") => Some("c"),
        () if has("2") => Some("d"),
        () if has("1") => Some("b"),
        () => None,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Text with SGR codes as an SVG.
fn svg(title: &str, text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let width = (COLUMNS * CHARACTER).div_ceil(100) + 2 * MARGIN;
    let height = lines.len() * LINE + 2 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n<rect class=\"paper\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\"/>\n",
        width - 1,
        height - 1
    );
    let mut codes = String::new();
    for (index, line) in lines.iter().enumerate() {
        if line.is_empty() {
            continue;
        }
        let y = MARGIN + LINE * index + 13;
        write!(
            out,
            "<text x=\"{MARGIN}\" y=\"{y}\" xml:space=\"preserve\">"
        )
        .unwrap();
        for (piece, part) in line.split('\u{1b}').enumerate() {
            let text = if piece == 0 {
                part
            } else {
                let (code, text) = part.strip_prefix('[').unwrap().split_once('m').unwrap();
                if code == "0" {
                    codes.clear();
                } else {
                    write!(codes, ";{code}").unwrap();
                }
                text
            };
            match class(&codes) {
                _ if text.is_empty() => {}
                Some(class) => {
                    write!(out, "<tspan class=\"{class}\">{}</tspan>", escaped(text)).unwrap();
                }
                None => out.push_str(&escaped(text)),
            }
        }
        out.push_str("</text>\n");
    }
    out.push_str("</svg>\n");
    out
}

#[test]
fn the_picture_in_the_readme_is_what_the_command_prints() {
    let drawn = svg("seatwright plan", &plan());
    let file = root().join("docs/plan.svg");
    if std::env::var_os("SEATWRIGHT_BLESS").is_some() {
        std::fs::create_dir_all(root().join("docs")).unwrap();
        std::fs::write(&file, &drawn).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == drawn,
        "docs/plan.svg is another: run the tests once with SEATWRIGHT_BLESS=1, and look at it"
    );
}
