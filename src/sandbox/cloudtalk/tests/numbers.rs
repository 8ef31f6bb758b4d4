use super::super::{Route, RouteKind};
use super::*;

fn routed(bench: &Bench) -> u64 {
    bench.account().number_by_e164("+421220510801").unwrap().id
}

#[tokio::test]
async fn the_list_hides_the_source_and_shows_text() {
    let bench = Bench::small().await;
    assert_eq!(
        bench.get("numbers/index.json").await.rows("CallNumber"),
        [
            json!({
                "id": routed(&bench).to_string(), "country_code": "421", "area_code": "22", "internal_name": "Line",
                "caller_id_e164": "+421220510801", "is_redirected": false, "connected_to": "1",
            }),
            json!({
                "id": (routed(&bench) + 1).to_string(), "country_code": "44", "area_code": "20",
                "internal_name": "Line", "caller_id_e164": "+442045770101", "is_redirected": false,
                "connected_to": null,
            }),
        ]
    );
}

#[tokio::test]
async fn the_list_looks_like_the_specification_when_asked() {
    let bench = Bench::quirky(|quirks| {
        quirks.show_source_id = true;
        quirks.integer_numbers = true;
        quirks.text_flags = true;
    })
    .await;
    let row = bench
        .get("numbers/index.json")
        .await
        .rows("CallNumber")
        .remove(0);
    assert_eq!(row["source_id"], json!(bench.id_of("ann").to_string()));
    assert_eq!(
        (&row["caller_id_e164"], &row["is_redirected"]),
        (&json!(421220510801_u64), &json!("0"))
    );
}

#[tokio::test]
async fn the_list_is_filtered() {
    let bench = Bench::small().await;
    let id = routed(&bench);
    for (query, count) in [
        (format!("id={id}"), 1),
        ("id=1".to_owned(), 0),
        ("is_free=1".to_owned(), 1),
        ("is_free=0".to_owned(), 1),
        ("connected_to=1".to_owned(), 1),
        ("connected_to=0".to_owned(), 0),
        ("country_code=44&area_code=20".to_owned(), 1),
        ("colour=red".to_owned(), 2),
    ] {
        assert_eq!(
            bench
                .get(&format!("numbers/index.json?{query}"))
                .await
                .data()["itemsCount"],
            count,
            "{query}"
        );
    }
}

#[tokio::test]
async fn edit_changes_name_and_route() {
    let bench = Bench::small().await;
    let path = format!("numbers/edit/{}.json", routed(&bench));
    assert_eq!(
        bench
            .call("POST", &path, json!({ "internal_name": "Front" }))
            .await
            .status,
        200
    );
    let group = bench.group("B");
    let body = json!({ "connected_to": "0", "source_id": group });
    assert_eq!(bench.call("POST", &path, body).await.status, 200);
    let account = bench.account();
    let number = account.numbers.get(routed(&bench)).unwrap();
    assert_eq!(number.internal_name, "Front");
    assert_eq!(
        number.route,
        Some(Route {
            kind: RouteKind::Group,
            source_id: Some(group)
        })
    );
}

#[tokio::test]
async fn edit_refuses_a_bad_kind_under_type_and_a_target_that_does_not_exist() {
    let bench = Bench::small().await;
    let path = format!("numbers/edit/{}.json", routed(&bench));
    for (body, field) in [
        (json!({ "connected_to": 4, "source_id": 1 }), "type"),
        (json!({ "connected_to": "x" }), "type"),
        (json!({ "connected_to": 0, "source_id": 1 }), "source_id"),
        (json!({ "connected_to": 0 }), "source_id"),
        (json!({ "source_id": 1 }), "source_id"),
    ] {
        let reply = bench.call("POST", &path, body.clone()).await;
        assert_eq!(reply.status, 406, "{body}");
        assert!(reply.data()["data"][field].is_array(), "{body}");
    }
    assert_eq!(
        bench
            .call("POST", "numbers/edit/1.json", json!({}))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn clear_frees_the_number_and_keeps_it() {
    let bench = Bench::small().await;
    let path = format!("numbers/clear/{}.json", routed(&bench));
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.status, 200);
    assert_eq!(
        bench.get("numbers/index.json?is_free=1").await.data()["itemsCount"],
        2
    );
    assert_eq!(
        bench
            .call("DELETE", "numbers/clear/1.json", Value::Null)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn tags_are_made_renamed_and_deleted() {
    let bench = Bench::small().await;
    let made = bench
        .call("PUT", "tags/add.json", json!({ "name": "VIP" }))
        .await;
    assert_eq!(made.status, 201);
    let id = made.data()["data"]["id"].as_str().unwrap().to_owned();
    let taken = bench
        .call("PUT", "tags/add.json", json!({ "name": "VIP" }))
        .await;
    assert_eq!(
        (taken.status, taken.data()["data"]["name"].is_array()),
        (406, true)
    );
    assert_eq!(
        bench
            .call(
                "POST",
                &format!("tags/edit/{id}.json"),
                json!({ "name": "Top" })
            )
            .await
            .status,
        200
    );
    let rows = bench
        .get(&format!("tags/index.json?id={id}"))
        .await
        .rows("Tag");
    assert_eq!(rows, [json!({ "id": id, "name": "Top" })]);
    let path = format!("tags/delete/{id}.json");
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.status, 200);
    assert_eq!(bench.call("DELETE", &path, Value::Null).await.status, 404);
}

#[tokio::test]
async fn countries_are_a_bare_list() {
    let bench = Bench::small().await;
    let data = bench.get("countries/index.json").await.data();
    assert_eq!(data[0]["Country"]["calling_code"], "45");
}
