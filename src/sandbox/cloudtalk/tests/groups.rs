use super::*;

#[tokio::test]
async fn the_list_shows_id_and_name_and_nothing_of_members() {
    let bench = Bench::small().await;
    let id = bench.group("A");
    assert_eq!(
        bench.get("groups/index.json").await.rows("Group")[0],
        json!({ "id": id.to_string(), "internal_name": "A" })
    );
}

#[tokio::test]
async fn the_list_holds_ghost_rows_when_asked() {
    let bench = Bench::quirky(|quirks| quirks.ghost_groups = true).await;
    let reply = bench.get("groups/index.json").await;
    assert_eq!(reply.data()["itemsCount"], 4);
    let rows = reply.rows("Group");
    assert_eq!(
        (&rows[0]["id"], &rows[1]["internal_name"]),
        (&json!("0"), &Value::Null)
    );
}

#[tokio::test]
async fn add_puts_a_user_in_a_group_with_200_and_again_is_200_or_406() {
    for (refuse, again) in [(false, 200), (true, 406)] {
        let bench = Bench::quirky(|quirks| quirks.refuse_known_member = refuse).await;
        // Ids are sent as text or as numbers; both are taken.
        let body =
            json!({ "group_id": bench.group("B"), "agent_id": bench.id_of("bob").to_string() });
        let reply = bench.call("PUT", "groups/add.json", body.clone()).await;
        assert_eq!((reply.status, &reply.data()["status"]), (200, &json!(200)));
        assert_eq!(reply.data()["data"]["message"], "Agent added successfully.");
        assert!(
            bench
                .account()
                .group_by_name("B")
                .unwrap()
                .members
                .contains(&bench.id_of("bob"))
        );
        assert_eq!(
            bench.call("PUT", "groups/add.json", body).await.status,
            again
        );
    }
}

#[tokio::test]
async fn add_with_unknown_or_missing_ids_is_406_without_data() {
    let bench = Bench::small().await;
    let (group, agent) = (bench.group("A"), bench.id_of("bob"));
    for body in [
        json!({ "group_id": 1, "agent_id": agent }),
        json!({ "group_id": group, "agent_id": 1 }),
        json!({ "group_id": group }),
        json!({}),
    ] {
        let reply = bench.call("PUT", "groups/add.json", body).await;
        assert_eq!(reply.status, 406);
        assert_eq!(
            reply.text,
            r#"{"responseData":{"status":406,"message":"Invalid input data."}}"#
        );
    }
}

#[tokio::test]
async fn delete_takes_a_user_from_the_group_in_the_body_and_404s_for_anyone_else() {
    let bench = Bench::small().await;
    let (a, b, ann) = (bench.group("A"), bench.group("B"), bench.id_of("ann"));
    let path = format!("groups/delete/{ann}.json");
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.status, 406);
    assert_eq!(
        bench
            .call("DELETE", &path, json!({ "group_id": b }))
            .await
            .status,
        404
    );
    assert_eq!(
        bench
            .call("DELETE", &path, json!({ "group_id": 1 }))
            .await
            .status,
        404
    );
    assert_eq!(
        bench
            .call("DELETE", "groups/delete/1.json", json!({ "group_id": a }))
            .await
            .status,
        404
    );
    let reply = bench
        .call("DELETE", &path, json!({ "group_id": a.to_string() }))
        .await;
    assert_eq!(
        (reply.status, &reply.data()["data"]["message"]),
        (200, &json!("Agent deleted successfully."))
    );
    assert!(
        bench
            .account()
            .group_by_name("A")
            .unwrap()
            .members
            .is_empty()
    );
    assert!(bench.account().agents.get(ann).is_some());
    assert_eq!(
        bench
            .call("DELETE", &path, json!({ "group_id": a }))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn statistics_count_the_members_of_every_group_under_number_ids() {
    let bench = Bench::small().await;
    let data = bench.get("statistics/realtime/groups.json").await.data();
    let groups = data["data"]["groups"].as_array().unwrap();
    let counts: Vec<_> = groups
        .iter()
        .map(|group| (&group["name"], &group["id"], &group["operators"]))
        .collect();
    let (a, b) = (json!(bench.group("A")), json!(bench.group("B")));
    assert_eq!(
        counts,
        [(&json!("A"), &a, &json!(1)), (&json!("B"), &b, &json!(0))]
    );
}
