use super::*;

#[tokio::test]
async fn users_come_in_pages_of_twenty_behind_a_cursor() {
    let bench = Bench::seeded(Seed::generated(45, 3, 2)).await;
    let mut path = "v1/users".to_owned();
    let mut counts = Vec::new();
    let mut logins = Vec::new();
    loop {
        let page = bench.get(&path).await;
        let rows = page["data"].as_array().unwrap();
        counts.push(page["count"].as_u64().unwrap());
        logins.extend(rows.iter().map(|row| row["login_id"].clone()));
        if page["has_more"] == json!(false) {
            break;
        }
        path = format!("v1/users?last_seen_id={}", page["last_seen_id"]);
    }
    assert_eq!(counts, [20, 20, 5]);
    logins.dedup();
    assert_eq!(logins.len(), 45);
    let capped = bench.get("v1/users?limit=1000").await;
    assert_eq!(
        (&capped["count"], &capped["has_more"]),
        (&json!(45), &json!(false))
    );
    let extended = bench
        .get("v1/users?is_extension_created=true&limit=100")
        .await;
    assert_eq!(extended["count"], 22);
}

#[tokio::test]
async fn one_fact_has_other_names_and_forms_in_the_list_and_by_itself() {
    let bench = Bench::seeded(Seed::demo()).await;
    let list = bench.get("v1/users").await;
    let row = &list["data"][1];
    let id = row["id"].as_u64().unwrap();
    let one = bench.get(&format!("v1/user/{id}")).await;
    let member = &one["data"]["team_member"];
    assert_eq!(one["data"]["id"], json!(id.to_string()));
    assert_eq!(row["is_login_based_calling_enabled"], true);
    assert_eq!(member["is_login_based_calling"], true);
    assert_eq!(
        (&row["user_status"], &member["status"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&row["user_role"]["name"], &member["role"]["name"]),
        (&json!("Supervisor"), &json!("Supervisor"))
    );
    assert_eq!(
        row["agent"]["follow_me_number"],
        one["data"]["agent"]["number"]
    );
    assert!(one["data"]["agent"].get("sticky_Agent").is_some());
    assert_eq!(list["data"][0]["agent"], Value::Null);
}

#[tokio::test]
async fn ids_of_agents_and_extensions_are_text_with_a_leading_zero() {
    let bench = Bench::seeded(Seed::demo()).await;
    let list = bench.get("v1/users").await;
    let grace = &list["data"][2];
    assert_eq!(grace["agent"]["id"], "0502842370002");
    assert_eq!(grace["extension"], "0602842370071");
    let departments = bench.get("v1/departments").await;
    let member = &departments[0]["agents"][0];
    assert_eq!(
        (&member["eid"], &member["timeout"]),
        (&json!("0502842370002"), &json!("30"))
    );
    assert_eq!(
        (&departments[0]["id"], &departments[0]["agent_count"]),
        (&json!("20541"), &json!("2"))
    );
}

#[tokio::test]
async fn what_can_only_be_written_is_never_shown() {
    let bench = Bench::seeded(Seed::demo()).await;
    bench.call("POST", "v1/user", ada()).await;
    let mut shown = bench.get("v1/users").await.to_string();
    let account = bench.control.account();
    for id in account.users.keys() {
        shown += &bench.get(&format!("v1/user/{id}")).await.to_string();
    }
    for key in [
        "caller_id",
        "agent_group",
        "route_call_through",
        "password",
        "allowed_ips",
        "Pa55",
    ] {
        assert!(!shown.contains(key), "{key}");
    }
    // A role that nobody holds is nowhere, and neither are the agent groups.
    for name in ["Auditor", "Outbound"] {
        assert!(!shown.contains(name), "{name}");
    }
    for path in ["v1/roles", "v1/agents", "v1/agent_groups"] {
        assert_eq!(bench.call("GET", path, Value::Null).await.0, 404);
    }
}

#[tokio::test]
async fn agents_are_busy_and_offline_now_and_then() {
    let bench = Bench::seeded(Seed::generated(40, 0, 0)).await;
    let page = bench.get("v1/users?limit=100").await;
    let mut states: Vec<u64> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["agent"]["status"].as_u64())
        .collect();
    states.sort_unstable();
    states.dedup();
    assert_eq!(states, [0, 3, 4]);
}

#[tokio::test]
async fn faults_distort_pages_and_bare_arrays() {
    let bench = Bench::seeded(Seed::demo()).await;
    bench
        .control
        .add_fault(Fault::on("GET", "v1/users", Effect::ShortPage));
    let page = bench.get("v1/users").await;
    assert_eq!(
        (
            page["count"].as_u64(),
            page["data"].as_array().unwrap().len()
        ),
        (Some(7), 6)
    );
    bench
        .control
        .add_fault(Fault::on("GET", "departments", Effect::DuplicateRow));
    let rows = bench.get("v1/departments").await;
    assert_eq!(rows[0]["id"], rows[2]["id"]);
    bench.control.add_fault(Fault::next(Effect::ErrorIn200));
    assert_eq!(bench.get("v1/users").await["success"], false);
}
