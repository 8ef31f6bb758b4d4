//! One account, opened: its manifests, its ledger, its connection.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seatwright::diagnostic::Diagnostics;
use seatwright::ledger::{Ledger, LedgerState, ledger_folder};
use seatwright::manifest::dialect::{Lowered, PasswordSink as DeclaredSink};
use seatwright::manifest::load::{self, Loaded};
use seatwright::model::{FieldName, Live, ResourceId, Scope, SecretRef};
use seatwright::plan::{self, Place, Plan, Selection};
use seatwright::provider::Connection;
use seatwright::provider::registry::{self, OpenOptions, Registered};
use seatwright::render;
use seatwright::secrets::{PasswordSink, Resolver, is_tracked_by_git};
use seatwright::source::{FileId, Sources};

use crate::args::Planning;
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// An account whose manifests are in order.
pub(crate) struct Session {
    pub(crate) provider: &'static Registered,
    pub(crate) lowered: Lowered,
    pub(crate) folder: PathBuf,
    pub(crate) ledger_folder: PathBuf,
    pub(crate) files: Vec<FileId>,
    pub(crate) sources: Sources,
}

impl Session {
    /// Loads the one account below a path, or the one of this name; invalid manifests are told about.
    pub(crate) fn load(
        context: &Context,
        path: &Path,
        account: Option<&str>,
    ) -> Result<Self, Failure> {
        Self::open(context, path, account, true)
    }

    /// Loads an account to look at its records: what is wrong with its manifests is told only when they cannot be used.
    pub(crate) fn load_for_records(
        context: &Context,
        path: &Path,
        account: Option<&str>,
    ) -> Result<Self, Failure> {
        Self::open(context, path, account, false)
    }

    fn open(
        context: &Context,
        path: &Path,
        account: Option<&str>,
        lint: bool,
    ) -> Result<Self, Failure> {
        let Loaded {
            sources,
            mut accounts,
            diagnostics,
        } = load::load(&[path], &registry::dialects(), context.today("UTC"));
        if lint || diagnostics.errors > 0 {
            tell(context, &diagnostics, &sources);
        }
        if diagnostics.errors > 0 {
            return Err(Failure::silent(Exit::Invalid));
        }
        let index = {
            let loaded = Loaded {
                sources: Sources::new(),
                accounts: std::mem::take(&mut accounts),
                diagnostics: Diagnostics::default(),
            };
            let chosen = loaded
                .account(account)
                .map_err(|error| Failure::new(Exit::Invalid, error))?;
            let name = chosen.name.clone();
            accounts = loaded.accounts;
            accounts
                .iter()
                .position(|candidate| candidate.name == name)
                .unwrap_or(0)
        };
        let chosen = accounts.swap_remove(index);
        let lowered = chosen
            .lowered
            .ok_or_else(|| Failure::silent(Exit::Invalid))?;
        let provider = registry::find(&chosen.provider).ok_or_else(|| {
            Failure::new(
                Exit::Invalid,
                format!("there is no provider `{}`", chosen.provider),
            )
        })?;
        let ledger_folder = ledger_folder(&chosen.folder, lowered.connection.ledger.as_deref())
            .map_err(|error| Failure::new(Exit::Invalid, error))?;
        Ok(Self {
            provider,
            lowered,
            folder: chosen.folder,
            ledger_folder,
            files: chosen.files,
            sources,
        })
    }

    /// Takes how the account is reached, and where its records are, from manifests that are trusted.
    ///
    /// A proposal by a stranger could otherwise name another address for the credentials to go to, or a command to be run.
    pub(crate) fn trust(&mut self, trusted: &Session) -> Result<(), Failure> {
        let (own, theirs) = (&self.lowered.connection, &trusted.lowered.connection);
        if own != theirs || self.provider.spec.name != trusted.provider.spec.name {
            return Err(Failure::new(
                Exit::Refused,
                "the proposed manifests change how the account is reached, or where its records and passwords go",
            )
            .hint("such a change is planned after it was merged, never from a proposal that is not trusted; nothing was read"));
        }
        self.lowered.connection = theirs.clone();
        self.lowered.desired.policy.rate = trusted.lowered.desired.policy.rate;
        self.folder = trusted.folder.clone();
        self.ledger_folder = trusted.ledger_folder.clone();
        Ok(())
    }

