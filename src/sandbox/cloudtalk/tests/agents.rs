use super::super::digest;
use super::*;

#[tokio::test]
async fn the_list_shows_text_ids_true_booleans_and_no_role_groups_or_password() {
    let bench = Bench::small().await;
    let rows = bench.get("agents/index.json").await.rows("Agent");
    let account = bench.account();
    let number = account.number_by_e164("+421220510801").unwrap().id;
    let id = bench.id_of("ann");
    assert_eq!(
        rows[0],
        json!({
            "id": id.to_string(), "name": (id + 500_000).to_string(),
            "firstname": "Ann", "lastname": "Able", "email": "ann@small.example",
            "daily_price_limit": 20, "is_daily_limit_ok": true, "status_outbound": true,
            "availability_status": "offline", "extension": "1001", "call_number_id": number,
            "default_number": "+421220510801", "associated_numbers": ["+421220510801"],
        })
    );
    assert_eq!(rows[1].get("daily_price_limit"), None);
    assert_eq!(
        (&rows[1]["default_number"], &rows[1]["associated_numbers"]),
        (&Value::Null, &json!([]))
    );
}

#[tokio::test]
async fn add_answers_201_with_a_text_id_and_the_user_has_defaults_and_the_next_extension() {
    let bench = Bench::small().await;
    let reply = bench.add(cyd()).await;
    assert_eq!(reply.status, 201);
    let id = bench.id_of("cyd");
    assert_eq!(
        reply.text,
        format!(r#"{{"responseData":{{"data":{{"id":"{id}"}},"status":201}}}}"#)
    );
    let account = bench.account();
    let agent = account.agents.get(id).unwrap();
    assert_eq!(
        (agent.extension, agent.role.wire(), agent.status_outbound),
        (Some(1003), "Agent", true)
    );
    assert_eq!(agent.pass_sha256, Some(digest("s3cret-word")));
    assert!(
        !serde_json::to_string(&account)
            .unwrap()
            .contains("s3cret-word")
    );
}

#[tokio::test]
async fn add_takes_every_documented_field() {
    let bench = Bench::small().await;
    let number = bench.account().number_by_e164("+442045770101").unwrap().id;
    let more = json!({
        "status_outbound": false, "daily_price_limit": 35, "extension": 2345, "call_number_id": number,
    });
    assert_eq!(bench.add(but(cyd(), more)).await.status, 201);
    let id = bench.id_of("cyd");
    let row = bench
        .get(&format!("agents/index.json?id={id}"))
        .await
        .rows("Agent")
        .remove(0);
    assert_eq!(
        (&row["status_outbound"], &row["daily_price_limit"]),
        (&json!(false), &json!(35))
    );
    assert_eq!(
        (&row["extension"], &row["default_number"]),
        (&json!("2345"), &json!("+442045770101"))
    );
}

#[tokio::test]
async fn a_create_answer_carries_a_number_when_asked() {
    let bench = Bench::quirky(|quirks| quirks.integer_create_ids = true).await;
    assert_eq!(
        bench.add(cyd()).await.data()["data"]["id"],
        json!(bench.id_of("cyd"))
    );
}

#[tokio::test]
async fn add_accepts_form_encoded_fields() {
    let bench = Bench::small().await;
    let url = format!("{}/agents/add.json", bench.sandbox.url());
    let reply = bench
        .client
        .put(url)
        .basic_auth("id", Some("secret"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("email=cyd%40small.example&firstname=Cyd&lastname=van+Cook&pass=x&status_outbound=0&extension=1500")
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 201);
    let account = bench.account();
    let agent = account.agent_by_email("cyd@small.example").unwrap();
    assert_eq!(
        (
            agent.lastname.as_str(),
            agent.extension,
            agent.status_outbound
        ),
        ("van Cook", Some(1500), false)
    );
}

#[tokio::test]
async fn add_refuses_each_bad_field_by_name_and_adds_nobody() {
    let bench = Bench::small().await;
    let table = [
        (json!({ "email": null }), "email"),
        (json!({ "email": "nonsense" }), "email"),
        (json!({ "email": "ANN@small.example" }), "email"),
        (json!({ "email": "elsewhere@other.example" }), "email"),
        (json!({ "firstname": null }), "firstname"),
        (json!({ "lastname": " " }), "lastname"),
        (json!({ "pass": null }), "pass"),
        (json!({ "extension": 999 }), "extension"),
        (json!({ "extension": "10000" }), "extension"),
        (json!({ "extension": "12a4" }), "extension"),
        (json!({ "extension": 1001 }), "extension"),
        (json!({ "call_number_id": 9_999_999 }), "call_number_id"),
        (json!({ "daily_price_limit": 0 }), "daily_price_limit"),
        (json!({ "daily_price_limit": 201 }), "daily_price_limit"),
        (json!({ "status_outbound": "maybe" }), "status_outbound"),
    ];
    for (over, field) in table {
        let reply = bench.add(but(cyd(), over.clone())).await;
        assert_eq!(reply.status, 406, "{over}");
        let data = reply.data();
        assert_eq!(
            (&data["status"], &data["message"]),
            (&json!(406), &json!("Invalid input data."))
        );
        let refused: Vec<&String> = data["data"].as_object().unwrap().keys().collect();
        assert_eq!(refused, [field], "{over}");
        assert!(data["data"][field][0].is_string());
    }
    assert_eq!(bench.account().agents.len(), 2);
}

#[tokio::test]
async fn add_lists_all_bad_fields_at_once() {
    let bench = Bench::small().await;
    let data = bench.add(json!({ "extension": 1 })).await.data();
    let refused: Vec<&String> = data["data"].as_object().unwrap().keys().collect();
    assert_eq!(
        refused,
        ["email", "extension", "firstname", "lastname", "pass"]
    );
}

#[tokio::test]
async fn add_beyond_the_seats_is_403_and_a_delete_frees_a_seat_that_stays_bought() {
    let bench = Bench::small().await;
    for name in ["c1", "c2"] {
        let email = json!({ "email": format!("{name}@small.example") });
        assert_eq!(bench.add(but(cyd(), email)).await.status, 201);
    }
    let full = bench.add(cyd()).await;
    assert_eq!(full.status, 403);
    assert_eq!(
        full.text,
        r#"{"responseData":{"status":403,"message":"Max. number of agents reached."}}"#
    );
    let id = bench.id_of("c1");
    assert_eq!(
        bench
            .call("DELETE", &format!("agents/delete/{id}.json"), Value::Null)
            .await
            .status,
        200
    );
    assert_eq!(bench.account().seats, Some(4));
    assert_eq!(bench.add(cyd()).await.status, 201);
}

#[tokio::test]
async fn edit_needs_email_and_both_names_even_for_one_field() {
    let bench = Bench::small().await;
    let path = format!("agents/edit/{}.json", bench.id_of("ann"));
    let reply = bench
        .call("POST", &path, json!({ "daily_price_limit": 30 }))
        .await;
    assert_eq!(reply.status, 406);
    let data = reply.data();
    assert_eq!(
        data["data"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["email", "firstname", "lastname"]
    );
    assert_eq!(
        bench
            .account()
            .agent_by_email("ann@small.example")
            .unwrap()
            .daily_price_limit,
        Some(20)
    );
}

fn ann() -> Value {
    json!({ "email": "ann@small.example", "firstname": "Ann", "lastname": "Able" })
}

#[tokio::test]
async fn edit_changes_what_it_may_keeps_the_rest_and_ignores_what_it_may_not() {
    let bench = Bench::small().await;
    let id = bench.id_of("ann");
    let before = bench.account().agents.get(id).unwrap().clone();
    let body = but(
        ann(),
        json!({
            "email": "anne@small.example", "status_outbound": false,
            "extension": 7777, "pass": "other", "role": "Admin", "name": "x", "availability_status": "online",
        }),
    );
    let reply = bench
        .call("POST", &format!("agents/edit/{id}.json"), body)
        .await;
    assert_eq!(
        (reply.status, reply.text.as_str()),
        (200, r#"{"responseData":{"status":200}}"#)
    );
    let mut expected = before;
    expected.email = "anne@small.example".to_owned();
    expected.status_outbound = false;
    assert_eq!(bench.account().agents.get(id), Some(&expected));
}

#[tokio::test]
async fn edit_sets_left_out_options_back_when_asked() {
    let bench = Bench::quirky(|quirks| quirks.edit_resets = true).await;
    let id = bench.id_of("ann");
    assert_eq!(
        bench
            .call("POST", &format!("agents/edit/{id}.json"), ann())
            .await
            .status,
        200
    );
    let account = bench.account();
    let agent = account.agents.get(id).unwrap();
    assert_eq!(
        (
            agent.daily_price_limit,
            agent.call_number_id,
            agent.status_outbound
        ),
        (None, None, true)
    );
}

#[tokio::test]
async fn edit_refuses_an_email_of_another_user_and_an_unknown_id() {
    let bench = Bench::small().await;
    let path = format!("agents/edit/{}.json", bench.id_of("ann"));
    let taken = bench
        .call(
            "POST",
            &path,
            but(ann(), json!({ "email": "Bob@small.example" })),
        )
        .await;
    assert_eq!(taken.status, 406);
    assert!(taken.data()["data"]["email"].is_array());
    let unknown = bench.call("POST", "agents/edit/1.json", ann()).await;
    assert_eq!(
        unknown.text,
        r#"{"responseData":{"status":404,"message":"Not found."}}"#
    );
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn delete_takes_the_user_from_list_groups_and_routes_and_a_second_delete_is_404() {
    let bench = Bench::small().await;
    let path = format!("agents/delete/{}.json", bench.id_of("ann"));
    let first = bench.call("DELETE", &path, Value::Null).await;
    assert_eq!(
        (first.status, first.text.as_str()),
        (200, r#"{"responseData":{"status":200}}"#)
    );
    assert_eq!(bench.get("agents/index.json").await.data()["itemsCount"], 1);
    let account = bench.account();
    assert!(account.group_by_name("A").unwrap().members.is_empty());
    assert_eq!(account.number_by_e164("+421220510801").unwrap().route, None);
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.status, 404);
    // E-mail and extension are free again; the id is not.
    let again = bench
        .add(but(
            cyd(),
            json!({ "email": "ann@small.example", "extension": 1001 }),
        ))
        .await;
    assert_eq!(again.status, 201);
    assert_ne!(path, format!("agents/delete/{}.json", bench.id_of("ann")));
}

#[tokio::test]
async fn a_route_to_a_deleted_user_dangles_when_asked() {
    let bench = Bench::quirky(|quirks| quirks.dangling_routes = true).await;
    let id = bench.id_of("ann");
    bench
        .call("DELETE", &format!("agents/delete/{id}.json"), Value::Null)
        .await;
    let account = bench.account();
    assert_eq!(
        account
            .number_by_e164("+421220510801")
            .unwrap()
            .route
            .unwrap()
            .source_id,
        Some(id)
    );
}

#[tokio::test]
async fn call_history_shows_role_language_and_groups_only_of_users_with_calls() {
    let bench = Bench::small().await;
    let (ann, bob) = (bench.id_of("ann"), bench.id_of("bob"));
    bench
        .dashboard(
            "POST",
            &format!("agents/{ann}"),
            json!({ "role": "supervisor", "language": "sk" }),
        )
        .await;
    let reply = bench
        .get(&format!(
            "calls/index.json?user_id={ann}&limit=1&status=answered"
        ))
        .await;
    assert_eq!(
        (&reply.data()["itemsCount"], &reply.data()["pageCount"]),
        (&json!(2), &json!(2))
    );
    let agent = reply.rows("Agent").remove(0);
    assert_eq!(
        (&agent["role"], &agent["language"]),
        (&json!("Supervisor"), &json!("sk"))
    );
    assert_eq!(
        (&agent["groups"], &agent["fullname"]),
        (&json!(["A"]), &json!("Ann Able"))
    );
    assert!(
        bench
            .get(&format!("calls/index.json?user_id={bob}"))
            .await
            .rows("Agent")
            .is_empty()
    );
    assert_eq!(
        bench
            .get("calls/index.json?agent_extension=1001")
            .await
            .rows("Cdr")
            .len(),
        2
    );
}
