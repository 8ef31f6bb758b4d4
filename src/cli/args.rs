//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Keeps call-center accounts as code: users, roles, groups, extensions and seats in YAML.
#[derive(Debug, Parser)]
#[command(
    name = "seatwright",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    subcommand_required = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What works with every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Say nothing but results and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more; twice for every request
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start an account folder that an editor completes
    Init(Init),
    /// Check manifests offline
    Validate(Validate),
    /// Put manifests into canonical order and style; keeps comments
    Fmt(Fmt),
    /// Show what would be done to reach what is declared; writes nothing
    Plan(Plan),
    /// Show a saved plan
    Show(Show),
    /// Do what is planned, and prove that the account is as declared
    Apply(Apply),
    /// Finish an interrupted apply from its journal
    Resume(Resume),
    /// Has the account moved from what is declared?
    Drift(Drift),
    /// Write manifests for an existing account
    Import(Import),
    /// Record that manual steps were done
    Confirm(Confirm),
    /// Look at what was written and cannot be read back
    Ledger(Ledger),
    /// Take an account's lock away, whoever holds it
    Unlock(Unlock),
    /// List the runs of an account
    History(History),
    /// Say what the API can do: `P`, `P.KIND`, `P.KIND.FIELD`, `diagnostics`
    Explain(Explain),
    /// Print the JSON Schema of a provider's manifests
    Schema(Schema),
    /// Run an embedded account simulator
    #[command(subcommand)]
    Sandbox(Sandbox),
    /// Show the main job against an embedded account; needs no credentials
    Demo(Demo),
    /// Print shell completions
    Completions(Completions),
    /// Print the manual page, or write all pages into a folder
    Man(Man),
}

/// Which format a result takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
}

/// Which format a plan takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    Human,
    Json,
    Markdown,
    Html,
}

/// Where plans go.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct PlanOutput {
    /// The format of the plan
    #[arg(long, value_enum, default_value_t = PlanFormat::Human)]
    pub(crate) format: PlanFormat,
}

/// Which account.
#[derive(Clone, Debug, Args)]
pub(crate) struct Target {
    /// The account's folder or file
    #[arg(default_value = ".", hide_default_value = true)]
    pub(crate) path: PathBuf,
    /// The account's name, where several are declared below PATH
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
}

/// Where results go.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Output {
    /// The format of the result
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

/// How a plan is made.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Planning {
    /// Let the plan pass a guard: at most deletions=N or replacements=N; or believe that admins=N or shrink=N are all that is left
    #[arg(long, value_name = "KIND=N", value_parser = allowance)]
    pub(crate) allow: Vec<(String, u64)>,
    /// Keep only these, with what they depend on: KEY, KIND:KEY or KIND:, `*` for any text
    #[arg(long, value_name = "SEL")]
    pub(crate) only: Vec<String>,
    /// Leave these out, with what depends on them
    #[arg(long, value_name = "SEL")]
    pub(crate) except: Vec<String>,
    /// Plan for this day instead of today, in the account's time zone
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Option<jiff::civil::Date>,
    /// Refuse a plan that costs more requests than this
    #[arg(long, value_name = "N")]
    pub(crate) max_requests: Option<u64>,
}

/// Check manifests offline.
#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// Account folders; or files, which are checked within the account around them; `-` for standard input
    #[arg(default_value = ".", hide_default_value = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The file that standard input stands for
    #[arg(long, value_name = "FILE")]
    pub(crate) stdin_path: Option<PathBuf>,
    /// The format of the result
    #[arg(long, value_enum, default_value_t = Report::Human)]
    pub(crate) format: Report,
}

/// Which format diagnostics take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    Human,
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitHub Actions annotations
    Github,
    /// JUnit XML, for test reports
    Junit,
}

/// Start an account folder.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder; made when it is not there
    #[arg(default_value = ".", hide_default_value = true)]
    pub(crate) dir: PathBuf,
    /// The provider
    #[arg(long, value_name = "P")]
    pub(crate) provider: String,
    /// The account's name, for its ledger and in messages; the folder's name when left out
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
}

/// Put manifests into canonical order and style.
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Account folders or files; `-` for standard input, whose result goes to standard output
    #[arg(default_value = ".", hide_default_value = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing; show what would change, and exit with 3 when something would
    #[arg(long)]
    pub(crate) check: bool,
    /// The file that standard input stands for
    #[arg(long, value_name = "FILE")]
    pub(crate) stdin_path: Option<PathBuf>,
}

/// Show what would be done.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) output: PlanOutput,
    #[command(flatten)]
    pub(crate) planning: Planning,
    /// Say which changes are proposed, and which were there before: a folder or git revision with the manifests before
    #[arg(long, value_name = "DIR-OR-REVISION")]
    pub(crate) base: Option<String>,
    /// Take nothing but data from the manifests: how the account is reached comes from the base
    #[arg(long, requires = "base")]
    pub(crate) untrusted: bool,
    /// Save the plan, to be applied as it is
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 2 when changes are pending, with 9 when only manual steps are
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Write the vendor's bulk upload files for people that have to be created by hand into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) uploads: Option<PathBuf>,
}

/// Show a saved plan.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The saved plan
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) output: PlanOutput,
}

