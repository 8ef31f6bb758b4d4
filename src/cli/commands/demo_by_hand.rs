//! The demonstration of a service that no API writes: a runbook, the hands that follow it, and nothing left to do.

use std::path::Path;

use seatwright::model::Value;
use seatwright::plan::{Step, Task};
use seatwright::sandbox::batchdialer::{Account, Dashboard, Options, Refused, Role, UserForm};
use seatwright::sandbox::{Control, Sandbox, batchdialer};

use crate::args;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::{How, Session, observe};

/// The account as it is.
const BEFORE: &str = include_str!("../demo/batchdialer.yaml");

/// What comes: an agent for the seat that the administrator frees.
const NEWCOMER: &str = "  - { email: vera@acme.example, first_name: Vera, last_name: Zed, designation: agent, phone: \"0000000000\", group: Closers, campaigns: [Spring] }\n";

pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            Exit::Internal,
            format!("the demonstration cannot start: {error}"),
        )
    };
    let options = Options {
        seed: Account::demo(),
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.map_err(failed)?;
    let folder = tempfile::Builder::new()
        .prefix("seatwright-demo-")
        .tempdir()
        .map_err(failed)?;
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
    let before = BEFORE.replacen(
        "  provider: batchdialer\n",
        &format!("  provider: batchdialer\n  api_url: {}\n", sandbox.url()),
        1,
    );
    write("key", "demo\n").map_err(failed)?;
    write("acme.yaml", &before).map_err(failed)?;
    context.out("The account as it is goes into a manifest, and each line that a person has checked is confirmed.\n\n")?;
    let steps = pending(context, folder.path()).await?;
    confirm(context, folder.path(), &steps, "as found").await?;

    let after = before.replace("calling: true", "calling: false") + NEWCOMER;
    write("acme.yaml", &after).map_err(failed)?;
    context.out("\nAn agent comes, no seat is free, and the administrator stops calling. Nothing is bought.\n\n$ seatwright plan\n\n")?;
    super::plan::run(context, &args::Plan::second_look(folder.path())).await?;
    let exit = by_hand(context, folder.path(), &sandbox.control()).await;
    let counters = sandbox.control().counters();
    let used = sandbox.control().account().dashboard.seats_used();
    sandbox.stop().await;
    let exit = exit?;
    context.out(&format!(
        "\nThe API served {} looks and no write; {used} seats of 3 are in use, and nothing is left to do.\n",
        counters.total
    ))?;
    Ok(exit)
}

/// Follows the runbook step by step.
async fn by_hand(
    context: &Context,
    folder: &Path,
    control: &Control<batchdialer::BatchDialer>,
) -> Result<Exit, Failure> {
    for step in pending(context, folder).await? {
        let done = control.edit(|account| act(&mut account.dashboard, &step));
        let refused = |why: String| Failure::new(Exit::Internal, why);
        done.map_err(|error| refused(error.to_string()))?
            .map_err(|said| refused(format!("the dashboard refused step {}: {said}", step.id)))?;
        context.out(&format!(
            "\nin the dashboard, by hand: {} `{}`\n",
            step.kind, step.key
        ))?;
        confirm(context, folder, &[step], "done by the demonstration").await?;
    }
    context.out("\n$ seatwright plan --detailed-exitcode\n\n")?;
    super::plan::run(context, &args::Plan::second_look(folder)).await
}

async fn pending(context: &Context, folder: &Path) -> Result<Vec<Step>, Failure> {
    let session = Session::load(context, folder, None)?;
    let ledger = session.ledger(context)?;
    let mut connection = session.connect(context)?;
    let live = observe(context, connection.as_mut(), &session.scope()).await?;
    connection.close().await;
    let plan = session.plan(context, &live, ledger.state(), &How::default())?;
    Ok(plan.steps)
}

async fn confirm(
    context: &Context,
    folder: &Path,
    steps: &[Step],
    note: &str,
) -> Result<(), Failure> {
    let ids: Vec<String> = steps.iter().map(|step| step.id.0.clone()).collect();
    context.out(&format!("$ seatwright confirm {}\n", ids.join(" ")))?;
    super::confirm::run(context, &args::Confirm::these(folder, ids, note)).await?;
    Ok(())
}

/// What a person does for one of the demonstration's steps.
fn act(dashboard: &mut Dashboard, step: &Step) -> Result<(), Refused> {
    let login = step.key.as_str();
    let after = |name: &str| {
        let change = step.fields.iter().find(|change| change.path == name)?;
        change.after.clone()
    };
    let text = |name: &str| {
        let value = after(name);
        value.as_ref().and_then(Value::as_text).map(str::to_owned)
    };
    if step.manual.as_ref().map(|manual| manual.task) == Some(Task::Create) {
        return dashboard.add_user(UserForm {
            role: Role::Agent,
            firstname: text("first_name").unwrap_or_default(),
            lastname: text("last_name").unwrap_or_default(),
            email: login.to_owned(),
            password: "typed by a person".to_owned(),
            phone: text("phone").unwrap_or_default(),
            group: text("group"),
            ..UserForm::default()
        });
    }
    if let Some(campaigns) = after("campaigns") {
        let names = campaigns.texts().into_iter().map(str::to_owned).collect();
        return dashboard.assign(login, &names);
    }
    let on = after("calling").and_then(|value| value.as_bool());
    dashboard.set_agent_features(login, on == Some(true))
}
