use std::time::Duration;

use serde_json::json;

use super::*;
use crate::provider::registry::OpenOptions;

const DEPARTMENTS: &str = "GET /v1/departments";

fn logins(bench: &Bench) -> usize {
    let calls = bench.calls();
    calls.iter().filter(|call| call.ends_with("/login")).count()
}

#[tokio::test]
async fn a_login_is_made_once_before_the_first_reading_and_ended_at_the_close() {
    let bench = Bench::demo().await;
    let mut reader = bench.by_password(PASSWORD);
    assert_eq!(bench.calls().len(), 0);
    for _ in 0..2 {
        reader.observe(&only(DEPARTMENT)).await.unwrap();
    }
    assert_eq!(bench.control.open_sessions().unwrap(), 1);
    reader.close().await;
    reader.close().await;
    assert_eq!(
        bench.calls(),
        [
            "POST /v1/auth/login",
            DEPARTMENTS,
            DEPARTMENTS,
            "POST /v1/auth/logout"
        ]
    );
    assert_eq!(bench.control.open_sessions().unwrap(), 0);
    let counted = reader.requests();
    let served = bench.control.counters();
    assert_eq!(
        (counted.reads, counted.writes),
        (served.reads, served.writes)
    );
}

#[tokio::test]
async fn a_token_needs_no_login_and_no_logout() {
    let bench = Bench::demo().await;
    let mut reader = bench.reader();
    reader.observe(&only(DEPARTMENT)).await.unwrap();
    reader.close().await;
    assert_eq!(bench.calls(), [DEPARTMENTS]);
}

#[tokio::test]
async fn a_login_that_is_refused_is_never_tried_again() {
    let bench = Bench::demo().await;
    let mut reader = bench.by_password("wr0ng-s3cret");
    let mut writer_errors = Vec::new();
    for _ in 0..5 {
        writer_errors.push(reader.observe(&everything()).await.unwrap_err());
    }
    reader.close().await;
    assert_eq!(bench.calls(), ["POST /v1/auth/login"]);
    assert!(writer_errors.iter().all(|error| *error == writer_errors[0]));
    assert!(matches!(writer_errors[0], ProviderError::Unauthorized(_)));
    insta::assert_snapshot!(writer_errors[0], @"`POST v1/auth/login`: the login was refused (401, 1 failed logins so far): The username or password is incorrect.; it is not tried again, since that would lock it; check `SMARTFLO_LOGIN_ID` and `SMARTFLO_PASSWORD`, and that the password has not expired");
}

#[tokio::test]
async fn a_login_that_fails_in_any_other_way_is_made_once_too() {
    for effect in [
        Effect::BeforeEffect500,
        Effect::Throttle(1),
        Effect::ErrorIn200,
        Effect::Html(200),
        Effect::Html(503),
    ] {
        let bench = Bench::demo().await;
        bench.control.add_fault(Fault::next(effect));
        let mut reader = bench.by_password(PASSWORD);
        for _ in 0..3 {
            let error = reader.observe(&everything()).await.unwrap_err();
            assert!(!error.to_string().contains(PASSWORD), "{error}");
        }
        assert_eq!(bench.calls(), ["POST /v1/auth/login"], "{effect:?}");
    }
}

#[tokio::test]
async fn a_locked_login_tells_until_when() {
    let bench = Bench::demo().await;
    for _ in 0..3 {
        let mut reader = bench.by_password("wr0ng-s3cret");
        reader.observe(&everything()).await.unwrap_err();
    }
    let error = bench
        .by_password(PASSWORD)
        .observe(&everything())
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"`POST v1/auth/login`: the login is locked until 2026-11-21 05:45:00 (Indian time): Too many failed logins. Please try again later.; wait, and check the password first");
}

#[tokio::test]
async fn a_token_is_refreshed_ahead_of_its_expiry() {
    let bench = Bench::demo().await;
    let mut reader = bench.by_password(PASSWORD);
    reader.observe(&only(DEPARTMENT)).await.unwrap();
    bench.control.clock().advance(Duration::from_secs(3299));
    reader.observe(&only(DEPARTMENT)).await.unwrap();
    bench.control.clock().advance(Duration::from_secs(1));
    reader.observe(&only(DEPARTMENT)).await.unwrap();
    assert_eq!(
        bench.calls(),
        [
            "POST /v1/auth/login",
            DEPARTMENTS,
            DEPARTMENTS,
            "POST /v1/auth/refresh",
            DEPARTMENTS
        ]
    );
}

