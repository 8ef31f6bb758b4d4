//! `seatwright sandbox serve`: an embedded account simulator on a loopback port.

use seatwright::sandbox::{self, Sandbox, batchdialer, cloudtalk, smartflo};

use crate::args::{self, Serve};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::signal::{self, Orderly};

pub(crate) async fn run(context: &Context, args: &args::Sandbox) -> Result<Exit, Failure> {
    let args::Sandbox::Serve(args) = args;
    if !args.listen.ip().is_loopback() {
        return Err(Failure::new(
            Exit::Usage,
            format!("`{}` is not a loopback address", args.listen),
        )
        .hint("the simulator believes everybody: it listens on 127.0.0.1 or [::1] only"));
    }
    let seed = args
        .seed
        .as_ref()
        .map(|path| {
            std::fs::read_to_string(path).map_err(|error| {
                Failure::new(
                    Exit::Internal,
                    format!("cannot read the seed `{}`: {error}", path.display()),
                )
            })
        })
        .transpose()?;
    match args.provider.as_str() {
        "cloudtalk" => {
            let mut seeded = match &seed {
                Some(text) => cloudtalk::Seed::from_json(text).map_err(wrong)?,
                None => cloudtalk::Seed::demo(),
            };
            if let Some(rate) = args.rate {
                seeded.rate = (rate > 0).then_some(rate);
            }
            let options = cloudtalk::Options {
                listen: args.listen,
                seed: seeded,
                state_file: args.state.clone(),
                ..cloudtalk::Options::default()
            };
            serve(context, options, args, "CloudTalk").await
        }
        "smartflo" => {
            let mut seeded = match &seed {
                Some(text) => smartflo::Seed::from_json(text).map_err(wrong)?,
                None => smartflo::Seed::demo(),
            };
            if let Some(rate) = args.rate {
                seeded.rate = (rate > 0).then_some(rate);
            }
            let options = smartflo::Options {
                listen: args.listen,
                seed: seeded,
                state_file: args.state.clone(),
                ..smartflo::Options::default()
            };
            serve(context, options, args, "Smartflo").await
        }
        "batchdialer" => {
            let seeded = match &seed {
                Some(text) => serde_json::from_str(text).map_err(wrong)?,
                None => batchdialer::Account::demo(),
            };
            let options = batchdialer::Options {
                listen: args.listen,
                seed: seeded,
                rate: args.rate.filter(|rate| *rate > 0),
                state_file: args.state.clone(),
                ..batchdialer::Options::default()
            };
            serve(context, options, args, "BatchDialer").await
        }
        other => Err(Failure::new(
            Exit::Usage,
            format!(
                "there is no simulator of `{}`",
                seatwright::render::escape::visible(other)
            ),
        )
        .hint("there is cloudtalk, smartflo and batchdialer")),
    }
}

fn wrong(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Invalid, format!("the seed is not right: {error}"))
}

async fn serve<O: sandbox::Launch>(
    context: &Context,
    options: O,
    args: &Serve,
    title: &str,
) -> Result<Exit, Failure> {
    let running = Sandbox::start(options).await.map_err(|error| {
        Failure::new(
            Exit::Internal,
            format!("cannot serve on {}: {error}", args.listen),
        )
    })?;
    context.out(&format!("{title} sandbox at {}\n", running.url()))?;
    context.note(&format!(
        "control plane at {}; stop with Ctrl-C",
        running.control_url()
    ));
    let _orderly = Orderly::begin();
    signal::asked_to_end().await;
    running.stop().await;
    Ok(Exit::Done)
}
