use std::time::{Duration, Instant};

use super::super::super::{Effect, Fault, When};
use super::*;

/// Adds Cyd under a fault; gives the outcome and whether Cyd is there.
async fn add_under(what: Effect) -> (reqwest::Result<Reply>, bool) {
    let bench = Bench::small().await;
    bench.control.add_fault(Fault::next(what));
    let outcome = match bench.send("PUT", "agents/add.json", cyd()).await {
        Ok(response) => Ok(Reply::of(response).await),
        Err(error) => Err(error),
    };
    (
        outcome,
        bench
            .account()
            .agent_by_email("cyd@small.example")
            .is_some(),
    )
}

/// Lists the users under a fault.
async fn list_under(what: Effect) -> Reply {
    let bench = Bench::small().await;
    bench.control.add_fault(Fault::next(what));
    bench.get("agents/index.json").await
}

#[tokio::test]
async fn a_drop_before_closes_the_connection_and_nothing_happens() {
    let (outcome, added) = add_under(Effect::DropBefore).await;
    let error = outcome.map(|reply| reply.status).unwrap_err();
    assert!(
        error.is_request() && !error.is_timeout() && !error.is_connect(),
        "{error:?}"
    );
    assert!(!added);
}

#[tokio::test]
async fn a_drop_after_closes_the_connection_and_the_write_took_effect() {
    let (outcome, added) = add_under(Effect::DropAfter).await;
    let error = outcome.map(|reply| reply.status).unwrap_err();
    assert!(
        error.is_request() && !error.is_timeout() && !error.is_connect(),
        "{error:?}"
    );
    assert!(added);
}

#[tokio::test]
async fn a_drop_on_a_kept_connection_is_seen_once_and_not_repeated_by_the_client() {
    let bench = Bench::small().await;
    assert_eq!(bench.get("agents/index.json").await.status, 200);
    bench
        .control
        .add_fault(Fault::on_write(1, Effect::DropAfter));
    assert!(bench.send("PUT", "agents/add.json", cyd()).await.is_err());
    assert_eq!(bench.control.counters().writes, 1);
    assert_eq!(bench.control.requests()[1].status, None);
    assert_eq!(bench.control.requests()[1].faults, ["drop_after"]);
    assert_eq!(bench.get("agents/index.json").await.data()["itemsCount"], 3);
}

#[tokio::test]
async fn a_dropped_connection_sends_not_one_byte() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let bench = Bench::small().await;
    bench.control.add_fault(Fault::next(Effect::DropAfter));
    let mut stream = tokio::net::TcpStream::connect(bench.sandbox.address())
        .await
        .unwrap();
    stream
        .write_all(b"GET /api/agents/index.json HTTP/1.1\r\nHost: x\r\nUser-Agent: x\r\n\r\n")
        .await
        .unwrap();
    let mut received = Vec::new();
    let read =
        tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut received)).await;
    assert!(read.is_ok() && received.is_empty(), "{received:?}");
}

#[tokio::test]
async fn a_500_before_the_effect_changes_nothing_and_one_after_it_hides_a_success() {
    for (what, expected) in [
        (Effect::BeforeEffect500, false),
        (Effect::AfterEffect500, true),
    ] {
        let (outcome, added) = add_under(what).await;
        let reply = outcome.unwrap();
        assert_eq!(reply.status, 500);
        assert_eq!(
            reply.text,
            r#"{"responseData":{"status":500,"message":"Something went wrong."}}"#
        );
        assert_eq!(added, expected, "{what:?}");
    }
}

#[tokio::test]
async fn an_html_page_comes_with_its_status_and_changes_nothing() {
    let (outcome, added) = add_under(Effect::Html(502)).await;
    let reply = outcome.unwrap();
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (502, Some("text/html; charset=UTF-8"))
    );
    assert!(reply.text.contains("502 Bad Gateway") && !added);
}

#[tokio::test]
async fn an_error_in_a_200_changes_nothing() {
    let (outcome, added) = add_under(Effect::ErrorIn200).await;
    let reply = outcome.unwrap();
    assert_eq!((reply.status, &reply.data()["status"]), (200, &json!(406)));
    assert!(!added);
}

