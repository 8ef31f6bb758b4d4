//! What is read out of believed answers.

use serde_json::json;

use super::super::super::scripted::{client, line, page, whole};
use super::*;
use crate::model::{Key, Value};
use crate::sandbox::Sandbox;
use crate::sandbox::cloudtalk::{Options, Quirks, RouteKind, Seed, SeedAgent, SeedNumber};

fn group(id: u64, name: &str) -> Json {
    json!({"Group": {"id": id.to_string(), "internal_name": name}})
}

fn count(id: u64, name: &str, operators: u64) -> Json {
    json!({"id": id, "name": name, "operators": operators})
}

fn counts(groups: Vec<Json>) -> Line {
    line(200, json!({"responseData": {"data": {"groups": groups}}}))
}

#[tokio::test]
async fn groups_carry_the_member_counts_of_the_statistics() {
    let script = Script::play(vec![
        whole(vec![
            group(7, "Sales"),
            group(8, "Quiet"),
            group(0, "ghost"),
            json!({"Group": {"id": 9, "internal_name": null}}),
        ]),
        counts(vec![count(7, "Sales", 3), count(0, "ghost", 1)]),
    ])
    .await;
    let live = script
        .client()
        .observe(&scope(&[GROUP], true))
        .await
        .unwrap();
    let members: Vec<_> = live
        .iter()
        .map(|group| {
            (
                group.id.key.as_str(),
                group.remote.as_str(),
                group.member_count,
            )
        })
        .collect();
    assert_eq!(members, [("Quiet", "8", None), ("Sales", "7", Some(3))]);
    assert_eq!(live.requests, 2);
}

#[tokio::test]
async fn groups_and_statistics_have_to_know_the_same_groups() {
    let list = || whole(vec![group(7, "Sales")]);
    for statistics in [
        counts(vec![count(9, "Ops", 1)]),
        counts(vec![count(7, "Sales EU", 1)]),
    ] {
        let script = Script::play(vec![
            list(),
            statistics.clone(),
            list(),
            counts(vec![count(7, "Sales", 1)]),
        ])
        .await;
        assert!(
            script
                .client()
                .observe(&scope(&[GROUP], true))
                .await
                .is_ok()
        );
        let script = Script::play(vec![list(), statistics.clone(), list(), statistics]).await;
        let error = script
            .client()
            .observe(&scope(&[GROUP], true))
            .await
            .unwrap_err();
        assert!(matches!(error, ProviderError::Unbelievable(_)), "{error}");
        assert!(
            error.to_string().contains("contradict each other"),
            "{error}"
        );
    }
    for statistics in [
        counts(vec![count(7, "Sales", 1), count(7, "Sales", 2)]),
        counts(vec![json!({"id": 7, "name": "Sales"})]),
        line(200, json!({"responseData": {"data": []}})),
    ] {
        let script = Script::play(vec![list(), statistics]).await;
        let error = script
            .client()
            .observe(&scope(&[GROUP], true))
            .await
            .unwrap_err();
        assert!(matches!(error, ProviderError::Unbelievable(_)), "{error}");
    }
}

#[tokio::test]
async fn a_default_number_known_by_its_id_only_is_translated_when_numbers_were_read() {
    let number = json!({"CallNumber": {"id": 36, "caller_id_e164": 421_220_510_801_u64, "connected_to": null}});
    let mut row = agent(1);
    row["Agent"]["call_number_id"] = json!("36");
    let script = Script::play(vec![whole(vec![number]), whole(vec![row.clone()])]).await;
    let live = script
        .client()
        .observe(&scope(&[USER, NUMBER], false))
        .await
        .unwrap();
    let user = &live.kinds[&USER].resources[&Key::from("p1@acme.example")];
    assert_eq!(
        user.fields[&"default_number".into()],
        Value::from("+421220510801")
    );
    let number = &live.kinds[&NUMBER].resources[&Key::from("+421220510801")];
    assert_eq!(number.fields[&"route_type".into()], Value::from("none"));
    let (live, _) = users_of(vec![whole(vec![row])]).await;
    let live = live.unwrap();
    assert!(
        !live
            .iter()
            .next()
            .unwrap()
            .fields
            .contains_key("default_number")
    );
}

#[tokio::test]
async fn a_number_with_an_unknown_route_figure_has_no_route_type() {
    let number =
        json!({"CallNumber": {"id": 36, "caller_id_e164": "+421220510801", "connected_to": 7}});
    let script = Script::play(vec![whole(vec![number])]).await;
    let live = script
        .client()
        .observe(&scope(&[NUMBER], false))
        .await
        .unwrap();
    assert!(
        !live
            .iter()
            .next()
            .unwrap()
            .fields
            .contains_key("route_type")
    );
}

