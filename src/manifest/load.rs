//! From a path to the accounts that are declared below it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::dialect::{Dialect, Input, Lowered};
use super::origins::short;
use super::parse::parse;
use super::shape::Shape;
use super::suggest::{one_of, suggest};
use super::tree::{Node, Tree};
use crate::diagnostic::{Code, Collector, Diagnostic, Diagnostics};
use crate::source::{FileId, SourceFile, Sources, Span};

/// The format version that this program reads.
const VERSION: &str = "1";

/// Everything that was found below some paths.
#[derive(Debug)]
pub struct Loaded {
    /// The texts.
    pub sources: Sources,
    /// The accounts, by folder.
    pub accounts: Vec<Account>,
    /// What is wrong, in order.
    pub diagnostics: Diagnostics,
}

/// One declared account.
#[derive(Debug)]
pub struct Account {
    /// The name; empty when it is missing.
    pub name: String,
    /// The provider's name; empty when it is missing.
    pub provider: String,
    /// The folder that holds the account's manifest, which relative paths start from.
    pub folder: PathBuf,
    /// The files with documents of the account, in order.
    pub files: Vec<FileId>,
    /// What the manifests come to; `None` when they have errors.
    pub lowered: Option<Lowered>,
}

/// Why an account could not be chosen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Nothing is declared.
    #[error(
        "no account is declared here; name an account folder, or start one with `seatwright init`"
    )]
    None,
    /// Several are declared, and none was named.
    #[error("several accounts are declared here: {0}; name one of their folders")]
    Several(String),
    /// None has the name.
    #[error("there is no account `{name}` here; there is {known}")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
}

impl Loaded {
    /// The one account or, when a name is given, the account of this name.
    pub fn account(&self, name: Option<&str>) -> Result<&Account, ChoiceError> {
        let known = || one_of(self.accounts.iter().map(|account| account.name.as_str()));
        match (name, self.accounts.as_slice()) {
            (_, []) => Err(ChoiceError::None),
            (None, [only]) => Ok(only),
            (None, _) => Err(ChoiceError::Several(known())),
            (Some(name), accounts) => accounts
                .iter()
                .find(|account| account.name == name)
                .ok_or_else(|| ChoiceError::Unknown {
                    name: name.to_owned(),
                    known: known(),
                }),
        }
    }
}

/// Reads the manifests below some paths, and checks all of them.
///
/// `as_of` is the day that rules on dates go by; nothing but diagnostics depends on it.
pub fn load<P: AsRef<Path>>(paths: &[P], dialects: &[&dyn Dialect], as_of: Date) -> Loaded {
    let mut sources = Sources::new();
    let mut diagnostics = Collector::new();
    let mut files = Vec::new();
    for path in paths {
        let found = sources.load(path.as_ref());
        for error in &found.errors {
            diagnostics.push(error);
        }
        files.extend(found.files);
    }
    check(sources, None, files, dialects, as_of, diagnostics)
}

/// Checks texts that were read already; their shown paths say which folders they lie in.
pub fn load_sources(sources: Sources, dialects: &[&dyn Dialect], as_of: Date) -> Loaded {
    let files = sources.files().iter().map(|file| file.id()).collect();
    check(sources, None, files, dialects, as_of, Collector::new())
}

pub(super) fn check(
    sources: Sources,
    only: Option<&dyn Fn(&SourceFile) -> bool>,
    files: Vec<FileId>,
    dialects: &[&dyn Dialect],
    as_of: Date,
    mut diagnostics: Collector,
) -> Loaded {
    let mut trees = Vec::new();
    let mut broken = Vec::new();
    for file in &files {
        let before = diagnostics.error_count();
        trees.extend(parse(sources.file(*file), &mut diagnostics));
        if diagnostics.error_count() > before {
            broken.push(*file);
        }
    }
    let drafts = group(
        &sources,
        trees,
        !broken.is_empty() || files.is_empty(),
        &mut diagnostics,
    );
    let mut checker = Checker {
        dialects,
        shapes: BTreeMap::new(),
        as_of,
    };
    let mut accounts = Vec::new();
    for draft in drafts {
        // A file that could not be read whole may hold what the rules would miss.
        let whole = !broken
            .iter()
            .any(|file| folder_of(&sources, *file).starts_with(&draft.folder));
        accounts.push(checker.account(draft, whole, &mut diagnostics));
    }
    name_twice(&accounts, &mut diagnostics);
    if let Some(only) = only {
        diagnostics.retain(|diagnostic| {
            let span = diagnostic.primary.span;
            span.is_none_or(|span| only(sources.file(span.file)))
        });
    }
    Loaded {
        sources,
        accounts: accounts.into_iter().map(|(account, _)| account).collect(),
        diagnostics: diagnostics.finish(),
    }
}

