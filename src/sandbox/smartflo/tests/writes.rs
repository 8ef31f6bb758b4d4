use super::*;

#[tokio::test]
async fn a_new_user_has_ids_of_three_kinds_and_is_as_it_was_asked_for() {
    let bench = Bench::seeded(Seed::demo()).await;
    let (status, body) = bench.call("POST", "v1/user", ada()).await;
    assert_eq!((status, &body["success"]), (200, &json!(true)));
    let data = &body["data"];
    assert_eq!(data["agent_id"], "0502842370008");
    assert_eq!(data["agent_extension"], "0602842370076");
    let account = bench.control.account();
    let user = &account.users[&data["id"].as_u64().unwrap()];
    assert_eq!(user.caller_ids, [71001, 71002]);
    assert_eq!(user.agent_groups, [302]);
    assert_eq!(account.departments_of(user), ["Sales"]);
    assert_eq!(user.agent.as_ref().unwrap().time_group, Some(23741));
}

#[tokio::test]
async fn every_starred_field_is_demanded_and_values_are_checked() {
    let bench = Bench::seeded(Seed::demo()).await;
    let (status, body) = bench.call("POST", "v1/user", json!({})).await;
    assert_eq!(
        (status, body["errors"].as_object().unwrap().len()),
        (400, 9)
    );
    for (key, value) in [
        ("login_id", json!("ada")),
        ("login_id", json!("grace.hopper")),
        ("email", json!("grace.hopper@acme.example")),
        ("password", json!("simple")),
        ("user_role", json!(1)),
        ("caller_id", json!([1])),
        ("caller_id", json!(["+918065000001"])),
        ("department", json!([1])),
        ("agent_group", json!(["Inbound"])),
        (
            "user_for_cdr",
            json!({"type": "agent", "value": ["502842370002"]}),
        ),
    ] {
        let mut body = ada();
        body[key] = value.clone();
        let (status, answer) = bench.call("POST", "v1/user", body).await;
        assert_eq!(status, 400, "{key}: {value}");
        assert!(answer["errors"].get(key).is_some(), "{answer}");
    }
}

#[tokio::test]
async fn a_create_may_answer_without_ids_or_without_anything() {
    for (create_answer, expected) in [
        (
            CreateAnswer::NoData,
            json!({"success": true, "message": "User created successfully."}),
        ),
        (CreateAnswer::Empty, Value::Null),
    ] {
        let bench = Bench::quirky(Quirks {
            create_answer,
            ..Quirks::default()
        })
        .await;
        assert_eq!(bench.call("POST", "v1/user", ada()).await, (200, expected));
        assert!(
            bench
                .control
                .account()
                .user_by_login("ada.lovelace")
                .is_some()
        );
    }
}

#[tokio::test]
async fn a_patch_ignores_what_it_does_not_know_and_says_success() {
    let bench = Bench::seeded(Seed::demo()).await;
    let before = bench.control.account();
    let id = before.user_by_login("grace.hopper").unwrap().id;
    let ignored = json!({
        "status": false, "department": [20543], "destination": "Boss", "time_group": 23742, "assign_extension": false,
        "create_agent": false,
    });
    let (status, body) = bench.call("PATCH", &format!("v1/user/{id}"), ignored).await;
    assert_eq!((status, &body["success"]), (200, &json!(true)));
    assert_eq!(bench.control.account(), before);
    let known = json!({ "designation": "Lead", "block_web_login": true, "user_role": "54743", "caller_id": ["71002"] });
    bench.call("PATCH", &format!("v1/user/{id}"), known).await;
    let account = bench.control.account();
    let user = &account.users[&id];
    assert_eq!(user.designation.as_deref(), Some("Lead"));
    assert!(user.web_login_blocked && user.role == 54743 && user.caller_ids == [71002]);
}

#[tokio::test]
async fn a_delete_with_an_agents_id_finds_nothing_and_twice_is_not_found() {
    let bench = Bench::seeded(Seed::demo()).await;
    let account = bench.control.account();
    let user = account.user_by_login("grace.hopper").unwrap();
    let agent = user.agent.as_ref().unwrap().id.clone();
    let (status, _) = bench
        .call("DELETE", &format!("v1/user/{agent}"), Value::Null)
        .await;
    assert_eq!((status, bench.control.account().users.len()), (404, 7));
    let path = format!("v1/user/{}", user.id);
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 200);
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.0, 404);
    assert!(
        !bench
            .get("v1/departments")
            .await
            .to_string()
            .contains(&agent)
    );
}