    /// Opens the ledger, without creating anything.
    pub(crate) fn ledger(&self, context: &Context) -> Result<Ledger, Failure> {
        let ledger = Ledger::open(&self.ledger_folder, &context.author())?;
        if let Some(torn) = &ledger.verified().torn {
            context.warn(&format!(
                "the ledger's last line was incomplete and was set aside: {torn}"
            ));
        }
        Ok(ledger)
    }

    pub(crate) fn resolver(&self) -> Resolver {
        Resolver::new(|name: &str| std::env::var(name).ok(), self.folder.clone())
    }

    /// Opens the connection. Sends nothing yet.
    pub(crate) fn connect(&self, context: &Context) -> Result<Box<dyn Connection>, Failure> {
        let settings = &self.lowered.connection;
        let (credentials, missing) = resolve_credentials(&self.resolver(), &settings.credentials);
        let options = OpenOptions {
            api_url: settings.api_url.clone(),
            credentials,
            missing,
            rate: self.lowered.desired.policy.rate,
            ca_file: settings.ca_file.as_ref().map(|file| self.folder.join(file)),
            extras: settings.extras.clone(),
            observer: context.rate_observer(),
            trace: context.trace(),
            call_log: context.call_log(
                self.provider.spec.name,
                settings.api_url.as_deref(),
                &self.lowered.desired.account,
            ),
        };
        Ok((self.provider.open)(options)?)
    }

    pub(crate) fn scope(&self) -> Scope {
        plan::scope(self.provider.spec, &self.lowered.desired)
    }

    /// Refuses selectors that fit nothing: a slip of the pen must not look like an account that is in order.
    pub(crate) fn fits(&self, live: &Live, how: &How) -> Result<(), Failure> {
        match plan::unmatched(&how.selection, &self.lowered.desired, live).as_slice() {
            [] => Ok(()),
            [selector, ..] => Err(Failure::new(
                Exit::Usage,
                format!("nothing fits `{}`", render::escape::visible(selector)),
            )
            .hint(
                "`--only` and `--except` take a key, `KIND:KEY` or `KIND:`, with `*` for any text",
            )),
        }
    }

    /// Makes a plan from what was read.
    pub(crate) fn plan(
        &self,
        context: &Context,
        live: &Live,
        ledger: &LedgerState,
        how: &How,
    ) -> Result<Plan, Failure> {
        let desired = &self.lowered.desired;
        distrust(desired, live, ledger, how)?;
        let mut made = plan::plan(&plan::Input {
            desired,
            live,
            ledger,
            spec: self.provider.spec,
            as_of: how
                .as_of
                .unwrap_or_else(|| context.today(&desired.time_zone)),
            now: context.now(),
            allowances: &how.allowances,
            selection: &how.selection,
            max_requests: how.max_requests,
            keep_observed: how.keep_observed,
        });
        plan::place_origins(&mut made, &|id, field| self.place(id, field));
        Ok(made)
    }

    fn place(&self, id: &ResourceId, field: Option<&FieldName>) -> Option<Place> {
        let span = self.lowered.origins.place(id, field)?;
        let file = self.sources.file(span.file);
        let position = self.sources.position(span.file, span.start);
        Some(Place {
            file: file.shown().to_owned(),
            line: position.line,
            column: position.column,
        })
    }

