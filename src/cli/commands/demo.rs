//! `seatwright demo`: the main job against an in-process account, with no credentials.

use std::path::Path;

use seatwright::sandbox::{Sandbox, cloudtalk};

use crate::args::{self, Demo};
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// The manifests of the demonstration.
const CLOUDTALK: &str = include_str!("../demo/cloudtalk.yaml");

pub(crate) async fn run(context: &Context, args: &Demo) -> Result<Exit, Failure> {
    if args.provider == "batchdialer" {
        return super::demo_by_hand::run(context).await;
    }
    if args.provider != "cloudtalk" {
        super::schema::provider(&args.provider)?;
        return Err(Failure::new(
            Exit::Usage,
            format!("there is no demonstration of `{}` yet", args.provider),
        ));
    }
    let mut seed = cloudtalk::Seed::demo();
    seed.rate = None;
    let options = cloudtalk::Options {
        seed,
        ..cloudtalk::Options::default()
    };
    let failed = |error: std::io::Error| {
        Failure::new(
            Exit::Internal,
            format!("the demonstration cannot start: {error}"),
        )
    };
    let sandbox = Sandbox::start(options).await.map_err(failed)?;
    let folder = tempfile::Builder::new()
        .prefix("seatwright-demo-")
        .tempdir()
        .map_err(failed)?;
    let manifest = CLOUDTALK.replacen(
        "  provider: cloudtalk\n",
        &format!("  provider: cloudtalk\n  api_url: {}\n", sandbox.url()),
        1,
    );
    for (name, text) in [
        ("acme.yaml", manifest.as_str()),
        ("key-id", "demo\n"),
        ("key-secret", "demo\n"),
    ] {
        std::fs::write(folder.path().join(name), text).map_err(failed)?;
    }
    let exit = show(context, folder.path()).await;
    let counters = sandbox.control().counters();
    sandbox.stop().await;
    let exit = exit?;
    context.out(&format!(
        "\nThe account served {} requests, {} of them writes, and has nothing left to change.\n",
        counters.total, counters.writes
    ))?;
    Ok(exit)
}

async fn show(context: &Context, folder: &Path) -> Result<Exit, Failure> {
    context
        .out("$ seatwright apply --auto-approve      # plans, shows, writes, reads again\n\n")?;
    let exit = super::apply::run(context, &args::Apply::unasked(folder)).await?;
    if exit != Exit::Done {
        return Ok(exit);
    }
    context
        .out("\n$ seatwright plan --detailed-exitcode   # a second look, by a new reading\n\n")?;
    super::plan::run(context, &args::Plan::second_look(folder)).await
}