#[tokio::test]
async fn writing_a_department_replaces_its_members_by_two_lists_of_one_length() {
    let bench = Bench::seeded(Seed::demo()).await;
    let write = |destination: Value, timeout: Value| {
        json!({
            "name": "Sales", "description": "d", "ring_strategy": "random", "timeout_dest_type": "hangup",
            "destination": destination, "timeout": timeout,
        })
    };
    let path = "v1/department/20541";
    let (status, _) = bench
        .call(
            "PUT",
            path,
            write(json!(["extension||0502842370004"]), json!([])),
        )
        .await;
    assert_eq!(status, 400);
    let (status, _) = bench
        .call(
            "PUT",
            path,
            write(json!(["extension||502842370004"]), json!([5])),
        )
        .await;
    assert_eq!(status, 400, "an id without its zero is nobody's");
    let sent = write(
        json!(["extension||0502842370004", "extension|0502842370002"]),
        json!([5, "6"]),
    );
    assert_eq!(bench.call("PUT", path, sent).await.0, 200);
    let sales = bench.get("v1/departments").await[0].clone();
    let eids: Vec<&Value> = sales["agents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["eid"])
        .collect();
    assert_eq!(eids, ["0502842370004", "0502842370002"]);
    assert_eq!(sales["ring_strategy"], "random");
    assert_eq!(
        bench
            .call("PUT", path, write(json!(null), json!(null)))
            .await
            .0,
        200
    );
    assert_eq!(bench.get("v1/departments").await[0]["agent_count"], "0");
}

#[tokio::test]
async fn the_brands_name_the_extension_differently() {
    for (dialect, key) in [
        (Dialect::Smartflo, "assign_extension"),
        (Dialect::Servetel, "create_extension"),
    ] {
        let bench = Bench::seeded(Seed {
            dialect,
            ..Seed::demo()
        })
        .await;
        for sent in ["assign_extension", "create_extension"] {
            let mut body = ada();
            body.as_object_mut().unwrap().remove("assign_extension");
            body["login_id"] = json!(format!("{sent}.ada"));
            body["email"] = json!(format!("{sent}@acme.example"));
            body[sent] = json!(true);
            let (_, answer) = bench.call("POST", "v1/user", body).await;
            assert_eq!(
                answer["data"]["agent_extension"].is_string(),
                sent == key,
                "{answer}"
            );
        }
    }
}

#[tokio::test]
async fn the_panel_does_what_no_request_can() {
    let bench = Bench::seeded(Seed::demo()).await;
    let mary = bench
        .control
        .account()
        .user_by_login("mary.jackson")
        .unwrap()
        .id;
    let edit = json!({ "existing_agent": "0502842370008", "extension": "1001", "allowed_ips": ["203.0.113.7"] });
    let free = bench
        .control
        .account()
        .free_agents
        .keys()
        .next()
        .unwrap()
        .clone();
    let mut linked = edit.clone();
    linked["existing_agent"] = json!(free);
    assert_eq!(
        bench
            .panel("POST", &format!("users/{mary}"), linked.clone())
            .await
            .0,
        200
    );
    assert_eq!(
        bench
            .panel("POST", &format!("users/{mary}"), linked)
            .await
            .0,
        422
    );
    let account = bench.control.account();
    let user = &account.users[&mary];
    assert_eq!(
        user.agent.as_ref().unwrap().extension.as_deref(),
        Some("1001")
    );
    assert_eq!(
        user.allowed_ips.as_deref(),
        Some(&["203.0.113.7".to_owned()][..])
    );
    assert!(account.free_agents.is_empty());
    let edit = UserEdit {
        agent: Some(false),
        ..UserEdit::default()
    };
    bench
        .control
        .edit(|account| account.edit_user(mary, edit))
        .unwrap()
        .unwrap();
    assert_eq!(bench.control.account().users[&mary].agent, None);

    let (_, role) = bench.panel("POST", "roles", json!({"name": "Night"})).await;
    let night = SeedUser::new("night.owl", "Night Owl", "+919876500010", "Night");
    assert_eq!(
        bench
            .panel("POST", "users", serde_json::to_value(night).unwrap())
            .await
            .0,
        200
    );
    assert_eq!(
        bench
            .panel("DELETE", &format!("roles/{}", role["id"]), Value::Null)
            .await
            .0,
        422
    );
    assert_eq!(
        bench
            .panel("POST", "agent-groups/301", json!({"name": "In"}))
            .await
            .0,
        200
    );
    assert_eq!(
        bench
            .panel("DELETE", "agent-groups/302", Value::Null)
            .await
            .0,
        200
    );
    assert_eq!(
        bench
            .panel("POST", "departments", json!({"name": "Night"}))
            .await
            .0,
        200
    );
    assert_eq!(
        bench
            .panel("DELETE", "departments/20541", Value::Null)
            .await
            .0,
        200
    );
    assert_eq!(bench.panel("POST", "nonsense", json!({})).await.0, 404);
}

#[test]
fn a_seed_reads_from_json_and_contradictions_are_refused() {
    let demo = serde_json::to_string(&Seed::demo()).unwrap();
    assert_eq!(Seed::from_json(&demo).unwrap(), Seed::demo());
    assert_eq!(Seed::from_json("{}").unwrap().rate, Some(3));
    let seed = |text: &str| {
        Seed::from_json(text)
            .unwrap()
            .account()
            .unwrap_err()
            .to_string()
    };
    insta::assert_snapshot!(seed(r#"{"users":[{"login_id":"ada.l","role":"Boss"}]}"#),
        @"the seed's user `ada.l` names role `Boss`, which it does not have; add it or correct the name");
    insta::assert_snapshot!(seed(r#"{"departments":["A","A"]}"#), @"the seed has department `A` twice; take one out");
}
