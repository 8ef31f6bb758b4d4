use super::*;

async fn many(users: usize, change: impl FnOnce(&mut Quirks)) -> Bench {
    let mut seed = Seed::generated(users, 3, 2);
    change(&mut seed.quirks);
    Bench::seeded(seed).await
}

fn envelope(reply: &Reply) -> (u64, u64, u64, u64, usize) {
    let data = reply.data();
    let count = |name: &str| data[name].as_u64().unwrap();
    let rows = data["data"].as_array().unwrap().len();
    (
        count("itemsCount"),
        count("pageCount"),
        count("pageNumber"),
        count("limit"),
        rows,
    )
}

#[tokio::test]
async fn pages_carry_counts_and_limits_are_clamped() {
    let bench = many(45, |_| {}).await;
    for (query, expected) in [
        ("", (45, 3, 1, 20, 20)),
        ("?limit=10&page=5", (45, 5, 5, 10, 5)),
        ("?limit=1000", (45, 1, 1, 1000, 45)),
        ("?limit=5000", (45, 1, 1, 1000, 45)),
        ("?limit=0", (45, 45, 1, 1, 1)),
        ("?limit=20&page=0", (45, 3, 1, 20, 20)),
        ("?limit=20&page=-3", (45, 3, 1, 20, 20)),
        (
            "?email=user00001@generated.example&limit=50",
            (45, 1, 1, 50, 45),
        ),
    ] {
        assert_eq!(
            envelope(&bench.get(&format!("agents/index.json{query}")).await),
            expected,
            "{query}"
        );
    }
}

#[tokio::test]
async fn the_default_page_holds_30_when_asked() {
    let bench = many(45, |quirks| quirks.default_limit = 30).await;
    assert_eq!(
        envelope(&bench.get("agents/index.json").await),
        (45, 2, 1, 30, 30)
    );
}

#[tokio::test]
async fn pages_together_hold_every_user_once_in_order() {
    let bench = many(45, |_| {}).await;
    let mut ids = Vec::new();
    for page in 1..=5 {
        let rows = bench
            .get(&format!("agents/index.json?limit=10&page={page}"))
            .await
            .rows("Agent");
        ids.extend(
            rows.into_iter()
                .map(|row| row["id"].as_str().unwrap().parse::<u64>().unwrap()),
        );
    }
    assert_eq!(
        ids,
        bench
            .account()
            .agents
            .iter()
            .map(|agent| agent.id)
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_page_past_the_end_is_404_or_empty() {
    let bench = many(3, |_| {}).await;
    let reply = bench.get("agents/index.json?limit=2&page=3").await;
    assert_eq!(
        (reply.status, &reply.data()["message"]),
        (404, &json!("Not found."))
    );
    let bench = many(3, |quirks| quirks.empty_page_past_end = true).await;
    assert_eq!(
        envelope(&bench.get("agents/index.json?limit=2&page=3").await),
        (3, 2, 3, 2, 0)
    );
}

#[tokio::test]
async fn an_empty_account_has_one_empty_page() {
    let bench = Bench::seeded(Seed::default()).await;
    for path in ["agents", "groups", "numbers", "calls", "tags"] {
        assert_eq!(
            envelope(&bench.get(&format!("{path}/index.json?limit=1000")).await),
            (0, 0, 1, 1000, 0)
        );
    }
}

#[tokio::test]
async fn users_are_filtered_by_id_and_by_assigned_number() {
    let bench = Bench::small().await;
    let id = bench.id_of("bob");
    for (query, names) in [
        (format!("id={id}"), vec!["Bob"]),
        ("id=1".to_owned(), vec![]),
        ("associated_number=%2B421220510801".to_owned(), vec!["Ann"]),
        ("associated_number=+421220510801".to_owned(), vec!["Ann"]),
        ("associated_number=%2B1".to_owned(), vec![]),
    ] {
        let rows = bench
            .get(&format!("agents/index.json?{query}"))
            .await
            .rows("Agent");
        let found: Vec<_> = rows
            .iter()
            .map(|row| row["firstname"].as_str().unwrap())
            .collect();
        assert_eq!(found, names, "{query}");
    }
}

#[tokio::test]
async fn quirks_change_the_rows() {
    let bench = Bench::quirky(|quirks| {
        quirks.text_flags = true;
        quirks.null_lists = true;
        quirks.extra_keys = true;
        quirks.show_daily_price_limit = false;
    })
    .await;
    let row = bench.get("agents/index.json").await.rows("Agent").remove(0);
    assert_eq!(
        (&row["status_outbound"], &row["associated_numbers"]),
        (&json!("1"), &Value::Null)
    );
    assert_eq!(row.get("daily_price_limit"), None);
    assert!(row.get("x_undocumented").is_some());
}

#[tokio::test]
async fn a_user_who_is_switched_off_stays_in_the_list_unless_asked() {
    for (hide, count) in [(false, 2), (true, 1)] {
        let bench = Bench::quirky(|quirks| quirks.hide_inactive = hide).await;
        let path = format!("agents/{}", bench.id_of("bob"));
        assert_eq!(
            bench
                .dashboard("POST", &path, json!({ "active": false }))
                .await
                .status,
            200
        );
        assert_eq!(
            bench.get("agents/index.json").await.data()["itemsCount"],
            count
        );
    }
}

#[tokio::test]
async fn ten_thousand_users_are_read_in_ten_pages() {
    let bench = many(10_000, |_| {}).await;
    let mut rows = 0;
    for page in 1..=10 {
        let reply = bench
            .get(&format!("agents/index.json?limit=1000&page={page}"))
            .await;
        rows += reply.rows("Agent").len();
    }
    assert_eq!(rows, 10_000);
}
