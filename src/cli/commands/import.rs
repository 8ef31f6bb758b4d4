//! `seatwright import`: an existing account becomes manifests.

use std::collections::BTreeMap;
use std::path::Path;

use seatwright::model::{Read, Scope, SecretRef};
use seatwright::provider::registry::{ImportOptions, OpenOptions};
use seatwright::secrets::{Resolver, ensure_gitignore};

use crate::args::Import;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::{observe, resolve_credentials};

pub(crate) async fn run(context: &Context, args: &Import) -> Result<Exit, Failure> {
    let provider = super::schema::provider(&args.provider)?;
    let Some(import) = provider.import else {
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "{} cannot be imported: its API lists no users",
                provider.spec.title
            ),
        )
        .hint("write the manifests by hand; `seatwright explain` says what can be declared"));
    };
    super::init::account_name(&args.account)?;
    empty(&args.out)?;
    let references: BTreeMap<String, SecretRef> = provider
        .credentials
        .iter()
        .map(|(name, variable)| ((*name).to_owned(), SecretRef::Env((*variable).to_owned())))
        .collect();
    let resolver = Resolver::new(|name: &str| std::env::var(name).ok(), ".");
    let (credentials, missing) = resolve_credentials(&resolver, &references);
    let mut connection = (provider.open)(OpenOptions {
        api_url: args.api_url.clone(),
        credentials,
        missing,
        rate: provider.rate,
        ca_file: None,
        extras: serde_json::Map::new(),
        observer: context.rate_observer(),
        trace: context.trace(),
        call_log: context.call_log(provider.spec.name, args.api_url.as_deref(), &args.account),
    })?;
    let scope = Scope {
        kinds: provider
            .spec
            .kinds
            .iter()
            .filter(|kind| kind.read != Read::No)
            .map(seatwright::model::KindSpec::kind)
            .collect(),
        member_counts: false,
    };
    let live = observe(context, connection.as_mut(), &scope).await?;
    let learned = connection.learned();
    connection.close().await;
    let files = import(
        &live,
        &ImportOptions {
            account: args.account.clone(),
            api_url: args.api_url.clone(),
            learned,
        },
    );
    std::fs::create_dir_all(&args.out).map_err(|error| {
        Failure::new(
            Exit::Internal,
            format!("cannot create `{}`: {error}", args.out.display()),
        )
    })?;
    for file in &files {
        context.write_file(&args.out.join(&file.name), file.text.as_bytes())?;
        context.out(&format!("{}\n", args.out.join(&file.name).display()))?;
        for what in &file.left_out {
            context.warn(&format!(
                "left out: {what}: no manifest can hold it as the account has it"
            ));
        }
    }
    ensure_gitignore(&args.out, &[]).map_err(|error| {
        Failure::new(
            Exit::Internal,
            format!("cannot write `.gitignore`: {error}"),
        )
    })?;
    context.note(&format!(
        "imported; see what differs with `seatwright plan {}`",
        args.out.display()
    ));
    Ok(Exit::Done)
}

/// Nothing that somebody wrote is written over.
fn empty(folder: &Path) -> Result<(), Failure> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Failure::new(
                Exit::Refused,
                format!("`{}` is not empty", folder.display()),
            )
            .hint("name a new folder; nothing was written")),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::new(
            Exit::Internal,
            format!("cannot read `{}`: {error}", folder.display()),
        )),
    }
}
