use super::super::Credentials;
use super::*;

const UNAUTHORIZED: &str = r#"{"responseData":{"status":401,"message":"Unauthorized"}}"#;

#[tokio::test]
async fn without_good_keys_every_path_gives_the_same_401() {
    let bench = Bench::with(Options {
        credentials: Some(Credentials {
            key_id: "id".to_owned(),
            secret: "right".to_owned(),
        }),
        ..Options::default()
    })
    .await;
    for path in ["agents/index.json", "no/such/path.json"] {
        let url = format!("{}/{path}", bench.sandbox.url());
        for authorization in [
            "",
            "Bearer x",
            "Basic",
            "Basic !!",
            "Basic aWQ=",
            "Basic aWQ6d3Jvbmc=",
        ] {
            let mut request = bench.client.get(&url);
            if !authorization.is_empty() {
                request = request.header("authorization", authorization);
            }
            let reply = Reply::of(request.send().await.unwrap()).await;
            assert_eq!(
                (reply.status, reply.text.as_str()),
                (401, UNAUTHORIZED),
                "{path} {authorization}"
            );
            assert_eq!(
                reply.header("content-type"),
                Some("application/json; charset=UTF-8")
            );
        }
    }
    let url = format!("{}/agents/index.json", bench.sandbox.url());
    let good = bench
        .client
        .get(url)
        .basic_auth("id", Some("right"))
        .send()
        .await
        .unwrap();
    assert_eq!(good.status(), 200);
}

#[tokio::test]
async fn any_pair_without_an_empty_half_is_accepted_when_none_is_configured() {
    let bench = Bench::small().await;
    let url = format!("{}/agents/index.json", bench.sandbox.url());
    for (key, secret, status) in [("a", "b", 200), ("a", "", 401), ("", "b", 401)] {
        let reply = bench
            .client
            .get(&url)
            .basic_auth(key, Some(secret))
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), status, "{key}:{secret}");
    }
}

#[tokio::test]
async fn a_wrong_method_on_a_real_path_is_405_without_allow_even_without_keys() {
    let bench = Bench::small().await;
    for (method, path) in [
        ("PATCH", "agents/index.json"),
        ("OPTIONS", "agents/index.json"),
        ("DELETE", "agents/index.json"),
        ("POST", "agents/add.json"),
        ("PUT", "agents/edit/1.json"),
    ] {
        let url = format!("{}/{path}", bench.sandbox.url());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let reply = Reply::of(bench.client.request(method, url).send().await.unwrap()).await;
        assert_eq!(reply.status, 405, "{path}");
        assert_eq!(
            reply.text,
            r#"{"responseData":{"status":405,"message":"Method Not Allowed"}}"#
        );
        assert_eq!(reply.header("allow"), None);
    }
}

#[tokio::test]
async fn an_unknown_path_gives_the_frameworks_404_with_escaped_slashes() {
    let bench = Bench::small().await;
    let reply = bench.get("contacts/12345/notes.json").await;
    assert_eq!(reply.status, 404);
    assert_eq!(
        reply.text,
        r#"{"name":"Not Found","message":"Not Found","url":"\/api\/contacts\/12345\/notes.json"}"#
    );
}

#[tokio::test]
async fn a_request_without_a_user_agent_gets_a_403_page_before_all_else() {
    let bench = Bench::small().await;
    let plain = Client::builder().no_proxy().build().unwrap();
    for path in ["agents/index.json", "no/such.json"] {
        let reply = Reply::of(
            plain
                .get(format!("{}/{path}", bench.sandbox.url()))
                .send()
                .await
                .unwrap(),
        )
        .await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (403, Some("text/html; charset=UTF-8"))
        );
        assert!(reply.text.contains("<html>"));
    }
}
