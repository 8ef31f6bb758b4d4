//! `seatwright show`: a saved plan, in any format.

use std::path::Path;

use seatwright::plan::{FORMAT, Plan};
use seatwright::provider::registry;
use seatwright::render::Purpose;

use crate::args::Show;
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(crate) fn run(context: &Context, args: &Show) -> Result<Exit, Failure> {
    let plan = read(&args.file)?;
    let provider = registry::find(&plan.provider).ok_or_else(|| {
        Failure::new(
            Exit::Internal,
            format!(
                "the plan is for `{}`, which this version does not know",
                plan.provider
            ),
        )
    })?;
    super::plan::print(context, &plan, provider, args.output.format, Purpose::Saved)?;
    Ok(Exit::Done)
}

/// Reads a saved plan, and refuses what is none or was edited.
pub(crate) fn read(path: &Path) -> Result<Plan, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::new(
            Exit::Internal,
            format!("cannot read the plan `{}`: {error}", path.display()),
        )
    })?;
    parse(&bytes, &path.display().to_string())
}

/// Understands a plan's bytes.
pub(crate) fn parse(bytes: &[u8], name: &str) -> Result<Plan, Failure> {
    #[derive(serde::Deserialize)]
    struct Head {
        format: String,
    }
    let no_plan = |why: String| {
        Failure::new(
            Exit::Stale,
            format!("`{name}` is not a plan that can be applied: {why}"),
        )
        .hint("make a new one with `seatwright plan --out FILE`")
    };
    let head: Head = serde_json::from_slice(bytes)
        .map_err(|_| no_plan("it does not begin as one".to_owned()))?;
    if head.format != FORMAT {
        return Err(no_plan(format!(
            "its format is `{}`, this version reads `{FORMAT}`",
            head.format
        )));
    }
    let plan: Plan = serde_json::from_slice(bytes).map_err(|error| no_plan(error.to_string()))?;
    if plan.hash != plan.compute_hash() || plan.seal != plan.compute_seal() {
        return Err(no_plan(
            "its hash does not fit what it says: it was edited".to_owned(),
        ));
    }
    Ok(plan)
}
