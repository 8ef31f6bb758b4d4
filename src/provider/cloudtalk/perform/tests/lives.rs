//! Writes to a simulated account.

use super::super::super::scripted::client;
use super::*;
use crate::sandbox::cloudtalk::{Options, RouteKind, Seed, SeedAgent, SeedNumber};
use crate::sandbox::{Effect, Fault, Sandbox};

fn seed() -> Seed {
    Seed {
        groups: vec!["Sales EU".to_owned()],
        numbers: vec![SeedNumber {
            e164: "+421220510801".to_owned(),
            name: "Sales line".to_owned(),
            connected_to: Some(RouteKind::Group),
            source: Some("Sales EU".to_owned()),
        }],
        agents: vec![SeedAgent {
            extension: Some(1002),
            ..SeedAgent::new("bob@acme.example", "Bob", "Smith")
        }],
        seats: Some(2),
        ..Seed::default()
    }
}

#[tokio::test]
async fn a_life_in_the_simulated_account_is_read_back_as_it_was_written() {
    let mut seed = seed();
    seed.quirks.refuse_known_member = true;
    seed.quirks.edit_resets = true;
    seed.quirks.show_daily_price_limit = true;
    let sandbox = Sandbox::start(Options {
        seed,
        ..Options::default()
    })
    .await
    .unwrap();
    let mut reader = client(&sandbox.url());
    let scope = Scope {
        kinds: [USER, GROUP, NUMBER].into(),
        member_counts: true,
    };
    let live = reader.observe(&scope).await.unwrap();
    let mut case = Case::user(None);
    case.directory = live
        .iter()
        .map(|found| (found.id.clone(), found.remote.clone()))
        .collect();
    let mut writer = Writer(reader);

    let created = case
        .perform(&mut writer, Act::Create { fields: &ada() })
        .await
        .unwrap();
    case.remote = created.remote.clone();
    let found = writer
        .look_up(&case.id, case.remote.as_ref())
        .await
        .unwrap()
        .unwrap();
    for (name, value) in ada().iter().filter(|(name, _)| *name != "role") {
        assert_eq!(found.fields.get(name), Some(value), "{name}");
    }
    let target = sales();
    let add = Act::AddMember {
        field: &GROUPS,
        target: &target,
    };
    assert!(!case.perform(&mut writer, add).await.unwrap().already_so);
    assert!(case.perform(&mut writer, add).await.unwrap().already_so);
    case.wanted
        .insert(FieldName::from_static("last_name"), Value::from("Byron"));
    let changed = fields(&[("last_name", Value::from("Byron"))]);
    case.perform(&mut writer, Act::Update { fields: &changed })
        .await
        .unwrap();
    let found = writer.look_up(&case.id, None).await.unwrap().unwrap();
    assert_eq!(found.title, "Ada Byron");
    assert_eq!(
        found.fields[&"daily_price_limit".into()],
        Value::from(20),
        "an omitted field would have been reset"
    );
    assert_eq!(
        found.fields[&"default_number".into()],
        Value::from("+421220510801")
    );

    let full = Case {
        id: ResourceId::new(USER, "eve@acme.example"),
        ..Case::user(None)
    };
    let refused = full
        .perform(
            &mut writer,
            Act::Create {
                fields: &Fields::new(),
            },
        )
        .await;
    assert!(matches!(refused, Err(Failure::Exhausted(_))), "{refused:?}");

    let wanted = fields(&[
        ("name", Value::from("Free")),
        ("route_type", Value::from("none")),
    ]);
    let number = Case::number(wanted.clone());
    let number = Case {
        remote: case.directory.get(&number.id).cloned(),
        ..number
    };
    number
        .perform(&mut writer, Act::Update { fields: &wanted })
        .await
        .unwrap();
    let found = writer
        .look_up(&number.id, number.remote.as_ref())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.title.as_str(), &found.fields[&"route_type".into()]),
        ("Free", &Value::from("none"))
    );

    let remove = Act::RemoveMember {
        field: &GROUPS,
        target: &target,
    };
    assert!(!case.perform(&mut writer, remove).await.unwrap().already_so);
    assert!(case.perform(&mut writer, remove).await.unwrap().already_so);
    assert!(
        !case
            .perform(&mut writer, Act::Delete)
            .await
            .unwrap()
            .already_so
    );
    assert!(
        case.perform(&mut writer, Act::Delete)
            .await
            .unwrap()
            .already_so
    );
    assert_eq!(
        writer
            .look_up(&case.id, case.remote.as_ref())
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        writer.requests().total(),
        sandbox.control().counters().total
    );
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_unknown_and_sent_once() {
    for (effect, exists) in [
        (Effect::DropAfter, true),
        (Effect::AfterEffect500, true),
        (Effect::DropBefore, false),
        (Effect::Html(502), false),
        (Effect::TruncatedJson, true),
    ] {
        let sandbox = Sandbox::start(Options {
            seed: seed(),
            ..Options::default()
        })
        .await
        .unwrap();
        sandbox.control().add_fault(Fault::next(effect));
        let mut writer = Writer(client(&sandbox.url()));
        let case = Case::user(None);
        let named = fields(&[("email", Value::from("ada@acme.example"))]);
        let result = case
            .perform(&mut writer, Act::Create { fields: &named })
            .await;
        assert!(
            matches!(result, Err(Failure::Unknown(_))),
            "{effect:?}: {result:?}"
        );
        assert_eq!(sandbox.control().counters().writes, 1, "{effect:?}");
        assert_eq!(
            writer.look_up(&case.id, None).await.unwrap().is_some(),
            exists,
            "{effect:?}"
        );
    }
}