#[tokio::test]
async fn a_look_up_by_id_finds_the_row_even_when_the_filter_is_ignored() {
    let script = Script::play(vec![whole(agents(1..=5))]).await;
    let id = ResourceId::new(USER, "renamed@acme.example");
    let found = script
        .client()
        .look_up(&id, Some(&RemoteId::from("4")))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.id.key.as_str(), "p4@acme.example");
    assert_eq!(
        script.heard()[0].call,
        "GET /api/agents/index.json?limit=1000&page=1&id=4"
    );
    assert_eq!(
        script
            .client()
            .look_up(&id, Some(&RemoteId::from("9")))
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_look_up_believes_only_the_service_itself_that_an_object_is_gone() {
    let id = ResourceId::new(USER, "p4@acme.example");
    let remote = RemoteId::from("4");
    let gone = line(
        404,
        json!({"responseData": {"status": 404, "message": "Not found."}}),
    );
    let script = Script::play(vec![gone.clone()]).await;
    assert_eq!(
        script.client().look_up(&id, Some(&remote)).await.unwrap(),
        None
    );
    assert!(
        script.client().look_up(&id, None).await.is_err(),
        "a list cannot be gone"
    );
    let cake = line(
        404,
        json!({"name": "Not Found", "message": "Not Found", "url": "/x"}),
    );
    let script = Script::play(vec![cake]).await;
    assert!(script.client().look_up(&id, Some(&remote)).await.is_err());
}

fn seed() -> Seed {
    let mut ada = SeedAgent::new("Ada@ACME.example", "Ada", "Lovelace");
    ada.extension = Some(1001);
    ada.groups = vec!["Sales EU".to_owned()];
    ada.daily_price_limit = Some(20);
    ada.status_outbound = false;
    ada.default_number = Some("+421220510801".to_owned());
    ada.associated_numbers = vec!["+421220510802".to_owned(), "+421220510801".to_owned()];
    Seed {
        groups: vec!["Sales EU".to_owned(), "VIP".to_owned()],
        numbers: vec![
            SeedNumber {
                e164: "+421220510801".to_owned(),
                name: "Sales line".to_owned(),
                connected_to: Some(RouteKind::Group),
                source: Some("Sales EU".to_owned()),
            },
            SeedNumber {
                e164: "+421220510802".to_owned(),
                name: "Spare".to_owned(),
                ..SeedNumber::default()
            },
        ],
        agents: vec![ada, SeedAgent::new("bob@acme.example", "Bob", "Smith")],
        ..Seed::default()
    }
}

async fn observed(quirks: impl FnOnce(&mut Quirks)) -> (Live, u64) {
    let mut seed = seed();
    quirks(&mut seed.quirks);
    let sandbox = Sandbox::start(Options {
        seed,
        ..Options::default()
    })
    .await
    .unwrap();
    let mut client = client(&sandbox.url());
    let live = client
        .observe(&scope(
            &[USER, GROUP, NUMBER, Kind::from_static("account")],
            true,
        ))
        .await
        .unwrap();
    (live, sandbox.control().counters().total)
}

#[tokio::test]
async fn an_account_is_read_whole_in_four_requests() {
    let (live, total) = observed(|quirks| quirks.show_daily_price_limit = true).await;
    assert_eq!((live.requests, total), (4, 4));
    assert!(!live.kinds.contains_key("account"));
    let ada = live
        .get(&ResourceId::new(USER, "ada@acme.example"))
        .unwrap();
    assert_eq!(ada.title, "Ada Lovelace");
    let fields: Vec<_> = ada
        .fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        fields,
        [
            "assigned_numbers=+421220510801, +421220510802",
            "daily_price_limit=20",
            "default_number=+421220510801",
            "email=ada@acme.example",
            "extension=1001",
            "first_name=Ada",
            "last_name=Lovelace",
            "outbound_calls=off",
        ]
    );
    let bob = live
        .get(&ResourceId::new(USER, "bob@acme.example"))
        .unwrap();
    assert!(
        !bob.fields.contains_key("default_number") && !bob.fields.contains_key("daily_price_limit")
    );
    assert_eq!(
        live.get(&ResourceId::new(GROUP, "Sales EU"))
            .unwrap()
            .member_count,
        Some(1)
    );
    assert_eq!(
        live.get(&ResourceId::new(GROUP, "VIP"))
            .unwrap()
            .member_count,
        Some(0)
    );
    let line = live.get(&ResourceId::new(NUMBER, "+421220510801")).unwrap();
    assert_eq!(
        (line.title.as_str(), &line.fields[&"route_type".into()]),
        ("Sales line", &Value::from("group"))
    );
}

#[tokio::test]
async fn the_forms_in_which_the_service_may_write_change_nothing() {
    let (plain, _) = observed(|_| {}).await;
    let (odd, _) = observed(|quirks| {
        quirks.ghost_groups = true;
        quirks.extra_keys = true;
        quirks.text_flags = true;
        quirks.show_source_id = true;
        quirks.integer_numbers = true;
        quirks.default_limit = 1;
        quirks.rate_headers_always = true;
    })
    .await;
    assert_eq!(plain, odd);
}

#[tokio::test]
async fn a_thousand_users_in_groups_take_three_requests() {
    let agents = (0..1000)
        .map(|n| SeedAgent::new(&format!("u{n}@acme.example"), "U", "N"))
        .collect();
    let seed = Seed {
        groups: vec!["Sales".to_owned()],
        agents,
        ..Seed::default()
    };
    let sandbox = Sandbox::start(Options {
        seed,
        ..Options::default()
    })
    .await
    .unwrap();
    let live = client(&sandbox.url())
        .observe(&scope(&[USER, GROUP], true))
        .await
        .unwrap();
    assert_eq!(live.kinds[&USER].resources.len(), 1000);
    assert_eq!(live.requests, 3);
    assert_eq!(sandbox.control().counters().total, 3);
}

#[tokio::test]
async fn ten_thousand_users_in_groups_take_twelve_requests() {
    let mut lines = vec![
        whole(vec![group(7, "Sales")]),
        counts(vec![count(7, "Sales", 3)]),
    ];
    lines.extend((0..10).map(|n| {
        page(
            10_000,
            10,
            n + 1,
            1000,
            agents(n * 1000 + 1..=n * 1000 + 1000),
        )
    }));
    let script = Script::play(lines).await;
    let live = script
        .client()
        .observe(&scope(&[USER, GROUP], true))
        .await
        .unwrap();
    assert_eq!(live.kinds[&USER].resources.len(), 10_000);
    assert_eq!((live.requests, script.heard().len()), (12, 12));
}
