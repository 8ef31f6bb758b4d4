//! When a list is not believed, and what a failed reading is called.

use serde_json::json;

use super::super::super::scripted::{html, line, page, text, whole};
use super::*;

/// The refusal of a reading, which has to be one of disbelief.
async fn disbelief(lines: Vec<Line>) -> String {
    match users_of(lines).await.0 {
        Err(ProviderError::Unbelievable(text)) => text,
        other => panic!("this was believed: {other:?}"),
    }
}

#[tokio::test]
async fn a_list_is_asked_for_in_the_largest_pages_and_never_past_the_last() {
    let script = Script::play(vec![
        page(3, 2, 1, 2, agents(1..=2)),
        page(3, 2, 2, 2, agents(3..=3)),
    ])
    .await;
    let live = script.client().observe(&users()).await.unwrap();
    assert_eq!(live.kinds[&USER].resources.len(), 3);
    assert_eq!(live.requests, 2);
    let calls: Vec<_> = script.heard().into_iter().map(|heard| heard.call).collect();
    assert_eq!(
        calls,
        [
            "GET /api/agents/index.json?limit=1000&page=1",
            "GET /api/agents/index.json?limit=1000&page=2"
        ]
    );
}

#[tokio::test]
async fn an_empty_list_has_no_page_or_one_and_is_known_to_be_empty() {
    for pages in [0, 1] {
        let (live, requests) = users_of(vec![page(0, pages, 1, 1000, vec![])]).await;
        assert!(live.unwrap().kinds[&USER].resources.is_empty());
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn fewer_or_more_rows_than_counted_are_not_believed() {
    let short = disbelief(vec![page(3, 1, 1, 1000, agents(1..=2))]).await;
    assert!(
        short.contains("`agents/index.json`") && short.contains("counts 3 rows"),
        "{short}"
    );
    assert!(short.contains("sent 2"), "{short}");
    disbelief(vec![page(1, 1, 1, 1000, agents(1..=2))]).await;
    let null = json!({"responseData": {"itemsCount": 1, "pageCount": 1, "pageNumber": 1, "limit": 1000, "data": null}});
    disbelief(vec![line(200, null)]).await;
    disbelief(vec![
        page(3, 2, 1, 2, agents(1..=2)),
        page(3, 2, 2, 2, vec![]),
    ])
    .await;
}

#[tokio::test]
async fn ignored_rows_count_as_received() {
    let ghost = json!({"Agent": {"id": "0", "email": null}});
    let (live, _) = users_of(vec![page(2, 1, 1, 1000, vec![ghost, agent(1)])]).await;
    assert_eq!(live.unwrap().kinds[&USER].resources.len(), 1);
}

#[tokio::test]
async fn figures_that_contradict_each_other_are_not_believed() {
    let pages = disbelief(vec![page(2, 3, 1, 1000, agents(1..=2))]).await;
    assert!(
        pages.contains("makes a `pageCount` of 1, and it is 3"),
        "{pages}"
    );
    let number = disbelief(vec![page(2, 1, 2, 1000, agents(1..=2))]).await;
    assert!(
        number.contains("page 1 was asked for and page 2 came"),
        "{number}"
    );
    let limit = disbelief(vec![
        page(3, 2, 1, 2, agents(1..=2)),
        page(3, 2, 2, 3, agents(3..=3)),
    ])
    .await;
    assert!(
        limit.contains("page 1 says `limit` 2, page 2 says 3"),
        "{limit}"
    );
    let missing = disbelief(vec![line(200, json!({"responseData": {"data": []}}))]).await;
    assert!(missing.contains("`itemsCount` is missing"), "{missing}");
}

#[tokio::test]
async fn an_id_twice_on_one_page_is_not_believed() {
    let twice = disbelief(vec![page(2, 1, 1, 1000, vec![agent(1), agent(1)])]).await;
    assert!(twice.contains("the id `1` is twice on page 1"), "{twice}");
}

#[tokio::test]
async fn a_list_that_moved_is_read_once_more_and_then_refused() {
    let first = || page(4, 2, 1, 2, agents(1..=2));
    let moved = [
        page(4, 2, 2, 2, agents(2..=3)),
        page(3, 2, 2, 2, agents(3..=3)),
        line(
            404,
            json!({"responseData": {"status": 404, "message": "Not found."}}),
        ),
    ];
    for second in moved {
        let (live, requests) = users_of(vec![
            first(),
            second.clone(),
            first(),
            page(4, 2, 2, 2, agents(3..=4)),
        ])
        .await;
        assert_eq!(live.unwrap().kinds[&USER].resources.len(), 4, "{second:?}");
        assert_eq!(requests, 4);
        let text = disbelief(vec![first(), second.clone(), first(), second]).await;
        assert!(text.contains("and again on a second reading"), "{text}");
    }
}

#[tokio::test]
async fn two_agents_with_one_email_without_case_are_not_believed() {
    let mut second = agent(2);
    second["Agent"]["email"] = json!("P1@ACME.example");
    let text = disbelief(vec![whole(vec![agent(1), second])]).await;
    assert!(
        text.contains("user `p1@acme.example` is there twice, with the ids `1` and `2`"),
        "{text}"
    );
}

#[tokio::test]
async fn a_row_of_another_shape_is_named_and_not_believed() {
    for (row, expected) in [
        (
            json!(null),
            "page 1, row 2: `Agent` is missing or null, where an object was expected",
        ),
        (
            json!({"agent": {}}),
            "page 1, row 2: `Agent` is missing or null, where an object was expected",
        ),
        (
            json!({"Agent": {"id": "../7"}}),
            "page 1, row 2: `id` is other text, where an id was expected",
        ),
        (
            json!({"Agent": {"id": 7, "status_outbound": "on"}}),
            "`status_outbound` is other text",
        ),
        (
            json!({"Agent": {"id": 7, "email": null}}),
            "the agent with id `7` has no `email`",
        ),
    ] {
        let text = disbelief(vec![whole(vec![agent(1), row])]).await;
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_list_is_not_believed() {
    for (answer, expected) in [
        (html(200), "an HTML page titled `Attention Required`"),
        (text(200, "{\"responseData\":{\"ite"), "not JSON"),
        (text(200, ""), "empty"),
        (text(200, "[]"), "no `responseData`"),
        (
            line(200, json!({"statusCode": 200, "message": "hello"})),
            "no `responseData`: hello",
        ),
        (
            line(
                200,
                json!({"responseData": {"status": 406, "message": "No."}}),
            ),
            "holds an error (406): No; run again",
        ),
        (
            line(200, json!({"responseData": {"status": "500"}})),
            "holds an error (500)",
        ),
    ] {
        let told = disbelief(vec![answer]).await;
        assert!(
            told.contains(expected) && told.contains("agents/index.json"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn refused_keys_are_told_from_a_service_out_of_reach() {
    let unauthorized = line(
        401,
        json!({"responseData": {"status": 401, "message": "Unauthorized"}}),
    );
    let hidden = line(
        200,
        json!({"responseData": {"status": 401, "message": "Unauthorized"}}),
    );
    let forbidden = line(
        403,
        json!({"responseData": {"status": 403, "message": "Forbidden"}}),
    );
    for answer in [unauthorized, hidden, forbidden, html(401)] {
        let result = users_of(vec![answer]).await.0;
        assert!(
            matches!(result, Err(ProviderError::Unauthorized(_))),
            "{result:?}"
        );
    }
    let cake = line(
        404,
        json!({"name": "Not Found", "message": "Not Found", "url": "/x.json"}),
    );
    let method = line(
        405,
        json!({"responseData": {"status": 405, "message": "Method Not Allowed"}}),
    );
    for answer in [cake, method, html(403), html(404)] {
        let result = users_of(vec![answer]).await.0;
        assert!(
            matches!(result, Err(ProviderError::Unreachable(_))),
            "{result:?}"
        );
    }
    let failing = line(
        500,
        json!({"responseData": {"status": 500, "message": "Something went wrong."}}),
    );
    let (result, requests) = users_of(vec![failing]).await;
    assert!(
        matches!(result, Err(ProviderError::Unreachable(_))),
        "{result:?}"
    );
    assert_eq!(requests, 4, "a read is tried again");
}

#[tokio::test]
async fn no_message_shows_the_keys() {
    let echo = line(
        401,
        json!({"responseData": {"status": 401, "message": "bad pair key-id:key-s3cret"}}),
    );
    let text = users_of(vec![echo]).await.0.unwrap_err().to_string();
    assert!(
        !text.contains("key-s3cret") && !text.contains("key-id"),
        "{text}"
    );
}