    /// Where made passwords go.
    pub(crate) fn password_sink(&self, context: &Context) -> PasswordSink {
        let sink = match &self.lowered.connection.passwords {
            // Beside the manifests wherever the ledger is: there the `.gitignore` keeps it out of version control.
            DeclaredSink::Default => {
                PasswordSink::File(self.folder.join(".seatwright/passwords.jsonl"))
            }
            DeclaredSink::File(file) => PasswordSink::File(self.folder.join(file)),
            DeclaredSink::Command(argv) => PasswordSink::Command {
                argv: argv.clone(),
                folder: self.folder.clone(),
            },
        };
        if let PasswordSink::File(path) = &sink
            && is_tracked_by_git(path)
        {
            context.warn(&format!(
                "`{}` holds passwords and is tracked by git; take it out with `git rm --cached`, and change the passwords",
                path.display()
            ));
        }
        sink
    }
}

/// How a plan is to be made.
#[derive(Clone, Debug, Default)]
pub(crate) struct How {
    pub(crate) allowances: BTreeMap<String, u64>,
    pub(crate) selection: Selection,
    pub(crate) as_of: Option<jiff::civil::Date>,
    pub(crate) max_requests: Option<u64>,
    /// Whether the plan is to be compared with a later one, and what moved is to be named.
    pub(crate) keep_observed: bool,
}

impl From<&Planning> for How {
    fn from(planning: &Planning) -> Self {
        Self {
            allowances: planning.allow.iter().cloned().collect(),
            selection: Selection {
                only: planning.only.clone(),
                except: planning.except.clone(),
            },
            as_of: planning.as_of,
            max_requests: planning.max_requests,
            keep_observed: false,
        }
    }
}

/// Refuses to plan from an account that shrank suddenly: bad reads look just like that.
fn distrust(
    desired: &seatwright::model::Desired,
    live: &Live,
    ledger: &LedgerState,
    how: &How,
) -> Result<(), Failure> {
    for (kind, found) in &live.kinds {
        let now = found.resources.len() as u64;
        let Some(last) = ledger.populations.get(kind).copied() else {
            continue;
        };
        let believed = how
            .allowances
            .get("shrink")
            .is_some_and(|least| now >= *least);
        if last >= u64::from(desired.policy.guards.min_population) && now * 2 < last && !believed {
            return Err(Failure::new(
                Exit::Service,
                format!("the service lists {now} {kind}s, and listed {last} after the last apply: this is not believed"),
            )
            .hint(format!("look at the account; when it is true, plan with `--allow shrink={now}`")));
        }
    }
    Ok(())
}

/// Resolves what can be resolved, and says why the rest cannot.
pub(crate) fn resolve_credentials(
    resolver: &Resolver,
    references: &BTreeMap<String, SecretRef>,
) -> (
    BTreeMap<String, seatwright::model::Secret>,
    BTreeMap<String, String>,
) {
    let mut credentials = BTreeMap::new();
    let mut missing = BTreeMap::new();
    for (name, reference) in references {
        match resolver.resolve(reference) {
            Ok(secret) => {
                credentials.insert(name.clone(), secret);
            }
            Err(error) => {
                missing.insert(
                    name.clone(),
                    format!("the credential `{name}` is missing: {error}"),
                );
            }
        }
    }
    (credentials, missing)
}

/// Shows diagnostics on standard error.
pub(crate) fn tell(context: &Context, diagnostics: &Diagnostics, sources: &Sources) {
    if diagnostics.errors > 0 || (diagnostics.warnings > 0 && !context.quiet()) {
        let text = render::diagnostics::human(diagnostics, sources, context.color_err());
        context.warn_block(&text);
    }
}

/// Reads the account with a spinner where there is a terminal.
pub(crate) async fn observe(
    context: &Context,
    connection: &mut dyn Connection,
    scope: &Scope,
) -> Result<Live, Failure> {
    let spinner = context.draws_progress().then(|| {
        let spinner = indicatif::ProgressBar::new_spinner().with_message("reading the account");
        spinner.enable_steady_tick(std::time::Duration::from_millis(120));
        spinner
    });
    let live = connection.observe(scope).await;
    if let Some(spinner) = spinner {
        spinner.finish_and_clear();
    }
    let live = live?;
    for notice in connection.notices() {
        context.warn(&notice);
    }
    Ok(live)
}