/// The documents of one account, not yet checked.
struct Draft {
    folder: PathBuf,
    /// Which of the trees holds `account`.
    account: usize,
    /// Whether something in the folder belongs nowhere, so that the account may not be whole.
    doubtful: bool,
    trees: Vec<Tree>,
}

fn account_of(tree: &Tree) -> Option<Node<'_>> {
    tree.at("/account").map(|place| place.value)
}

fn folder_of(sources: &Sources, file: FileId) -> PathBuf {
    let file = sources.file(file);
    let path = file.origin().unwrap_or_else(|| Path::new(file.shown()));
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Gives every document to the account whose folder is the nearest above it.
fn group(
    sources: &Sources,
    trees: Vec<Tree>,
    unreadable: bool,
    diagnostics: &mut Collector,
) -> Vec<Draft> {
    let mut drafts: BTreeMap<PathBuf, Draft> = BTreeMap::new();
    let mut rest = Vec::new();
    for tree in trees {
        let folder = folder_of(sources, tree.file());
        let Some(here) = account_of(&tree).map(|node| key_span(&tree, "/account", node)) else {
            rest.push((folder, tree));
            continue;
        };
        if let Some(first) = drafts.get_mut(&folder) {
            first.doubtful = true;
            let there = account_of(&first.trees[0]).map(Node::span);
            let mut diagnostic =
                Diagnostic::new(Code::SeveralAccounts, "the folder holds two accounts")
                    .at(here)
                    .hint("give each account its own folder; users, groups and numbers can be split into as many files as you like");
            if let Some(there) = there {
                diagnostic = diagnostic.related(there, "the first account");
            }
            diagnostics.push(diagnostic);
            continue;
        }
        drafts.insert(
            folder.clone(),
            Draft {
                folder,
                account: 0,
                doubtful: false,
                trees: vec![tree],
            },
        );
    }
    if drafts.is_empty() {
        // What could not be read may have held the account.
        if !unreadable {
            let at = rest.first().map(|(_, tree)| short(tree.root()));
            let diagnostic = Diagnostic::new(Code::NoAccount, "no document holds an `account`")
                .hint("add one document with `version: 1` and `account: { name: …, provider: … }`");
            diagnostics.push(match at {
                Some(span) => diagnostic.at(span),
                None => diagnostic,
            });
        }
        return Vec::new();
    }
    let only = (drafts.len() == 1)
        .then(|| drafts.keys().next().cloned())
        .flatten();
    for (folder, tree) in rest {
        let owner = match &only {
            Some(only) => Some(only.clone()),
            None => folder
                .ancestors()
                .find(|above| drafts.contains_key(*above))
                .map(Path::to_path_buf),
        };
        match owner.and_then(|owner| drafts.get_mut(&owner)) {
            Some(draft) => draft.trees.push(tree),
            None => {
                let diagnostic = Diagnostic::new(
                    Code::MissingAccount,
                    "the document belongs to none of the accounts",
                )
                .at(short(tree.root()))
                .hint("move it into the folder of the account that it is part of");
                diagnostics.push(diagnostic);
            }
        }
    }
    drafts
        .into_values()
        .map(|mut draft| {
            // In the order of reading, whichever document holds the account.
            let account = account_of(&draft.trees[0]).map(Node::span);
            draft.trees.sort_by_key(|tree| tree.root().span());
            draft.account = draft
                .trees
                .iter()
                .position(|tree| account_of(tree).map(Node::span) == account)
                .unwrap_or(0);
            draft
        })
        .collect()
}

fn key_span(tree: &Tree, pointer: &str, node: Node<'_>) -> Span {
    tree.at(pointer)
        .and_then(|place| place.key_span)
        .unwrap_or_else(|| node.span())
}

struct Checker<'a> {
    dialects: &'a [&'a dyn Dialect],
    /// By provider; compiling a schema takes a while.
    shapes: BTreeMap<&'static str, Option<Shape>>,
    as_of: Date,
}