/// Do what is planned.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The account's folder or file; the plan's own when a plan is given
    pub(crate) path: Option<PathBuf>,
    /// The account's name, where several are declared below PATH
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) planning: Planning,
    /// Apply this saved plan, and nothing else
    #[arg(long, value_name = "FILE", conflicts_with_all = ["allow", "only", "except", "as_of", "max_requests"])]
    pub(crate) plan: Option<PathBuf>,
    /// Apply only a plan of this hash, as it was approved
    #[arg(long, value_name = "HASH")]
    pub(crate) approved_hash: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub(crate) auto_approve: bool,
}

impl Apply {
    /// The command line of an apply that nobody is asked about.
    pub(crate) fn unasked(path: &std::path::Path) -> Self {
        Self {
            path: Some(path.to_owned()),
            account: None,
            output: Output {
                format: Format::Human,
            },
            planning: Planning::default(),
            plan: None,
            approved_hash: None,
            auto_approve: true,
        }
    }
}

impl Plan {
    /// The command line of a plan that tells by its exit code what is pending.
    pub(crate) fn second_look(path: &std::path::Path) -> Self {
        Self {
            target: Target {
                path: path.to_owned(),
                account: None,
            },
            output: PlanOutput {
                format: PlanFormat::Human,
            },
            planning: Planning::default(),
            base: None,
            untrusted: false,
            out: None,
            detailed_exitcode: true,
            uploads: None,
        }
    }
}

impl Confirm {
    /// The command line that confirms these steps.
    pub(crate) fn these(path: &std::path::Path, steps: Vec<String>, note: &str) -> Self {
        Self {
            steps,
            path: path.to_owned(),
            account: None,
            note: Some(note.to_owned()),
            output: Output {
                format: Format::Human,
            },
        }
    }
}

/// Finish an interrupted apply.
#[derive(Debug, Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Has the account moved?
#[derive(Debug, Args)]
pub(crate) struct Drift {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) output: PlanOutput,
    #[command(flatten)]
    pub(crate) planning: Planning,
    /// Edit the manifests so that they say what the account has: declared fields that differ, and people who are gone
    #[arg(long)]
    pub(crate) accept: bool,
    /// Write metrics as an OpenMetrics text file
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
    /// Tell the webhook at $SEATWRIGHT_WEBHOOK_URL when the account has drifted
    #[arg(long, value_enum, value_name = "SHAPE")]
    pub(crate) notify: Option<NotifyFormat>,
}

/// The shape of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NotifyFormat {
    Json,
    Slack,
}

/// Write manifests for an existing account.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The provider
    #[arg(long, value_name = "P")]
    pub(crate) provider: String,
    /// The account's name, for its ledger and in messages
    #[arg(long, value_name = "NAME")]
    pub(crate) account: String,
    /// The API's address, when it is not the vendor's
    #[arg(long, value_name = "URL")]
    pub(crate) api_url: Option<String>,
    /// The folder to write; it must be empty or new
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Record that manual steps were done.
#[derive(Debug, Args)]
pub(crate) struct Confirm {
    /// The steps' ids, as a plan shows them; a beginning is enough when it fits one step only
    #[arg(required = true, value_name = "STEP")]
    pub(crate) steps: Vec<String>,
    /// The account's folder or file
    #[arg(long, default_value = ".", hide_default_value = true)]
    pub(crate) path: PathBuf,
    /// The account's name, where several are declared below PATH
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// What to note in the ledger
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Look at the ledger.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Ledger {
    #[command(subcommand)]
    pub(crate) command: LedgerCommand,
}

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Show what the ledger knows
    Show {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        output: Output,
    },
    /// Check that no line was changed, dropped or reordered
    Verify {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        output: Output,
    },
}

/// Take the lock away.
#[derive(Debug, Args)]
pub(crate) struct Unlock {
    #[command(flatten)]
    pub(crate) target: Target,
}

/// List the runs.
#[derive(Debug, Args)]
pub(crate) struct History {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Say what the API can do.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// `cloudtalk`, `cloudtalk.user`, `cloudtalk.user.extension`, `diagnostics`
    pub(crate) subject: String,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Print the JSON Schema.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The provider
    pub(crate) provider: String,
}

/// Run an embedded account simulator.
#[derive(Debug, Subcommand)]
pub(crate) enum Sandbox {
    /// Serve until interrupted; prints the address
    Serve(Serve),
}

/// Serve a simulator.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The provider
    #[arg(long, value_name = "P", default_value = "cloudtalk")]
    pub(crate) provider: String,
    /// The loopback address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: std::net::SocketAddr,
    /// A JSON file with the account to start from
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Requests in a minute (for Smartflo: calls in a second); 0 for no limit
    #[arg(long, value_name = "N")]
    pub(crate) rate: Option<u32>,
    /// Keep the account in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
}

/// Show the main job.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The provider
    #[arg(long, value_name = "P", default_value = "cloudtalk")]
    pub(crate) provider: String,
}

/// Print shell completions.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// Print manual pages.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder to write all pages into
    pub(crate) dir: Option<PathBuf>,
}

fn day(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse()
        .map_err(|_| "give a date like 2026-11-30".to_owned())
}

fn allowance(text: &str) -> Result<(String, u64), String> {
    let known = seatwright::plan::ALLOWANCES;
    let (kind, number) = text
        .split_once('=')
        .ok_or("write it as KIND=N, such as deletions=3")?;
    let number = number
        .parse()
        .map_err(|_| format!("`{number}` is not a whole number"))?;
    if known.iter().any(|(name, _)| *name == kind) {
        return Ok((kind.to_owned(), number));
    }
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    Err(format!(
        "there is no allowance `{kind}`; there are {}",
        names.join(", ")
    ))
}
