//! What is sent for which operation.

use super::super::super::scripted::{html, whole};
use super::*;

#[tokio::test]
async fn a_create_sends_what_the_request_can_set_and_reads_the_id_in_either_form() {
    let case = Case::user(None);
    for id in [json!("12345"), json!(12345)] {
        let created = line(
            201,
            json!({"responseData": {"status": 201, "data": {"id": id}}}),
        );
        let (result, heard) = play(&case, Act::Create { fields: &ada() }, vec![created]).await;
        assert_eq!(
            result.unwrap(),
            Performed {
                remote: Some(RemoteId::from("12345")),
                ..Performed::default()
            }
        );
        let body = json!({
            "email": "ada@acme.example", "firstname": "Ada", "lastname": "Lovelace", "pass": "pa55-w0rd",
            "extension": 1001, "status_outbound": true, "daily_price_limit": 20, "call_number_id": 36,
        });
        assert_eq!(heard, [("PUT /api/agents/add.json".to_owned(), body)]);
    }
}

#[tokio::test]
async fn a_create_without_a_readable_id_is_done_all_the_same() {
    let case = Case::user(None);
    for content in [
        json!({"status": 201}),
        json!({"status": "201", "data": null}),
        json!({"data": {"id": "a b"}}),
    ] {
        let (result, _) = play(
            &case,
            Act::Create { fields: &ada() },
            vec![line(201, json!({"responseData": content}))],
        )
        .await;
        assert_eq!(result.unwrap(), Performed::default());
    }
}

#[tokio::test]
async fn a_create_leaves_out_what_is_not_among_its_fields() {
    let names = fields(&[("email", Value::from("ada@acme.example"))]);
    let (_, heard) = play(
        &Case::user(None),
        Act::Create { fields: &names },
        vec![done()],
    )
    .await;
    let keys: Vec<_> = heard[0].1.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["email", "firstname", "lastname", "pass"]);
}

#[tokio::test]
async fn an_update_sends_the_names_and_every_field_that_edit_takes() {
    let changed = fields(&[("outbound_calls", Value::from(true))]);
    let (result, heard) = play(
        &Case::user(Some("99")),
        Act::Update { fields: &changed },
        vec![done()],
    )
    .await;
    assert_eq!(result.unwrap(), Performed::default());
    let body = json!({
        "email": "ada@acme.example", "firstname": "Ada", "lastname": "Lovelace",
        "status_outbound": true, "daily_price_limit": 20, "call_number_id": 36,
    });
    assert_eq!(heard, [("POST /api/agents/edit/99.json".to_owned(), body)]);
}

#[tokio::test]
async fn a_number_whose_id_nobody_told_is_looked_for_once() {
    let mut case = Case::user(Some("99"));
    case.directory.clear();
    let numbers = whole(vec![
        json!({"CallNumber": {"id": "0036", "caller_id_e164": "421220510801"}}),
    ]);
    let changed = fields(&[("default_number", Value::from("+421220510801"))]);
    let script = Script::play(vec![numbers, done()]).await;
    let mut writer = Writer(script.client());
    for _ in 0..2 {
        case.perform(&mut writer, Act::Update { fields: &changed })
            .await
            .unwrap();
    }
    let heard = script.heard();
    assert_eq!(heard.len(), 3);
    assert_eq!(
        heard[2].body["call_number_id"], "0036",
        "leading zeros are kept"
    );

    let (result, heard) = play(&case, Act::Update { fields: &changed }, vec![whole(vec![])]).await;
    assert!(matches!(result, Err(Failure::Refused(_))), "{result:?}");
    assert_eq!(heard.len(), 1, "nothing was written");
    let (result, heard) = play(&case, Act::Update { fields: &changed }, vec![html(200)]).await;
    assert!(matches!(result, Err(Failure::NotSent(_))), "{result:?}");
    assert_eq!(heard.len(), 1, "nothing was written");
    let other = fields(&[("outbound_calls", Value::from(true))]);
    let (result, heard) = play(
        &case,
        Act::Update { fields: &other },
        vec![whole(vec![]), done()],
    )
    .await;
    assert!(result.is_ok() && heard[1].1.get("call_number_id").is_none());
}

#[tokio::test]
async fn a_membership_is_joined_and_left_with_ids_as_numbers() {
    let case = Case::user(Some("99"));
    let target = sales();
    let (result, heard) = play(
        &case,
        Act::AddMember {
            field: &GROUPS,
            target: &target,
        },
        vec![done()],
    )
    .await;
    assert_eq!(result.unwrap(), Performed::default());
    assert_eq!(
        heard,
        [(
            "PUT /api/groups/add.json".to_owned(),
            json!({"group_id": 568, "agent_id": 99})
        )]
    );
    let (result, heard) = play(
        &case,
        Act::RemoveMember {
            field: &GROUPS,
            target: &target,
        },
        vec![done()],
    )
    .await;
    assert_eq!(result.unwrap(), Performed::default());
    assert_eq!(
        heard,
        [(
            "DELETE /api/groups/delete/99.json".to_owned(),
            json!({"group_id": 568})
        )]
    );
}