impl<'a> Checker<'a> {
    /// The account, and the place of its name.
    fn account(
        &mut self,
        draft: Draft,
        whole: bool,
        diagnostics: &mut Collector,
    ) -> (Account, Option<Span>) {
        let before = diagnostics.error_count();
        let tree = &draft.trees[draft.account];
        let text = |pointer: &str| {
            let node = tree.at(pointer)?.value;
            Some((node.scalar()?.text.to_owned(), node.span()))
        };
        let name = text("/account/name");
        let mut account = Account {
            name: name
                .as_ref()
                .map(|(name, _)| name.clone())
                .unwrap_or_default(),
            provider: text("/account/provider")
                .map(|(name, _)| name)
                .unwrap_or_default(),
            folder: draft.folder.clone(),
            files: draft.trees.iter().map(Tree::file).collect(),
            lowered: None,
        };
        account.files.dedup();
        let name_span = name.map(|(_, span)| span);
        versions(&draft, diagnostics);
        if diagnostics.error_count() > before {
            return (account, name_span);
        }
        let Some(dialect) = self.dialect(tree, diagnostics) else {
            return (account, name_span);
        };
        let mut values = Vec::with_capacity(draft.trees.len());
        if let Some(shape) = self.shape(dialect, diagnostics) {
            for tree in &draft.trees {
                values.push(shape.read(tree, diagnostics).value);
            }
        }
        if whole && !draft.doubtful && diagnostics.error_count() == before {
            let trees: Arc<[Tree]> = draft.trees.into();
            let input = Input {
                folder: &account.folder,
                trees: &trees,
                values,
                as_of: self.as_of,
            };
            account.lowered = dialect.lower(input, diagnostics);
        }
        (account, name_span)
    }

    fn dialect(&self, tree: &Tree, diagnostics: &mut Collector) -> Option<&'a dyn Dialect> {
        let names = || self.dialects.iter().map(|dialect| dialect.provider());
        let Some(place) = tree.at("/account/provider") else {
            let account = account_of(tree)?;
            let diagnostic = if account.mapping().is_some() {
                Diagnostic::new(Code::MissingKey, "`account` has no `provider`")
                    .hint(format!("add `provider:` with {}", one_of(names())))
            } else {
                Diagnostic::new(Code::WrongType, "`account` is not a mapping")
                    .hint("write `account: { name: …, provider: … }`")
            };
            diagnostics.push(diagnostic.at(key_span(tree, "/account", account)));
            return None;
        };
        let given = place.value.scalar().map_or("", |scalar| scalar.text);
        let found = self
            .dialects
            .iter()
            .copied()
            .find(|dialect| dialect.provider() == given);
        if found.is_none() {
            let hint = match suggest(given, names()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known are {}", one_of(names())),
            };
            let diagnostic = Diagnostic::new(
                Code::UnknownProvider,
                format!("there is no provider `{given}`"),
            )
            .at(place.value.span())
            .hint(hint);
            diagnostics.push(diagnostic);
        }
        found
    }

    fn shape(&mut self, dialect: &dyn Dialect, diagnostics: &mut Collector) -> Option<&Shape> {
        self.shapes
            .entry(dialect.provider())
            .or_insert_with(|| {
                let schema = super::schema::checked(dialect.generated_schema());
                Shape::new(schema)
                    .map_err(|error| {
                        // Cannot happen in a released program: every schema is compiled by a test.
                        diagnostics.push(Diagnostic::new(Code::UnknownProvider, error.to_string()));
                    })
                    .ok()
            })
            .as_ref()
    }
}

/// Checks the format version: required beside the account, and the same wherever it is given.
fn versions(draft: &Draft, diagnostics: &mut Collector) {
    for (index, tree) in draft.trees.iter().enumerate() {
        match tree.at("/version") {
            Some(place) => {
                let given = place.value.scalar().map_or("", |scalar| scalar.text);
                if given != VERSION {
                    let diagnostic = Diagnostic::new(
                        Code::UnsupportedVersion,
                        format!("the format version `{given}` is not supported"),
                    )
                    .at(place.value.span())
                    .hint("write `version: 1`, or use a newer release of seatwright");
                    diagnostics.push(diagnostic);
                }
            }
            None if index == draft.account => {
                let diagnostic = Diagnostic::new(Code::MissingKey, "the manifest has no `version`")
                    .hint("add `version: 1` above `account`");
                let at = account_of(tree).map(|node| key_span(tree, "/account", node));
                diagnostics.push(match at {
                    Some(span) => diagnostic.at(span),
                    None => diagnostic,
                });
            }
            None => {}
        }
    }
}

fn name_twice(accounts: &[(Account, Option<Span>)], diagnostics: &mut Collector) {
    let mut seen: BTreeMap<&str, Option<Span>> = BTreeMap::new();
    for (account, span) in accounts {
        if account.name.is_empty() {
            continue;
        }
        let Some(first) = seen.get(account.name.as_str()) else {
            seen.insert(&account.name, *span);
            continue;
        };
        let mut diagnostic = Diagnostic::new(
            Code::DuplicateAccountName,
            format!("two accounts are called `{}`", account.name),
        )
        .hint("give each its own name: it names the ledger");
        if let Some(span) = span {
            diagnostic = diagnostic.at(*span);
        }
        if let Some(first) = first {
            diagnostic = diagnostic.related(*first, "the first of them");
        }
        diagnostics.push(diagnostic);
    }
}
