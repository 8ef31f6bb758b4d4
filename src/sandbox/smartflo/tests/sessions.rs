use super::*;

fn robot() -> Credentials {
    Credentials {
        token: Some("l0ng-lived".to_owned()),
        login_id: "robot.login".to_owned(),
        password: "Pa55-w0rd".to_owned(),
    }
}

async fn guarded() -> Bench {
    Bench::with(Options {
        seed: Seed {
            rate: None,
            ..Seed::demo()
        },
        clock: Clock::manual(1_795_219_200),
        credentials: Some(robot()),
        ..Options::default()
    })
    .await
}

fn login(password: &str) -> Value {
    json!({ "email": "robot.login", "password": password })
}

#[tokio::test]
async fn a_login_gives_a_token_for_an_hour_that_is_good_with_and_without_bearer() {
    let bench = guarded().await;
    let (status, body) = bench
        .call_as("", "POST", "v1/auth/login", login("Pa55-w0rd"))
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        (
            &body["token_type"],
            &body["expires_in"],
            &body["number_of_days_left"]
        ),
        (&json!("bearer"), &json!(3600), &json!(30))
    );
    let token = body["access_token"].as_str().unwrap();
    for auth in [
        token.to_owned(),
        format!("Bearer {token}"),
        "l0ng-lived".to_owned(),
    ] {
        let (status, _) = bench.call_as(&auth, "GET", "v1/users", Value::Null).await;
        assert_eq!(status, 200);
    }
    bench.control.clock().advance(Duration::from_secs(3600));
    let (status, _) = bench.call_as(token, "GET", "v1/users", Value::Null).await;
    assert_eq!(status, 401);
    assert_eq!(bench.control.counters().writes, 0);
}

#[tokio::test]
async fn a_refresh_replaces_the_token_and_a_logout_takes_it_back() {
    let bench = guarded().await;
    let (_, body) = bench
        .call_as("", "POST", "v1/auth/login", login("Pa55-w0rd"))
        .await;
    let first = body["access_token"].as_str().unwrap().to_owned();
    let (_, body) = bench
        .call_as(&first, "POST", "v1/auth/refresh", Value::Null)
        .await;
    let second = body["access_token"].as_str().unwrap().to_owned();
    let (old, _) = bench.call_as(&first, "GET", "v1/users", Value::Null).await;
    let (new, _) = bench.call_as(&second, "GET", "v1/users", Value::Null).await;
    assert_eq!((old, new), (401, 200));
    bench
        .call_as(&second, "POST", "v1/auth/logout", Value::Null)
        .await;
    let (gone, _) = bench.call_as(&second, "GET", "v1/users", Value::Null).await;
    assert_eq!((gone, bench.control.open_sessions().unwrap()), (401, 0));
}

#[tokio::test]
async fn failures_are_counted_and_the_third_locks_the_login_for_a_quarter_of_an_hour() {
    let bench = guarded().await;
    for count in 1..=3 {
        let (status, body) = bench
            .call_as("", "POST", "v1/auth/login", login("wrong"))
            .await;
        assert_eq!((status, &body["login_failed_count"]), (401, &json!(count)));
    }
    let (status, body) = bench
        .call_as("", "POST", "v1/auth/login", login("Pa55-w0rd"))
        .await;
    assert_eq!(
        (status, &body["retry_after"]),
        (429, &json!("2026-11-21 05:45:00"))
    );
    bench.control.clock().advance(Duration::from_secs(900));
    let (status, _) = bench
        .call_as("", "POST", "v1/auth/login", login("Pa55-w0rd"))
        .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn all_requests_share_the_calls_of_a_second() {
    let bench = Bench::with(Options {
        seed: Seed::demo(),
        clock: Clock::manual(1_000),
        ..Options::default()
    })
    .await;
    for path in ["v1/users", "v1/departments", "v1/my_number"] {
        bench.get(path).await;
    }
    let (status, body) = bench.call("GET", "v1/timegroups", Value::Null).await;
    assert_eq!(
        (status, body),
        (
            429,
            json!({"success": "false", "message": "Too many requests."})
        )
    );
    bench.control.clock().advance(Duration::from_secs(1));
    bench.get("v1/timegroups").await;
}

#[tokio::test]
async fn without_a_token_or_with_a_basic_one_nobody_is_let_in() {
    let bench = Bench::seeded(Seed::demo()).await;
    for auth in ["", "Basic abc", "Bearer "] {
        let (status, _) = bench.call_as(auth, "GET", "v1/users", Value::Null).await;
        assert_eq!(status, 401, "{auth}");
    }
}
