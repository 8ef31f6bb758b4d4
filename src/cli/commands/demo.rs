//! `seatwright demo`: the main job against an in-process account, with no credentials.

use std::path::Path;

use seatwright::sandbox::{Launch, Sandbox, cloudtalk, smartflo};

use crate::args::{self, Demo};
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// The manifests of the demonstrations.
const CLOUDTALK: &str = include_str!("../demo/cloudtalk.yaml");
const SMARTFLO: &str = include_str!("../demo/smartflo.yaml");

pub(crate) async fn run(context: &Context, args: &Demo) -> Result<Exit, Failure> {
    match args.provider.as_str() {
        "cloudtalk" => {
            let mut seed = cloudtalk::Seed::demo();
            seed.rate = None;
            let options = cloudtalk::Options {
                seed,
                ..cloudtalk::Options::default()
            };
            demonstrate(context, options, CLOUDTALK, &["key-id", "key-secret"]).await
        }
        "smartflo" => {
            let mut seed = smartflo::Seed::demo();
            seed.rate = None;
            let options = smartflo::Options {
                seed,
                ..smartflo::Options::default()
            };
            demonstrate(context, options, SMARTFLO, &["token"]).await
        }
        "batchdialer" => super::demo_by_hand::run(context).await,
        other => {
            super::schema::provider(other)?;
            Err(Failure::new(
                Exit::Usage,
                format!("there is no demonstration of `{other}`"),
            ))
        }
    }
}

/// Applies the manifest to a simulated account, and looks again.
async fn demonstrate<O: Launch>(
    context: &Context,
    options: O,
    manifest: &str,
    credentials: &[&str],
) -> Result<Exit, Failure> {
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
    let manifest = manifest.replacen(
        "account:\n",
        &format!("account:\n  api_url: {}\n", sandbox.url()),
        1,
    );
    std::fs::write(folder.path().join("acme.yaml"), manifest).map_err(failed)?;
    for name in credentials {
        std::fs::write(folder.path().join(name), "demo\n").map_err(failed)?;
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