#[tokio::test]
async fn a_token_that_expired_is_replaced_by_a_login() {
    let bench = Bench::demo().await;
    let mut reader = bench.by_password(PASSWORD);
    reader.observe(&only(DEPARTMENT)).await.unwrap();
    bench.control.clock().advance(Duration::from_secs(7200));
    reader.observe(&only(DEPARTMENT)).await.unwrap();
    assert_eq!(logins(&bench), 2);
}

#[tokio::test]
async fn a_refresh_that_fails_is_no_matter_while_the_token_is_good() {
    let bench = Bench::demo().await;
    let mut reader = bench.by_password(PASSWORD);
    reader.observe(&only(DEPARTMENT)).await.unwrap();
    bench.control.clock().advance(Duration::from_secs(3400));
    bench
        .control
        .add_fault(Fault::on("POST", "refresh", Effect::BeforeEffect500));
    reader.observe(&only(DEPARTMENT)).await.unwrap();
    assert_eq!(logins(&bench), 1);
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_replaced_and_the_call_made_again() {
    let bench = Bench::demo().await;
    let mut reader = bench.by_password(PASSWORD);
    reader.observe(&only(DEPARTMENT)).await.unwrap();
    bench.control.revoke_sessions().unwrap();
    reader.observe(&only(DEPARTMENT)).await.unwrap();
    assert_eq!(logins(&bench), 2);
}

#[tokio::test]
async fn a_password_that_expires_soon_is_told_once() {
    for (number_of_days_left, expected) in [(15, 0), (14, 1), (1, 1), (0, 1)] {
        let bench = Bench::quirky(Quirks {
            number_of_days_left,
            ..Quirks::default()
        })
        .await;
        let mut reader = bench.by_password(PASSWORD);
        reader.observe(&only(DEPARTMENT)).await.unwrap();
        bench.control.revoke_sessions().unwrap();
        reader.observe(&only(DEPARTMENT)).await.unwrap();
        assert_eq!(reader.notices().len(), expected, "{number_of_days_left}");
    }
}

fn options(credentials: &[(&str, &str)], extras: serde_json::Value) -> OpenOptions {
    let secret =
        |(name, text): &(&str, &str)| ((*name).to_owned(), Secret::new((*text).to_owned()));
    OpenOptions {
        api_url: None,
        credentials: credentials.iter().map(secret).collect(),
        missing: BTreeMap::new(),
        rate: Rate {
            requests: 1,
            per_seconds: 1,
            reserve_percent: 0,
        },
        ca_file: None,
        extras: extras.as_object().cloned().unwrap(),
        observer: None,
        trace: None,
        call_log: None,
    }
}

#[test]
fn a_token_goes_before_a_login_and_extras_name_brand_and_ids() {
    let all = [("token", "t"), ("login_id", "l"), ("password", "p")];
    let extras = json!({ "dialect": "acefone-in", "role_ids": { " Agent ": 54742, "Boss": "7" } });
    let settings = Settings::from_options(options(&all, extras)).unwrap();
    assert!(matches!(settings.login, Login::Token(_)));
    assert_eq!(settings.brand, Brand::AcefoneIn);
    assert_eq!(settings.role_ids["Agent"], "54742");
    let client = connect::open(settings).unwrap();
    let url = client.session.client().base_url().to_owned();
    assert!(url.starts_with(Brand::AcefoneIn.api_url()), "{url}");
    let settings = Settings::from_options(options(&all[1..], json!({}))).unwrap();
    assert!(matches!(settings.login, Login::Password { .. }));
}

#[test]
fn half_a_login_or_a_wrong_extra_is_refused_before_anything_is_sent() {
    for half in [&[][..], &[("login_id", "l")][..], &[("password", "p")][..]] {
        let error = Settings::from_options(options(half, json!({}))).unwrap_err();
        assert!(matches!(error, ProviderError::Unauthorized(_)), "{error}");
    }
    for extras in [
        json!({"dialect": "other"}),
        json!({"role_ids": [1]}),
        json!({"role_ids": {"Agent": true}}),
        json!({"agent_group_ids": {"In": "x1"}}),
    ] {
        let error = Settings::from_options(options(&[("token", "t")], extras)).unwrap_err();
        assert!(matches!(error, ProviderError::Settings(_)), "{error}");
    }
    let empty = Settings::from_options(options(&[("token", " ")], json!({}))).unwrap();
    assert!(matches!(
        connect::open(empty).unwrap_err(),
        ProviderError::Unauthorized(_)
    ));
}
