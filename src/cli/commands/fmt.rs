//! `seatwright fmt`: canonical order and style.

use std::collections::BTreeMap;
use std::path::Path;

use seatwright::diagnostic::Diagnostics;
use seatwright::manifest::format::{FormatError, Formatter};
use seatwright::manifest::load::Loaded;
use seatwright::manifest::named::load_named;
use seatwright::provider::registry;
use seatwright::render::{self, escape::visible};
use seatwright::source::{FileId, SourceFile, Sources};

use super::validate::standard_input;
use crate::args::Fmt;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::tell;

/// With `--check`, the exit code is that of invalid manifests: a pipeline turns down what is not in canonical form as it
/// turns down what is not valid, while 2 says that the account has to be changed.
pub(crate) fn run(context: &Context, args: &Fmt) -> Result<Exit, Failure> {
    let (input, paths) = standard_input(context, &args.paths, args.stdin_path.as_deref())?;
    if input.is_some() && !paths.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            "standard input cannot be formatted together with files",
        ));
    }
    let (loaded, files) = load_named(
        &paths,
        input.as_ref(),
        &registry::dialects(),
        context.today("UTC"),
    );
    let mut done = Work {
        context,
        check: args.check,
        to_output: input.is_some(),
        exit: Exit::Done,
        changed: 0,
    };
    for diagnostic in &loaded.diagnostics.items {
        if diagnostic.primary.span.is_none() {
            let only = Diagnostics {
                items: vec![diagnostic.clone()],
                errors: 1,
                ..Diagnostics::default()
            };
            tell(context, &only, &loaded.sources);
            done.exit = Exit::Invalid;
        }
    }
    let mut formatters: BTreeMap<Option<&'static str>, Formatter> = BTreeMap::new();
    for file in &files {
        let provider = provider(&loaded, *file);
        let formatter = formatters
            .entry(provider.map(|it| it.spec.name))
            .or_insert_with(|| Formatter::new(provider.map(|provider| provider.dialect)));
        done.file(&loaded.sources, loaded.sources.file(*file), formatter)?;
    }
    if done.check && done.changed > 0 {
        context.note(&format!(
            "{} of {} {} not in canonical form; `seatwright fmt` writes it",
            done.changed,
            render::wording::count(files.len(), "file", "files"),
            if done.changed == 1 { "is" } else { "are" }
        ));
    }
    Ok(done.exit)
}

/// The provider of the account that a file belongs to.
fn provider(loaded: &Loaded, file: FileId) -> Option<&'static registry::Registered> {
    let account = loaded
        .accounts
        .iter()
        .find(|account| account.files.contains(&file))?;
    registry::find(&account.provider)
}

struct Work<'a> {
    context: &'a Context,
    check: bool,
    to_output: bool,
    exit: Exit,
    changed: usize,
}

impl Work<'_> {
    fn file(
        &mut self,
        sources: &Sources,
        source: &SourceFile,
        formatter: &Formatter,
    ) -> Result<(), Failure> {
        let path = source.origin().unwrap_or(Path::new(source.shown()));
        let name = path.display().to_string();
        let text = match formatter.format(source) {
            Ok(text) => text,
            Err(FormatError::Invalid(found)) => {
                tell(self.context, &found, sources);
                self.exit = Exit::Invalid;
                return Ok(());
            }
            Err(error) => {
                self.context.error(
                    &Failure::new(
                        Exit::Internal,
                        format!("`{name}` was left as it is: {error}"),
                    )
                    .hint("put it into order by hand; nothing of it was changed"),
                );
                if self.exit == Exit::Done {
                    self.exit = Exit::Internal;
                }
                return Ok(());
            }
        };
        let same = text == **source.text() && !source.has_byte_order_mark();
        if self.to_output && !self.check {
            return self.context.out(&text);
        }
        if same {
            return Ok(());
        }
        self.changed += 1;
        if self.check {
            self.exit = if self.exit == Exit::Internal {
                Exit::Internal
            } else {
                Exit::Invalid
            };
            let diff =
                render::text_diff::unified(&name, source.text(), &text, self.context.style());
            return self.context.out(&diff);
        }
        self.context.write_file(path, text.as_bytes())?;
        self.context.out(&format!("{}\n", visible(&name)))
    }
}