#[tokio::test]
async fn a_throttle_comes_with_the_headers_and_changes_nothing() {
    let (outcome, added) = add_under(Effect::Throttle(7)).await;
    let reply = outcome.unwrap();
    assert_eq!(
        (reply.status, reply.header("x-cloudtalkapi-remaining")),
        (429, Some("0"))
    );
    assert!(reply.header("x-cloudtalkapi-resettime").is_some() && !added);
}

#[tokio::test]
async fn latency_delays_the_answer_and_a_client_that_gave_up_still_had_its_effect() {
    let bench = Bench::small().await;
    bench
        .control
        .add_fault(Fault::next(Effect::Latency(150)).times(2));
    let begun = Instant::now();
    assert_eq!(bench.get("agents/index.json").await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(150));
    let url = format!("{}/agents/add.json", bench.sandbox.url());
    let impatient = bench
        .client
        .put(url)
        .basic_auth("id", Some("secret"))
        .json(&cyd());
    assert!(
        impatient
            .timeout(Duration::from_millis(40))
            .send()
            .await
            .unwrap_err()
            .is_timeout()
    );
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(
        bench
            .account()
            .agent_by_email("cyd@small.example")
            .is_some()
    );
}

#[tokio::test]
async fn a_truncated_answer_is_half_of_the_true_one() {
    let reply = list_under(Effect::TruncatedJson).await;
    assert_eq!(reply.status, 200);
    assert!(
        serde_json::from_str::<Value>(&reply.text).is_err()
            && reply.text.starts_with("{\"responseData\"")
    );
}

#[tokio::test]
async fn extra_keys_stand_beside_the_true_ones() {
    let reply = list_under(Effect::ExtraKeys).await;
    let row = reply.rows("Agent").remove(0);
    assert_eq!(row["email"], "ann@small.example");
    assert!(row.get("x_undocumented").is_some() && reply.data().get("x_undocumented").is_some());
}

#[tokio::test]
async fn nulls_leave_what_identifies_a_row() {
    let row = list_under(Effect::Nulls).await.rows("Agent").remove(0);
    assert_eq!(
        (&row["email"], &row["extension"]),
        (&json!("ann@small.example"), &json!("1001"))
    );
    for field in [
        "status_outbound",
        "associated_numbers",
        "call_number_id",
        "daily_price_limit",
    ] {
        assert_eq!(row[field], Value::Null, "{field}");
    }
}

#[tokio::test]
async fn a_short_page_and_a_repeated_row_keep_the_counts() {
    let short = list_under(Effect::ShortPage).await;
    assert_eq!(
        (&short.data()["itemsCount"], short.rows("Agent").len()),
        (&json!(2), 1)
    );
    let repeated = list_under(Effect::DuplicateRow).await;
    let rows = repeated.rows("Agent");
    assert_eq!((&repeated.data()["itemsCount"], rows.len()), (&json!(2), 2));
    assert_eq!(rows[0], rows[1]);
}

#[tokio::test]
async fn faults_are_set_and_cleared_over_http() {
    let bench = Bench::small().await;
    let fault = json!({ "when": { "method": "GET", "path": "groups", "nth": 2 }, "what": "before_effect_500" });
    assert_eq!(
        bench
            .dashboard("POST", "faults", fault.clone())
            .await
            .status,
        200
    );
    assert_eq!(
        bench
            .dashboard("POST", "faults", json!({ "what": "nonsense" }))
            .await
            .status,
        400
    );
    let statuses = [
        bench.get("groups/index.json").await.status,
        bench.get("agents/index.json").await.status,
        bench.get("groups/index.json").await.status,
        bench.get("groups/index.json").await.status,
    ];
    assert_eq!(statuses, [200, 200, 500, 200]);
    let set = bench.dashboard("GET", "faults", Value::Null).await.json();
    assert_eq!(set["faults"][0]["when"]["nth"], 2);
    bench.control.add_fault(Fault {
        when: When::default(),
        what: Effect::Html(503),
        times: None,
    });
    assert_eq!(bench.get("agents/index.json").await.status, 503);
    assert_eq!(bench.get("agents/index.json").await.status, 503);
    assert_eq!(
        bench
            .dashboard("DELETE", "faults", Value::Null)
            .await
            .status,
        200
    );
    assert_eq!(bench.get("agents/index.json").await.status, 200);
}
