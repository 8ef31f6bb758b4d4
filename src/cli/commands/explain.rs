//! `seatwright explain`: what the API can do, from the capability table; and what the diagnostics mean.

use seatwright::diagnostic::{Code, Severity};
use seatwright::provider::registry;
use seatwright::render;

use crate::args::{Explain, Format};
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(crate) fn run(context: &Context, args: &Explain) -> Result<Exit, Failure> {
    if args.subject == "diagnostics" {
        context.out(&diagnostics(Code::ALL, args.output.format))?;
        return Ok(Exit::Done);
    }
    if let Some(code) = Code::ALL.iter().find(|code| code.as_str() == args.subject) {
        context.out(&diagnostics(&[*code], args.output.format))?;
        return Ok(Exit::Done);
    }
    let specs: Vec<_> = registry::PROVIDERS
        .iter()
        .map(|provider| provider.spec)
        .collect();
    let topic = render::explain::resolve(&specs, &args.subject)
        .map_err(|error| Failure::new(Exit::Usage, error))?;
    let text = match args.output.format {
        Format::Human => render::explain::human(topic, context.style()),
        Format::Json => render::explain::json(topic),
    };
    context.out(&text)?;
    Ok(Exit::Done)
}

fn diagnostics(codes: &[Code], format: Format) -> String {
    let severity = |code: Code| match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    match format {
        Format::Human => {
            let width = codes.iter().map(|code| code.as_str().len()).max();
            let width = width.unwrap_or(0);
            let mut text =
                "each code with its severity, unless a rule reports a milder one, and what it means\n\n"
                    .to_owned();
            for code in codes {
                text.push_str(&format!(
                    "{:width$}  {:7}  {}\n",
                    code.as_str(),
                    severity(*code),
                    code.description()
                ));
            }
            text
        }
        Format::Json => {
            let codes: Vec<_> = codes
                .iter()
                .map(|code| {
                    serde_json::json!({ "code": code.as_str(), "severity": severity(*code), "description": code.description() })
                })
                .collect();
            let value =
                serde_json::json!({ "format": "seatwright/diagnostic-codes/v1", "codes": codes });
            format!("{value:#}\n")
        }
    }
}
