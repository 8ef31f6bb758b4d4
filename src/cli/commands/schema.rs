//! `seatwright schema`: the JSON Schema of a provider's manifests.

use seatwright::provider::registry;

use crate::args::Schema;
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(crate) fn run(context: &Context, args: &Schema) -> Result<Exit, Failure> {
    let provider = provider(&args.provider)?;
    context.out(&format!("{:#}\n", provider.dialect.schema()))?;
    Ok(Exit::Done)
}

/// The provider of this name, or what there is.
pub(crate) fn provider(name: &str) -> Result<&'static registry::Registered, Failure> {
    registry::find(name).ok_or_else(|| {
        let known: Vec<&str> = registry::PROVIDERS
            .iter()
            .map(|provider| provider.spec.name)
            .collect();
        Failure::new(
            Exit::Usage,
            format!(
                "there is no provider `{}`",
                seatwright::render::escape::visible(name)
            ),
        )
        .hint(format!("there is {}", known.join(", ")))
    })
}