#[tokio::test]
async fn a_number_is_renamed_and_routed_in_one_request() {
    let table = [
        (
            route_to("group", "Sales EU"),
            json!({"connected_to": 0, "source_id": 568}),
        ),
        (
            route_to("user", "ada@acme.example"),
            json!({"connected_to": 1, "source_id": 99}),
        ),
        (
            route_to("conference", "12"),
            json!({"connected_to": 2, "source_id": 12}),
        ),
        (
            route_to("fax", "a7"),
            json!({"connected_to": 3, "source_id": "a7"}),
        ),
    ];
    for (route, mut body) in table {
        let wanted = fields(&[("name", Value::from("Hotline")), ("route", route)]);
        let mut case = Case::number(wanted.clone());
        case.directory.insert(
            ResourceId::new(USER, "ada@acme.example"),
            RemoteId::from("99"),
        );
        let act = Act::Update { fields: &wanted };
        assert_eq!(request_cost(&NUMBER, &act), 1);
        let (result, heard) = play(&case, act, vec![done()]).await;
        assert_eq!(result.unwrap(), Performed::default());
        body["internal_name"] = json!("Hotline");
        assert_eq!(heard, [("POST /api/numbers/edit/36.json".to_owned(), body)]);
    }
}

#[tokio::test]
async fn a_number_without_a_known_target_can_be_renamed_but_not_routed() {
    let renamed = fields(&[
        ("name", Value::from("Hotline")),
        ("route_type", Value::from("group")),
    ]);
    let case = Case::number(renamed.clone());
    let name = fields(&[("name", Value::from("Hotline"))]);
    let (result, heard) = play(&case, Act::Update { fields: &name }, vec![done()]).await;
    assert!(result.is_ok());
    assert_eq!(heard[0].1, json!({"internal_name": "Hotline"}));
    for wanted in [
        renamed,
        fields(&[("route", route_to("group", "Nobody"))]),
        fields(&[("route", route_to("queue", "1"))]),
    ] {
        let (result, heard) = play(
            &Case::number(wanted.clone()),
            Act::Update { fields: &wanted },
            vec![done()],
        )
        .await;
        assert!(
            matches!(result, Err(Failure::Refused(_))) && heard.is_empty(),
            "{result:?}"
        );
    }
}

#[tokio::test]
async fn a_number_loses_its_route_in_one_request_and_its_name_in_a_second() {
    let clear = fields(&[("route_type", Value::from("none"))]);
    let act = Act::Update { fields: &clear };
    assert_eq!(request_cost(&NUMBER, &act), 1);
    let (result, heard) = play(&Case::number(clear.clone()), act, vec![done()]).await;
    assert!(result.is_ok());
    assert_eq!(
        heard,
        [("DELETE /api/numbers/clear/36.json".to_owned(), Json::Null)]
    );

    let both = fields(&[
        ("route", Value::from("none")),
        ("name", Value::from("Spare")),
    ]);
    let act = Act::Update { fields: &both };
    assert_eq!(request_cost(&NUMBER, &act), 2);
    let (result, heard) = play(&Case::number(both.clone()), act, vec![done()]).await;
    assert!(result.is_ok());
    assert_eq!(
        heard[0],
        (
            "POST /api/numbers/edit/36.json".to_owned(),
            json!({"internal_name": "Spare"})
        )
    );
    assert_eq!(heard.len(), 2);

    let (result, heard) = play(&Case::number(both.clone()), act, vec![status(406, "No.")]).await;
    assert!(
        matches!(result, Err(Failure::Refused(_))) && heard.len() == 1,
        "{result:?}"
    );
    let (result, _) = play(
        &Case::number(both.clone()),
        act,
        vec![done(), status(404, "Not found.")],
    )
    .await;
    assert!(
        matches!(result, Err(Failure::Unknown(_))),
        "half of it happened: {result:?}"
    );
}

#[test]
fn every_other_operation_takes_one_request() {
    let (fields, target) = (ada(), sales());
    for act in [
        Act::Create { fields: &fields },
        Act::Update { fields: &fields },
        Act::Delete,
        Act::AddMember {
            field: &GROUPS,
            target: &target,
        },
        Act::RemoveMember {
            field: &GROUPS,
            target: &target,
        },
    ] {
        assert_eq!(request_cost(&USER, &act), 1);
    }
}
