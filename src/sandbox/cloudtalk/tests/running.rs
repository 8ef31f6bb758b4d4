use std::time::Duration;

use super::super::super::{Clock, Counters, Effect, Fault};
use super::super::{AgentEdit, Role};
use super::*;

async fn limited(rate: u32, always: bool) -> Bench {
    let quirks = Quirks {
        rate_headers_always: always,
        ..Quirks::default()
    };
    let clock = Clock::manual(1_800_000_000);
    Bench::with(Options {
        rate: Some(rate),
        clock,
        quirks: Some(quirks),
        seed: small(),
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn the_rate_is_a_fixed_window_with_three_headers_on_429_and_no_retry_after() {
    let bench = limited(3, false).await;
    for _ in 0..3 {
        let reply = bench.get("agents/index.json").await;
        assert_eq!(
            (reply.status, reply.header("x-cloudtalkapi-limit")),
            (200, None)
        );
    }
    bench.control.clock().advance(Duration::from_secs(59));
    let refused = bench.add(cyd()).await;
    assert_eq!(
        (refused.status, &refused.data()["status"]),
        (429, &json!(429))
    );
    assert_eq!(refused.header("x-cloudtalkapi-limit"), Some("3"));
    assert_eq!(refused.header("x-cloudtalkapi-remaining"), Some("0"));
    assert_eq!(
        refused.header("x-cloudtalkapi-resettime"),
        Some("1800000060")
    );
    assert_eq!(refused.header("retry-after"), None);
    assert!(
        bench
            .account()
            .agent_by_email("cyd@small.example")
            .is_none()
    );
    assert_eq!(
        bench.control.counters(),
        Counters {
            total: 4,
            reads: 3,
            writes: 1,
            throttled: 1
        }
    );
    bench
        .dashboard("POST", "clock/advance", json!({ "seconds": 1 }))
        .await;
    assert_eq!(bench.add(cyd()).await.status, 201);
}

#[tokio::test]
async fn the_rate_headers_go_with_every_answer_when_asked() {
    let bench = limited(3, true).await;
    let reply = bench.get("agents/index.json").await;
    assert_eq!(
        (reply.status, reply.header("x-cloudtalkapi-remaining")),
        (200, Some("2"))
    );
}

#[tokio::test]
async fn a_request_without_keys_uses_nothing_of_the_rate() {
    let bench = limited(1, false).await;
    for _ in 0..3 {
        let url = format!("{}/agents/index.json", bench.sandbox.url());
        assert_eq!(bench.client.get(url).send().await.unwrap().status(), 401);
    }
    assert_eq!(bench.get("agents/index.json").await.status, 200);
}

#[tokio::test]
async fn the_log_shows_requests_but_none_of_the_control_plane_and_no_password() {
    let bench = Bench::small().await;
    bench.get("agents/index.json?limit=1000").await;
    bench.add(cyd()).await;
    bench
        .dashboard("POST", "groups", json!({ "name": "C" }))
        .await;
    let reply = bench.dashboard("GET", "requests", Value::Null).await;
    let log = reply.json();
    assert_eq!(
        log["counters"],
        json!({ "total": 2, "reads": 1, "writes": 1, "throttled": 0 })
    );
    assert_eq!(
        log["requests"][0]["path"],
        "/api/agents/index.json?limit=1000"
    );
    assert_eq!(
        (&log["requests"][1]["method"], &log["requests"][1]["status"]),
        (&json!("PUT"), &json!(201))
    );
    assert!(!reply.text.contains("s3cret-word"));
    bench.dashboard("POST", "reset-requests", Value::Null).await;
    assert_eq!(bench.control.counters(), Counters::default());
    assert!(bench.control.requests().is_empty());
}

#[tokio::test]
async fn the_dashboard_does_what_the_api_cannot() {
    let bench = Bench::small().await;
    let made = bench
        .dashboard("POST", "groups", json!({ "name": "C" }))
        .await
        .json();
    let (group, bob) = (made["id"].as_u64().unwrap(), bench.id_of("bob"));
    let membership = json!({ "group_id": group, "agent_id": bob });
    assert_eq!(
        bench
            .dashboard("POST", "memberships", membership.clone())
            .await
            .status,
        200
    );
    assert_eq!(bench.account().groups_of(bob), ["C"]);
    assert_eq!(
        bench
            .dashboard("DELETE", "memberships", membership.clone())
            .await
            .status,
        200
    );
    assert_eq!(
        bench
            .dashboard("DELETE", "memberships", membership)
            .await
            .status,
        422
    );
    assert_eq!(
        bench
            .dashboard("POST", &format!("groups/{group}"), json!({ "name": "D" }))
            .await
            .status,
        200
    );
    assert_eq!(bench.group("D"), group);
    assert_eq!(
        bench
            .dashboard("DELETE", &format!("groups/{group}"), Value::Null)
            .await
            .status,
        200
    );
    assert_eq!(bench.account().groups.len(), 2);

    let edit = json!({ "role": "admin", "language": "sk", "firstname": "Rob", "default_number": "+442045770101" });
    assert_eq!(
        bench
            .dashboard("POST", &format!("agents/{bob}"), edit)
            .await
            .status,
        200
    );
    let account = bench.account();
    let agent = account.agents.get(bob).unwrap();
    assert_eq!(
        (
            agent.role,
            agent.language.as_str(),
            agent.firstname.as_str()
        ),
        (Role::Admin, "sk", "Rob")
    );
    let unset = json!({ "default_number": null });
    assert_eq!(
        bench
            .dashboard("POST", &format!("agents/{bob}"), unset)
            .await
            .status,
        200
    );
    assert_eq!(
        bench.account().agents.get(bob).unwrap().call_number_id,
        None
    );
    let extension = bench
        .dashboard(
            "POST",
            &format!("agents/{bob}"),
            json!({ "extension": 1234 }),
        )
        .await;
    assert_eq!(extension.status, 422);

    let boss = json!({ "email": "eve@small.example", "firstname": "Eve", "lastname": "Eden", "role": "supervisor" });
    assert_eq!(
        bench.dashboard("POST", "agents", boss.clone()).await.status,
        200
    );
    assert_eq!(bench.dashboard("POST", "agents", boss).await.status, 422);
    let number =
        json!({ "e164": "+33170180101", "name": "Paris", "connected_to": "group", "source": "A" });
    assert_eq!(bench.dashboard("POST", "numbers", number).await.status, 200);
    assert!(
        bench
            .account()
            .number_by_e164("+33170180101")
            .unwrap()
            .route
            .is_some()
    );
    assert_eq!(
        bench
            .dashboard("POST", "seats", json!({ "purchased": 1 }))
            .await
            .status,
        422
    );
    assert_eq!(
        bench
            .dashboard("POST", "seats", json!({ "purchased": 3 }))
            .await
            .status,
        200
    );
    assert_eq!(bench.add(cyd()).await.status, 403);
    assert_eq!(
        bench.dashboard("POST", "no/such", json!({})).await.status,
        404
    );
    let state = bench.dashboard("GET", "state", Value::Null).await.json();
    assert_eq!(state["agents"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn the_handle_changes_the_account_in_process() {
    let bench = Bench::small().await;
    let bob = bench.id_of("bob");
    let edit = AgentEdit {
        role: Some(Role::Analyst),
        ..AgentEdit::default()
    };
    bench
        .control
        .edit(|account| account.edit_agent(bob, edit))
        .unwrap()
        .unwrap();
    let group = bench
        .control
        .edit(|account| account.create_group("C"))
        .unwrap();
    assert_eq!(bench.account().agents.get(bob).unwrap().role, Role::Analyst);
    assert_eq!(
        bench.get("groups/index.json").await.rows("Group")[2]["id"],
        json!(group.to_string())
    );
}

#[tokio::test]
async fn the_state_file_survives_a_restart_even_after_a_dropped_answer() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        seed: small(),
        state_file: Some(folder.path().join("account.json")),
        ..Options::default()
    };
    let bench = Bench::with(options()).await;
    bench
        .control
        .add_fault(Fault::on_write(1, Effect::DropAfter));
    assert!(bench.send("PUT", "agents/add.json", cyd()).await.is_err());
    bench
        .dashboard("POST", "groups", json!({ "name": "C" }))
        .await;
    let before = bench.account();
    drop(bench);
    let bench = Bench::with(options()).await;
    assert_eq!(bench.account(), before);
    assert_eq!(bench.get("agents/index.json").await.data()["itemsCount"], 3);
    assert_eq!(bench.account().groups.len(), 3);
}

#[tokio::test]
async fn a_stopped_sandbox_refuses_connections_and_its_handle_still_answers() {
    let bench = Bench::small().await;
    assert_eq!(bench.get("agents/index.json").await.status, 200);
    let Bench {
        sandbox,
        control,
        client,
    } = bench;
    let url = sandbox.url();
    sandbox.stop().await;
    assert!(client.get(url).send().await.unwrap_err().is_connect());
    assert_eq!(control.counters().total, 1);
}

#[tokio::test]
async fn a_seed_that_contradicts_itself_does_not_start() {
    let mut seed = small();
    seed.agents[0].groups.push("Nobody".to_owned());
    let error = Sandbox::start(Options {
        seed,
        ..Options::default()
    })
    .await
    .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert!(
        error.to_string().contains("names group `Nobody`"),
        "{error}"
    );
}

#[tokio::test]
async fn concurrent_creates_never_pass_the_seats() {
    let bench = Bench::small().await;
    let mut adds = Vec::new();
    for index in 0..8 {
        let url = format!("{}/agents/add.json", bench.sandbox.url());
        let body = but(cyd(), json!({ "email": format!("c{index}@small.example") }));
        adds.push(tokio::spawn(
            bench
                .client
                .put(url)
                .basic_auth("id", Some("secret"))
                .json(&body)
                .send(),
        ));
    }
    let mut created = 0;
    for add in adds {
        created += u32::from(add.await.unwrap().unwrap().status() == 201);
    }
    assert_eq!((created, bench.account().agents.len()), (2, 4));
}
